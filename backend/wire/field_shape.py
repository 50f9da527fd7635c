"""Kinds of fields, and their usual content, which is accepted before the rest of the field is searched for a 個人番号.

A number of 23 digits contains twelve with a correct check digit in 72 of 100 cases, and on half of all days there is a
time of day that does so when written after the date. Without these shapes, good rows of an import would be refused at
random.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from ipaddress import AddressValueError, IPv6Address

from backend.wire.code_shape import looks_like_notice


class FieldShape(StrEnum):
    """What a field is for, and so what it usually holds."""

    TEXT = "text"
    """Free text: names, addresses, remarks. Searched most thoroughly."""
    CODE = "code"
    """What a scanner read or a visitor typed: our own codes and those of other systems."""
    NUMBER = "number"
    """予約番号, 製造管理番号, 発送番号: at most twenty digits and capitals."""
    APPLICATION_ID = "application_id"
    """申請書ID: 23 digits."""
    PHONE = "phone"
    """One or several telephone numbers, each with an extension or without."""
    DATE = "date"
    """Days and times."""
    UNREAD = "unread"
    """Columns that are not imported: searched only for numbers written as on the card."""
    PATH = "path"
    """Input for a program: names of files and devices, addresses, and messages that repeat them."""
    RECORD = "record"
    """Output of programs: log lines, addresses, messages. Like text, but it may contain ids and addresses."""


Span = tuple[int, int]


def _month_and_day(between: str) -> str:
    """Pattern of a month and one of its days; 29 February is allowed in every year."""
    too_late = rf"(?!0?2{between}3[01]|(?:0?[469]|11){between}31)"
    return rf"{too_late}(?:0?[1-9]|1[0-2]){between}(?:0?[1-9]|[12][0-9]|3[01])"


_Y = r"(?:19|20)[0-9]{2}"
_ERA = r"(?:明治|大正|昭和|平成|令和|[明大昭平令MTSHRmtshr])\s?\.?\s?(?:[0-9]{1,2}|元)"
_KANJI_DAY = _month_and_day(r"\s*月\s*") + r"\s*日"
_COMPACT_DAY = rf"(?:{_Y}|[MTSHRmtshr][0-9]{{2}})(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"


def _day(behind: str) -> str:
    """Pattern of a day with its year.

    Args:
        behind: what must not follow the last digit of a day written with separators; ``{}`` is the separator.
    """
    parted = (
        rf"(?:{_Y}|{_ERA})\s?{sign}\s?" + _month_and_day(rf"\s?{sign}\s?") + behind.format(sign)
        for sign in ("-", "/", r"\.")
    )
    return "|".join([*parted, rf"(?:{_Y}|{_ERA})\s*年\s*{_KANJI_DAY}", _COMPACT_DAY])


_DAY = _day("(?!{}?[0-9])")
_WEEKDAY = r"(?:\s*\(?[月火水木金土日](?:曜日?)?\)?)?"
_CLOCK = (
    r"(?:(?:午前|午後)\s*)?(?:[01]?[0-9]|2[0-4])"
    r"(?::[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?|\s*時(?:\s*[0-5]?[0-9]\s*分(?:\s*[0-5]?[0-9]\s*秒)?|半)?)"
    r"(?:\s?[AaPp][Mm])?"
)
_TIME = rf"{_CLOCK}(?:Z|\s?[+-](?:0[0-9]|1[0-4]):?[0-5][0-9](?![0-9:]))?"
_COMPACT = rf"{_Y}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]"
_DATE_OR_TIME = re.compile(
    rf"(?<![0-9])(?<![0-9][-/.:])(?:{_COMPACT}|(?:{_DAY}){_WEEKDAY}(?:(?:T|\s*){_TIME})?|{_TIME})(?![0-9]|:[0-9])"
)
# An impossible time (25:00) or day (11/31) in a column of dates is accepted here, because it is refused later as an
# impossible date; otherwise one in eleven would be refused as a 個人番号 by its check digit, with the wrong reason.
_NO_SUCH_MOMENT = re.compile(
    rf"{_Y}([-/.])[0-9]{{2}}\1[0-9]{{2}}{_WEEKDAY}[T\s]\s*[0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}})?"
)
# Every kind of dash, including the wave dash, is folded to the hyphen.
_TO = r"\s*(?:[-~]|から|より|to)\s*"
_SPAN_DAY = rf"(?:{_day('(?![0-9])')}){_WEEKDAY}"
_SPAN = re.compile(
    rf"(?<![0-9])(?<![0-9][-/.:])(?:{_SPAN_DAY}(?:T|\s*))?(?P<begin>{_CLOCK}){_TO}"
    rf"(?:{_SPAN_DAY}(?:T|\s*))?(?P<end>{_CLOCK})(?![0-9]|[-/.:][0-9])"
)
_DIGITS = re.compile(r"[0-9]+")
_EARLY = re.compile("午前|am", re.IGNORECASE)
_LATE = re.compile("午後|pm", re.IGNORECASE)
# Without a year, no date separator may be next to it: digit groups separated by slashes are not a date.
_MONTH_AND_DAY = re.compile(
    rf"(?<![0-9])(?<![0-9][-/.:])(?:{_month_and_day('/')}(?![0-9])|{_KANJI_DAY})(?!\s?[-/.][0-9]|[0-9:]){_WEEKDAY}"
)
_CLOCKS_OF_A_SPAN = 2
_DIGITS_OF_A_MY_NUMBER = 12
_HALF_A_DAY = 12 * 60 * 60

_GAP = r"[-\s().・/]{1,3}"
_DOMESTIC = "|".join(
    [
        *(
            rf"\(?0[0-9]{{{a}}}{_GAP}[0-9]{{{b}}}{_GAP}[0-9]{{{c}}}"
            # Ten digits: a landline with its area code; eleven: a mobile or toll-free number.
            for a, b, c in (
                (1, 4, 4), (2, 3, 4), (3, 2, 4), (4, 1, 4), (3, 3, 3), (2, 4, 4), (3, 3, 4), (3, 4, 3),
            )
        ),
        rf"\(?0[0-9]{{1,2}}{_GAP}[0-9]{{8}}",
        rf"\(?0[0-9]{{2}}{_GAP}[0-9]{{7}}",
        r"0[0-9]{9,10}",
    ]
)  # fmt: skip
_INTERNATIONAL = r"\+[1-9](?:[-\s().]{0,3}[0-9]){6,14}"
_MARKED = r"[\s,、;/-]{0,3}\(?\s*(?:内線(?:番号)?|ext(?:ension)?|[x#])\s*[.:]?\s*[0-9]{1,6}\s*\)?"
_BARE = r"(?:[\s,、;/-]{1,3}|\s*\()[0-9]{1,5}(?:\s*\))?(?![0-9]|\s?[-(.]\s?[0-9])"
_PHONE = re.compile(
    rf"(?<![0-9+])(?:{_DOMESTIC}|{_INTERNATIONAL})(?![0-9])(?:{_MARKED}(?![0-9])|{_BARE})?", re.IGNORECASE
)
_PHONE_WITH_EXTENSION = re.compile(rf"(?<![0-9+])(?:{_DOMESTIC})(?![0-9]){_MARKED}(?![0-9])", re.IGNORECASE)
_JAPANESE_MOBILE = re.compile(r"\+81[5-9]0[0-9]{8}")
_TWELVE_IN_A_ROW = re.compile(r"\+[0-9]{12}(?![0-9])")

_UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_ID = re.compile(
    rf"(?<![0-9A-Za-z])(?:{_UUID}|(?=[0-9]*[a-f])[0-9a-f]{{32,128}})(?![0-9A-Za-z])", re.IGNORECASE
)
_MAIL = re.compile(
    r"(?<![0-9A-Za-z._%+-])(?=[0-9._%+-]*[A-Za-z])[0-9A-Za-z._%+-]{1,64}@(?:[0-9A-Za-z-]{1,63}\.)+[A-Za-z]{2,63}(?![0-9A-Za-z])"
)
_NUMBER_IN_MAIL = re.compile(r"[0-9]{12}|(?<![0-9])[0-9]{4}(?:[^0-9]+[0-9]{4}){2}(?![0-9])")
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
_ADDRESS = re.compile(rf"(?<![0-9.])(?:{_OCTET}\.){{3}}{_OCTET}(?::[0-9]{{1,5}})?(?![0-9.:])")
_ADDRESS_6 = re.compile(
    r"(?<![0-9A-Za-z:.])(?=[0-9a-f]{0,4}:[0-9a-f]{0,4}:)(?P<address>[0-9a-f:.]{3,45})(?:\]:[0-9]{1,5}(?![0-9]))?",
    re.IGNORECASE,
)

_SIGN_OF_A_STAMP = "[-_./:]?"
_STAMP = re.compile(
    rf"(?<![0-9])(?:199[0-9]|20[0-9]{{2}}){_SIGN_OF_A_STAMP}"
    rf"(?!02{_SIGN_OF_A_STAMP}3|(?:0[469]|11){_SIGN_OF_A_STAMP}31)"
    rf"(?:0[1-9]|1[0-2]){_SIGN_OF_A_STAMP}(?:0[1-9]|[12][0-9]|3[01])"
    rf"(?:[-_T./ ]?(?:[01][0-9]|2[0-3]){_SIGN_OF_A_STAMP}[0-5][0-9](?:{_SIGN_OF_A_STAMP}[0-5][0-9])?)?(?![0-9])"
)
_SERIAL = re.compile(
    # A count with leading zeros, or a hexadecimal text with digits between its letters.
    r"(?<![0-9])0000[0-9]{8}(?![0-9])"
    r"|(?<![0-9A-Za-z])(?=[0-9a-f]*[a-f][0-9]+[a-f])[0-9a-f]{16,128}(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_FILLING = re.compile(r"[\s\-_.・]+")
_WHOLE = {
    # Twelve digits with hyphens would be looked up, and their fingerprint kept, as twelve digits in a row.
    FieldShape.CODE: re.compile(r"[0-9]{12}"),
    FieldShape.NUMBER: re.compile(r"[0-9A-Za-z]{1,20}"),
    FieldShape.APPLICATION_ID: re.compile(r"[0-9]{23}"),
}


def as_stored(folded: str, shape: FieldShape) -> str | None:
    """The text as it is stored, if the whole text fits its field's shape; None if it does not.

    Numbers are returned without separators.
    """
    if shape is FieldShape.DATE:
        return folded if _DATE_OR_TIME.fullmatch(folded) or _NO_SUCH_MOMENT.fullmatch(folded) else None
    if shape is FieldShape.CODE and looks_like_notice(folded):
        return folded
    pattern = _WHOLE.get(shape)
    if pattern is None:
        return None
    bare = _FILLING.sub("", folded)
    return bare if pattern.fullmatch(bare) else None


def own_spans(folded: str, shape: FieldShape) -> list[Span]:
    """Where a text has the usual content of its field; in free text and records: dates, times and the like."""
    return sorted(_spans(folded, shape))


def _spans(folded: str, shape: FieldShape) -> Iterator[Span]:
    if shape is FieldShape.PHONE:
        yield from (found.span() for found in _PHONE.finditer(folded) if _is_phone(found.group()))
    elif shape is not FieldShape.CODE:
        yield from (found.span() for found in _DATE_OR_TIME.finditer(folded))
        if folded.count(":") + folded.count("時") >= _CLOCKS_OF_A_SPAN:
            yield from (found.span() for found in _SPAN.finditer(folded) if _ends_later(found))
    if shape in {FieldShape.TEXT, FieldShape.UNREAD, FieldShape.PATH, FieldShape.RECORD}:
        yield from (found.span() for found in _PHONE_WITH_EXTENSION.finditer(folded))
    if shape in {FieldShape.TEXT, FieldShape.UNREAD}:
        if "/" in folded or "月" in folded:
            yield from (found.span() for found in _MONTH_AND_DAY.finditer(folded))
        if "@" in folded:
            # Twelve digits in a row, or written as on the card, are refused even inside a mail address.
            mails = _MAIL.finditer(folded)
            yield from (found.span() for found in mails if not _NUMBER_IN_MAIL.search(found.group()))
    if shape in {FieldShape.PATH, FieldShape.RECORD}:
        yield from (found.span() for found in _ID.finditer(folded))
        yield from (found.span() for found in _ADDRESS.finditer(folded))
        yield from (found.span() for found in _ADDRESS_6.finditer(folded) if _is_address(found["address"]))
    if shape is FieldShape.PATH:
        yield from (found.span() for found in _STAMP.finditer(folded))
        yield from (found.span() for found in _SERIAL.finditer(folded))


def _ends_later(span: re.Match[str]) -> bool:
    """Whether a range of times ends after it begins; if not, it is only digits with separators."""
    begin, begin_half = _seconds(span["begin"])
    end, end_half = _seconds(span["end"])
    if begin_half and not end_half and end < begin:
        end += _HALF_A_DAY  # 午後1時～2時
    return begin < end


def _seconds(clock: str) -> tuple[int, bool]:
    """A written time as seconds since midnight, and whether 午前 or 午後 is written with it."""
    hour, minute, second = [*map(int, _DIGITS.findall(clock)[:3]), 0, 0][:3]
    late = _LATE.search(clock) is not None
    half_is_told = late or _EARLY.search(clock) is not None
    if half_is_told:
        hour = hour % 12 + (12 if late else 0)
    if "半" in clock:
        minute = 30
    return (hour * 60 + minute) * 60 + second, half_is_told


def _is_address(written: str) -> bool:
    """Whether hexadecimal groups are an IPv6 address; twelve digits alone do not count as one."""
    try:
        IPv6Address(written)
    except AddressValueError:
        return False
    digits = written.replace(":", "").replace(".", "")
    return not (digits.isdigit() and len(digits) == _DIGITS_OF_A_MY_NUMBER)


def _is_phone(written: str) -> bool:
    """Whether this may be a telephone number; with twelve digits in a row, only a Japanese mobile number (+81…) may."""
    return _TWELVE_IN_A_ROW.match(written) is None or _JAPANESE_MOBILE.match(written) is not None
