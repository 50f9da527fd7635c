"""Reading the time of a reservation: one time, or a span, of which the beginning counts.

``10:00-10:30`` is a span until 10:30, not a time with the UTC offset -10:30. An offset is read only in ISO 8601 with
its T, and only the two that a system in Japan writes: ``2026-11-30T10:00:00+09:00``, and Z or ``+00:00``. Any other one
may be the end of a span or a mistake, and is refused with a code of its own.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

from backend.exchange.dates import USUAL_RULES, Dated, DateRules, fold_date, read_date, read_folded
from backend.exchange.refusals import BadDateError, ForeignOffsetError, ImportRemark

_TIME = (
    r"(?P<half>午前|午後)? ?(?P<hour>\d{1,2}) ?"
    r"(?:: ?(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.0+)?)?"
    r"|時 ?(?:(?P<jminute>\d{1,2}) ?分(?: ?(?P<jsecond>\d{1,2}) ?秒)?|(?P<half_past>半))?)"
)
_AFTER_DAY = r"(?:(?<=[日)曜])|[ T]|(?=午)) ?"
_MOMENT = re.compile(rf"(?P<day>.+?){_AFTER_DAY}{_TIME}(?P<rest>.*)")
_SPAN = re.compile(r" ?(?:(?P<open>[~〜]|から)|[-‒–—―─ー]|より|to)(?P<end>.*)", re.IGNORECASE)
_END = re.compile(rf" ?(?:(?P<day>.+?){_AFTER_DAY})?{_TIME} ?(?:まで|迄)?")
_ISO = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})T(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]0+)?)?"
    r"(?P<offset>Z|[+-]\d{1,2}(?::?\d{2})?)"
)

# Japan has had no summer time since 1951, and no reservation is older than that.
_TOKYO_OFFSET = timezone(timedelta(hours=9))
_OFFSETS = {"Z": UTC, "+00:00": UTC, "+09:00": _TOKYO_OFFSET}


@dataclass(frozen=True)
class Timed:
    """A time in UTC, with the remarks on its date."""

    at: datetime
    remarks: frozenset[ImportRemark]


@lru_cache(maxsize=65536)
def read_date_time(text: str, rules: DateRules = USUAL_RULES) -> Timed:
    """Read a date with a time of day in Asia/Tokyo, or in ISO 8601 with +09:00 or Z; of a span, the beginning.

    Raises:
        BadDateError: the text is no date with a time, the time does not exist, or the span ends before it begins.
    """
    folded = fold_date(text)
    iso = _ISO.fullmatch(folded)
    if iso is not None:
        return _with_offset(iso, rules)
    match = _MOMENT.fullmatch(folded)
    if match is None:
        raise BadDateError("this is not a date with a time")
    dated = read_folded(match["day"].strip(), rules)
    begins = _clock(match)
    if match["rest"]:
        _check_end(match["rest"], dated, match, rules)
    return Timed(_moment(dated.whole, begins, _TOKYO_OFFSET), dated.remarks)


def _with_offset(iso: re.Match[str], rules: DateRules) -> Timed:
    zone = _OFFSETS.get(iso["offset"])
    if zone is None:
        raise ForeignOffsetError("what follows the time is no offset of Japan, and may be the end of a span")
    dated = read_folded(iso["day"], rules)
    clock = (int(iso["hour"]), int(iso["minute"]), int(iso["second"] or 0))
    return Timed(_moment(dated.whole, clock, zone), dated.remarks)


def _clock(match: re.Match[str]) -> tuple[int, int, int]:
    """Hour (0 to 24), minute and second of a matched time, with 午前, 午後 and 半 taken into account."""
    hour = int(match["hour"])
    if match["half"]:
        if hour > 12:
            raise BadDateError("the time does not exist")
        # 午後12時半 means 12:30, as clocks and spreadsheets write it.
        hour = hour % 12 + (12 if match["half"] == "午後" else 0)
    minute = 30 if match["half_past"] else int(match["minute"] or match["jminute"] or 0)
    return hour, minute, int(match["second"] or match["jsecond"] or 0)


def _check_end(rest: str, begins: Dated, start: re.Match[str], rules: DateRules) -> None:
    """Accept what follows a time only if it is the end of a span on that day; anything else is refused."""
    span = _SPAN.fullmatch(rest)
    if span is None:
        raise BadDateError("something follows the time")
    if not span["end"].strip():
        if span["open"] is None:
            raise BadDateError("the end of the span is missing")
        return
    match = _END.fullmatch(span["end"])
    if match is None:
        raise BadDateError("the end of the span is not a time")
    if match["day"] and read_folded(match["day"].strip(), rules).parts != begins.parts:
        raise BadDateError("the span ends on another day")
    end, first = _clock(match), _clock(start)
    if end < first and start["half"] and not match["half"]:
        end = (end[0] + 12, *end[1:])  # 午後1時～2時
    _moment(begins.whole, end, _TOKYO_OFFSET)
    if end <= first:
        raise BadDateError("the span ends before it begins")


def _moment(day: date, clock: tuple[int, int, int], zone: timezone) -> datetime:
    try:
        return datetime.combine(day, time(*clock), zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadDateError("the time does not exist") from None


def read_moment(text: str, rules: DateRules = USUAL_RULES) -> datetime:
    """A date with or without its time, of Tokyo, as a moment in UTC; a date alone is the beginning of its day.

    Raises:
        BadDateError: it is neither.
    """
    try:
        return read_date_time(text, rules).at
    except BadDateError:
        whole = read_date(text, rules).whole
        return datetime.combine(whole, time(), _TOKYO_OFFSET).astimezone(UTC)
