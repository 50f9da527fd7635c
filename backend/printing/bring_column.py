"""A column of what to bring on a printed page: boxes to tick, then examples and conditions, as large as fits.

Lengths are millimetres from the top left corner of the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from fpdf import FPDF

from backend.common import Language, break_lines
from backend.common.design import Colour, Surface, Theme, colours, type_sizes
from backend.documents import BringWords
from backend.printing.typesetting import Typesetter

COLOUR: Final = colours(Theme.PRINT)
SIZE: Final = type_sizes(Surface.A4)
_STEP: Final = 0.5  # points: lists become smaller by as much until they fit
_POINT: Final = 0.3528
_LEADING: Final = 1.42


def sizes_between(most: float, least: float) -> tuple[float, ...]:
    """Sizes of letters to try, in points, largest first."""
    return tuple(most - step * _STEP for step in range(round((most - least) / _STEP) + 1))


@dataclass(frozen=True, slots=True)
class _Item:
    """A thing to bring and its note, broken into lines for one size."""

    thing: list[str]
    note: list[str]

    @property
    def lines(self) -> int:
        return len(self.thing) + len(self.note)


class Column:
    """A part of a page, written from the top down in one language.

    Args:
        pdf: the file; its current page is written on.
        language: of the texts; chooses the typeface.
        left: where lines begin.
        width: how wide they may be.
        top: the first baseline.

    Raises:
        FontMissingError: the typeface is not installed.
    """

    def __init__(self, pdf: FPDF, language: Language, *, left: float, width: float, top: float) -> None:
        self._pdf = pdf
        self._language = language
        self._left = left
        self._width = width
        self._type = Typesetter(pdf, language)
        self.y = top

    def text(self, text: str, size: float, *, bold: bool = False, colour: Colour = COLOUR.ink) -> None:
        """Write a text in as many lines as it needs; the size is in points."""
        self._lines(
            self._broken(text, size, self._width, bold=bold), self._left, size, bold=bold, colour=colour
        )

    def rule(self, thickness: float) -> None:
        """A line across."""
        self._pdf.set_draw_color(*COLOUR.action.rgb)
        self._pdf.set_line_width(thickness)
        self._pdf.line(self._left, self.y - 2, self._left + self._width, self.y - 2)
        self.y += 2

    def lists(
        self,
        to_bring: Sequence[BringWords],
        heading: str,
        to_know: Sequence[BringWords],
        *,
        sizes: Sequence[float],
        bottom: float,
    ) -> None:
        """Write what to bring, with boxes to tick, then a heading and what to know, without boxes.

        Args:
            to_bring: things to bring.
            heading: the heading above what to know.
            to_know: examples and conditions.
            sizes: sizes of letters in points, largest first; the first with which everything fits is used.
            bottom: where the column ends, in millimetres from the top of the page.
        """
        for size in sizes:
            bring = [self._item(words, size) for words in to_bring]
            know = [self._item(words, size - 1) for words in to_know]
            between = 4 + size * _POINT * (0.6 + _LEADING)
            if self.y + self._height(bring, size) + between + self._height(know, size - 1) <= bottom:
                break
        self._items(bring, size, ticked=True)
        self.y += 2
        self.rule(0.3)
        self.y += size * _POINT * 0.6
        self._lines([heading], self._left, size, bold=True, colour=COLOUR.action)
        self._items(know, size - 1, ticked=False)

    def _items(self, items: Sequence[_Item], size: float, *, ticked: bool) -> None:
        side = size * _POINT
        for item in items:
            self._pdf.set_draw_color(*COLOUR.action.rgb)
            self._pdf.set_fill_color(*COLOUR.action.rgb)
            if ticked:
                self._pdf.set_line_width(0.5)
                self._pdf.rect(self._left + 1, self.y - side * 0.85, side, side)
            else:
                self._pdf.circle(
                    self._left + self._indent(size) - side, self.y - side * 0.36, side * 0.16, style="F"
                )
            self._lines(item.thing, self._left + self._indent(size), size, bold=True)
            self._lines(item.note, self._left + self._indent(size), size)
            self.y += self._gap(size)

    def _item(self, words: BringWords, size: float) -> _Item:
        width = self._width - self._indent(size)
        return _Item(
            self._broken(words.thing, size, width, bold=True),
            self._broken(words.note, size, width) if words.note else [],
        )

    def _height(self, items: Sequence[_Item], size: float) -> float:
        return sum(item.lines * size * _POINT * _LEADING + self._gap(size) for item in items)

    def _gap(self, size: float) -> float:
        return size * _POINT * 0.55

    def _indent(self, size: float) -> float:
        """Room for the mark before a thing."""
        return 2.5 + size * _POINT * 1.7

    def _broken(self, text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
        return break_lines(text, width, partial(self._type.width, size=size, bold=bold), self._language)

    def _lines(
        self,
        lines: list[str],
        x: float,
        size: float,
        *,
        bold: bool = False,
        colour: Colour = COLOUR.ink,
    ) -> None:
        self._pdf.set_text_color(*colour.rgb)
        for line in lines:
            self._type.write(x, self.y, line, size, bold=bold)
            self.y += size * _POINT * _LEADING
