"""Damage by spreadsheets in a file that somebody opened and saved there: error values, 1.2E+11, ####.

A damaged value cannot be restored, so it is refused in every field. Every sign of damage here is one that no real value
of its field shows. The kind of a field decides which signs apply to it; every new field must choose a kind.
"""

import re
import unicodedata
from enum import Enum, auto

from backend.exchange.mapping import FieldName
from backend.exchange.refusals import ImportReason


class ValueKind(Enum):
    """What sort of value a field holds."""

    WORDS = auto()
    """Names and addresses, which are never digits alone."""
    DATE = auto()
    PHONE = auto()
    OTHER = auto()
    """Numbers on papers, codes, mail addresses."""


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
    "as_of": ValueKind.DATE,
    "office": ValueKind.OTHER,
    "ward_ticket_number": ValueKind.OTHER,
    "group_number": ValueKind.OTHER,
    "state": ValueKind.OTHER,
    "card_expires_on": ValueKind.DATE,
    "kept_at": ValueKind.OTHER,
}

_ERROR = re.compile(
    r"#(?:N/A(?: N/A)?|REF!?|VALUE!?|DIV/0!?|NAME\?|NULL!?|NUM!?|SPILL!?|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!"
    r"|EXTERNAL!|PYTHON!|TIMEOUT!|GETTING_DATA|ERROR!|[^#]*[!?])|# ?N/A|ERR:\d{3}",
    re.IGNORECASE,
)
"""Anything between # and ! or ? counts: Excel translates its newer errors (#スピル!), and every version adds some."""
_ERROR_INSIDE = re.compile(r"#(?: ?N/A|GETTING_DATA| ?[^\W\d_][\w/]+[!?])", re.IGNORECASE)
"""An error value inside a text, left by a formula that joins texts. The number of a flat (#101) is no error."""
_NOTHING = re.compile(
    r"TRUE|FALSE|N/A|<NA>|[+-]?INF|NAN|NAT|NULL|\(NULL\)|NONE|UNDEFINED|-?INFINITY|-?1\.#(?:IND|INF|QNAN)",
    re.IGNORECASE,
)
_NAMES = frozenset({"Nan", "Nat", "Inf", "None", "Null", "Infinity"})
"""Names of people that programs write for "no value" in other letters: NaN, NaT, inf, null. None stays a name."""
_NARROW = re.compile(r"#+")
_FORMULA = re.compile(
    r"=.*|[@+-][A-Z.]+\(.*|[@+-]\$?[A-Z]{1,3}\$?\d{1,7}(?:[^\w@.].*)?", re.IGNORECASE | re.DOTALL
)
# With a signed exponent, as spreadsheets write it, or with a decimal point: 12E456789 and 12E-456789 are numbers of
# papers (three capitals or digits, then six digits).
_EXPONENT = re.compile(
    r"[+-]?\d(?:[.,]\d+)?E(?:\+\d{1,3}|-\d{2,3})|[+-]?\d[.,]\d+E[+-]?\d{1,3}", re.IGNORECASE
)
_QUANTITY = re.compile(
    r"[+-]?\d+\.\d+|\d{5,}\.|[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?|[¥\\$€]-?[\d,]+(?:\.\d*)?|[+-]?[\d,]+(?:\.\d+)?%"
)
_PARTIAL_DATE = re.compile(r"\d{4}\.(?!0+$)\d{1,2}")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?|0?\.\d+")
_DATE = re.compile(
    r"\d{1,2}/\d{1,2}(?:/\d{2,4})?|\d{1,2}月\d{1,2}日|\d{4}/\d{1,2}/\d{1,2}(?: \d{1,2}:\d{2}(?::\d{2})?)?|\d{4}年\d{1,2}月(?:\d{1,2}日)?"
    r"|\d{1,2}-[A-Z][a-z]{2}(?:-\d{2,4})?|[A-Z][a-z]{2}-\d{2}"
)
_DIGITS_LOST = re.compile(r"\d{15}0{4,}")
_ZERO_LOST = re.compile(r"[1-9]\d{8,9}")
_UNENDED = re.compile(r"(?=.*\d)[\d\s.,:;/+()-]*[^\d)]")
"""Telephone numbers that end with a separator or another character: something was cut off."""
_WORDLESS = re.compile(r"(?=.*\d)[\d\s.,:;/+-]+")


