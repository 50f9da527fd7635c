"""Fonts: where the typefaces of screens, tickets and notices are on this machine, and which one has a character.

Fonts are Debian packages, never files of this project: ``fonts-morisawa-bizud-gothic`` (BIZ UDPGothic, a
universal-design face for Japanese and Latin), ``fonts-noto-cjk`` (Chinese and Korean, rare kanji) and
``fonts-material-design-icons-iconfont`` (icons; ``backend.common.design`` knows them by name).

All code that draws texts asks this module, because libraries do not look for missing characters: Kivy and Pillow draw a
box for a character that a typeface lacks, and a PDF leaves it out without a warning.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import cache, lru_cache, partial
from itertools import groupby
from pathlib import Path
from typing import Final
from unicodedata import category

import structlog
import uharfbuzz

from backend.common.catalogue import Language

_UD = Path("/usr/share/fonts/truetype/bizud-gothic")
_NOTO = Path("/usr/share/fonts/opentype/noto")
_ICONS = Path("/usr/share/fonts/truetype/material-design-icons-iconfont")
_ICONS_OF_PAGES = Path("/usr/share/fonts/woff/material-design-icons-iconfont")

_ICON_PACKAGE = "fonts-material-design-icons-iconfont"

GETA = "〓"
"""The geta mark, the usual sign for a missing character: readers see that one is missing and take it for no other."""

log = structlog.get_logger()


class FontMissingError(RuntimeError):
    """A typeface is not installed; the message names the Debian package."""


class Typeface(StrEnum):
    """The two typefaces; the values are their names in Kivy."""

    UD = "UD"
    CJK = "CJK"


def _existing(path: Path, package: str) -> Path:
    if not path.exists():
        raise FontMissingError(f"a font is missing: install the Debian package {package}")
    return path


def ud_gothic(*, bold: bool = False) -> Path:
    """BIZ UDPGothic: Japanese and Latin for screens, tickets and notices."""
    name = "BIZUDPGothic-Bold.ttf" if bold else "BIZUDPGothic-Regular.ttf"
    return _existing(_UD / name, "fonts-morisawa-bizud-gothic")


def noto_cjk(*, bold: bool = False) -> Path:
    """Noto Sans CJK, a collection whose face 0 is the Japanese one."""
    name = "NotoSansCJK-Bold.ttc" if bold else "NotoSansCJK-Regular.ttc"
    return _existing(_NOTO / name, "fonts-noto-cjk")


def icon_font() -> Path:
    """The icons' font, for Kivy, Pillow and PDF."""
    return _existing(_ICONS / "MaterialIcons-Regular.ttf", _ICON_PACKAGE)


def icon_font_of_pages() -> Path:
    """The icons' font as browsers take it (WOFF2)."""
    return _existing(_ICONS_OF_PAGES / "MaterialIcons-Regular.woff2", _ICON_PACKAGE)


_DRAWN: Final[tuple[Callable[[], Path], ...]] = (
    ud_gothic,
    partial(ud_gothic, bold=True),
    noto_cjk,
    partial(noto_cjk, bold=True),
    icon_font,
)
"""The fonts with which programs draw themselves, on screens and on paper."""


def missing_fonts() -> tuple[str, ...]:
    """For the start of a server: a sentence for every font that is not installed, naming its package."""
    return _missing((*_DRAWN, icon_font_of_pages))


def need_fonts() -> None:
    """Refuse to start without the fonts of screens and papers, instead of failing later in front of a visitor.

    Raises:
        FontMissingError: some are not installed; the message names all their packages.
    """
    missing = _missing(_DRAWN)
    if missing:
        raise FontMissingError("; ".join(missing))


