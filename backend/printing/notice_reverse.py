"""What stands behind the notice's front: what to bring with examples and notes, in Japanese and in every other language.

The ward does not know which of them a recipient reads, so all are there: one page in Japanese, then two languages a page.
It is the same for every notice under one rule set: it is drawn once and put behind each.
"""

import io
import re
from datetime import date, datetime, time
from hashlib import sha256
from typing import Final

import pypdfium2
from fpdf import FPDF

from backend.common import Catalogue, Language
from backend.documents import RuleSet, bring_list
from backend.printing.bring_column import COLOUR, SIZE, Column
from backend.printing.bring_sheet import blank_pages, in_two
from backend.printing.notice_bring import SELF, UNSAID

_LEFTS, _WIDTH, _TOP, _BOTTOM = (14.0, 109.0), 87.0, 18.0, 282.0
_ID: Final = re.compile(rb"/ID\s*\[\s*<([0-9A-Fa-f]{32})>\s*<([0-9A-Fa-f]{32})>\s*\]")


def draw_reverse(rule_set: RuleSet, on: date) -> bytes:
    """Draw what a visitor who comes in person brings on a day, with examples and notes, in every language.

    Two columns of A4 pages: first Japanese, then what the notice's sender asks everybody to mind, then a column for each
    other language. What does not fit into a column goes on in the next one.

    Raises:
        FontMissingError: a typeface is not installed.
    """
    lines = [line for line in bring_list(rule_set, SELF, on) if line.what not in UNSAID]
    pdf = blank_pages(datetime.combine(on, time()))
    columns = _Columns(pdf)
    for language in Language:
        texts = Catalogue("documents", language)
        column = columns.begin(language)
        column.text(texts.text("sheet.self"), SIZE.lead, bold=True)
        column.rule(0.8)
        column.y += 3.5
        to_bring, to_know = in_two(lines, rule_set, texts)
        if language is Language.JAPANESE:
            column.lists(to_bring, texts.text("sheet.know"), to_know)
            _notes(columns.begin(language))
            continue
        others = texts.text("sheet.others")
        column.lists(to_bring, texts.text("sheet.know"), to_know, below=2 + column.height(others, SIZE.fine))
        column.y += 2
        column.text(others, SIZE.fine, colour=COLOUR.quiet)
    return bytes(pdf.output())


def _notes(column: Column) -> None:
    """What the notice asks everybody to mind."""
    words = Catalogue("notice")
    for title, keys in (
        ("others.title", ("others.text",)),
        ("notes.title", ("notes.item_1", "notes.item_2", "notes.item_3", "notes.item_4")),
    ):
        column.text(words.text(title), SIZE.lead, bold=True)
        column.rule(0.8)
        column.y += 3.5
        column.notes([words.text(key) for key in keys], SIZE.body)
        column.y += 6


class _Columns:
    """Columns from left to right, two on a page."""

    def __init__(self, pdf: FPDF) -> None:
        self._pdf = pdf
        self._taken = 0

    def begin(self, language: Language) -> Column:
        """The next column, for a language."""
        left, top = self._turn()
        return Column(self._pdf, language, left=left, width=_WIDTH, top=top, bottom=_BOTTOM, turn=self._turn)

    def _turn(self) -> tuple[float, float]:
        place = self._taken % len(_LEFTS)
        if place == 0:
            self._pdf.add_page()
        self._taken += 1
        return _LEFTS[place], _TOP


def with_reverse(front: bytes, reverse: bytes) -> bytes:
    """Put the reverse behind the front; the same two files give the same bytes."""
    document, behind = pypdfium2.PdfDocument(front), pypdfium2.PdfDocument(reverse)
    try:
        document.import_pages(behind)
        stream = io.BytesIO()
        document.save(stream)
    finally:
        behind.close()
        document.close()
    return _with_own_id(stream.getvalue())


def _with_own_id(pdf: bytes) -> bytes:
    """The file with an id computed from its contents, in place of PDFium's random one."""
    empty = b"/ID[<" + b"0" * 32 + b"><" + b"0" * 32 + b">]"
    own = sha256(_ID.sub(empty, pdf)).hexdigest()[:32].upper().encode()
    return _ID.sub(b"/ID[<" + own + b"><" + own + b">]", pdf)
