"""The gate of the writers: while a lock is stuck, only a few wait for it, and all others are refused at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from backend.storage.errors import StorageBusyError

_TRYING = 4
TRY_SECONDS = 1.0
"""How long a writer waits while the lock is stuck; short, because it may have waited for a thread before."""


class WriterGate:
    """Counts the writers that write or wait.

    A writer that waits for a lock blocks a thread of the server. If another process holds the lock and hangs, a hundred
    kiosks and pages would block all threads, and not even the health check would be answered. So after one wait in vain
    a few writers keep trying and all others are refused at once, until one succeeds.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._inside = 0
        self._stuck = False

    def refuses(self, waiting: int) -> bool:
        """Whether a writer is refused that would wait behind ``waiting`` others, because the lock is stuck."""
        return self._stuck and waiting >= _TRYING

    @contextmanager
    def passage(self) -> Iterator[bool]:
        """Admit a writer; yields whether the lock is stuck: then the writer should wait only ``TRY_SECONDS``.

        Raises:
            StorageBusyError: the lock is stuck, and enough other writers are trying.
        """
        with self._guard:
            if self._stuck and self._inside >= _TRYING:
                raise StorageBusyError("the database is busy")
            self._inside += 1
            stuck = self._stuck
        try:
            yield stuck
        except StorageBusyError:
            self._stuck = True
            raise
        else:
            self._stuck = False
        finally:
            with self._guard:
                self._inside -= 1
