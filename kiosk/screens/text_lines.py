"""Where a text is broken into lines, and where its letters are: computed from widths and fonts, without a window."""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Final

import uharfbuzz

from backend.common import Language, Typeface, break_lines, file_of, pieces

_BALANCED_LINES: Final = 5
"""Texts of up to this many lines get lines of similar length; in longer texts a short last line does not disturb."""

_SQUARE: Final = 0x56FD
"""A kanji that fills its square (国)."""

_STEPS: Final = 7
"""How often the width is halved in search of the narrowest one: to less than a letter."""


def lines_of(text: str, width: float, measure: Callable[[str], float], language: Language) -> list[str]:
    """Break a text between phrases into as few lines as its width allows, all about equally long.

    Args:
        text: the text; line breaks in it are kept.
        width: how wide a line may be, in the unit of ``measure``.
        measure: how wide a text is.
        language: of the text.
    """
    if all(measure(line) <= width for line in text.split("\n")):
        return text.split("\n")
    broken = break_lines(text, width, measure, language)
    if not 2 <= len(broken) <= _BALANCED_LINES:
        return broken
    # Never narrower than the longest phrase, which would be cut.
    phrases = (phrase for line in text.split("\n") for phrase in pieces(line, language))
    narrow = max(width / 2, min(width, max(measure(phrase.strip()) for phrase in phrases)))
    wide = width
    for _ in range(_STEPS):
        middle = (narrow + wide) / 2
        tried = break_lines(text, middle, measure, language)
        if len(tried) == len(broken) and all(measure(line) <= middle for line in tried):
            broken, wide = tried, middle
        else:
            narrow = middle
    return broken


@cache
def _letters(face: str) -> tuple[float, float]:
    """Height of a line, and how far below its top the centre of the letters is, both as shares of the font size."""
    font = uharfbuzz.Font(
        uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(file_of(Typeface(face), bold=True))))
    )
    extents = font.get_font_extents("ltr")
    letter = font.get_glyph_extents(font.get_nominal_glyph(_SQUARE) or 0)
    middle = letter.y_bearing + letter.height / 2
    unit = font.face.upem
    return (extents.ascender - extents.descender) / unit, (extents.ascender - middle) / unit


@lru_cache(maxsize=256)
def sinking(face: str, size: float, line_height: float) -> int:
    """By how many pixels a text must be moved down so that its letters, and not its lines, are vertically centred.

    Args:
        face: the typeface's name.
        size: of the letters, in pixels.
        line_height: factor on the distance of two lines.
    """
    if face not in {one.value for one in Typeface}:
        return 0
    line, middle = _letters(face)
    return round(size * (max(line, line * line_height) / 2 - middle))
