"""A strip of ticket paper that is drawn from the top down: lines, fields, rules and the number."""

from functools import cache, lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from assets.catalogue import Language
from assets.fonts import face, ud_gothic
from assets.line_breaks import fill, pieces

_BLACK_BELOW = 184  # thin strokes that fall between two rows must not vanish
_LEADING = 1.4
_NUMBER_SIZE = 206  # gives letters of 166 dots
_NUMBER_GAP = 22


def _glyph(char: str, font: ImageFont.FreeTypeFont) -> Image.Image:
    """One letter or digit without the white at its sides; a hyphen is shortened, it only has to separate."""
    left, _, right, bottom = (round(edge) for edge in font.getbbox(char))
    glyph = Image.new("L", (max(1, right - left), bottom), 255)
    ImageDraw.Draw(glyph).text((-left, 0), char, font=font, fill=0)
    ink = ImageOps.invert(glyph).getbbox()
    if ink is None:
        return glyph
    glyph = glyph.crop((ink[0], 0, ink[2], bottom))
    return glyph.resize((glyph.width * 2 // 3, bottom)) if char == "-" else glyph


@cache
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size)


class Sheet:
    """A strip of paper that is drawn from the top down."""

    def __init__(self, width: int, language: Language) -> None:
        narrow = width < 480
        self.small, self.text, self.body, self.title = (20, 22, 24, 30) if narrow else (23, 25, 28, 36)
        self._width = width
        self._side = 8 if narrow else 16
        self._inner = width - 2 * self._side
        self._language = language
        self._y = 12
        self._image = Image.new("L", (width, 640), 255)
        self._draw = ImageDraw.Draw(self._image)

    @property
    def foreign(self) -> bool:
        """True where Japanese lines are added for staff."""
        return self._language not in {Language.JAPANESE, Language.EASY_JAPANESE}

    def space(self, dots: int) -> None:
        """Leave some paper white."""
        self._y += dots

    def rule(self) -> None:
        """Draw a line across."""
        self._reserve(26)
        self._draw.rectangle((self._side, self._y + 10, self._width - self._side - 1, self._y + 11), fill=0)
        self._y += 24

    def badge(self, text: str) -> None:
        """White words in a black box at the right edge."""
        font = self._face(self.body, bold=True)
        width, height = round(font.getlength(text)) + 28, self.body + 16
        self._reserve(height + 10)
        left = self._width - self._side - width
        self._draw.rounded_rectangle((left, self._y, left + width - 1, self._y + height - 1), 6, fill=0)
        self._draw.text((left + width / 2, self._y + height / 2), text, font=font, fill=255, anchor="mm")
        self._y += height + 10

    def centred(self, text: str, size: int, *, bold: bool = False, japanese: bool = False) -> None:
        """One line in the middle, or as many as it needs."""
        font = self._face(size, bold=bold, japanese=japanese)
        for line in self._wrapped(text, font):
            self._line(line, font, size, self._width / 2, "ma")

    def paragraph(self, text: str, size: int) -> None:
        """Lines from the left edge."""
        font = self._face(size)
        for line in self._wrapped(text, font):
            self._line(line, font, size, self._side, "la")
        self.space(size // 4)

    def field(self, label: str, value: str, *, quiet: bool = False, japanese: bool = False) -> None:
        """A label at the left and its value at the right, under the label where the line is too short."""
        size = self.small if quiet else self.body
        label_font = self._face(self.small, japanese=japanese)
        value_font = self._face(size, bold=not quiet, japanese=japanese)
        self._reserve(4 * size)
        if label_font.getlength(label) + size + value_font.getlength(value) > self._inner:
            self._line(label, label_font, self.small, self._side, "la")
        else:
            self._draw.text((self._side, self._y + size), label, font=label_font, fill=0, anchor="ls")
        for line in self._wrapped(value, value_font):
            self._reserve(2 * size)
            right = self._width - self._side
            self._draw.text((right, self._y + size), line, font=value_font, fill=0, anchor="rs")
            self._y += round(size * _LEADING)

    def number(self, text: str) -> None:
        """The number across the paper: never lower than 20 mm, condensed where the paper is narrow."""
        font = _font(ud_gothic(bold=True), _NUMBER_SIZE)
        glyphs = [_glyph(char, font) for char in text]
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
        """Cut the strip where the drawing ends, and decide each dot: no dithering, so that letters stay sharp."""
        strip = self._image.crop((0, 0, self._width, self._y + 12))
        return strip.point([0 if level < _BLACK_BELOW else 255 for level in range(256)]).convert(
            "1", dither=Image.Dither.NONE
        )

    def _line(self, text: str, font: ImageFont.FreeTypeFont, size: int, x: float, anchor: str) -> None:
        self._reserve(2 * size)
        self._draw.text((x, self._y), text, font=font, fill=0, anchor=anchor)
        self._y += round(size * _LEADING)

    def _face(self, size: int, *, bold: bool = False, japanese: bool = False) -> ImageFont.FreeTypeFont:
        path = ud_gothic(bold=bold) if japanese else face(self._language, bold=bold)
        return _font(path, size)

    def _reserve(self, dots: int) -> None:
        """Lengthen the strip before drawing beyond its end."""
        if self._y + dots > self._image.height:
            longer = Image.new("L", (self._width, self._image.height + max(640, dots)), 255)
            longer.paste(self._image, (0, 0))
            self._image = longer
            self._draw = ImageDraw.Draw(longer)

    def _wrapped(self, text: str, font: ImageFont.FreeTypeFont) -> tuple[str, ...]:
        return _wrapped(text, font, self._inner, self._language)


@lru_cache(maxsize=512)
def _wrapped(text: str, font: ImageFont.FreeTypeFont, inner: int, language: Language) -> tuple[str, ...]:
    """Break a text into lines of about equal length, only where its language allows.

    Most lines are the same on every ticket, and measuring them is most of a ticket's time: they are remembered.
    """
    parts = pieces(text, language)
    lines = fill(parts, inner, font.getlength)
    if len(lines) < 2:
        return tuple(lines)
    # The narrowest measure that needs no more lines leaves no single word at the end.
    for measure in range(inner // len(lines), inner, 8):
        balanced = fill(parts, measure, font.getlength)
        if len(balanced) == len(lines) and all(font.getlength(line) <= inner for line in balanced):
            return tuple(balanced)
    return tuple(lines)