_OF_NUMBERS = {
    ImportReason.SPREADSHEET_EXPONENT: _EXPONENT,
    ImportReason.SPREADSHEET_QUANTITY: _QUANTITY,
    ImportReason.SPREADSHEET_DATE: _DATE,
    ImportReason.SPREADSHEET_DIGITS_LOST: _DIGITS_LOST,
}


def _one_of(signs: dict[ImportReason, re.Pattern[str]]) -> re.Pattern[str]:
    """One expression for several signs; the first that matches counts, and its group's name is the reason."""
    return re.compile(
        "|".join(
            f"(?P<{reason}>{'(?i:' if sign.flags & re.IGNORECASE else '(?:'}{sign.pattern}))"
            for reason, sign in signs.items()
        )
    )


_SIGNS: dict[ValueKind, re.Pattern[str]] = {
    ValueKind.WORDS: _one_of(_OF_NUMBERS | {ImportReason.NO_WORDS: _WORDLESS}),
    ValueKind.PHONE: _one_of(
        _OF_NUMBERS | {ImportReason.SPREADSHEET_ZERO_LOST: _ZERO_LOST, ImportReason.BAD_NUMBER: _UNENDED}
    ),
    ValueKind.OTHER: _one_of(_OF_NUMBERS),
    ValueKind.DATE: _one_of(
        {
            ImportReason.SPREADSHEET_EXPONENT: _EXPONENT,
            ImportReason.SPREADSHEET_SERIAL: _SERIAL,
            ImportReason.SPREADSHEET_QUANTITY: _QUANTITY,
        }
    ),
}
_SUSPICIOUS = re.compile(r"[#＃]|\A[=＝@＠'＇eE+＋\ufeff－−-]|\A[A-Za-zＡ-Ｚａ-ｚ/／<>＜＞()（）]{3,11}\Z")
"""Quick test: may be an error value, a formula, a text marked by an apostrophe, or a program's word for "no value"."""
_DIGIT = re.compile(r"\d")


def may_have_lost_a_character(text: str, field: FieldName) -> bool:
    """Whether a name or an address holds ? or 〓, which programs put for a character that they lack (𠮷 in CP932)."""
    return KINDS[field] is ValueKind.WORDS and any(char in text for char in "?？〓")


def damage(text: str, field: FieldName) -> ImportReason | None:
    """How a spreadsheet damaged a value; None if it shows no sign of that."""
    suspicious = _SUSPICIOUS.search(text) is not None
    if not suspicious and _DIGIT.search(text) is None:
        return None  # nearly every name
    kind = KINDS[field]
    folded = text if text.isascii() else unicodedata.normalize("NFKC", text).replace("\ufeff", "").strip()
    found = _by_its_signs(folded, kind) if suspicious else None
    if found is not None:
        return found
    sign = _SIGNS[kind].fullmatch(folded)
    if sign is None or sign.lastgroup is None or (kind is ValueKind.DATE and _PARTIAL_DATE.fullmatch(folded)):
        return None
    return ImportReason(sign.lastgroup)


def _by_its_signs(folded: str, kind: ValueKind) -> ImportReason | None:
    if _NARROW.fullmatch(folded):
        return ImportReason.SPREADSHEET_NARROW
    if _ERROR.fullmatch(folded) or _ERROR_INSIDE.search(folded):
        return ImportReason.SPREADSHEET_ERROR
    if _FORMULA.fullmatch(folded):
        return ImportReason.SPREADSHEET_FORMULA
    if _NOTHING.fullmatch(folded) and not (kind is ValueKind.WORDS and folded in _NAMES):
        return ImportReason.SPREADSHEET_WORD
    if folded.startswith("'") and kind is not ValueKind.WORDS:
        return ImportReason.SPREADSHEET_TEXT_MARK
    return None
