"""Reading the dates of a Japanese office: 和暦 and 西暦, full-width or not, birthdays with unknown parts.

Eras (元号) begin on the day of their proclamation; up to 昭和 the last day of one era is the first of the next,
平成 and 令和 begin the day after. A date outside its era (平成31年5月1日) does not exist and is refused.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from functools import lru_cache

from backend.offices.business_day import TOKYO

_FIRST_YEAR = 1868
_LAST_YEAR = 2199


class BadDateError(ValueError):
    """A text is not a date, or a date that does not exist. The message never repeats the text."""


class Notation(StrEnum):
    """How a file may write dates."""

    JAPANESE_ERA = "wareki"
    WESTERN = "seireki"
    COMPACT = "compact"
    ERA_CODE = "era_code"


USUAL_NOTATIONS = frozenset({Notation.JAPANESE_ERA, Notation.WESTERN, Notation.COMPACT})
"""``era_code`` (seven digits, the first one an era) is asked for in the mapping file: it looks like a number."""


@dataclass(frozen=True)
class _Era:
    names: tuple[str, ...]
    code: str
    first: date
    last: date


_ERAS = (
    _Era(("令和", "令", "R"), "5", date(2019, 5, 1), date(_LAST_YEAR, 12, 31)),
    _Era(("平成", "平", "H"), "4", date(1989, 1, 8), date(2019, 4, 30)),
    _Era(("昭和", "昭", "S"), "3", date(1926, 12, 25), date(1989, 1, 7)),
    _Era(("大正", "大", "T"), "2", date(1912, 7, 30), date(1926, 12, 25)),
    _Era(("明治", "明", "M"), "1", date(1868, 1, 25), date(1912, 7, 30)),
)
_ERA_BY_NAME = {name: era for era in _ERAS for name in era.names}
_ERA_BY_CODE = {era.code: era for era in _ERAS}

# One- and two-part forms exist for birthdays: 1950年, S25, 昭和25年2月.
_MONTH_AND_DAY = r"(?:[./-]|年)?(?:(?<=[./年-])(?P<month>\d{1,2}|不明)(?:[./-]|月)?(?:(?<=[./月-])(?P<day>\d{1,2}|不明)日?)?)?"
_ERA = re.compile(r"(?P<era>令和|平成|昭和|大正|明治|[令平昭大明RHSTM])(?P<year>元|\d{1,2})" + _MONTH_AND_DAY)
_WESTERN = re.compile(r"(?P<year>\d{4})" + _MONTH_AND_DAY)
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_ERA_COMPACT = re.compile(r"(?P<era>[RHSTM])(?P<year>\d{2})(?P<month>\d{2})(?P<day>\d{2})")
_ERA_CODE = re.compile(r"(?P<code>[1-5])(?P<year>\d{2})(?P<month>\d{2})(?P<day>\d{2})")
_PATTERNS = (
    (Notation.COMPACT, _COMPACT),
    (Notation.ERA_CODE, _ERA_CODE),
    (Notation.JAPANESE_ERA, _ERA),
    (Notation.JAPANESE_ERA, _ERA_COMPACT),
    (Notation.WESTERN, _WESTERN),
)
_WEEKDAY = re.compile(r"\([月火水木金土日](?:曜日?)?\)|[月火水木金土日]曜日?")
_MIDNIGHT = re.compile(r"[ T]0?0:00(?::00(?:\.0+)?)?$")
_TIME = re.compile(
    r"^(?P<day>.*?\d日?)[ T]*"
    r"(?:(?<=[ T日])|(?=午))"
    r"(?P<half>午前|午後)?"
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::\d{2}(?:\.\d+)?)?|時(?:(?P<jminute>\d{1,2})分|(?P<half_past>半))?)"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2})?$"
)


@dataclass(frozen=True)
class PartialDate:
    """A date whose month or day may be unknown (月日不明), as the register has it for some residents."""

    year: int
    month: int | None = None
    day: int | None = None

    def iso(self) -> str:
        """``1950``, ``1950-02`` or ``1950-02-03``."""
        text = f"{self.year:04d}"
        if self.month is not None:
            text += f"-{self.month:02d}"
            if self.day is not None:
                text += f"-{self.day:02d}"
        return text


def _fold(text: str) -> str:
    """Widths, spaces and weekdays do not matter; one space stays where it separates a time."""
    folded = unicodedata.normalize("NFKC", text).replace("−", "-").replace("‐", "-").replace("．", ".")
    folded = _WEEKDAY.sub(" ", folded)
    return " ".join(folded.split())


def _year(era: _Era | None, written: str) -> int:
    number = 1 if written == "元" else int(written)
    if era is None:
        return number
    if number < 1:
        raise BadDateError("an era begins with its first year")
    return era.first.year + number - 1


def _part(written: str | None) -> int | None:
    if written is None or written == "不明" or int(written) == 0:
        return None
    return int(written)


def _checked(era: _Era | None, year: int, month: int | None, day: int | None) -> PartialDate:
    """Refuse what does not exist: month 13, 30 February, a day outside its era."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise BadDateError("the year is out of range")
    if month is None:
        if day is not None:
            raise BadDateError("a day needs a month")
        first, last = date(year, 1, 1), date(year, 12, 31)
    else:
        if not 1 <= month <= 12:
            raise BadDateError("the month does not exist")
        if day is None:
            first = date(year, month, 1)
            last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        else:
            try:
                first = last = date(year, month, day)
            except ValueError:
                raise BadDateError("the day does not exist") from None
    if era is not None and (last < era.first or first > era.last):
        raise BadDateError("the date is outside its era")
    return PartialDate(year, month, day)


