"""The gate of the writers: while a lock is stuck, only a few wait for it, and the others learn at once that it is busy."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from backend.storage.errors import StorageBusyError

_TRYING = 4
TRY_SECONDS = 1.0
"""Whoever tries while the lock is stuck waits so long: they may have waited for a thread already."""


class WriterGate:
    """Counts who writes or waits to write.

    Whoever waits for a lock binds a thread of the server. Where somebody else holds the lock and stands still, a
    hundred kiosks and pages would bind them all, and not even the question whether the server is well would be
    answered. So after one wait in vain a few go on trying and everybody else is refused at once, until one gets through.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._inside = 0
        self._stuck = False

    def refuses(self, waiting: int) -> bool:
        """Whether somebody who would wait behind ``waiting`` others must not begin to: the lock is stuck."""
        return self._stuck and waiting >= _TRYING

    @contextmanager
    def passage(self) -> Iterator[bool]:
        """Let a writer through; yields whether the lock is stuck, so that this one waits for it only shortly.

        Raises:
            StorageBusyError: the lock is stuck, and enough others try.
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
