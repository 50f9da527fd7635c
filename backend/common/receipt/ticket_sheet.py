"""A strip of ticket paper that is drawn from top to bottom: lines, fields, rules and the number."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont, ImageOps

from backend.common import Language, Typeface, break_lines, file_of, fill, pieces, runs, typeface_of
from backend.common.design import Surface, type_sizes

_BLACK_BELOW = 184  # grey below this is black (0 to 255): thin strokes between two rows must not vanish
_LEADING = 1.4
_SIZE: Final = {name: round(dots) for name, dots in type_sizes(Surface.TICKET).items()}
_SIZES: Final = ("fine", "body", "key")
_NUMBER_GAP = 22


def _glyph(char: str, font: ImageFont.FreeTypeFont) -> Image.Image:
    """One letter or digit without the white space at its sides; a hyphen is shortened, as it only separates."""
    left, _, right, bottom = (round(edge) for edge in font.getbbox(char))
    glyph = Image.new("L", (max(1, right - left), bottom), 255)
    ImageDraw.Draw(glyph).text((-left, 0), char, font=font, fill=0)
    ink = ImageOps.invert(glyph).getbbox()
    if ink is None:
        return glyph
    glyph = glyph.crop((ink[0], 0, ink[2], bottom))
    return glyph.resize((glyph.width * 2 // 3, bottom)) if char == "-" else glyph


@cache
def _font(typeface: Typeface, size: int, bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(file_of(typeface, bold=bold)), size)


@dataclass(frozen=True)
class _Letters:
    """Letters of one size, in the face of their language; characters that it lacks are drawn in the other face."""

    typeface: Typeface
    size: int
    bold: bool = False

    @property
    def font(self) -> ImageFont.FreeTypeFont:
        """The face of the language."""
        return _font(self.typeface, self.size, self.bold)

    def pieces(self, text: str) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
        """A text split into pieces, each with a font that can draw it."""
        for typeface, piece in runs(text, self.typeface):
            yield _font(typeface, self.size, self.bold), piece

    def length(self, text: str) -> float:
        """How wide a text is, in dots."""
        return sum(font.getlength(piece) for font, piece in self.pieces(text))

    def draw(
        self, draw: ImageDraw.ImageDraw, place: tuple[float, float], text: str, anchor: str, fill: int = 0
    ) -> None:
        """Draw one line; ``anchor`` is Pillow's, and refers to the face of the language even if another one draws."""
        pieces = list(self.pieces(text))
        if [font for font, _ in pieces] == [self.font]:
            draw.text(place, pieces[0][1], font=self.font, fill=fill, anchor=anchor)
            return
        ascent, descent = self.font.getmetrics()
        x = place[0] - {"l": 0.0, "m": 0.5, "r": 1.0}[anchor[0]] * self.length(text)
        y = place[1] + {"a": ascent, "m": (ascent - descent) / 2, "s": 0}[anchor[1]]
        for font, piece in pieces:
            draw.text((x, y), piece, font=font, fill=fill, anchor="ls")
            x += font.getlength(piece)


