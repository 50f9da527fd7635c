"""How the database is, as its own transactions show: the last trouble of reading and of writing, and the last proof.

Health asks here, so that it says what clerks and kiosks meet.
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

    A commit proves that it can be written, so it ends a trouble of either kind; a look that succeeds ends a trouble
    of looking only. Damage stays until the process ends: one page that can be read says nothing of the others. A trouble
    with the keys of sealed records stays until somebody has looked at them: most transactions need none.

    Args:
        monotonic: a clock that only goes on.
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
        """What is wrong, as far as is known; writing first."""
        with self._guard:
            return self._trouble()

    def follow(self, follow: Follow) -> None:
        """Call ``follow`` with each change, once each way: the trouble that came, or none where all is well again."""
        self._follow = follow

    def known_for(self) -> float:
        """So many seconds ago a transaction that writes ended, well or with a trouble."""
        with self._guard:
            return self._monotonic() - self._known_at

    @contextmanager
    def of_reading(self) -> Iterator[None]:
        """Note how a look ends."""
        with self._noting(_READING):
            yield
        self._well(_READING)

    @contextmanager
    def of_writing(self) -> Iterator[None]:
        """Note how a transaction that writes ends."""
        with self._noting(_WRITING):
            yield
        self._well(_READING, _WRITING)

    @property
    def keys_are_ill(self) -> bool:
        """Whether the last who needed keys could not have them."""
        with self._guard:
            return _KEYS in self._troubles

    def keys_are_well(self) -> None:
        """Somebody looked at the key store and it is as it should be."""
        self._well(_KEYS)

    @contextmanager
    def _noting(self, kind: str) -> Iterator[None]:
        try:
            yield
        except RequestIdReusedError:
            raise  # of the request, not of the database
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
