"""Breaking Japanese text into lines (禁則処理): no line begins with 。or ends with （, words stay whole."""

import re
from collections.abc import Callable

_NEVER_FIRST = frozenset(
    "、。，．・：；？！」』）］｝〉》】〕ーゝゞ々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ％℃"
)
_NEVER_LAST = frozenset("「『（［｛〈《【〔")
# A word or number in Latin letters is one piece, everything else one character.
_PIECES = re.compile(r"[0-9A-Za-z][0-9A-Za-z.,:/-]*|.", re.DOTALL)


def break_lines(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Break a text into lines that are at most ``width`` wide, if their pieces allow it.

    Args:
        text: the text; its own line breaks are kept.
        width: how wide a line may be, in the unit of ``measure``.
        measure: how wide a text is.
    """
    return [line for paragraph in text.split("\n") for line in _paragraph(paragraph, width, measure)]


def _paragraph(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    lines: list[str] = []
    current: list[str] = []
    for piece in _PIECES.findall(text):
        if current and measure("".join(current) + piece) > width:
            taken: list[str] = []
            # Take pieces along to the next line until the break is allowed.
            while len(current) > 1 and ((taken or [piece])[0] in _NEVER_FIRST or current[-1] in _NEVER_LAST):
                taken.insert(0, current.pop())
            lines.append("".join(current).rstrip())
            current = taken
        current.append(piece)
    lines.append("".join(current).rstrip())
    return lines
