"""Folds a text so that every digit in it is an ASCII digit, however it was written.

Full-width, circled, superscript, Arabic and Indian digits, kanji digits and the formal ones (壱弐参, 大字) become 0 to 9.
Characters that are invisible between two digits (joiners, variation selectors, the frame of a keycap, combining marks,
Hangul fillers, the Braille blank) are dropped, and every kind of dash becomes ``-``. Nothing here keeps or logs a text;
only single characters are kept.
"""

import re
import unicodedata
from collections.abc import Iterator

MOST_DIGITS_OF_A_SIGN = 3
"""Maximum number of digits that one character folds to (⅒ becomes 1⁄10)."""

_DROPPED = frozenset({"Cf", "Mn", "Me"})
# Default_Ignorable_Code_Point (Unicode's DerivedCoreProperties) outside those categories: filler letters, and code
# points reserved for more; two more fillers fold to U+1160. The others look blank: a Braille cell without dots, a
# musical note without a head.
_UNSEEN = frozenset(map(chr, [0x115F, 0x1160, 0x2065, *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000)])) | {
    "\u2800",
    "\U0001d159",
}
# The long-vowel mark and the minus sign are often typed instead of a hyphen, but are no dashes in Unicode.
_DASHES = frozenset("ー−⁃")
# 漆 is used for seven in deeds; as a numeral, Unicode has only 柒 and 㭍.
_DEEDS = {"漆": "7"}
_KEPT_IN_MIND = 200_000
_ENUMERATOR = re.compile(r"(?<![0-9])[(\[]?(?P<count>[1-9])(?:\s?[.)\]:、,])\s*(?=[0-9])")
_ENCIRCLED = re.compile("[\N{CIRCLED DIGIT ONE}-\N{CIRCLED DIGIT NINE}⑴-⑼⒈-⒐❶-❾➀-➈➊-➒]")
_TWELVE = re.compile(r"(?:[^0-9]*[0-9]){12}")


def _folded(sign: str) -> str:
    category = unicodedata.category(sign)
    if category in _DROPPED or sign in _UNSEEN:
        return ""
    value = unicodedata.numeric(sign, None)
    if value is not None and value in range(10):
        return str(int(value))
    if sign in _DASHES or category == "Pd":
        return "-"
    return _DEEDS.get(sign, sign)


class _Folds(dict[int, str]):
    """A table for ``str.translate`` from character to folded text, filled when a character is first met."""

    def __missing__(self, point: int) -> str:
        folded = "".join(map(_folded, unicodedata.normalize("NFKC", chr(point))))
        if len(self) < _KEPT_IN_MIND:
            self[point] = folded
        return folded


_FOLDS = _Folds()


def twelve_digits_of(text: str) -> str | None:
    """The folded text, for searching only, if it has twelve digits or more; else None."""
    # Fast on purpose: an import calls this for twenty fields in each of sixty thousand rows.
    folded = text if text.isascii() else text.translate(_FOLDS)
    return None if _TWELVE.match(folded) is None else folded.replace("\x00", "")


def without_enumerators(text: str, folded: str) -> Iterator[str]:
    """The folded text without the numbering of its parts, (1)… (2)… or ①… ②…; yields nothing if there is none.

    Args:
        text: the text as written.
        folded: the same, folded.
    """
    counts = [found["count"] for found in _ENUMERATOR.finditer(folded)]
    if _counts_up(counts):
        yield _ENUMERATOR.sub(" ", folded)
    encircled = _ENCIRCLED.findall(text) if not text.isascii() else []
    if _counts_up([unicodedata.digit(sign) for sign in encircled]):
        yield _ENCIRCLED.sub(" ", text).translate(_FOLDS).replace("\x00", "")


def _counts_up(counts: list[str] | list[int]) -> bool:
    """Whether these are the numbers 1, 2 and so on, in order."""
    return len(counts) > 1 and [int(count) for count in counts] == list(range(1, len(counts) + 1))
