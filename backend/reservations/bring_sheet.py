"""The sheet of a recipient type for the wall and the telephone desk: A4, what to bring, from the document rules.

Pure: the same rules, types, day and language give the same bytes. Lengths are millimetres from the top left corner.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Final

from fpdf import FPDF

from assets.catalogue import Catalogue, Language
from assets.fonts import face
from assets.line_breaks import break_lines
from backend.documents.bring import bring_list
from backend.documents.rule_set import RuleSet
from backend.documents.visitor_words import BringWords, bring_words
from backend.documents.words import name_of

_LEFT, _WIDTH, _TOP, _BOTTOM = 18.0, 174.0, 22.0, 270.0
_INDENT: Final = 11.0
_FOOT: Final = 283.0
_BLACK, _GREY, _TEAL = (0, 0, 0), (84, 91, 97), (15, 110, 117)
_POINT: Final = 0.3528
_LEADING: Final = 1.45
_SIZES: Final = (15.0, 14.0, 13.0, 12.0, 11.0, 10.0, 9.0)
"""Sizes of the lines in points; the largest with which everything stands on one page is taken."""


class NoSheetError(ValueError):
    """There is nothing to bring for a recipient type that is never allowed."""


@dataclass(frozen=True, slots=True)
class _Item:
    """A thing with its lines as they are broken for one size."""

    thing: list[str]
    note: list[str]

    @property
    def lines(self) -> int:
        return len(self.thing) + len(self.note)


def draw_bring_sheets(
    rule_set: RuleSet, recipients: Iterable[str], day: datetime, language: Language
) -> bytes:
    """Draw the sheets of recipient types as one PDF, a page for each.

    Args:
        rule_set: the rules of the day.
        recipients: codes of recipient types.
        day: the day of visit that the sheets are for; its date counts.
        language: of the sheets.

    Raises:
        UnknownCodeError: there is no such type.
        NoSheetError: a type is never allowed.
        FontMissingError: the typeface is not installed.
    """
    texts = Catalogue("documents", language)
    # Before a page is begun: an FPDF that is not finished keeps its font files open.
    lists = {code: bring_list(rule_set, code, day.date()) for code in recipients}
    for code, lines in lists.items():
        if not lines:
            raise NoSheetError(f"the recipient type {code} is never allowed: there is no sheet for it")
    pages = _Pages(language, day)
    for code, lines in lists.items():
        to_bring, to_know = (
            [bring_words(line, rule_set, texts) for line in lines if line.to_know is known]
            for known in (False, True)
        )
        pages.head(name_of("recipient", code, texts), f"{day.date().isoformat()}  {code}  {rule_set.name}")
        pages.body(to_bring, texts.text("sheet.know"), to_know)
        pages.foot(texts.text("sheet.foot"))
    return pages.finish()


class _Pages:
    """Draws pages from top to bottom."""

    def __init__(self, language: Language, day: datetime) -> None:
        self._language = language
        self._pdf = FPDF(format="A4")
        self._pdf.set_creation_date(datetime.combine(day.date(), time(), UTC))
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.set_margin(0)
        self._pdf.set_lang(language.html)
        self._pdf.add_font("face", "", face(language))
        self._pdf.add_font("face", "B", face(language, bold=True))
        self._pdf.set_text_shaping(use_shaping_engine=True)
        self._y = _TOP

    def head(self, title: str, subtitle: str) -> None:
        """Begin a page: the name of the type, and for whom looks after the sheets day, code and rules."""
        if not self._pdf.pages_count:
            self._pdf.set_title(title)
        self._pdf.add_page()
        self._y = _TOP
        self._lines(self._broken(title, 24, _WIDTH, bold=True), _LEFT, 24, bold=True)
        self._lines([subtitle], _LEFT, 9, colour=_GREY)
        self._rule(1.2)
        self._y += 8

    def body(self, to_bring: list[BringWords], heading: str, to_know: list[BringWords]) -> None:
        """Boxes to tick for what to bring, then examples and conditions without, as large as goes on the page."""
        for size in _SIZES:
            bring = [self._item(words, size) for words in to_bring]
            know = [self._item(words, size - 1) for words in to_know]
            if self._y + self._height(bring, size) + self._height(know, size - 1) + 16 <= _BOTTOM:
                break
        self._items(bring, size, ticked=True)
        self._y += 2
        self._rule(0.3)
        self._y += size * _POINT * 0.6
        self._lines([heading], _LEFT, size, bold=True, colour=_TEAL)
        self._y += 1
        self._items(know, size - 1, ticked=False)

    def foot(self, text: str) -> None:
        """What stands below everything."""
        self._y = _FOOT
        self._lines(self._broken(text, 9, _WIDTH), _LEFT, 9, colour=_GREY)

    def finish(self) -> bytes:
        """The file."""
        return bytes(self._pdf.output())

    def _items(self, items: list[_Item], size: float, *, ticked: bool) -> None:
        side = size * _POINT
        for item in items:
            self._pdf.set_draw_color(*_TEAL)
            self._pdf.set_fill_color(*_TEAL)
            if ticked:
                self._pdf.set_line_width(0.5)
                self._pdf.rect(_LEFT + 1, self._y - side * 0.85, side, side)
            else:
                self._pdf.circle(_LEFT + _INDENT - 5, self._y - side * 0.36, side * 0.16, style="F")
            self._lines(item.thing, _LEFT + _INDENT, size, bold=True)
            self._lines(item.note, _LEFT + _INDENT, size)
            self._y += self._gap(size)

    def _item(self, words: BringWords, size: float) -> _Item:
        width = _WIDTH - _INDENT
        return _Item(
            self._broken(words.thing, size, width, bold=True),
            self._broken(words.note, size, width) if words.note else [],
        )

    def _height(self, items: list[_Item], size: float) -> float:
        return sum(item.lines * size * _POINT * _LEADING + self._gap(size) for item in items)

    def _gap(self, size: float) -> float:
        return size * _POINT * 0.7

    def _rule(self, width: float) -> None:
        self._pdf.set_draw_color(*_TEAL)
        self._pdf.set_line_width(width)
        self._pdf.line(_LEFT, self._y - 2, _LEFT + _WIDTH, self._y - 2)
        self._y += 2

    def _broken(self, text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
        self._pdf.set_font("face", "B" if bold else "", size)
        return break_lines(text, width, self._pdf.get_string_width, self._language)

    def _lines(
        self,
        lines: list[str],
        x: float,
        size: float,
        *,
        bold: bool = False,
        colour: tuple[int, int, int] = _BLACK,
    ) -> None:
        self._pdf.set_font("face", "B" if bold else "", size)
        self._pdf.set_text_color(*colour)
        for line in lines:
            self._pdf.text(x, self._y, line)
            self._y += size * _POINT * _LEADING
