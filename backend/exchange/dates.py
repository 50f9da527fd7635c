"""Reading the dates of a Japanese office: 和暦 and 西暦, full-width or not, birthdays with unknown parts.

Eras (元号) begin on the day of their proclamation; up to 昭和 the last day of one era is the first of the next,
平成 and 令和 begin the day after. A date outside its era (平成31年5月1日) does not exist and is refused.
"""

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache

from backend.common import ERAS, LAST_YEAR, Era, has_odd_digits
from backend.exchange.refusals import BadDateError, ImportRemark, WrongWeekdayError
from backend.exchange.weekdays import Marks, is_national_holiday, take_marks

_FIRST_YEAR = 1868


class Notation(StrEnum):
    """How a file may write dates."""

    JAPANESE_ERA = "wareki"
    WESTERN = "seireki"
    COMPACT = "compact"
    ERA_CODE = "era_code"


USUAL_NOTATIONS = frozenset({Notation.JAPANESE_ERA, Notation.WESTERN, Notation.COMPACT})
"""All but ``era_code`` (seven digits, the first one an era), which looks like a number: a mapping file must ask for it."""


_HEISEI = ERAS[1]
_ERA_BY_NAME = {name: era for era in ERAS for name in era.names}
_ERA_BY_CODE = {era.code: era for era in ERAS}

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
_PARTED_DIGITS = re.compile(r"\d \d")
_MIDNIGHT = re.compile(r"[ T]0?0:00(?::00(?:\.0+)?)?$")


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


@dataclass(frozen=True)
class DateRules:
    """How a file writes dates, and which irregular dates are accepted.

    Attributes:
        notations: the notations in which dates may be written.
        holiday_marks: accept a holiday mark beside a date: （月・祝）.
        english_weekdays: accept an English weekday beside a date: (Fri).
        wrong_weekday: accept a date with a wrong weekday, with a remark.
        heisei_continued: accept 平成 after its end (平成32年), as on papers from before 2019, with a remark.
    """

    notations: frozenset[Notation] = USUAL_NOTATIONS
    holiday_marks: bool = True
    english_weekdays: bool = True
    wrong_weekday: bool = False
    heisei_continued: bool = False


USUAL_RULES = DateRules()
NOTHING_REMARKED: frozenset[ImportRemark] = frozenset()


@dataclass(frozen=True)
class Dated:
    """A date as it was read, with remarks on it."""

    parts: PartialDate
    remarks: frozenset[ImportRemark] = NOTHING_REMARKED

    @property
    def whole(self) -> date:
        """The date, all of whose parts are known.

        Raises:
            BadDateError: month or day is unknown.
        """
        if self.parts.month is None or self.parts.day is None:
            raise BadDateError("a part of the date is missing")
        return date(self.parts.year, self.parts.month, self.parts.day)


def fold_date(text: str) -> str:
    """Fold a date for reading: half-width characters, runs of spaces as one space.

    Raises:
        BadDateError: it holds a character such as ⑫ or ㋀, whose folded digits would join the digits beside it.
    """
    if has_odd_digits(text):
        raise BadDateError("a character is neither a digit nor a word of a date")
    folded = unicodedata.normalize("NFKC", text).replace("−", "-").replace("‐", "-")
    return " ".join(folded.split())


def _year(era: Era | None, written: str) -> int:
    number = 1 if written == "元" else int(written)
    return number if era is None else era.first.year + number - 1


def _part(written: str | None) -> int | None:
    if written is None or written == "不明" or int(written) == 0:
        return None
    return int(written)


def _checked(
    era: Era | None, year: int, month: int | None, day: int | None, *, heisei_continued: bool
) -> Dated:
    """Refuse what does not exist: month 13, 30 February, a day outside its era."""
    if not _FIRST_YEAR <= year <= LAST_YEAR:
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
            last = date(year, month, monthrange(year, month)[1])
        else:
            try:
                first = last = date(year, month, day)
            except ValueError:
                raise BadDateError("the day does not exist") from None
    read = PartialDate(year, month, day)
    if era is None or (last >= era.first and first <= era.last):
        return Dated(read)
    if era is _HEISEI and first > era.last and heisei_continued:
        return Dated(read, frozenset({ImportRemark.HEISEI_CONTINUED}))
    raise BadDateError("the date is outside its era")


def read_folded(folded: str, rules: DateRules) -> Dated:
    """Read a folded date with the weekday or holiday beside it.

    Raises:
        BadDateError: the text is not a date, or the date does not exist.
    """
    plain, marks = take_marks(folded, holiday_marks=rules.holiday_marks, english=rules.english_weekdays)
    plain = _MIDNIGHT.sub("", plain)
    if _PARTED_DIGITS.search(plain):
        # Without the space 1 1/24 would become 11/24.
        raise BadDateError("a space stands inside a number")
    return _agreeing(_read(plain.replace(" ", ""), rules), marks, rules)


def _read(tight: str, rules: DateRules) -> Dated:
    for notation, pattern in _PATTERNS:
        match = pattern.fullmatch(tight)
        if match is None or notation not in rules.notations:
            continue
        groups = match.groupdict()
        era = _ERA_BY_CODE[groups["code"]] if "code" in groups else _ERA_BY_NAME.get(groups.get("era") or "")
        return _checked(
            era,
            _year(era, groups["year"]),
            _part(groups["month"]),
            _part(groups["day"]),
            heisei_continued=rules.heisei_continued,
        )
    raise BadDateError("this is not a date in a notation that the mapping allows")


def _agreeing(dated: Dated, marks: Marks, rules: DateRules) -> Dated:
    """Check the weekday and holiday beside a date; a wrong one is refused, or accepted with a remark."""
    if marks.weekday is None and not marks.holiday:
        return dated
    day = dated.whole
    right = marks.weekday in {None, day.weekday()} and (not marks.holiday or is_national_holiday(day))
    if right:
        return dated
    if not rules.wrong_weekday:
        raise WrongWeekdayError("the weekday or holiday beside the date is not that day's")
    return replace(dated, remarks=dated.remarks | {ImportRemark.WRONG_WEEKDAY})


@lru_cache(maxsize=65536)
def read_birth(text: str, rules: DateRules = USUAL_RULES) -> Dated | None:
    """Read a birthday; month and day may be 00, 不明 or missing. An unknown birthday (不明, 不詳) is ``None``.

    Raises:
        BadDateError: the text is not a date, or the date does not exist.
    """
    folded = fold_date(text)
    if folded in {"", "不明", "不詳"}:
        return None
    return read_folded(folded, rules)


@lru_cache(maxsize=65536)
def read_date(text: str, rules: DateRules = USUAL_RULES) -> Dated:
    """Read a date of which year, month and day are known.

    Raises:
        BadDateError: the text is not a date, a part is unknown, or the date does not exist.
    """
    dated = read_folded(fold_date(text), rules)
    _ = dated.whole
    return dated


def parse_date(text: str, rules: DateRules = USUAL_RULES) -> date:
    """Like :func:`read_date`, but return the date without remarks.

    Raises:
        BadDateError: the text is not a date, a part is unknown, or the date does not exist.
    """
    return read_date(text, rules).whole
