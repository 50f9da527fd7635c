"""What spreadsheets leave in a file that somebody opened and saved in one: error values, 1.2E+11, #### and the like.

A damaged value cannot be mended, for what stood there is gone; it is refused in every field. Each sign is one that no
real value of its field shows. Which signs count for a field is said by its kind, so that a new field has to choose.
"""

import re
import unicodedata
from enum import Enum, auto

from backend.exchange.mapping import FieldName
from backend.exchange.refusals import ImportReason


class ValueKind(Enum):
    """What sort of value a field holds."""

    WORDS = auto()
    """Names and addresses: digits alone are none."""
    DATE = auto()
    PHONE = auto()
    OTHER = auto()
    """Numbers on papers, codes, addresses of mail."""


KINDS: dict[FieldName, ValueKind] = {
    "number": ValueKind.OTHER,
    "name": ValueKind.WORDS,
    "name_kana": ValueKind.WORDS,
    "alias": ValueKind.WORDS,
    "birth": ValueKind.DATE,
    "address": ValueKind.WORDS,
    "phone": ValueKind.PHONE,
    "email": ValueKind.OTHER,
    "foreign_category": ValueKind.OTHER,
    "stay_expires_on": ValueKind.DATE,
    "application_id": ValueKind.OTHER,
    "card_number": ValueKind.OTHER,
    "dispatch_number": ValueKind.OTHER,
    "recipient_type": ValueKind.OTHER,
    "proxy_name": ValueKind.WORDS,
    "starts_at": ValueKind.DATE,
    "office": ValueKind.OTHER,
    "ward_ticket_number": ValueKind.OTHER,
    "state": ValueKind.OTHER,
    "card_expires_on": ValueKind.DATE,
}

_ERROR = re.compile(
    r"#(?:N/A(?: N/A)?|REF!?|VALUE!?|DIV/0!?|NAME\?|NULL!?|NUM!?|SPILL!?|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!"
    r"|EXTERNAL!|PYTHON!|TIMEOUT!|GETTING_DATA|ERROR!)|ERR:\d{3}",
    re.IGNORECASE,
)
_NARROW = re.compile(r"#+")
_FORMULA = re.compile(r"=.*|@[A-Z.]+\(.*", re.IGNORECASE | re.DOTALL)
# With the exponent's sign, as spreadsheets write it, or with a decimal point: 12E456789 and 12E-456789 are numbers
# of papers, three capitals or digits and six digits.
_EXPONENT = re.compile(
    r"[+-]?\d(?:[.,]\d+)?E(?:\+\d{1,3}|-\d{2,3})|[+-]?\d[.,]\d+E[+-]?\d{1,3}", re.IGNORECASE
)
_QUANTITY = re.compile(
    r"[+-]?\d+\.\d+|[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?|[¥\\$€]-?[\d,]+(?:\.\d*)?|[+-]?[\d,]+(?:\.\d+)?%"
)
_PARTIAL_DATE = re.compile(r"\d{4}\.(?!0+$)\d{1,2}")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?|0?\.\d+")
_DATE = re.compile(
    r"\d{1,2}月\d{1,2}日|\d{4}/\d{1,2}/\d{1,2}(?: \d{1,2}:\d{2}(?::\d{2})?)?|\d{4}年\d{1,2}月(?:\d{1,2}日)?"
    r"|\d{1,2}-[A-Z][a-z]{2}(?:-\d{2,4})?|[A-Z][a-z]{2}-\d{2}"
)
_DIGITS_LOST = re.compile(r"\d{15}0{4,}")
_ZERO_LOST = re.compile(r"[1-9]\d{8,9}")
_WORDLESS = re.compile(r"(?=.*\d)[\d\s.,:/+-]+")


_OF_NUMBERS = {
    ImportReason.SPREADSHEET_EXPONENT: _EXPONENT,
    ImportReason.SPREADSHEET_QUANTITY: _QUANTITY,
    ImportReason.SPREADSHEET_DATE: _DATE,
    ImportReason.SPREADSHEET_DIGITS_LOST: _DIGITS_LOST,
}


def _one_of(signs: dict[ImportReason, re.Pattern[str]]) -> re.Pattern[str]:
    """One expression for several signs, the first that fits counts; its group is the reason."""
    return re.compile(
        "|".join(
            f"(?P<{reason}>{'(?i:' if sign.flags & re.IGNORECASE else '(?:'}{sign.pattern}))"
            for reason, sign in signs.items()
        )
    )


_SIGNS: dict[ValueKind, re.Pattern[str]] = {
    ValueKind.WORDS: _one_of(_OF_NUMBERS | {ImportReason.NO_WORDS: _WORDLESS}),
    ValueKind.PHONE: _one_of(_OF_NUMBERS | {ImportReason.SPREADSHEET_ZERO_LOST: _ZERO_LOST}),
    ValueKind.OTHER: _one_of(_OF_NUMBERS),
    ValueKind.DATE: _one_of(
        {
            ImportReason.SPREADSHEET_EXPONENT: _EXPONENT,
            ImportReason.SPREADSHEET_SERIAL: _SERIAL,
            ImportReason.SPREADSHEET_QUANTITY: _QUANTITY,
        }
    ),
}
_SUSPICIOUS = re.compile("[#＃=＝@＠'＇eE\ufeff]")
"""How a value begins that is an error, a formula or a text for a spreadsheet."""
_DIGIT = re.compile(r"\d")


def may_have_lost_a_character(text: str, field: FieldName) -> bool:
    """Whether a name or an address shows what programs put for a character that they do not have (𠮷 in CP932)."""
    return KINDS[field] is ValueKind.WORDS and any(char in text for char in "?？〓")


def damage(text: str, field: FieldName) -> ImportReason | None:
    """What a spreadsheet did to a value, or none where it shows no sign of one."""
    begins = _SUSPICIOUS.match(text) is not None
    if not begins and _DIGIT.search(text) is None:
        return None  # nearly every name
    kind = KINDS[field]
    folded = text if text.isascii() else unicodedata.normalize("NFKC", text).replace("\ufeff", "").strip()
    found = _by_its_beginning(folded, kind) if begins else None
    if found is not None:
        return found
    sign = _SIGNS[kind].fullmatch(folded)
    if sign is None or sign.lastgroup is None or (kind is ValueKind.DATE and _PARTIAL_DATE.fullmatch(folded)):
        return None
    return ImportReason(sign.lastgroup)


def _by_its_beginning(folded: str, kind: ValueKind) -> ImportReason | None:
    if _NARROW.fullmatch(folded):
        return ImportReason.SPREADSHEET_NARROW
    if _ERROR.fullmatch(folded):
        return ImportReason.SPREADSHEET_ERROR
    if _FORMULA.fullmatch(folded):
        return ImportReason.SPREADSHEET_FORMULA
    if folded.startswith("'") and kind is not ValueKind.WORDS:
        return ImportReason.SPREADSHEET_TEXT_MARK
    return None
