"""Weekdays and holidays written beside a date, with which they must agree: （火）, 火曜日, （月・祝）, (Fri)."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

from backend.common import WEEKDAYS
from backend.exchange.refusals import BadDateError

_ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOLIDAY = r"祝日?|振休|振替(?:休日)?|国民の[祝休]日"

_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
_JAPANESE_MARK = re.compile(
    rf"(?P<day>[{WEEKDAYS}])?(?:(?<=[{WEEKDAYS}])曜日?)?[ ・,、/]*(?P<holiday>{_HOLIDAY})?"
)
_ENGLISH_MARK = re.compile(
    r"(?P<day>mon|tue|wed|thu|fri|sat|sun)"
    r"(?:(?<=mon)day|(?<=tue)s(?:day)?|(?<=wed)nesday|(?<=thu)r(?:s(?:day)?)?|(?<=fri)day|(?<=sat)urday|(?<=sun)day)?\.?",
    re.IGNORECASE,
)
_WITHOUT_BRACKETS = re.compile(rf"([{WEEKDAYS}])曜日?")


@dataclass(frozen=True)
class Marks:
    """What is written beside a date: the weekday (0 is Monday, None if not written), and whether it is a holiday."""

    weekday: int | None
    holiday: bool


def take_marks(text: str, *, holiday_marks: bool, english: bool) -> tuple[str, Marks]:
    """Take weekday and holiday out of a folded date; a space takes their place, so that no digits are joined.

    Raises:
        BadDateError: brackets hold something else, or marks contradict each other.
    """
    weekdays: set[int] = set()
    holiday = False
    for content in _IN_BRACKETS.findall(text):
        japanese = _JAPANESE_MARK.fullmatch(content.strip())
        in_english = _ENGLISH_MARK.fullmatch(content.strip()) if english else None
        if japanese is not None and content.strip() and (holiday_marks or not japanese["holiday"]):
            holiday = holiday or bool(japanese["holiday"])
            if japanese["day"]:
                weekdays.add(WEEKDAYS.index(japanese["day"]))
        elif in_english is not None:
            weekdays.add(_ENGLISH.index(in_english["day"].casefold()))
        else:
            raise BadDateError("what stands in brackets beside the date is no weekday")
    plain = _IN_BRACKETS.sub(" ", text)
    weekdays |= {WEEKDAYS.index(day) for day in _WITHOUT_BRACKETS.findall(plain)}
    if len(weekdays) > 1:
        raise BadDateError("the date has two weekdays")
    plain = " ".join(_WITHOUT_BRACKETS.sub(" ", plain).split())
    return plain, Marks(next(iter(weekdays), None), holiday)


def is_national_holiday(day: date) -> bool:
    """Whether a day is a holiday (国民の祝日, substitutes included)."""
    return day in _japan()


@lru_cache(maxsize=1)
def _japan() -> holidays.HolidayBase:
    return holidays.country_holidays("JP")
