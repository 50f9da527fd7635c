"""The reverse of the notice: what to bring, in the languages that are not on its front.

The ward does not know which of them a recipient reads, so all are on one page. It is the same for every notice under
one rule set: it is drawn once and put behind each.
"""

import io
import re
from datetime import date, datetime, time
from hashlib import sha256
from typing import Final

import pypdfium2

from backend.common import Catalogue, Language
from backend.documents import RuleSet, bring_list
from backend.printing.bring_column import COLOUR, SIZE, Column, sizes_between
from backend.printing.bring_sheet import blank_pages, in_two
from backend.printing.notice_bring import SELF, UNSAID

_LANGUAGES: Final = (Language.EASY_JAPANESE, Language.ENGLISH, Language.CHINESE, Language.KOREAN)
_LEFTS, _TOPS, _WIDTH, _HEIGHT = (14.0, 109.0), (17.0, 157.0), 87.0, 128.0
_FOOT: Final = 9.0
"""Room for the last sentence of each quarter of the page, in millimetres."""
_SIZES: Final = sizes_between(SIZE.reverse_list_most, SIZE.reverse_list_least)
_ID: Final = re.compile(rb"/ID\s*\[\s*<([0-9A-Fa-f]{32})>\s*<([0-9A-Fa-f]{32})>\s*\]")


def draw_reverse(rule_set: RuleSet, on: date) -> bytes:
    """Draw what a visitor who comes in person brings on a day, in four languages on one A4 page.

    Raises:
        FontMissingError: a typeface is not installed.
    """
    lines = [line for line in bring_list(rule_set, SELF, on) if line.what not in UNSAID]
    pdf = blank_pages(datetime.combine(on, time()))
    pdf.add_page()
    places = [(left, top) for top in _TOPS for left in _LEFTS]
    for language, (left, top) in zip(_LANGUAGES, places, strict=True):
        texts = Catalogue("documents", language)
        column = Column(pdf, language, left=left, width=_WIDTH, top=top)
        column.text(texts.text("sheet.self"), SIZE.heading, bold=True)
        column.rule(0.8)
        column.y += 3.5
        to_bring, to_know = in_two(lines, rule_set, texts)
        column.lists(
            to_bring,
            texts.text("sheet.know"),
            to_know,
            sizes=_SIZES,
            bottom=top + _HEIGHT - _FOOT,
        )
        column.text(texts.text("sheet.others"), SIZE.hint, colour=COLOUR.quiet)
    return bytes(pdf.output())


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
