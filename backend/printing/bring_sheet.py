"""The sheet of a recipient type for the wall and the telephone desk: A4, what to bring, from the document rules.

Pure: the same rules, types, day and language give the same bytes. Lengths are millimetres from the top left corner.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Final

from fpdf import FPDF

from backend.common import Catalogue, Language
from backend.documents import BringLine, BringWords, RuleSet, bring_list, bring_words, name_of
from backend.printing.bring_column import GREY, Column

_LEFT, _WIDTH, _TOP, _BOTTOM, _FOOT = 18.0, 174.0, 22.0, 270.0, 283.0
_SIZES: Final = (15.0, 14.0, 13.0, 12.0, 11.0, 10.0, 9.0)


class NoSheetError(ValueError):
    """There is nothing to bring for a recipient type that is never allowed."""


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
    pdf = blank_pages(day)
    pdf.set_lang(language.html)
    for code, lines in lists.items():
        name = name_of("recipient", code, texts)
        if not pdf.pages_count:
            pdf.set_title(name)
        pdf.add_page()
        column = Column(pdf, language, left=_LEFT, width=_WIDTH, top=_TOP)
        column.text(name, 24, bold=True)
        # For whom looks after the sheets: day, code and rules.
        column.text(f"{day.date().isoformat()}  {code}  {rule_set.name}", 9, colour=GREY)
        column.rule(1.2)
        column.y += 8
        to_bring, to_know = in_two(lines, rule_set, texts)
        column.lists(to_bring, texts.text("sheet.know"), to_know, sizes=_SIZES, bottom=_BOTTOM)
        column.y = _FOOT
        column.text(texts.text("sheet.foot"), 9, colour=GREY)
    return bytes(pdf.output())


def blank_pages(day: datetime) -> FPDF:
    """A4 pages that are the same bytes for the same day."""
    pdf = FPDF(format="A4")
    pdf.set_creation_date(datetime.combine(day.date(), time(), UTC))
    pdf.set_auto_page_break(auto=False)
    pdf.set_margin(0)
    pdf.set_text_shaping(use_shaping_engine=True)
    return pdf


def in_two(
    lines: Iterable[BringLine], rule_set: RuleSet, texts: Catalogue
) -> tuple[list[BringWords], list[BringWords]]:
    """What goes into a bag, and what is only to know, in words."""
    said: tuple[list[BringWords], list[BringWords]] = ([], [])
    for line in lines:
        said[line.to_know].append(bring_words(line, rule_set, texts))
    return said
