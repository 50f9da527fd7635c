"""The notice sheet in the ward's letter: A4, Japanese, a code for the kiosk; nothing personal but the reservation.

Pure: the same notice gives the same bytes. Lengths are millimetres from the top left corner of the page.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import pypdfium2
import qrcode
from fpdf import FPDF
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.util import QRData

from backend.common import Catalogue, Language, break_lines, in_era, in_tokyo
from backend.common.design import Colour, Surface, Theme, colours, type_sizes
from backend.offices import Office
from backend.printing.typesetting import Typesetter
from backend.reservations import Notice, grouped

QR_MODULE = 1.4
"""Side of one module in millimetres; a code of version 2 is then 35 mm wide without its quiet zone."""
QUIET_MODULES = 4
PNG_DPI = 200

_ALPHANUMERIC: Final = 2  # qrcode.util.MODE_ALPHA_NUM, which its types take as a literal only

_LEFT, _RIGHT, _WIDTH = 18.0, 192.0, 174.0
_BESIDE_THE_CODE = 96.0
_COLOUR: Final = colours(Theme.PRINT)
_SIZE: Final = type_sizes(Surface.A4)


@dataclass(frozen=True)
class NoticeSheet:
    """One notice as PDF and as PNG; the picture shows its front."""

    pdf: bytes
    png: bytes


def draw_sheet(
    notice: Notice, office: Office, contact: Office, authority: str, bring: Sequence[str]
) -> NoticeSheet:
    """Draw the sheet of a notice.

    Args:
        notice: code, number and time.
        office: where the visitor is expected.
        contact: whom to ask; used where the office itself has no telephone number.
        authority: the name of the ward.
        bring: what to bring, line by line; see :func:`backend.printing.notice_bring.lines_to_bring`.

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
        self, notice: Notice, office: Office, contact: Office, authority: str, bring: Sequence[str]
    ) -> None:
        self._to_bring = bring
        self._notice = notice
        self._office = office
        self._contact = contact
        self._authority = authority
        self._text = Catalogue("notice").text
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
        self._reservation()
        y = self._bring(131.0)
        y = self._kiosk(y + 4.5)
        y = self._notes(y + 4.5)
        self._foot(y)
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

    def _fitted(self, x: float, y: float, text: str, size: float, *, bold: bool = False) -> None:
        """One line beside the code, in smaller letters if it would run into the code."""
        width = self._type.width(text, size, bold=bold)
        self._line(x, y, text, size * min(1.0, _BESIDE_THE_CODE / width), bold=bold)

    def _lines(
        self, x: float, y: float, width: float, text: str, size: float, *, bold: bool = False
    ) -> float:
        """Several lines from baseline ``y``; returns the baseline after the last one."""
        step = size * 0.3528 * 1.48
        measure = partial(self._type.width, size=size, bold=bold)
        for line in break_lines(text, width, measure, Language.JAPANESE):
            self._line(x, y, line, size, bold=bold)
            y += step
        return y

    def _head(self) -> None:
        issued = in_era(in_tokyo(self._notice.created_at).date())
        self._line(_LEFT, 18, self._authority, _SIZE.lead, bold=True)
        self._line(_RIGHT, 18, self._text("head.issued", date=issued), _SIZE.date, align="R")
        self._line(105, 30, self._text("head.title"), _SIZE.title, bold=True, align="C")
        self._line(105, 37.5, self._text("head.subtitle"), _SIZE.subtitle, align="C")
        self._lines(_LEFT, 47, _WIDTH, self._text("head.greeting"), _SIZE.text)

    def _reservation(self) -> None:
        top, height = 62.0, 58.5
        self._pdf.set_draw_color(*_COLOUR.ink.rgb)
        self._pdf.set_line_width(0.6)
        self._pdf.rect(_LEFT, top, _WIDTH, height)
        start = in_tokyo(self._notice.starts_at)
        label, value = _LEFT + 5, _LEFT + 27
        self._line(label, top + 13, self._text("reservation.number"), _SIZE.text, colour=_COLOUR.quiet)
        self._fitted(value, top + 14.5, grouped(self._notice.number), _SIZE.number, bold=True)
        self._line(label, top + 26, self._text("reservation.when"), _SIZE.text, colour=_COLOUR.quiet)
        self._line(value, top + 26.5, in_era(start.date()), _SIZE.when, bold=True)
        self._line(value, top + 34, self._clock(start), _SIZE.when, bold=True)
        self._line(label, top + 44, self._text("reservation.where"), _SIZE.text, colour=_COLOUR.quiet)
        self._fitted(value, top + 44, self._office.name["ja"], _SIZE.place, bold=True)
        self._fitted(value, top + 50, self._office.address["ja"], _SIZE.text)
        if self._office.phone is not None:
            self._line(
                value, top + 55.3, self._text("reservation.phone", phone=self._office.phone), _SIZE.text
            )
        self._code(top)

    def _clock(self, start: datetime) -> str:
        """A time of day as offices write it: 午前10時, 正午, 午後1時30分."""
        if (start.hour, start.minute) == (12, 0):
            return self._text("reservation.noon")
        half = "reservation.morning" if start.hour < 12 else "reservation.afternoon"
        clock = self._text(half, hour=start.hour % 12)
        return clock + self._text("reservation.minute", minute=start.minute) if start.minute else clock

    def _code(self, top: float) -> None:
        """The QR code in the right part of the box, with a white quiet zone and the captions outside of that."""
        matrix = qr_matrix(self._notice.code)
        side = (len(matrix) + 2 * QUIET_MODULES) * QR_MODULE
        left = _RIGHT - 1.5 - side
        self._line(left + side / 2, top + 5, self._text("reservation.code"), _SIZE.text, bold=True, align="C")
        origin = (left + QUIET_MODULES * QR_MODULE, top + 5.2 + QUIET_MODULES * QR_MODULE)
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
        self._line(left + side / 2, top + 55.5, self._text("reservation.code_hint"), _SIZE.hint, align="C")

    def _title(self, y: float, key: str) -> float:
        self._pdf.set_fill_color(*_COLOUR.sunken.rgb)
        self._pdf.rect(_LEFT, y - 5, _WIDTH, 7, style="F")
        self._line(_LEFT + 3, y, self._text(key), _SIZE.heading, bold=True)
        return y + 7.2

    def _items(self, y: float, texts: Iterable[str], *, numbered: bool) -> float:
        for number, text in enumerate(texts, start=1):
            self._line(_LEFT + 3, y, f"{number}" if numbered else "・", _SIZE.body, bold=numbered)
            y = self._lines(_LEFT + 8.5, y, _WIDTH - 10, text, _SIZE.body) + 0.4
        return y

    def _bring(self, y: float) -> float:
        y = self._title(y, "bring.title")
        y = self._items(y, self._to_bring, numbered=False)
        return self._lines(_LEFT + 3, y + 0.8, _WIDTH - 4.5, self._text("bring.others"), _SIZE.body)

    def _kiosk(self, y: float) -> float:
        y = self._title(y, "kiosk.title")
        return self._items(y, (self._text(f"kiosk.step_{number}") for number in range(1, 4)), numbered=True)

    def _notes(self, y: float) -> float:
        y = self._title(y, "notes.title")
        return self._items(y, (self._text(f"notes.item_{number}") for number in range(1, 4)), numbered=False)

    def _foot(self, y: float) -> None:
        y = max(y + 2, 279.0)
        self._pdf.set_line_width(0.2)
        self._pdf.line(_LEFT, y - 4.5, _RIGHT, y - 4.5)
        key = "contact.line" if self._contact.phone is not None else "contact.without_phone"
        contact = self._text(key, name=self._contact.name["ja"], phone=self._contact.phone)
        self._line(_LEFT, y, f"{self._text('contact.title')}　{contact}", _SIZE.text, bold=True)
        self._lines(_LEFT, y + 5.2, _WIDTH, self._text("foreign.text"), _SIZE.foot)
