"""The sheet of one recipient type for the wall and the telephone desk: A4, what to bring, from the document rules.

Pure: the same rules, type, day and language give the same bytes. Lengths are millimetres from the top left corner.
"""

from datetime import UTC, datetime, time
from typing import Final

from fpdf import FPDF

from assets.catalogue import Catalogue, Language
from assets.fonts import face
from backend.documents.bring import bring_list
from backend.documents.rule_set import RuleSet
from backend.documents.visitor_words import bring_text
from backend.documents.words import name_of
from backend.reservations.line_breaks import break_lines

_LEFT, _WIDTH, _TOP, _BOTTOM = 18.0, 174.0, 20.0, 277.0
_BLACK, _GREY, _TEAL = (0, 0, 0), (84, 91, 97), (15, 110, 117)
_POINT: Final = 0.3528
_LEADING: Final = 1.5
_SIZES: Final = (14.0, 13.0, 12.0, 11.0, 10.0, 9.0)
"""Sizes of the lines in points; the largest with which everything stands on one page is taken."""


class NoSheetError(ValueError):
    """There is nothing to bring for a recipient type that is never allowed."""


def draw_bring_sheet(rule_set: RuleSet, recipient: str, day: datetime, language: Language) -> bytes:
    """Draw the sheet of a recipient type as PDF.

    Args:
        rule_set: the rules of the day.
        recipient: code of the recipient type.
        day: the day of visit that the sheet is for; its date counts.
        language: of the sheet.

    Raises:
        UnknownCodeError: there is no such type.
        NoSheetError: the type is never allowed.
        FontMissingError: the typeface is not installed.
    """
    lines = bring_list(rule_set, recipient, day.date())
    if not lines:
        raise NoSheetError(f"the recipient type {recipient} is never allowed: there is no sheet for it")
    texts = Catalogue("documents", language)
    pdf = _Page(language, day)
    code = rule_set.recipient(recipient).code
    pdf.head(name_of("recipient", code, texts), f"{day.date().isoformat()}  {code}  {rule_set.name}")
    pdf.items([bring_text(line, rule_set, texts) for line in lines])
    return pdf.finish()


class _Page:
    """Draws one page from top to bottom."""

    def __init__(self, language: Language, day: datetime) -> None:
        self._pdf = FPDF(format="A4")
        self._pdf.set_creation_date(datetime.combine(day.date(), time(), UTC))
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.set_margin(0)
        self._pdf.set_lang(language.html)
        self._pdf.add_font("face", "", face(language))
        self._pdf.add_font("face", "B", face(language, bold=True))
        self._pdf.set_text_shaping(use_shaping_engine=True)
        self._pdf.add_page()
        self._y = _TOP

    def head(self, title: str, subtitle: str) -> None:
        """The name of the type, and for whom looks after the sheets: day, code and rules."""
        self._pdf.set_title(title)
        self._lines(self._broken(title, 24, _WIDTH, bold=True), _LEFT, 24, bold=True)
        self._lines(self._broken(subtitle, 9, _WIDTH), _LEFT, 9, colour=_GREY)
        self._pdf.set_draw_color(*_TEAL)
        self._pdf.set_line_width(1.2)
        self._pdf.line(_LEFT, self._y - 2, _LEFT + _WIDTH, self._y - 2)
        self._y += 8

    def items(self, said: list[str]) -> None:
        """Boxes to tick, in the largest letters with which everything stands on the page."""
        for size in _SIZES:
            broken = [self._broken(text, size, _WIDTH - 11) for text in said]
            step = size * _POINT * _LEADING
            gap = step * 0.6
            if self._y + sum(len(lines) * step + gap for lines in broken) <= _BOTTOM or size == _SIZES[-1]:
                break
        for lines in broken:
            self._pdf.set_draw_color(*_TEAL)
            self._pdf.set_line_width(0.5)
            side = size * _POINT
            self._pdf.rect(_LEFT + 1, self._y - side * 0.85, side, side)
            self._lines(lines, _LEFT + 11, size)
            self._y += gap

    def finish(self) -> bytes:
        """The file."""
        return bytes(self._pdf.output())

    def _broken(self, text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
        self._pdf.set_font("face", "B" if bold else "", size)
        return break_lines(text, width, self._pdf.get_string_width)

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
