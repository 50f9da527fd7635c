"""A column of what to bring on a printed page: boxes to tick, then examples and conditions, as large as fits.

What does not fit in the smallest letters is continued in the next column, never written smaller. Lengths are millimetres from the top left corner of the page.
"""

from collections.abc import Callable, Sequence
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
LIST_SIZES: Final = (SIZE.lead, SIZE.body, SIZE.fine)
"""Sizes of a list's letters, largest first; what is only to know is written in the next smaller ones."""
_POINT: Final = 0.3528


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
        bottom: where it ends, in millimetres from the top of the page.
        leading: the height of a line in heights of its letters.
        between: what stays free between two items, likewise.
        indent: room for the mark before a thing; by the size of the letters by default.
        turn: begins the next column when this one is full, and tells its left edge and first baseline.

    Raises:
        FontMissingError: the typeface is not installed.
    """

    def __init__(
        self,
        pdf: FPDF,
        language: Language,
        *,
        left: float,
        width: float,
        top: float,
        bottom: float,
        turn: Callable[[], tuple[float, float]],
        leading: float = 1.42,
        between: float = 0.55,
        indent: float | None = None,
    ) -> None:
        self._indented = indent
        self._leading = leading
        self._between = between
        self._pdf = pdf
        self._language = language
        self._left = left
        self._width = width
        self._bottom = bottom
        self._turn = turn
        self._type = Typesetter(pdf, language)
        self.y = top

    def in_language(self, language: Language) -> "Column":
        """The rest of this column, in another language."""
        return Column(
            self._pdf,
            language,
            left=self._left,
            width=self._width,
            top=self.y,
            bottom=self._bottom,
            turn=self._turn,
            leading=self._leading,
            between=self._between,
            indent=self._indented,
        )

    def text(self, text: str, size: float, *, bold: bool = False, colour: Colour = COLOUR.ink) -> None:
        """Write a text in as many lines as it needs; the size is in points."""
        lines = self._broken(text, size, self._width, bold=bold)
        self.make_room(len(lines), size)
        self._lines(lines, self._left, size, bold=bold, colour=colour)

    def rule(self, thickness: float) -> None:
        """A line across."""
        self._pdf.set_draw_color(*COLOUR.action.rgb)
        self._pdf.set_line_width(thickness)
        self._pdf.line(self._left, self.y - 2, self._left + self._width, self.y - 2)
        self.y += 2

    def height(self, text: str, size: float) -> float:
        """How much of the column a text takes, in millimetres."""
        return len(self._broken(text, size, self._width)) * size * _POINT * self._leading

    def lists(
        self,
        to_bring: Sequence[BringWords],
        heading: str,
        to_know: Sequence[BringWords],
        *,
        below: float = 0.0,
    ) -> None:
        """Write what to bring, with boxes to tick, then a heading and what to know, without boxes.

        The largest letters are taken with which everything fits; where none fit, the smallest, and the list goes on in
        the next column.

        Args:
            to_bring: things to bring.
            heading: the heading above what to know.
            to_know: examples and conditions.
            below: what should stay free below them, in millimetres.
        """
        for size, small in zip(LIST_SIZES, (*LIST_SIZES[1:], LIST_SIZES[-1]), strict=True):
            bring = [self._item(words, size) for words in to_bring]
            know = [self._item(words, small) for words in to_know]
            above = self._broken(heading, size, self._width, bold=True)
            between = 4 + size * _POINT * (0.6 + len(above) * self._leading)
            needed = self._height(bring, size) + between + self._height(know, small) + below
            if self.y + needed <= self._bottom:
                break
        self._items(bring, size, ticked=True)
        if not know:
            return
        # A heading alone at the end of a column says nothing: it takes its first item along.
        self.make_room(len(above) + 1 + know[0].lines, size)
        self.y += 2
        self.rule(0.3)
        self.y += size * _POINT * 0.6
        self._lines(above, self._left, size, bold=True, colour=COLOUR.action)
        self._items(know, small, ticked=False)

    def things(self, things: Sequence[BringWords], size: float, *, ticked: bool) -> None:
        """Write things in letters of one size, with boxes to tick or with marks."""
        self._items([self._item(words, size) for words in things], size, ticked=ticked)

    def notes(self, texts: Sequence[str], size: float) -> None:
        """Write sentences, each after a mark."""
        self._items([self._item(BringWords("", text), size) for text in texts], size, ticked=False)

    def make_room(self, lines: int, size: float) -> None:
        """Go on in the next column if so many lines do not fit any more."""
        if self.y + (lines - 1) * size * _POINT * self._leading > self._bottom:
            self._left, self.y = self._turn()

    def _items(self, items: Sequence[_Item], size: float, *, ticked: bool) -> None:
        side = size * _POINT
        for item in items:
            self.make_room(item.lines, size)
            self._pdf.set_draw_color(*COLOUR.action.rgb)
            self._pdf.set_fill_color(*COLOUR.action.rgb)
            if ticked:
                self._pdf.set_line_width(0.5)
                self._pdf.rect(
                    self._left + (1 if self._indented is None else 0.3), self.y - side * 0.85, side, side
                )
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
            self._broken(words.thing, size, width, bold=True) if words.thing else [],
            self._broken(words.note, size, width) if words.note else [],
        )

    def _height(self, items: Sequence[_Item], size: float) -> float:
        return sum(item.lines * size * _POINT * self._leading + self._gap(size) for item in items)

    def _gap(self, size: float) -> float:
        return size * _POINT * self._between

    def _indent(self, size: float) -> float:
        """Room for the mark before a thing."""
        return 2.5 + size * _POINT * 1.7 if self._indented is None else self._indented

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
            self.y += size * _POINT * self._leading