class ReceiptStrip:
    """A strip of paper that is drawn from top to bottom.

    Args:
        width: the printer's dots across; below 480 the letter sizes are those for narrow paper.
        language: language of the texts.

    Attributes:
        fine: smallest letter size, in dots: for telephone, date, and what only staff read.
        body: letter size of sentences and labels.
        key: letter size of the most important sentence and figures.
    """

    def __init__(self, width: int, language: Language) -> None:
        narrow = width < 480
        self.fine, self.body, self.key = (_SIZE[f"{name}_narrow" if narrow else name] for name in _SIZES)
        self._width = width
        self._side = 8 if narrow else 16
        self._inner = width - 2 * self._side
        self._language = language
        self._y = 12
        self._image = Image.new("L", (width, 640), 255)
        self._draw = ImageDraw.Draw(self._image)

    @property
    def foreign(self) -> bool:
        """Whether Japanese lines are added for staff, because the visitor's language is not Japanese."""
        return self._language not in {Language.JAPANESE, Language.EASY_JAPANESE}

    def space(self, dots: int) -> None:
        """Leave some paper blank."""
        self._y += dots

    def rule(self) -> None:
        """Draw a line across."""
        self._reserve(26)
        self._draw.rectangle((self._side, self._y + 10, self._width - self._side - 1, self._y + 11), fill=0)
        self._y += 24

    def badge(self, text: str) -> None:
        """White text in a black box at the right edge."""
        letters = self._letters(self.body, bold=True)
        width, height = round(letters.length(text)) + 28, self.body + 16
        self._reserve(height + 10)
        left = self._width - self._side - width
        self._draw.rounded_rectangle((left, self._y, left + width - 1, self._y + height - 1), 6, fill=0)
        letters.draw(self._draw, (left + width / 2, self._y + height / 2), text, "mm", fill=255)
        self._y += height + 10

    def centred(self, text: str, size: int, *, bold: bool = False, japanese: bool = False) -> None:
        """Centred text, on as many lines as it needs."""
        letters = self._letters(size, bold=bold, japanese=japanese)
        for line in self._wrapped(text, letters):
            self._line(line, letters, self._width / 2, "ma")

    def paragraph(self, text: str, size: int, *, bold: bool = False) -> None:
        """Text from the left edge, on as many lines as it needs."""
        letters = self._letters(size, bold=bold)
        for line in self._wrapped(text, letters):
            self._line(line, letters, self._side, "la")
        self.space(size // 3)

    def to_tick(self, thing: str, note: str) -> None:
        """A box to tick, a thing to its right, and the note below."""
        indent = round(1.5 * self.key)
        letters, notes = self._letters(self.key, bold=True), self._letters(self.body)
        self._reserve(3 * self.key)
        box = (self._side, self._y + 4, self._side + self.key - 1, self._y + self.key + 3)
        self._draw.rectangle(box, outline=0, width=3)
        for line in self._wrapped(thing, letters, indent):
            self._line(line, letters, self._side + indent, "la")
        for line in self._wrapped(note, notes, indent) if note else ():
            self._line(line, notes, self._side + indent, "la")
        self.space(self.body // 2)

    def field(self, label: str, value: str, *, quiet: bool = False) -> None:
        """A label at the left and its value at the right; below the label if both do not fit on a line."""
        size = self.fine if quiet else self.key
        labels = self._letters(self.fine if quiet else self.body)
        values = self._letters(size, bold=not quiet)
        self._reserve(4 * size)
        stacked = labels.length(label) + size + values.length(value) > self._inner
        if stacked:
            self._line(label, labels, self._side, "la")
            self.space(size // 6)
        else:
            labels.draw(self._draw, (self._side, self._y + size), label, "ls")
        for line in self._wrapped(value, values):
            self._reserve(2 * size)
            values.draw(self._draw, (self._width - self._side, self._y + size), line, "rs")
            self._y += round(size * _LEADING)
        if stacked:
            self.space(size // 4)

    def number(self, text: str) -> None:
        """The number across the paper: at least 20 mm high, and condensed if the paper is narrow."""
        letters = _Letters(Typeface.UD, _SIZE["number"], bold=True)
        glyphs = [_glyph(char, font) for font, piece in letters.pieces(text) for char in piece]
        width = sum(glyph.width for glyph in glyphs) + _NUMBER_GAP * (len(glyphs) - 1)
        height = max((glyph.height for glyph in glyphs), default=0)
        line = Image.new("L", (max(1, width), max(1, height)), 255)
        x = 0
        for glyph in glyphs:
            line.paste(glyph, (x, 0))
            x += glyph.width + _NUMBER_GAP
        line = line.crop(ImageOps.invert(line).getbbox())
        if line.width > self._inner:
            line = line.resize((self._inner, line.height), Image.Resampling.LANCZOS)
        self._reserve(line.height + 28)
        self._image.paste(line, ((self._width - line.width) // 2, self._y + 14))
        self._y += line.height + 28

    def finish(self) -> Image.Image:
        """Cut the strip where the drawing ends, and make every dot black or white, undithered for sharp letters."""
        strip = self._image.crop((0, 0, self._width, self._y + 12))
        return strip.point([0 if level < _BLACK_BELOW else 255 for level in range(256)]).convert(
            "1", dither=Image.Dither.NONE
        )

    def _line(self, text: str, letters: _Letters, x: float, anchor: str) -> None:
        self._reserve(2 * letters.size)
        letters.draw(self._draw, (x, self._y), text, anchor)
        self._y += round(letters.size * _LEADING)

    def _letters(self, size: int, *, bold: bool = False, japanese: bool = False) -> _Letters:
        return _Letters(Typeface.UD if japanese else typeface_of(self._language), size, bold)

    def _reserve(self, dots: int) -> None:
        """Lengthen the strip before drawing beyond its end."""
        if self._y + dots > self._image.height:
            longer = Image.new("L", (self._width, self._image.height + max(640, dots)), 255)
            longer.paste(self._image, (0, 0))
            self._image = longer
            self._draw = ImageDraw.Draw(longer)

    def _wrapped(self, text: str, letters: _Letters, indent: int = 0) -> tuple[str, ...]:
        return _wrapped(text, letters, self._inner - indent, self._language)


@lru_cache(maxsize=512)
def _wrapped(text: str, letters: _Letters, inner: int, language: Language) -> tuple[str, ...]:
    """Break a text into lines of about equal length, only where its language allows.

    Results are cached: most lines are the same on every ticket, and measuring them takes most of the time.
    """
    # A part that is wider than the paper is cut into smaller ones, so that nothing runs off the paper.
    parts = [
        part
        for piece in pieces(text, language)
        for part in (
            [piece]
            if letters.length(piece.rstrip()) <= inner
            else break_lines(piece, inner, letters.length, language)
        )
    ]
    lines = fill(parts, inner, letters.length)
    if len(lines) < 2:
        return tuple(lines)
    # Take the smallest width that needs no more lines than the full width: no single word is left on the last line.
    for measure in range(inner // len(lines), inner, 8):
        balanced = fill(parts, measure, letters.length)
        if len(balanced) == len(lines) and all(letters.length(line) <= inner for line in balanced):
            return tuple(balanced)
    return tuple(lines)
