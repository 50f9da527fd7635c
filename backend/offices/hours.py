"""Opening hours: weekly rules, extra openings, closures. Pure; all times are Asia/Tokyo."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import holidays

from backend.common import TOKYO

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LAST_MINUTE = time(23, 59)


@dataclass(frozen=True)
class Hours:
    """A weekly rule: on these weekdays (in these weeks of the month, if given) from ``opens`` to ``closes``."""

    days: frozenset[str]
    opens: time
    closes: time
    weeks: frozenset[int] = frozenset()
    on_holidays: bool = False

    def holds_on(self, day: date) -> bool:
        """Whether the rule applies to a day, regardless of holidays. Week 4 is the fourth such weekday of the month."""
        if WEEKDAYS[day.weekday()] not in self.days:
            return False
        return not self.weeks or (day.day - 1) // 7 + 1 in self.weeks


@dataclass(frozen=True)
class Opening:
    """One continuous opening, as aware datetimes in Asia/Tokyo; the end is exclusive."""

    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True)
class DatedOpening:
    """An extra opening (臨時開庁) on one date, Asia/Tokyo; empty ``offices`` means all offices."""

    on: date
    opens: time
    closes: time
    offices: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Closure:
    """A closure on one date; empty ``offices`` means all offices."""

    on: date
    offices: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Calendar:
    """When offices are open: an extra opening overrides a closure, and a closure overrides the weekly rule."""

    closed_days: frozenset[tuple[int, int]] = frozenset()
    closed_on_national_holidays: bool = True
    closures: tuple[Closure, ...] = ()
    special_openings: tuple[DatedOpening, ...] = ()
    _japan: holidays.HolidayBase = field(
        default_factory=lambda: holidays.country_holidays("JP"), compare=False
    )

    def is_national_holiday(self, day: date) -> bool:
        """Whether a day is a holiday (国民の祝日, substitutes included)."""
        return day in self._japan

    def openings(self, office_id: str, hours: Iterable[Hours], day: date) -> tuple[Opening, ...]:
        """The openings of one office on one day, earliest first."""
        special = [
            rule
            for rule in self.special_openings
            if rule.on == day and (not rule.offices or office_id in rule.offices)
        ]
        if special:
            return _sorted(_opening(day, rule.opens, rule.closes) for rule in special)
        if any(rule.on == day and (not rule.offices or office_id in rule.offices) for rule in self.closures):
            return ()
        if (day.month, day.day) in self.closed_days:
            return ()
        holiday = self.closed_on_national_holidays and self.is_national_holiday(day)
        return _sorted(
            _opening(day, rule.opens, rule.closes)
            for rule in hours
            if rule.holds_on(day) and (rule.on_holidays or not holiday)
        )


def _sorted(openings: Iterable[Opening]) -> tuple[Opening, ...]:
    return tuple(sorted(openings, key=lambda opening: opening.opens_at))


def _opening(day: date, opens: time, closes: time) -> Opening:
    """An opening on a day; closing at the last minute of the day means midnight."""
    end = datetime.combine(day, closes, TOKYO)
    if closes >= LAST_MINUTE:
        end = datetime.combine(day + timedelta(days=1), time(), TOKYO)
    return Opening(datetime.combine(day, opens, TOKYO), end)
