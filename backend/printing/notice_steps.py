"""The three steps of the visit on the notice, as pictures: icons and plain shapes, so that they print sharp anywhere.

Lengths are millimetres from the top left corner of the page.
"""

from functools import partial
from typing import Final

from fpdf import FPDF

from backend.common import Catalogue, Language, break_lines, icon_font
from backend.common.design import Surface, Theme, colours, glyph, type_sizes
from backend.printing.typesetting import Typesetter

HEIGHT: Final = 46.0
"""Of the row of steps."""

_COLOUR: Final = colours(Theme.PRINT)
_SIZE: Final = type_sizes(Surface.A4)
_GAP: Final = 6.0
_PICTURE: Final = 28.5
_POINT: Final = 0.3528
_LEADING: Final = 1.4
_ICONS: Final = "icons"
_EYES: Final = ((0.0, 0.0), (0.62, 0.0), (0.0, 0.62))
"""Where the three squares of a code are, in parts of its side."""


class Steps:
    """Draws the steps beside each other.

    Args:
        pdf: the file; its current page is drawn on.
        setter: sets its lines.
        left: where the row begins.
        width: how wide it is.
    """

    def __init__(self, pdf: FPDF, setter: Typesetter, left: float, width: float) -> None:
        self._pdf = pdf
        self._type = setter
        self._left = left
        self._width = (width - 2 * _GAP) / 3
        self._words = Catalogue("notice")

    def draw(self, top: float) -> None:
        """Draw them from ``top`` down."""
        if _ICONS not in self._pdf.fonts:
            self._pdf.add_font(_ICONS, "", icon_font())
        for number, picture in enumerate((self._show, self._take, self._wait), start=1):
            left = self._left + (number - 1) * (self._width + _GAP)
            self._pdf.set_draw_color(*_COLOUR.edge.rgb)
            self._pdf.set_line_width(0.4)
            self._pdf.rect(left, top, self._width, HEIGHT, round_corners=True, corner_radius=2)
            self._ring(left + 7, top + 7, str(number))
            middle = left + self._width / 2
            self._caption(middle, top + _PICTURE + 7, self._words.text(f"kiosk.step_{number}"))
            self._pdf.set_draw_color(*_COLOUR.ink.rgb)
            self._pdf.set_line_width(0.7)
            picture(middle, top + 3.5)

    def _show(self, middle: float, top: float) -> None:
        """A sheet with its code, and the kiosk with its camera."""
        self._pdf.rect(middle - 14, top + 4, 13, 18)
        self._code(middle - 11.5, top + 6.5, 8)
        for line in range(2):
            self._pdf.line(middle - 11.5, top + 17 + line * 2.5, middle - 3.5, top + 17 + line * 2.5)
        self._icon("arrow-right", middle + 3.5, top + 13, _SIZE.title)
        self._pdf.rect(middle + 8, top, 15, 25, round_corners=True, corner_radius=1.5)
        self._icon("camera", middle + 15.5, top + 9, _SIZE.title)
        self._pdf.line(middle + 11, top + 18, middle + 20, top + 18)

    def _take(self, middle: float, top: float) -> None:
        """The kiosk's slot, and the ticket that comes out of it."""
        self._pdf.rect(middle - 14, top, 28, 9, round_corners=True, corner_radius=1.5)
        self._pdf.set_fill_color(*_COLOUR.ink.rgb)
        self._pdf.rect(middle - 10, top + 5, 20, 1.6, style="F")
        self._pdf.rect(middle - 8, top + 6.6, 16, 18.4)
        self._word(middle, top + 14.5)
        for line in range(2):
            self._pdf.line(middle - 5, top + 18.5 + line * 3, middle + 5, top + 18.5 + line * 3)
        self._icon("arrow-down", middle + 15, top + 18, _SIZE.title)

    def _wait(self, middle: float, top: float) -> None:
        """The screen that shows the number, its chime, and people who wait."""
        self._pdf.rect(middle - 13, top, 30, 12, round_corners=True, corner_radius=1.5)
        self._word(middle - 2, top + 7.8)
        self._icon("volume", middle + 11, top + 6, _SIZE.title)
        self._icon("group", middle + 2, top + 19.5, _SIZE.number)

    def _word(self, middle: float, y: float) -> None:
        """The word for the number: a number itself would be taken for the reader's own."""
        text = self._words.text("kiosk.number")
        self._pdf.set_text_color(*_COLOUR.ink.rgb)
        wide = self._type.width(text, _SIZE.lead, bold=True)
        self._type.write(middle - wide / 2, y, text, _SIZE.lead, bold=True)

    def _code(self, left: float, top: float, side: float) -> None:
        """What looks like a code and is none: a camera that read it would read nothing."""
        self._pdf.set_fill_color(*_COLOUR.ink.rgb)
        for across, down in _EYES:
            self._pdf.rect(left + across * side, top + down * side, side * 0.36, side * 0.36, style="F")
        self._pdf.rect(left + 0.66 * side, top + 0.66 * side, side * 0.14, side * 0.14, style="F")
        self._pdf.rect(left + 0.84 * side, top + 0.84 * side, side * 0.14, side * 0.14, style="F")

    def _ring(self, x: float, y: float, text: str) -> None:
        self._pdf.set_fill_color(*_COLOUR.ink.rgb)
        self._pdf.circle(x, y, 4, style="F")
        self._pdf.set_text_color(*_COLOUR.paper.rgb)
        wide = self._type.width(text, _SIZE.lead, bold=True)
        self._type.write(x - wide / 2, y + _SIZE.lead * _POINT * 0.36, text, _SIZE.lead, bold=True)

    def _icon(self, name: str, x: float, y: float, size: float) -> None:
        """An icon around its middle."""
        self._pdf.set_font(_ICONS, "", size)
        self._pdf.set_text_color(*_COLOUR.ink.rgb)
        side = size * _POINT
        self._pdf.text(x - side / 2, y + side / 2, glyph(name))

    def _caption(self, middle: float, y: float, text: str) -> None:
        self._pdf.set_text_color(*_COLOUR.ink.rgb)
        measure = partial(self._type.width, size=_SIZE.body, bold=True)
        for line in break_lines(text, self._width - 5, measure, Language.JAPANESE):
            self._type.write(middle - measure(line) / 2, y, line, _SIZE.body, bold=True)
            y += _SIZE.body * _POINT * _LEADING
