"""How long to wait after wrong passwords: nothing at first, then longer with each. Pure.

Nobody is ever shut out: a wait ends, and a right password from a browser that its owner has used before does not wait
for what others did (``tries`` says whose failures count for whom).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

NO_WAIT = timedelta(0)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""When a count without a wait is free: before any now. Somebody who waited for the count's row has an earlier now than
whoever had it, and must not take a wait of nothing for one."""
_MOST_DOUBLINGS = 40
_LEAST_MEMORY = timedelta(hours=1)


class TryScope(StrEnum):
    """Whose wrong passwords are counted together."""

    BROWSER = "browser"
    """Of one name, from a browser that this name has used before."""
    PLACE = "place"
    """Of one name, from one address."""
    NAME = "name"
    """Of one name, from every browser that it never used."""
    ADDRESS = "address"
    """From one address, whatever the name, from browsers that the name never used."""


@dataclass(frozen=True)
class Rule:
    """How a wait grows.

    Attributes:
        free: so many wrong passwords cost nothing.
        first: the wait after these; it doubles with each further one.
        longest: and never gets longer than this.
    """

    free: int
    first: timedelta
    longest: timedelta

    def wait_after(self, failures: int) -> timedelta:
        """The wait after so many wrong passwords."""
        if failures < self.free:
            return NO_WAIT
        return min(self.first * (1 << min(failures - self.free, _MOST_DOUBLINGS)), self.longest)


@dataclass(frozen=True)
class WrongTries:
    """Wrong passwords that are counted together.

    Attributes:
        failures: how many.
        free_at: the next try is looked at from then on.
        seen_at: the last one.
    """

    failures: int
    free_at: datetime
    seen_at: datetime


@dataclass(frozen=True)
class Waits:
    """The rules of one server.

    Attributes:
        rules: one for each kind.
        memory: a count that nothing was added to for so long is forgotten.
    """

    rules: Mapping[TryScope, Rule]
    memory: timedelta

    @classmethod
    def of(cls, failures: int, longest: timedelta) -> "Waits":
        """The rules that the settings give.

        An address may be that of a whole office, so it never waits for more than some seconds. Whoever wants to keep a
        colleague away, by wrong passwords from many addresses or at the computer that both use, makes them wait a
        minute at most.

        Args:
            failures: wrong passwords of one name from one address that cost nothing.
            longest: the longest wait of all.
        """
        minute, moment = min(longest, timedelta(minutes=1)), min(longest, timedelta(seconds=5))
        return cls(
            {
                TryScope.BROWSER: Rule(failures, timedelta(seconds=10), minute),
                TryScope.PLACE: Rule(failures, timedelta(seconds=10), longest),
                TryScope.NAME: Rule(10 * failures, timedelta(seconds=1), minute),
                TryScope.ADDRESS: Rule(4 * failures, timedelta(seconds=1), moment),
            },
            max(_LEAST_MEMORY, 4 * longest),
        )

    def current(self, count: WrongTries | None, now: datetime) -> WrongTries:
        """What a stored count is worth now; nothing, where none is stored or it is forgotten."""
        if count is None or count.seen_at + self.memory <= now:
            return WrongTries(0, LONG_AGO, now)
        return count

    def after_try(self, kind: TryScope, count: WrongTries, now: datetime) -> WrongTries:
        """The count after one more try that may be wrong."""
        failures = count.failures + 1
        wait = self.rules[kind].wait_after(failures)
        return WrongTries(failures, now + wait if wait else min(count.free_at, now), now)

    def taken_back(self, count: WrongTries, now: datetime) -> WrongTries:
        """The count when the last try was right: it gives back its own place and forgives nobody else's."""
        return WrongTries(max(0, count.failures - 1), min(count.free_at, now), count.seen_at)
