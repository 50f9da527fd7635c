"""Ages on the day of the visit, by the Japanese rule, also if the month or day of birth is unknown.

Source: 年齢計算ニ関スル法律 with 民法 143条: an age is reached at 24:00 of the day before the birthday. No counter
is open at that time, so in calendar days a person has the age from the birthday on, and not yet on the day before.
A person born on 29 February reaches an age at 24:00 of 28 February: in a common year, that is from 1 March on.

The end of a school year is different: 学校教育法 17条 asks for the day *on which* an age is reached, and that is the
day before the birthday. A person born on 1 April therefore belongs to the older school year.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from backend.documents.model.errors import BirthDateError

_WRITTEN = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", re.ASCII)
OLDEST = 130
"""The greatest possible age in years; a birth date that gives a greater one is wrong."""
_PRESCHOOL_LAST_AGE = 6
_JUNIOR_HIGH_LAST_AGE = 15


def age_on(birth: date, day: date) -> int:
    """Age in full years on a calendar day (Asia/Tokyo); negative before the birth.

    Source: 年齢計算ニ関スル法律; the module's docstring explains how it is applied.
    """
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _school_year_ends(birth: date, age: int) -> date:
    """The 31 March that ends the school year in which an age is reached; that day is the one before the birthday."""
    year = birth.year + age
    leap_day_is_missing = (birth.month, birth.day) == (2, 29) and monthrange(year, 2)[1] == 28
    birthday = date(year, 3, 1) if leap_day_is_missing else date(year, birth.month, birth.day)
    reached = birthday - timedelta(days=1)
    this_march = date(reached.year, 3, 31)
    return this_march if reached <= this_march else date(reached.year + 1, 3, 31)


def preschool_ends(birth: date) -> date:
    """The last day before a person's elementary school begins: until then they are 未就学児.

    Source: 学校教育法 17条1項 (the beginning of the first school year after the day on which 6 is reached).
    """
    return _school_year_ends(birth, _PRESCHOOL_LAST_AGE)


def junior_high_ends(birth: date) -> date:
    """The 31 March on which a person's years of compulsory school end.

    Source: 学校教育法 17条2項 (the end of the school year to which the day belongs on which 15 is reached). The day
    before the fifteenth birthday decides, so 1 April still belongs to the year that ended the day before.
    """
    return _school_year_ends(birth, _JUNIOR_HIGH_LAST_AGE)


@dataclass(frozen=True, slots=True)
class BirthDate:
    """A date of birth of which the register may not know the month or the day.

    Args:
        year: year in the western calendar (西暦).
        month: 1 to 12, or None if unknown.
        day: 1 to 31, or None if unknown.

    Raises:
        BirthDateError: there is no such day.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        """Refuse a day that is not in the calendar."""
        try:
            date(self.year, self.month or 1, 1)
            if self.day is not None:
                # If only the month is unknown, the day is checked against January, which has 31 days.
                date(self.year, self.month or 1, self.day)
        except ValueError:
            raise BirthDateError("The birth date is not a day of the calendar.") from None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``1990``, ``1990-01`` or ``1990-01-31``; ``00`` stands for an unknown month or day.

        Raises:
            BirthDateError: another form, or no such day. The text is not repeated.
        """
        match = _WRITTEN.fullmatch(text.strip())
        if match is None:
            raise BirthDateError(
                "A birth date is written YYYY-MM-DD, or YYYY-MM or YYYY where the rest is unknown."
            )
        year, month, day = (int(part) if part else 0 for part in match.groups())
        return cls(year, month or None, day or None)

    @classmethod
    def of(cls, day: date) -> Self:
        """The birth date of a known day."""
        return cls(day.year, day.month, day.day)

    @property
    def known(self) -> bool:
        """Whether the full date is known."""
        return self.month is not None and self.day is not None

    @property
    def earliest(self) -> date:
        """The first possible day."""
        if self.month is None:
            return date(self.year, 1, 1)
        return date(self.year, self.month, self.day or 1)

    @property
    def latest(self) -> date:
        """The last possible day."""
        if self.month is None:
            return date(self.year, 12, 31)
        return date(self.year, self.month, self.day or monthrange(self.year, self.month)[1])

    def candidates(self, on: date) -> tuple[date, date]:
        """First and last possible birth date of somebody who is at the counter on a day; none is after that day.

        Raises:
            BirthDateError: every possible day lies after the visit.
        """
        if self.earliest > on:
            raise BirthDateError("The birth date lies after the visit.")
        return self.earliest, min(self.latest, on)
