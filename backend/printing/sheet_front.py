"""The front of a sheet in the ward's letter: A4, Japanese, a frame with a code for the kiosk, and boxes for what to bring.

It says what everybody needs in letters of 12 to 14 points; examples, conditions and other languages stand overleaf
(:mod:`backend.printing.notice_reverse`). Lengths are millimetres from the top left corner of the page.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Final

import pypdfium2
from fpdf import FPDF

from backend.cards import grouped
from backend.common import Catalogue, Language, break_lines, in_era, in_tokyo
from backend.common.design import Colour, Surface, Theme, colours, type_sizes
from backend.documents import BringWords
from backend.offices import Office
from backend.printing import notice_steps
from backend.printing.sheet_code import QR_MODULE, QUIET_MODULES, draw_code
from backend.printing.typesetting import Typesetter

PNG_DPI = 200
LEFT, RIGHT, WIDTH = 18.0, 192.0, 174.0
FRAME: Final = 45.0
"""Where the frame begins."""
LABEL, VALUE = LEFT + 4, LEFT + 25
SIZE: Final = type_sizes(Surface.A4)
NUMBER_SIZES: Final = (SIZE.number, SIZE.title, SIZE.lead, SIZE.body, SIZE.fine)
_FRAME_HEIGHT: Final = 62.0
_BESIDE_THE_CODE = 92.0
_FOOT: Final = 257.0
"""Where the foot begins: what the front tells ends above it."""
_CODE_SIDE: Final = (25 + 2 * QUIET_MODULES) * QR_MODULE
"""Of a code of version 2, with its quiet zone."""
_POINT: Final = 0.3528
_LEADING: Final = 1.4
_COLOUR: Final = colours(Theme.PRINT)


@dataclass(frozen=True)
class Sender:
    """Who sends a sheet.

    Attributes:
        authority: the name of the ward.
        contact: whom to ask and where to book by telephone.
        groups: sizes of the groups in which a number of a length is shown; fours where nothing is said.
    """

    authority: str
    contact: Office
    groups: Mapping[int, Sequence[int]] = field(default_factory=dict)

    def shown(self, number: str) -> str:
        """A number as papers show it."""
        return grouped(number, self.groups.get(len(number), ()))


@dataclass(frozen=True)
class NoticeSheet:
    """One sheet as PDF and as PNG; the picture shows its front."""

    pdf: bytes
    png: bytes


def new_file(title: str, made_at: datetime) -> FPDF:
    """An empty A4 file in Japanese; the same contents give the same bytes.

    Args:
        title: what a reader of the file shows.
        made_at: aware.
    """
    pdf = FPDF(format="A4")
    pdf.set_creation_date(made_at.astimezone(UTC))
    pdf.set_auto_page_break(auto=False)
    pdf.set_margin(0)
    pdf.set_text_shaping(use_shaping_engine=True)
    pdf.set_lang("ja")
    pdf.set_title(title)
    # A page may be written on that was drawn on another one: what it names must be known to all.
    pdf.single_resources_object = True
    return pdf


def picture_of(pdf: bytes) -> bytes:
    """The first page of a file as PNG."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0]
        image = page.render(scale=PNG_DPI / 72).to_pil().convert("L")
        page.close()
    finally:
        document.close()
    stream = io.BytesIO()
    image.save(stream, format="PNG", dpi=(PNG_DPI, PNG_DPI), optimize=True)
    return stream.getvalue()


