"""Numbers on papers: how people type them and how they are stored."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import accumulate

from backend.common import has_odd_digits

# Hyphens, dashes, the long-vowel mark that people type for them, and spaces; no dot, as 43324006.0 is not 433240060.
_FILLING = re.compile(r"[\s\-‐‑‒–—―−ｰー_]+")
_OPAQUE = re.compile(r"[0-9A-Z]+")
MAX_LENGTH = 20


class BadNumberError(ValueError):
    """A text cannot be a number as papers have them. The message never repeats the text."""


def fold_number(text: str) -> str:
    """Return a number in upper case and half width, without spaces and hyphens; other characters stay."""
    return _FILLING.sub("", unicodedata.normalize("NFKC", text)).upper()


def normalise_number(text: str, most: int = MAX_LENGTH) -> str:
    """Return a 予約番号, 製造管理番号 or 発送番号 as it is stored.

    The formats of the ward's numbers are not published, so any digits and capitals pass, at ``most`` this many. Exactly
    four digits are refused because they could be a 暗証番号.

    Raises:
        BadNumberError: other characters, too long, or four digits.
    """
    if has_odd_digits(text):
        raise BadNumberError("a character is neither a digit nor a letter")
    # Most come as they are stored.
    number = text if _OPAQUE.fullmatch(text) is not None else fold_number(text)
    if _OPAQUE.fullmatch(number) is None or len(number) > most:
        raise BadNumberError(f"a number has at most {most} digits and capital letters")
    if len(number) == 4 and number.isdigit():
        raise BadNumberError("four digits alone look like a PIN")
    return number


def grouped(number: str, groups: Sequence[int] = ()) -> str:
    """A number in groups, as it is printed and read out: 1234-5678.

    Args:
        number: as stored.
        groups: their sizes; fours where they are not as long as the number.
    """
    if sum(groups) != len(number):
        return "-".join(number[start : start + 4] for start in range(0, len(number), 4))
    ends = list(accumulate(groups))
    return "-".join(number[end - size : end] for end, size in zip(ends, groups, strict=True))
