"""Pictures of a camera: notices that are brought near and held up, and an empty desk, with a sensor's noise."""

from collections.abc import Sequence
from datetime import UTC, datetime

import cv2
import numpy as np

from backend.cards.notice_code import make_code, new_token
from backend.common.shipped import locate
from backend.common.tokyo import in_tokyo
from backend.demo.scene import approaching
from backend.documents.files.rule_book import RuleBook
from backend.offices.directory_file import load_directory
from backend.printing.notice_bring import things_to_bring
from backend.printing.notice_sheet import draw_sheet
from backend.printing.sheet_code import qr_matrix
from backend.printing.sheet_front import Sender
from backend.reservations.notices import Notice
from kiosk.camera.frame import Pixels
from kiosk.camera.sources import desk_picture
from kiosk.reading.ladder import NO_LIMIT, Ladder
from tests.bench.measurement import BenchError

SIZE = (1280, 720)
_NOISE = 5.0
_STEPS = 5
"""How many pictures one approach has; the last two show the sheet near and held still."""
_STILL = 2
_KEY = bytes(32)
_TOKEN = "ABCDEFGHIJKLMNOP"
_DRAWN = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


class Sheets:
    """Printed notices. Only the first is drawn completely; for the others only the code in it is replaced."""

    def __init__(self) -> None:
        directory = load_directory(locate("offices", "shinjuku.toml"))
        # Date and first code are constant, so that the same seed gives the same picture on every day.
        notice = Notice("10000000", make_code(_TOKEN, _KEY), _DRAWN)
        bring = things_to_bring(RuleBook.load(locate("rules")), in_tokyo(_DRAWN).date())
        drawn = draw_sheet(notice, Sender(directory.authority, directory["00"]), bring)
        decoded = cv2.imdecode(np.frombuffer(drawn.png, np.uint8), cv2.IMREAD_COLOR)
        if decoded is None:
            raise BenchError("the notice that was drawn is no picture")
        self._sheet = np.asarray(decoded, np.uint8)
        reading = Ladder(budget_ms=NO_LIMIT).read(self._sheet)
        if reading.text != notice.code:
            raise BenchError("the code on the drawn notice cannot be read")
        xs, ys = zip(*reading.corners, strict=True)
        self._corner = (round(min(xs)), round(min(ys)))
        self._side = round(max(max(xs) - min(xs), max(ys) - min(ys)))

    @property
    def place(self) -> tuple[int, int, int]:
        """Left, top and side of the code on the sheet, in its pixels, without the quiet zone."""
        return *self._corner, self._side

    def sheet(self, code: str) -> Pixels:
        """The notice with a code."""
        modules = np.where(np.array(qr_matrix(code), dtype=bool), 0, 255).astype(np.uint8)
        drawn = cv2.resize(modules, (self._side, self._side), interpolation=cv2.INTER_NEAREST)
        sheet = self._sheet.copy()
        left, top = self._corner
        sheet[top : top + self._side, left : left + self._side] = drawn[:, :, np.newaxis]
        return sheet

    def approach(self, code: str, *, seed: int) -> tuple[list[Pixels], list[Pixels]]:
        """Pictures of a notice on its way to the camera (small, tilted, smeared), and two of it held still there.

        Args:
            code: the code on the notice.
            seed: seed of the hand's trembling and the sensor's noise.
        """
        pictures = list(approaching(self.sheet(code), frames=_STEPS, seed=seed))
        return pictures[:-_STILL], pictures[-_STILL:]

    def held(self, code: str, *, seed: int) -> list[Pixels]:
        """Two pictures of a notice that is held still in front of the camera."""
        return self.approach(code, seed=seed)[1]


def any_code() -> str:
    """A code of ours that belongs to no card."""
    return make_code(new_token(_KEY), _KEY)


def empty_desks(count: int, *, seed: int = 1) -> Sequence[Pixels]:
    """Pictures of the desk when nobody is there; only the noise differs."""
    desk = desk_picture(SIZE).astype(np.float32)
    rng = np.random.default_rng(seed)
    return [
        np.asarray((desk + rng.standard_normal(desk.shape, np.float32) * _NOISE).clip(0, 255), np.uint8)
        for _ in range(count)
    ]