class Front:
    """Draws one front on the current page of a file.

    Args:
        pdf: the file.
        sender: who sends the sheet.

    Raises:
        FontMissingError: a typeface is not installed.
    """

    def __init__(self, pdf: FPDF, sender: Sender) -> None:
        self.pdf = pdf
        self.sender = sender
        self.words = Catalogue("notice")
        self.text = self.words.text
        self._type = Typesetter(pdf)

    def line(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: Colour = _COLOUR.ink,
        align: str = "L",
    ) -> None:
        """One line; ``y`` is its baseline, ``x`` its left end, middle or right end, as ``align`` says."""
        self.pdf.set_text_color(*colour.rgb)
        width = self._type.width(text, size, bold=bold)
        self._type.write(x - {"L": 0.0, "C": width / 2, "R": width}[align], y, text, size, bold=bold)

    def beside(self, x: float, y: float, text: str, sizes: Sequence[float], *, bold: bool = False) -> float:
        """A text beside the code, in the largest letters with which it is one line; in the smallest as many as it needs.

        Returns the baseline after the last one.
        """
        room = _BESIDE_THE_CODE - (x - VALUE)
        for size in sizes:
            if self._type.width(text, size, bold=bold) <= room:
                break
        return self.lines(x, y, room, text, size, bold=bold)

    def lines(self, x: float, y: float, width: float, text: str, size: float, *, bold: bool = False) -> float:
        """Several lines from baseline ``y``; returns the baseline after the last one."""
        step = size * _POINT * _LEADING
        measure = partial(self._type.width, size=size, bold=bold)
        for line in break_lines(text, width, measure, Language.JAPANESE):
            self.line(x, y, line, size, bold=bold)
            y += step
        return y

    def head(self, title: str, greeting: str) -> None:
        """Sender, title and what it is about."""
        self.line(LEFT, 18, self.sender.authority, SIZE.body, bold=True)
        self.line(105, 30, title, SIZE.title, bold=True, align="C")
        self.lines(LEFT, 39, WIDTH, greeting, SIZE.body)

    def issued(self, printed_at: datetime, copy: int, version: int | None = None) -> None:
        """The day of this copy, which one it is where it is not the first, and its version where it has one."""
        day = in_era(in_tokyo(printed_at).date())
        said = (
            self.text("head.issued", date=day)
            if copy == 1
            else self.text("head.reprinted", date=day, copy=copy)
        )
        self.line(RIGHT, 18, said, SIZE.fine, align="R")
        if version is not None:
            self.line(RIGHT, 23.5, self.text("head.version", version=version), SIZE.fine, align="R")

    def frame(self, end: float) -> float:
        """The frame, at least down to a baseline; returns where it ends."""
        bottom = max(end - 2, FRAME + _FRAME_HEIGHT)
        self.pdf.set_draw_color(*_COLOUR.ink.rgb)
        self.pdf.set_line_width(0.6)
        self.pdf.rect(LEFT, FRAME, WIDTH, bottom - FRAME)
        return bottom

    def code_captions(self) -> None:
        """What stands around the code, outside of its quiet zone."""
        middle = RIGHT - 1.5 - _CODE_SIDE / 2
        self.line(middle, FRAME + 6, self.text("frame.code"), SIZE.body, bold=True, align="C")
        self.line(middle, FRAME + 58, self.text("frame.code_hint"), SIZE.fine, align="C")

    def code(self, code: str) -> None:
        """The code in the right part of the frame, with a white quiet zone."""
        quiet = QUIET_MODULES * QR_MODULE
        draw_code(self.pdf, RIGHT - 1.5 - _CODE_SIDE + quiet, FRAME + 7.2 + quiet, code)

    def below(self, y: float, heading: str, bring: Sequence[BringWords], foreign: str) -> None:
        """Everything under the frame, which ends at ``y``: the steps of the day, what to bring, whom to ask.

        Args:
            y: where the frame ends.
            heading: above what to bring.
            bring: what to bring.
            foreign: a sentence for those who do not read Japanese.
        """
        y = self._title(y + 4, self.text("kiosk.title"))
        notice_steps.Steps(self.pdf, self._type, LEFT, WIDTH).draw(y - 2)
        self._bring(y + notice_steps.HEIGHT + 1.5, heading, bring)
        self._foot(foreign)

    def _title(self, y: float, text: str) -> float:
        """A heading from ``y`` down; returns the first baseline below it."""
        self.pdf.set_fill_color(*_COLOUR.sunken.rgb)
        self.pdf.rect(LEFT, y, WIDTH, 8, style="F")
        self.line(LEFT + 3, y + 5.8, text, SIZE.lead, bold=True)
        return y + 13

    def _bring(self, y: float, heading: str, bring: Sequence[BringWords]) -> None:
        """Boxes to tick: this sheet, and the things; their notes as far as there is room, as all stand overleaf."""
        y = self._title(y, heading) + 1.5
        things = [BringWords(self.text("bring.sheet"), self.text("bring.sheet_note")), *bring]
        notes = [self._broken(words.note, SIZE.body, bold=False) for words in things]
        step, gap = (size * _POINT * _LEADING for size in (SIZE.lead, SIZE.body))
        end = _FOOT - 6
        room = (
            end
            - y
            - sum(len(self._broken(words.thing, SIZE.lead, bold=True)) for words in things) * (step + 1.5)
        )
        told = set()
        # That this sheet is held up to the kiosk is in the pictures above: its note comes last.
        for place in (*range(1, len(things)), 0):
            if notes[place] and room >= len(notes[place]) * gap:
                room -= len(notes[place]) * gap
                told.add(place)
        for place, words in enumerate(things):
            if y > end:
                # The rest stands overleaf with everything else.
                return
            self.pdf.set_draw_color(*_COLOUR.ink.rgb)
            self.pdf.set_line_width(0.6)
            self.pdf.rect(LEFT + 3, y - 4.6, 5.4, 5.4)
            y = self.lines(LEFT + 12, y, WIDTH - 14, words.thing, SIZE.lead, bold=True)
            if place in told:
                y = self.lines(LEFT + 12, y - 0.3, WIDTH - 14, words.note, SIZE.body)
            y += 1.5

    def _broken(self, text: str, size: float, *, bold: bool) -> list[str]:
        if not text:
            return []
        measure = partial(self._type.width, size=size, bold=bold)
        return break_lines(text, WIDTH - 14, measure, Language.JAPANESE)

    def _foot(self, foreign_text: str) -> None:
        self.line(LEFT, _FOOT, self.text("bring.overleaf"), SIZE.body, bold=True)
        self.pdf.set_draw_color(*_COLOUR.ink.rgb)
        self.pdf.set_line_width(0.2)
        self.pdf.line(LEFT, _FOOT + 2.5, RIGHT, _FOOT + 2.5)
        contact = self.sender.contact
        key = "contact.line" if contact.phone is not None else "contact.without_phone"
        told = self.text(key, name=contact.name["ja"], phone=contact.phone)
        said = f"{self.text('contact.title')}　{told}"
        size = SIZE.body if self._type.width(said, SIZE.body, bold=True) <= WIDTH else SIZE.fine
        y = self.lines(LEFT, _FOOT + 8, WIDTH, said, size, bold=True)
        foreign = Typesetter(self.pdf, Language.ENGLISH)
        self.pdf.set_text_color(*_COLOUR.ink.rgb)
        measure = partial(foreign.width, size=SIZE.fine)
        for line in break_lines(foreign_text, WIDTH, measure, Language.ENGLISH):
            foreign.write(LEFT, y, line, SIZE.fine)
            y += SIZE.fine * _POINT * _LEADING
