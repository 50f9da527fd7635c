"""The condition of the database, known from its own transactions: the last trouble with reading and with writing.

The health check uses it, so that it reports what clerks and kiosks experience.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from backend.storage.errors import RequestIdReusedError, StorageDamagedError, StorageError

Monotonic = Callable[[], float]
Follow = Callable[[StorageError | None], None]
_READING, _WRITING, _KEYS = "reading", "writing", "keys"


class Condition:
    """What is known of a database.

    A commit proves that it can be written, so it ends a trouble of either kind; a successful read ends only a trouble
    with reading. Damage stays until the process ends: one page that can be read proves nothing about the others. A
    trouble with the keys of sealed records stays until the keys have been checked, as most transactions need none.

    Args:
        monotonic: monotonic seconds.
    """

    def __init__(self, monotonic: Monotonic = time.monotonic) -> None:
        self._monotonic = monotonic
        self._guard = threading.Lock()
        self._troubles: dict[str, StorageError] = {}
        self._told: str | None = None
        self._follow: Follow | None = None
        self._known_at = float("-inf")

    @property
    def trouble(self) -> StorageError | None:
        """The known trouble, or None; a trouble with writing comes first."""
        with self._guard:
            return self._trouble()

    def follow(self, follow: Follow) -> None:
        """Call ``follow`` at every change: with the new trouble, or with None when all is well again."""
        self._follow = follow

    def known_for(self) -> float:
        """How many seconds ago the last transaction that writes ended, successfully or not."""
        with self._guard:
            return self._monotonic() - self._known_at

    @contextmanager
    def of_reading(self) -> Iterator[None]:
        """Note the outcome of the transaction in the block, which only reads."""
        with self._noting(_READING):
            yield
        self._well(_READING)

    @contextmanager
    def of_writing(self) -> Iterator[None]:
        """Note the outcome of the transaction in the block, which writes."""
        with self._noting(_WRITING):
            yield
        self._well(_READING, _WRITING)

    @property
    def keys_are_ill(self) -> bool:
        """Whether keys could not be read when they were last needed."""
        with self._guard:
            return _KEYS in self._troubles

    def keys_are_well(self) -> None:
        """Note that the key store was checked and is all right."""
        self._well(_KEYS)

    @contextmanager
    def _noting(self, kind: str) -> Iterator[None]:
        try:
            yield
        except RequestIdReusedError:
            raise  # a trouble of the request, not of the database
        except StorageError as error:
            self._ill(_KEYS if error.word == _KEYS else kind, error)
            raise

    def _ill(self, kind: str, error: StorageError) -> None:
        with self._guard:
            if not isinstance(self._troubles.get(kind), StorageDamagedError):
                self._troubles[kind] = type(error)(str(error))
            if kind == _WRITING:
                self._known_at = self._monotonic()
            self._tell()

    def _well(self, *kinds: str) -> None:
        with self._guard:
            if _WRITING in kinds:
                self._known_at = self._monotonic()
            if not self._troubles:
                return
            for kind in kinds:
                if not isinstance(self._troubles.get(kind), StorageDamagedError):
                    self._troubles.pop(kind, None)
            self._tell()

    def _trouble(self) -> StorageError | None:
        return next(
            (self._troubles[kind] for kind in (_WRITING, _READING, _KEYS) if kind in self._troubles), None
        )

    def _tell(self) -> None:
        trouble = self._trouble()
        now = trouble.word if trouble is not None else None
        if now == self._told:
            return
        self._told = now
        if self._follow is not None:
            self._follow(trouble)
