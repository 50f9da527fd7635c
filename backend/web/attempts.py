"""Sign-in attempts by name, whether or not there is such an account.

The lock-out of accounts lives in the database and counts known names only. Counting every name here in the
same way makes both look alike, so that nobody learns from a lock-out which names exist. Counts are of one server
process and are gone after a restart; the accounts' own lock is not.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

from backend.protection.accounts import Account, LockedOutError, WrongCredentialsError

_MOST_NAMES = 10_000
_AT_ONCE = 2


class Attempts:
    """Counts failures by name. Argon2 needs much memory: only a few passwords are checked at the same time."""

    def __init__(self) -> None:
        self._turns = threading.Semaphore(_AT_ONCE)
        self._guard = threading.Lock()
        self._failures: OrderedDict[bytes, tuple[int, datetime | None]] = OrderedDict()

    def check(
        self,
        login: str,
        now: datetime,
        check: Callable[[], Account],
        *,
        max_failures: int,
        lockout: timedelta,
    ) -> Account:
        """Check a password unless the name is locked.

        Raises:
            WrongCredentialsError: name or password is wrong.
            LockedOutError: too many failures in a row.
        """
        name = hashlib.sha256(login.encode()).digest()
        with self._guard:
            _, until = self._failures.get(name, (0, None))
        if until is not None and until > now:
            raise LockedOutError(until)
        try:
            with self._turns:
                account = check()
        except WrongCredentialsError:
            locked = self._count(name, now, max_failures, lockout)
            if locked is not None:
                raise LockedOutError(locked) from None
            raise
        with self._guard:
            self._failures.pop(name, None)
        return account

    def _count(self, name: bytes, now: datetime, max_failures: int, lockout: timedelta) -> datetime | None:
        with self._guard:
            failures = self._failures.get(name, (0, None))[0] + 1
            until = now + lockout if failures >= max_failures else None
            self._failures[name] = (0 if until else failures, until)
            self._failures.move_to_end(name)
            while len(self._failures) > _MOST_NAMES:
                self._failures.popitem(last=False)
        return until
