"""What a text becomes in a cell: what stands for characters that CP932 cannot hold, and no formula; both are known again when it comes back."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from backend.common import fold_line
from backend.exchange.person_names import without_variation_selectors

LOST: Final = "〓"
"""Printers' sign for a character that is missing."""
# Usual forms of the same character, and the signs that Windows and JIS write by different code points.
_STAND_INS = str.maketrans(
    {
        "𠮷": "吉",
        "簞": "箪",
        "〜": "～",
        "−": "－",
        "‖": "∥",
        "—": "―",
        "¢": "￠",
        "£": "￡",
        "¬": "￢",
        "¥": "￥",
    }
)

_FORMULA: Final = frozenset("=+-@\t\r\n＝＋－＠")
"""With what spreadsheets let a formula begin; Japanese ones also with full-width signs."""
GUARD: Final = "\u3000"
"""An ideographic space: a spreadsheet shows a text behind it, CP932 has it, and every import drops blanks at the ends of a cell."""


def as_cp932(text: str) -> str:
    """A text as an export in CP932 has it: characters that CP932 lacks become their usual forms, or 〓."""
    if text.isascii():
        return text
    plain = without_variation_selectors(text).translate(_STAND_INS)
    return "".join(char if _in_cp932(char) else LOST for char in plain)


def not_in_cp932(text: str) -> Iterator[int]:
    """The code points of a text that CP932 cannot hold, each once, in their order."""
    if not text.isascii():
        yield from dict.fromkeys(ord(char) for char in text if not _in_cp932(char))


def same_text(ours: str | None, theirs: str | None) -> bool:
    """Whether a value that came back in a file says what is stored here, as it is or as CP932 let it be written.

    Args:
        ours: as it is stored; None for nothing.
        theirs: as the import read it, which folds numbers and addresses of mail to half width; None for nothing.
    """
    mine, came = ours or "", theirs or ""
    if mine == came:
        return True
    if mine.isascii():
        return False
    written = as_cp932(mine)
    # Only a value that was replaced may differ by its width, too: － of 03−1234 is folded when it is read.
    return written != mine and came in {written, fold_line(written)}


def guarded(text: str) -> str:
    """A cell that no spreadsheet takes for a formula, and that an import reads as it was."""
    return GUARD + text if text[:1] in _FORMULA and text else text


def is_guarded(text: str) -> bool:
    """Whether a cell has the blank of ``guarded``: what begins with = behind it is no formula that lost its result."""
    return text[:1] == GUARD and text[1:2] in _FORMULA and len(text) > 1


@lru_cache(maxsize=16384)
def _in_cp932(char: str) -> bool:
    """Whether a character is in CP932 and comes back as itself."""
    try:
        return char.encode("cp932").decode("cp932") == char
    except UnicodeError:
        return False
