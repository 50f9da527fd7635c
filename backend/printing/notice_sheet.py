"""The notice sheet in the ward's letter: A4, Japanese, a code for the kiosk; nothing personal but the reservation.

The front says what everybody needs in letters of 12 to 14 points: when, where, three steps in pictures, and boxes for
what to bring. Examples, conditions and notes stand overleaf (:mod:`backend.printing.notice_reverse`). Pure: the same notice gives the same bytes. Lengths are millimetres from the top left corner of the page.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import pypdfium2
import qrcode
from fpdf import FPDF
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.util import QRData

from backend.cards import grouped
from backend.common import Catalogue, Language, break_lines, clock_in_words, in_era, in_tokyo
from backend.common.design import Colour, Surface, Theme, colours, type_sizes
from backend.documents import BringWords
from backend.offices import Office
from backend.printing import notice_steps
from backend.printing.typesetting import Typesetter
from backend.reservations import Notice

QR_MODULE = 1.4
"""Side of one module in millimetres; a code of version 2 is then 35 mm wide without its quiet zone."""
QUIET_MODULES = 4
PNG_DPI = 200

_ALPHANUMERIC: Final = 2  # qrcode.util.MODE_ALPHA_NUM, which its types take as a literal only

_LEFT, _RIGHT, _WIDTH = 18.0, 192.0, 174.0
_BESIDE_THE_CODE = 92.0
_FOOT: Final = 257.0
"""Where the foot begins: what the front tells ends above it."""
_POINT: Final = 0.3528
_LEADING: Final = 1.4
_COLOUR: Final = colours(Theme.PRINT)
_SIZE: Final = type_sizes(Surface.A4)


@dataclass(frozen=True)
class NoticeSheet:
    """One notice as PDF and as PNG; the picture shows its front."""

    pdf: bytes
    png: bytes


def draw_sheet(
    notice: Notice, office: Office, contact: Office, authority: str, bring: Sequence[BringWords]
) -> NoticeSheet:
    """Draw the sheet of a notice.

    Args:
        notice: code, number and time.
        office: where the visitor is expected.
        contact: whom to ask; used where the office itself has no telephone number.
        authority: the name of the ward.
        bring: what to bring; see :func:`backend.printing.notice_bring.things_to_bring`.

    Raises:
        FontMissingError: the typeface is not installed.
    """
    contact = contact if office.phone is None else office
    pdf = _Page(notice, office, contact, authority, bring).draw()
    return NoticeSheet(pdf, _picture(pdf))


def qr_matrix(code: str) -> list[list[bool]]:
    """The modules of a code without quiet zone: alphanumeric mode, error correction Q."""
    made = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=0)
    made.add_data(QRData(code, mode=_ALPHANUMERIC), optimize=0)
    made.make(fit=True)
    return [[bool(module) for module in row] for row in made.get_matrix()]


def _picture(pdf: bytes) -> bytes:
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


class _Page:
    """Draws one page from top to bottom."""

    def __init__(
        self, notice: Notice, office: Office, contact: Office, authority: str, bring: Sequence[BringWords]
    ) -> None:
        self._to_bring = bring
        self._notice = notice
        self._office = office
        self._contact = contact
        self._authority = authority
        self._words = Catalogue("notice")
        self._text = self._words.text
        self._pdf = FPDF(format="A4")
        self._pdf.set_creation_date(notice.created_at)
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.set_margin(0)
        self._pdf.set_lang("ja")
        self._pdf.set_title(self._text("head.title"))
        self._type = Typesetter(self._pdf)
        self._pdf.add_page()

    def draw(self) -> bytes:
        """Draw everything and return the file."""
        self._head()
        y = self._reservation(45.0) + 4
        y = self._title(y, "kiosk.title")
        notice_steps.Steps(self._pdf, self._type, _LEFT, _WIDTH).draw(y - 2)
        self._bring(y + notice_steps.HEIGHT + 1.5)
        self._foot()
        return bytes(self._pdf.output())

    def _line(
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
        self._pdf.set_text_color(*colour.rgb)
        width = self._type.width(text, size, bold=bold)
        self._type.write(x - {"L": 0.0, "C": width / 2, "R": width}[align], y, text, size, bold=bold)

    def _beside(self, x: float, y: float, text: str, sizes: Sequence[float], *, bold: bool = False) -> float:
        """A text beside the code, in the largest letters with which it is one line; in the smallest as many as it needs.

        Returns the baseline after the last one.
        """
        for size in sizes:
            if self._type.width(text, size, bold=bold) <= _BESIDE_THE_CODE:
                break
        return self._lines(x, y, _BESIDE_THE_CODE, text, size, bold=bold)

    def _lines(
        self, x: float, y: float, width: float, text: str, size: float, *, bold: bool = False
    ) -> float:
        """Several lines from baseline ``y``; returns the baseline after the last one."""
        step = size * _POINT * _LEADING
        measure = partial(self._type.width, size=size, bold=bold)
        for line in break_lines(text, width, measure, Language.JAPANESE):
            self._line(x, y, line, size, bold=bold)
            y += step
        return y

    def _head(self) -> None:
        issued = in_era(in_tokyo(self._notice.created_at).date())
        self._line(_LEFT, 18, self._authority, _SIZE.body, bold=True)
        self._line(_RIGHT, 18, self._text("head.issued", date=issued), _SIZE.fine, align="R")
        self._line(105, 29, self._text("head.title"), _SIZE.title, bold=True, align="C")
        self._lines(_LEFT, 39, _WIDTH, self._text("head.greeting"), _SIZE.body)

    def _reservation(self, top: float) -> float:
        """Number, time, place and code in a frame; returns where the frame ends."""
        start = in_tokyo(self._notice.starts_at)
        label, value = _LEFT + 4, _LEFT + 25
        self._line(label, top + 15, self._text("reservation.number"), _SIZE.body)
        sizes = (_SIZE.number, _SIZE.title, _SIZE.lead, _SIZE.body, _SIZE.fine)
        self._beside(value, top + 16, grouped(self._notice.number), sizes, bold=True)
        self._line(label, top + 29, self._text("reservation.when"), _SIZE.body)
        self._line(value, top + 29, in_era(start.date()), _SIZE.title, bold=True)
        self._line(value, top + 38, clock_in_words(start, self._words), _SIZE.title, bold=True)
        self._line(label, top + 48, self._text("reservation.where"), _SIZE.body)
        y = self._beside(value, top + 48, self._office.name["ja"], (_SIZE.lead, _SIZE.body), bold=True)
        y = self._beside(value, y, self._office.address["ja"], (_SIZE.body, _SIZE.fine))
        if self._office.phone is not None:
            y = self._lines(
                value,
                y,
                _BESIDE_THE_CODE,
                self._text("reservation.phone", phone=self._office.phone),
                _SIZE.body,
            )
        bottom = max(y - 2, top + 62)
        self._pdf.set_draw_color(*_COLOUR.ink.rgb)
        self._pdf.set_line_width(0.6)
        self._pdf.rect(_LEFT, top, _WIDTH, bottom - top)
        self._code(top)
        return bottom

    def _code(self, top: float) -> None:
        """The QR code in the right part of the box, with a white quiet zone and the captions outside of that."""
        matrix = qr_matrix(self._notice.code)
        side = (len(matrix) + 2 * QUIET_MODULES) * QR_MODULE
        left = _RIGHT - 1.5 - side
        self._line(left + side / 2, top + 6, self._text("reservation.code"), _SIZE.body, bold=True, align="C")
        origin = (left + QUIET_MODULES * QR_MODULE, top + 7.2 + QUIET_MODULES * QR_MODULE)
        self._pdf.set_fill_color(*_COLOUR.ink.rgb)
        for row, modules in enumerate(matrix):
            column = 0
            while column < len(modules):
                run = 0
                # Dark modules side by side become one bar: separate squares would leave hairlines between them.
                while column + run < len(modules) and modules[column + run]:
                    run += 1
                if run:
                    self._pdf.rect(
                        origin[0] + column * QR_MODULE,
                        origin[1] + row * QR_MODULE,
                        run * QR_MODULE,
                        QR_MODULE,
                        style="F",
                    )
                column += run + 1
        self._line(left + side / 2, top + 58, self._text("reservation.code_hint"), _SIZE.fine, align="C")

    def _title(self, y: float, key: str) -> float:
        """A heading from ``y`` down; returns the first baseline below it."""
        self._pdf.set_fill_color(*_COLOUR.sunken.rgb)
        self._pdf.rect(_LEFT, y, _WIDTH, 8, style="F")
        self._line(_LEFT + 3, y + 5.8, self._text(key), _SIZE.lead, bold=True)
        return y + 13

    def _bring(self, y: float) -> None:
        """Boxes to tick: this sheet, and the things; their notes as far as there is room, as all stand overleaf."""
        y = self._title(y, "bring.title") + 1.5
        things = [BringWords(self._text("bring.sheet"), self._text("bring.sheet_note")), *self._to_bring]
        notes = [self._note(words.note) for words in things]
        step, gap = (size * _POINT * _LEADING for size in (_SIZE.lead, _SIZE.body))
        end = _FOOT - 6
        room = end - y - sum(len(self._thing(words.thing)) for words in things) * (step + 1.5)
        for words, note in zip(things, notes, strict=True):
            if y > end:
                # The rest stands overleaf with everything else.
                return
            self._pdf.set_draw_color(*_COLOUR.ink.rgb)
            self._pdf.set_line_width(0.6)
            self._pdf.rect(_LEFT + 3, y - 4.6, 5.4, 5.4)
            y = self._lines(_LEFT + 12, y, _WIDTH - 14, words.thing, _SIZE.lead, bold=True)
            if note and room >= len(note) * gap:
                room -= len(note) * gap
                y = self._lines(_LEFT + 12, y - 0.3, _WIDTH - 14, words.note, _SIZE.body)
            y += 1.5

    def _thing(self, text: str) -> list[str]:
        measure = partial(self._type.width, size=_SIZE.lead, bold=True)
        return break_lines(text, _WIDTH - 14, measure, Language.JAPANESE)

    def _note(self, text: str) -> list[str]:
        if not text:
            return []
        measure = partial(self._type.width, size=_SIZE.body)
        return break_lines(text, _WIDTH - 14, measure, Language.JAPANESE)

    def _foot(self) -> None:
        self._line(_LEFT, _FOOT, self._text("bring.overleaf"), _SIZE.body, bold=True)
        self._pdf.set_draw_color(*_COLOUR.ink.rgb)
        self._pdf.set_line_width(0.2)
        self._pdf.line(_LEFT, _FOOT + 2.5, _RIGHT, _FOOT + 2.5)
        key = "contact.line" if self._contact.phone is not None else "contact.without_phone"
        contact = self._text(key, name=self._contact.name["ja"], phone=self._contact.phone)
        said = f"{self._text('contact.title')}　{contact}"
        size = _SIZE.body if self._type.width(said, _SIZE.body, bold=True) <= _WIDTH else _SIZE.fine
        y = self._lines(_LEFT, _FOOT + 8, _WIDTH, said, size, bold=True)
        foreign = Typesetter(self._pdf, Language.ENGLISH)
        self._pdf.set_text_color(*_COLOUR.ink.rgb)
        measure = partial(foreign.width, size=_SIZE.fine)
        for line in break_lines(self._text("foreign.text"), _WIDTH, measure, Language.ENGLISH):
            foreign.write(_LEFT, y, line, _SIZE.fine)
            y += _SIZE.fine * _POINT * _LEADING