def _read(folded: str, notations: frozenset[Notation]) -> PartialDate:
    tight = folded.replace(" ", "")
    for notation, pattern in _PATTERNS:
        match = pattern.fullmatch(tight)
        if match is None or notation not in notations:
            continue
        groups = match.groupdict()
        era = _ERA_BY_CODE[groups["code"]] if "code" in groups else _ERA_BY_NAME.get(groups.get("era") or "")
        return _checked(era, _year(era, groups["year"]), _part(groups["month"]), _part(groups["day"]))
    raise BadDateError("this is not a date in a notation that the mapping allows")


@lru_cache(maxsize=65536)
def parse_birth(text: str, notations: frozenset[Notation] = USUAL_NOTATIONS) -> PartialDate | None:
    """Read a birthday; month and day may be 00, 不明 or missing. A birthday that is 不明 altogether is ``None``.

    Raises:
        BadDateError: the text is not a date, or the date does not exist.
    """
    folded = _MIDNIGHT.sub("", _fold(text))
    if folded in {"", "不明", "不詳"}:
        return None
    return _read(folded, notations)


@lru_cache(maxsize=65536)
def parse_date(text: str, notations: frozenset[Notation] = USUAL_NOTATIONS) -> date:
    """Read a whole date.

    Raises:
        BadDateError: the text is not a date, a part is unknown, or the date does not exist.
    """
    partial = _read(_MIDNIGHT.sub("", _fold(text)), notations)
    if partial.month is None or partial.day is None:
        raise BadDateError("a part of the date is missing")
    return date(partial.year, partial.month, partial.day)


@lru_cache(maxsize=65536)
def parse_date_time(text: str, notations: frozenset[Notation] = USUAL_NOTATIONS) -> datetime:
    """Read a date with a time of day in Asia/Tokyo (or with its own offset) and return it in UTC.

    Raises:
        BadDateError: the text is not a date with a time, or the moment does not exist.
    """
    match = _TIME.match(_fold(text))
    if match is None:
        raise BadDateError("this is not a date with a time")
    day = parse_date(match["day"].strip(), notations)
    hour = int(match["hour"])
    minute = 30 if match["half_past"] else int(match["minute"] or match["jminute"] or 0)
    if match["half"] and hour > 12:
        raise BadDateError("the time does not exist")
    if match["half"]:
        hour = hour % 12 + (12 if match["half"] == "午後" else 0)
    try:
        moment = datetime.combine(day, time(hour, minute), _zone(match["zone"]))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadDateError("the time does not exist") from None


def _zone(written: str | None) -> timezone:
    """The offset that a time carries; without one it is Tokyo's."""
    if written is None:
        return _TOKYO_OFFSET
    if written == "Z":
        return UTC
    digits = written[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if written[0] == "-" else offset)


# Japan has had no summer time since 1951, and no reservation is older than that.
_TOKYO_OFFSET = timezone(timedelta(hours=9))

_WEEKDAYS = "月火水木金土日"


def era_parts(day: date) -> tuple[tuple[str, str], int]:
    """The era of a day, as name and letter (令和, R), and the year within it."""
    era = next(era for era in _ERAS if day >= era.first)
    return (era.names[0], era.names[-1]), day.year - era.first.year + 1


def in_era(day: date) -> str:
    """A date as offices write it, for example 令和8年11月24日（火）."""
    (name, _letter), year = era_parts(day)
    written = "元" if year == 1 else str(year)
    return f"{name}{written}年{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）"


def tokyo_date(moment: datetime) -> date:
    """The calendar day in Tokyo of an aware time."""
    return moment.astimezone(TOKYO).date()
