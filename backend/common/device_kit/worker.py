"""A background thread that is started once and can be stopped."""

import threading
from abc import ABC, abstractmethod


class Worker(ABC):
    """A background thread. A subclass does its work in ``_run`` and returns once ``_stopping`` is set.

    Args:
        name: the thread's name, as a debugger shows it.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; returns at once. A second start does nothing."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    def stop(self, timeout: float = 2.0) -> None:
        """End the thread; nothing is reported after this returns.

        Args:
            timeout: seconds to wait for its last step.
        """
        thread, self._thread = self._thread, None
        if thread is not None:
            self._stopping.set()
            thread.join(timeout)

    @abstractmethod
    def _run(self) -> None:
        """Work until ``_stopping`` is set."""
