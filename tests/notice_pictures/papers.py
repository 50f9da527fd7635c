"""What is held before the camera: printed notices of ours, notices of other systems, and a phone that shows one."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import qrcode
from qrcode.constants import ERROR_CORRECT_M

from backend.cards.notice_code import make_code, new_token
from backend.printing.sheet_code import QR_MODULE, qr_matrix
from backend.printing.sheet_front import PNG_DPI
from kiosk.camera.frame import Gray
from tests.bench.pictures import Sheets

_KEY = bytes(32)
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_QUIET = 4
_PHONE = (72.0, 148.0)
_PHONE_PER_MM = 12.0
_PHONE_BODY, _PHONE_PAGE = 22, 246


@dataclass(frozen=True)
class Paper:
    """Something flat that carries one code.

    Attributes:
        raster: how it looks, straight from above.
        per_mm: pixels of ``raster`` per millimetre.
        centre: the middle of the code, in millimetres from the top left corner.
        module: the side of one module, in millimetres.
        modules: modules along one side of the code.
        text: what the code says.
        glass: true for a phone's screen.
    """

    raster: Gray
    per_mm: float
    centre: tuple[float, float]
    module: float
    modules: int
    text: str
    glass: bool = False

    @property
    def side(self) -> float:
        """The side of the code without its quiet zone, in millimetres."""
        return self.module * self.modules


@cache
def _sheets() -> Sheets:
    return Sheets()


def our_notice(seed: int) -> Paper:
    """The sheet that the ward encloses, as it is really drawn, with a code of its own."""
    code = _our_code(seed)
    return _printed(code, qr_matrix(code), QR_MODULE)


def other_notice(seed: int) -> Paper:
    """The same sheet with what other systems print: a QR of version 2 to 6, correction M, 20 to 30 mm wide."""
    rng = np.random.default_rng((seed, 2))
    version = int(rng.integers(2, 7))
    length = {2: 30, 3: 50, 4: 74, 5: 100, 6: 124}[version]
    text = "HTTPS://EXAMPLE.JP/" + "".join(rng.choice(list(_LETTERS[10:]), length - 19))
    code = qrcode.QRCode(version=version, error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=False)
    matrix = [[bool(module) for module in row] for row in code.get_matrix()]
    return _printed(text, matrix, float(rng.uniform(20, 30)) / len(matrix))


def phone(seed: int) -> Paper:
    """A phone whose screen shows the code of one of our notices, 26 to 34 mm wide, under a line of text."""
    rng = np.random.default_rng((seed, 3))
    text = _our_code(seed)
    matrix = np.array(qr_matrix(text), dtype=bool)
    per_mm = _PHONE_PER_MM
    width, height = (round(length * per_mm) for length in _PHONE)
    raster = np.full((height, width), _PHONE_BODY, np.uint8)
    edge = round(4 * per_mm)
    raster[3 * edge : height - 3 * edge, edge : width - edge] = _PHONE_PAGE
    for line in range(4):
        top = round((22 + 5 * line) * per_mm)
        raster[top : top + round(2 * per_mm), 2 * edge : width - (2 + line) * edge] = 90
    module = float(rng.uniform(26, 34)) / len(matrix)
    side = round(module * per_mm * len(matrix))
    left, top = (width - side) // 2, (height - side) // 2
    drawn = np.where(matrix, 8, _PHONE_PAGE).astype(np.uint8)
    raster[top : top + side, left : left + side] = cv2.resize(
        drawn, (side, side), interpolation=cv2.INTER_NEAREST
    )
    centre = ((left + side / 2) / per_mm, (top + side / 2) / per_mm)
    return Paper(raster, per_mm, centre, side / per_mm / len(matrix), len(matrix), text, glass=True)


def _our_code(seed: int) -> str:
    """A code of ours that stands for nobody; one seed always gives the same one."""
    rng = np.random.default_rng((seed, 1))
    token = "".join(rng.choice(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), len(new_token(_KEY))))
    return make_code(token, _KEY)


def _printed(text: str, matrix: list[list[bool]], module: float) -> Paper:
    """The sheet with this code where the notice has its own."""
    sheets = _sheets()
    per_mm = PNG_DPI / 25.4
    raster = cv2.cvtColor(sheets.sheet(_our_code(0)), cv2.COLOR_BGR2GRAY)
    left, top, old = sheets.place
    margin = round(_QUIET * QR_MODULE * per_mm)
    raster[top - margin : top + old + margin, left - margin : left + old + margin] = 255
    modules = np.where(np.array(matrix, dtype=bool), 0, 255).astype(np.uint8)
    side = round(module * per_mm * len(matrix))
    drawn = cv2.resize(
        modules, (side, side), interpolation=cv2.INTER_NEAREST if side >= old else cv2.INTER_AREA
    )
    x, y = left + (old - side) // 2, top + (old - side) // 2
    raster[y : y + side, x : x + side] = drawn
    centre = ((x + side / 2) / per_mm, (y + side / 2) / per_mm)
    return Paper(np.asarray(raster, np.uint8), per_mm, centre, side / per_mm / len(matrix), len(matrix), text)
