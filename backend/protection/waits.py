"""How long to wait after wrong passwords: not at all at first, then longer after each one. Pure.

Nobody is locked out: every wait ends, and other people's wrong passwords do not make anybody wait in a browser that
they have used before (:mod:`backend.protection.tries` decides which count a wrong password adds to).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

NO_WAIT = timedelta(0)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""``free_at`` of a count without a wait: earlier than any time. A process that had to wait for the row's lock compares
with an earlier time than the one that held it, and would otherwise take no wait for a wait."""
_MOST_DOUBLINGS = 40
_LEAST_MEMORY = timedelta(hours=1)


class TryScope(StrEnum):
    """What wrong passwords are counted together."""

    BROWSER = "browser"
    """Of one name, from a browser that this name has used before."""
    PLACE = "place"
    """Of one name, from one address."""
    NAME = "name"
    """Of one name, from all browsers that it never used."""
    ADDRESS = "address"
    """From one address, of all names, from browsers that the name never used."""


@dataclass(frozen=True)
class Rule:
    """How a wait grows.

    Attributes:
        free: how many wrong passwords are followed by no wait.
        first: the first wait; it doubles with each further wrong password.
        longest: the longest wait.
    """

    free: int
    first: timedelta
    longest: timedelta

    def wait_after(self, failures: int) -> timedelta:
        """The wait after this many wrong passwords."""
        if failures < self.free:
            return NO_WAIT
        return min(self.first * (1 << min(failures - self.free, _MOST_DOUBLINGS)), self.longest)


@dataclass(frozen=True)
class WrongTries:
    """Wrong passwords that are counted together.

    Attributes:
        failures: how many.
        free_at: when the next try is possible; aware.
        seen_at: when the last one came; aware.
    """

    failures: int
    free_at: datetime
    seen_at: datetime


@dataclass(frozen=True)
class Waits:
    """The rules of one server.

    Attributes:
        rules: the rule for each kind of count.
        memory: a count is forgotten if nothing is added to it for this long.
    """

    rules: Mapping[TryScope, Rule]
    memory: timedelta

    @classmethod
    def of(cls, failures: int, longest: timedelta) -> "Waits":
        """The rules for the values in the settings.

        A whole office may have the same address, so an address waits only for some seconds. Somebody who tries to keep
        a colleague out, with wrong passwords from many addresses or on a shared computer, makes them wait for at most
        a minute.

        Args:
            failures: how many wrong passwords of one name from one address are followed by no wait.
            longest: the longest of all waits.
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
        """A stored count as it is now; zero failures if none is stored or it is forgotten by now."""
        if count is None or count.seen_at + self.memory <= now:
            return WrongTries(0, LONG_AGO, now)
        return count

    def after_try(self, kind: TryScope, count: WrongTries, now: datetime) -> WrongTries:
        """The count after one more try, which is taken for wrong until it is checked."""
        failures = count.failures + 1
        wait = self.rules[kind].wait_after(failures)
        return WrongTries(failures, now + wait if wait else min(count.free_at, now), now)

    def taken_back(self, count: WrongTries, now: datetime) -> WrongTries:
        """The count if the last try was right: only that try is taken out, other wrong passwords stay counted."""
        return WrongTries(max(0, count.failures - 1), min(count.free_at, now), count.seen_at)
