"""A thread of its own that begins once and ends when it is told to."""

import threading
from abc import ABC, abstractmethod


class Worker(ABC):
    """What runs in a thread of its own; whoever inherits says in ``_run`` what, and ends when ``_stopping`` is set.

    Args:
        name: of the thread, as a debugger shows it.
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
            timeout: seconds that its last step may take.
        """
        thread, self._thread = self._thread, None
        if thread is not None:
            self._stopping.set()
            thread.join(timeout)

    @abstractmethod
    def _run(self) -> None:
        """Work until ``_stopping`` is set."""
