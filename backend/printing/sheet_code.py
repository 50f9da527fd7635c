"""The code on a sheet: modules drawn as plain shapes, which print sharp anywhere. Lengths are millimetres."""

from typing import Final

import qrcode
from fpdf import FPDF
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.util import QRData

from backend.common.design import Theme, colours

QR_MODULE = 1.4
"""Side of one module in millimetres; a code of version 2 is then 35 mm wide without its quiet zone."""
QUIET_MODULES = 4

_ALPHANUMERIC: Final = 2  # qrcode.util.MODE_ALPHA_NUM, which its types take as a literal only
_COLOUR: Final = colours(Theme.PRINT)


def qr_matrix(code: str) -> list[list[bool]]:
    """The modules of a code without quiet zone: alphanumeric mode, error correction Q."""
    made = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=0)
    made.add_data(QRData(code, mode=_ALPHANUMERIC), optimize=0)
    made.make(fit=True)
    return [[bool(module) for module in row] for row in made.get_matrix()]


def draw_code(pdf: FPDF, left: float, top: float, code: str) -> None:
    """Draw a code on the current page, its quiet zone outside of the corner that is named."""
    pdf.set_fill_color(*_COLOUR.ink.rgb)
    for row, modules in enumerate(qr_matrix(code)):
        column = 0
        while column < len(modules):
            run = 0
            # Dark modules side by side become one bar: separate squares would leave hairlines between them.
            while column + run < len(modules) and modules[column + run]:
                run += 1
            if run:
                pdf.rect(
                    left + column * QR_MODULE, top + row * QR_MODULE, run * QR_MODULE, QR_MODULE, style="F"
                )
            column += run + 1