def _missing(fonts: Iterable[Callable[[], Path]]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for find in fonts:
        try:
            find()
        except FontMissingError as error:
            found[str(error)] = None
    return tuple(found)


def file_of(typeface: Typeface, *, bold: bool = False) -> Path:
    """The file of a typeface.

    Raises:
        FontMissingError: it is not installed.
    """
    return ud_gothic(bold=bold) if typeface is Typeface.UD else noto_cjk(bold=bold)


def typeface_of(language: Language) -> Typeface:
    """The typeface that covers every character of one language's texts."""
    # English: the descenders of p, g and y in BIZ UDPGothic are so short that they look cut off.
    in_cjk = {Language.CHINESE, Language.KOREAN, Language.ENGLISH}
    return Typeface.CJK if language in in_cjk else Typeface.UD


def face(language: Language, *, bold: bool = False) -> Path:
    """The file of the face that covers every character of one language's texts."""
    return file_of(typeface_of(language), bold=bold)


@cache
def _characters(typeface: Typeface) -> uharfbuzz.Font:
    """The character table of a face; its file is mapped, not read. Bold has the same characters."""
    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(file_of(typeface)))))


@lru_cache(maxsize=8192)
def has(typeface: Typeface, char: str) -> bool:
    """Whether a face has a character; line breaks and tabs, which no face draws, count as present.

    Raises:
        FontMissingError: the face is not installed.
    """
    return (
        " " <= char <= "~" or char in "\n\t" or _characters(typeface).get_nominal_glyph(ord(char)) is not None
    )


def _is_unseen(char: str) -> bool:
    """Whether a character is invisible: it only joins letters, or selects a form of the one before it."""
    return category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


@lru_cache(maxsize=2048)
def without_typeface(text: str) -> tuple[str, ...]:
    """The characters of a text that no face has, each once.

    Raises:
        FontMissingError: a face is not installed.
    """
    return tuple(
        char
        for char in dict.fromkeys(text)
        if not _is_unseen(char) and not any(has(one, char) for one in Typeface)
    )


def code_points(characters: Iterable[str]) -> str:
    """Characters as code points, for example U+20BB7, for messages and logs: the reader's font may lack them, too."""
    return ", ".join(f"U+{ord(char):04X}" for char in characters)


@cache
def _tell(char: str) -> None:
    """Log a character that no face has, once."""
    log.warning("character_without_typeface", character=code_points(char), shown=GETA)


@lru_cache(maxsize=2048)
def drawable(text: str) -> str:
    """A text with 〓 for every character that no face has; each is logged once.

    Raises:
        FontMissingError: a face is not installed.
    """
    missing = without_typeface(text)
    for char in missing:
        _tell(char)
    return "".join(GETA if char in missing else char for char in text if not _is_unseen(char))


@lru_cache(maxsize=2048)
def in_one_face(text: str, preferred: Typeface = Typeface.UD) -> tuple[Typeface, str]:
    """The face for a text that must be drawn in a single one, and the text to draw in it.

    Args:
        text: the text.
        preferred: the face of its language.

    Returns:
        The preferred face if it has every character, otherwise the face that has most of them, and the text with
        〓 in the places of those that are still missing.

    Raises:
        FontMissingError: a face is not installed.
    """
    said = drawable(text)
    if all(has(preferred, char) for char in said):
        return preferred, said
    lacks = {one: [char for char in said if not has(one, char)] for one in (preferred, *Typeface)}
    best = min(lacks, key=lambda one: len(lacks[one]))
    for char in lacks[best]:
        _tell(char)
    return best, "".join(GETA if char in lacks[best] else char for char in said)


@lru_cache(maxsize=2048)
def runs(text: str, preferred: Typeface = Typeface.UD) -> tuple[tuple[Typeface, str], ...]:
    """A text split into pieces, in order, each with a face that can draw it; 〓 for characters that no face has.

    Args:
        text: the text.
        preferred: the face of its language, which draws every character that it has.

    Raises:
        FontMissingError: a face is not installed.
    """

    def chosen(char: str) -> Typeface:
        return preferred if has(preferred, char) else next(one for one in Typeface if has(one, char))

    return tuple((one, "".join(chars)) for one, chars in groupby(drawable(text), key=chosen))
