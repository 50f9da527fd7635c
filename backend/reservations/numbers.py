"""Numbers on papers: how people type them and how they are stored, and check digits for our own."""

import re
import unicodedata

# Hyphens, dashes, the long-vowel mark that people type for them, dots and spaces.
_FILLING = re.compile(r"[\s\-‐‑‒–—―−ｰー_.・]+")
_OPAQUE = re.compile(r"[0-9A-Z]+")
MAX_LENGTH = 20

# A quasigroup without weak spots: every single wrong digit and every swap of neighbours is noticed.
# Source: H. Michael Damm, Total anti-symmetrische Quasigruppen, 2004.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


class BadNumberError(ValueError):
    """A text cannot be a number on a paper. The message never repeats the text."""


def fold_number(text: str) -> str:
    """Upper case, half width, nothing between the characters; whatever else was there stays."""
    return _FILLING.sub("", unicodedata.normalize("NFKC", text)).upper()


def normalise_number(text: str) -> str:
    """Return a 予約番号, 製造管理番号 or 発送番号 as it is stored.

    The formats of the ward's numbers are not published, so they are opaque: at most 20 digits and capitals.
    Four digits are refused because they would look like a 暗証番号.

    Raises:
        BadNumberError: other characters, too long, or four digits.
    """
    number = fold_number(text)
    if _OPAQUE.fullmatch(number) is None or len(number) > MAX_LENGTH:
        raise BadNumberError("a number has at most 20 digits and capital letters")
    if len(number) == 4 and number.isdigit():
        raise BadNumberError("four digits alone look like a PIN")
    return number


def grouped(number: str) -> str:
    """A number in groups of four, as it is printed and read out: 1234-5678."""
    return "-".join(number[start : start + 4] for start in range(0, len(number), 4))


def damm_digit(digits: str) -> int:
    """The check digit of a row of ASCII digits."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim


def damm_is_right(digits: str) -> bool:
    """Whether the last digit checks the ones before it."""
    return bool(digits) and digits.isascii() and digits.isdigit() and damm_digit(digits) == 0
