"""A sheet for the wall and the telephone desk: what a recipient type brings, by the document rules, on A4.

A list that is too long for one page in letters of 10.5 points is continued on the next one.

Pure: the same rules, types, day and language give the same bytes. Lengths are millimetres from the top left corner.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Final

from fpdf import FPDF

from backend.common import Catalogue, Language
from backend.documents import BringLine, BringWords, RuleSet, bring_list, bring_words, name_of
from backend.printing.bring_column import COLOUR, SIZE, Column

_LEFT, _WIDTH, _TOP, _BOTTOM, _FOOT = 18.0, 174.0, 22.0, 268.0, 278.0
_END: Final = 285.0
"""Where the lines at the foot end."""


class NoSheetError(ValueError):
    """The recipient type is never allowed to receive a card, so there is no sheet for it."""


def draw_bring_sheets(
    rule_set: RuleSet, recipients: Iterable[str], day: datetime, language: Language
) -> bytes:
    """Draw the sheets of recipient types as one PDF, a page for each.

    Args:
        rule_set: the rules of the day.
        recipients: codes of recipient types.
        day: the day of visit that the sheets are for; only its date counts.
        language: the language of the sheets.

    Raises:
        UnknownCodeError: there is no such type.
        NoSheetError: a type is never allowed.
        FontMissingError: the typeface is not installed.
    """
    texts = Catalogue("documents", language)
    # Checked before a page is begun: an FPDF that is never finished keeps its font files open.
    lists = {code: bring_list(rule_set, code, day.date()) for code in recipients}
    for code, lines in lists.items():
        if not lines:
            raise NoSheetError(f"the recipient type {code} is never allowed: there is no sheet for it")
    pdf = blank_pages(day)
    pdf.set_lang(language.html)
    for code, lines in lists.items():
        name = name_of("recipient", code, texts)
        if not pdf.pages_count:
            pdf.set_title(name)
        page = _Page(pdf, language, name, f"{day.date().isoformat()}  {code}  {rule_set.name}")
        to_bring, to_know = in_two(lines, rule_set, texts)
        page.begin().lists(to_bring, texts.text("sheet.know"), to_know)
        page.finish()
    return bytes(pdf.output())


class _Page:
    """The pages of one recipient type: each has its name above and who to ask below."""

    def __init__(self, pdf: FPDF, language: Language, name: str, origin: str) -> None:
        self._pdf = pdf
        self._language = language
        self._name = name
        self._origin = origin

    def begin(self) -> Column:
        """A new page, and the column below its head."""
        self._pdf.add_page()
        column = self._column(_TOP, _BOTTOM)
        column.text(self._name, SIZE.title, bold=True)
        # For the staff who keep the sheets up to date: day, code and rules.
        column.text(self._origin, SIZE.fine, colour=COLOUR.quiet)
        column.rule(1.2)
        column.y += 6
        return column

    def finish(self) -> None:
        """The foot of the page."""
        foot = Catalogue("documents", self._language).text("sheet.foot")
        self._column(_FOOT, _END).text(foot, SIZE.fine, colour=COLOUR.quiet)

    def _column(self, top: float, bottom: float) -> Column:
        return Column(
            self._pdf, self._language, left=_LEFT, width=_WIDTH, top=top, bottom=bottom, turn=self._turn
        )

    def _turn(self) -> tuple[float, float]:
        self.finish()
        return _LEFT, self.begin().y


def blank_pages(day: datetime) -> FPDF:
    """An empty A4 file, dated by the day, so that the same contents give the same bytes."""
    pdf = FPDF(format="A4")
    pdf.set_creation_date(datetime.combine(day.date(), time(), UTC))
    pdf.set_auto_page_break(auto=False)
    pdf.set_margin(0)
    pdf.set_text_shaping(use_shaping_engine=True)
    return pdf


def in_two(
    lines: Iterable[BringLine], rule_set: RuleSet, texts: Catalogue
) -> tuple[list[BringWords], list[BringWords]]:
    """The lines in words, as two lists: things to bring, and what visitors only need to know."""
    said: tuple[list[BringWords], list[BringWords]] = ([], [])
    for line in lines:
        said[line.to_know].append(bring_words(line, rule_set, texts))
    return said
