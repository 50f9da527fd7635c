"""The calendar of Tokyo: its time zone, its weekdays, and the Japanese eras (和暦)."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

TOKYO: Final = ZoneInfo("Asia/Tokyo")
WEEKDAYS: Final = "月火水木金土日"
"""The characters of the weekdays, beginning with Monday."""
LAST_YEAR: Final = 2199
"""The latest year that a paper of this product can show."""


@dataclass(frozen=True, slots=True)
class Era:
    """An era (元号): how papers write it, its number in codes, and its first and last day."""

    names: tuple[str, ...]
    code: str
    first: date
    last: date


ERAS: Final = (
    Era(("令和", "令", "R"), "5", date(2019, 5, 1), date(LAST_YEAR, 12, 31)),
    Era(("平成", "平", "H"), "4", date(1989, 1, 8), date(2019, 4, 30)),
    Era(("昭和", "昭", "S"), "3", date(1926, 12, 25), date(1989, 1, 7)),
    Era(("大正", "大", "T"), "2", date(1912, 7, 30), date(1926, 12, 25)),
    Era(("明治", "明", "M"), "1", date(1868, 1, 25), date(1912, 7, 30)),
)
"""The newest first."""


def in_tokyo(at: datetime) -> datetime:
    """The same instant in Asia/Tokyo.

    Raises:
        ValueError: the time has no zone; a zone is never guessed.
    """
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be told in Tokyo")
    return at.astimezone(TOKYO)


def begin_of_day(day: date) -> datetime:
    """The first moment of a day in Tokyo."""
    return datetime.combine(day, time(), TOKYO)


def era_parts(day: date) -> tuple[tuple[str, str], int]:
    """The era of a day, as name and letter (令和, R), and the year within it."""
    era = next(era for era in ERAS if day >= era.first)
    return (era.names[0], era.names[-1]), day.year - era.first.year + 1


def in_era(day: date) -> str:
    """A date as offices write it, for example 令和8年11月24日（火）."""
    return f"{era_date(day)}（{WEEKDAYS[day.weekday()]}）"


def era_date(day: date) -> str:
    """A date as offices write it, without the weekday, for example 令和8年11月24日."""
    (name, _letter), year = era_parts(day)
    written = "元" if year == 1 else str(year)
    return f"{name}{written}年{day.month}月{day.day}日"


def era_month(day: date) -> str:
    """The month of a day as offices write it, for example 令和8年11月."""
    return era_date(day).partition("月")[0] + "月"
