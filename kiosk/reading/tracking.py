"""Reading the frames of a camera one after another, with what earlier frames have shown.

The place of a code is carried over to a frame in which no decoder detects it, and the estimated modules of several
frames are averaged until the code can be read. When a reading counts is decided in :mod:`kiosk.reading.selection`.
"""

from collections import deque
from typing import Final

import cv2
import numpy as np

from kiosk.camera import Gray, Picture
from kiosk.reading.detection import DecodedSymbol, Detection, ModuleEstimate, near, side
from kiosk.reading.frame_views import FrameViews
from kiosk.reading.ladder import DetailedReading, Ladder, Reading, Wanted, any_code, reading_of
from kiosk.reading.rectification import read_values

_MOST_ESTIMATES: Final = 6
_PATIENCE: Final = 8
"""Frames without any sign of a code after which its place and its estimates are forgotten."""
_HALF: Final = 0.5
_REACH: Final = 20
"""How far a code may move from one frame to the next, in pixels of the halved frame."""
_LIKENESS: Final = 0.5
_SAME_PLACE: Final = 1.0
"""Distance within which estimates of two frames are of one code, as a share of the code's side."""

COMBINED: Final = "several pictures"
"""Name of the decoder in a reading that came from several frames together."""


class Tracker:
    """Reads frames in the order in which they were taken. Not safe for several threads.

    Args:
        ladder: reads each frame.
    """

    def __init__(self, ladder: Ladder) -> None:
        self._ladder = ladder
        self._place: Detection | None = None
        self._last: Gray | None = None
        self._estimates: deque[ModuleEstimate] = deque(maxlen=_MOST_ESTIMATES)
        self._undetected = 0

    def warm_up(self) -> None:
        """Call every decoder once, because a first call is slow."""
        self._ladder.warm_up()

    def read(
        self,
        picture: Picture,
        *,
        rungs: int | None = None,
        look_further: bool = True,
        wanted: Wanted | None = None,
    ) -> Reading:
        """Read the next frame; arguments as in :meth:`kiosk.reading.ladder.Ladder.read_in_detail`."""
        detailed = self._ladder.read_in_detail(
            picture,
            rungs=rungs,
            look_further=look_further,
            wanted=wanted,
            guess=self._carried if self._place else None,
        )
        reading = detailed.reading
        if not any(map(wanted or any_code, reading.symbols)) and detailed.estimates:
            together = self._added(detailed.estimates[0])
            if together is not None:
                reading = reading_of([*reading.symbols, together], reading.ms, COMBINED)
        self._remember(detailed)
        if any(map(wanted or any_code, reading.symbols)):
            self._estimates.clear()
        return reading

    def _added(self, estimate: ModuleEstimate) -> DecodedSymbol | None:
        """Add one more estimate of a code, and try to read the mean of them all."""
        before = self._estimates[-1] if self._estimates else None
        if before is not None and not (
            before.modules == estimate.modules and near(before.corners, estimate.corners, _SAME_PLACE)
        ):
            self._estimates.clear()
        self._estimates.append(estimate)
        if len(self._estimates) < 2:
            return None
        values = np.mean([np.clip(one.values, -1.5, 1.5) for one in self._estimates], axis=0)
        return read_values(np.asarray(values, np.float32), estimate.corners)

    def _remember(self, detailed: DetailedReading) -> None:
        place = _place(detailed)
        if place is None:
            self._undetected += 1
            if self._undetected > _PATIENCE:
                self._place = self._last = None
                self._estimates.clear()
            return
        self._undetected = 0
        self._place = place
        self._last = None if detailed.views is None else detailed.views.at(_HALF)

    def _carried(self, views: FrameViews) -> Detection | None:
        """Where the code of an earlier frame is in this one, if the same picture is found near its last place."""
        place, last = self._place, self._last
        now = views.at(_HALF)
        if place is None or last is None or last.shape != now.shape:
            return None
        xs, ys = (np.array(axis) * _HALF for axis in zip(*place.corners, strict=True))
        left, top = max(0, int(xs.min())), max(0, int(ys.min()))
        right, bottom = min(last.shape[1], int(xs.max()) + 1), min(last.shape[0], int(ys.max()) + 1)
        if right - left < 8 or bottom - top < 8:
            return None
        x, y = max(0, left - _REACH), max(0, top - _REACH)
        view = now[y : bottom + _REACH, x : right + _REACH]
        likeness = cv2.matchTemplate(view, last[top:bottom, left:right], cv2.TM_CCOEFF_NORMED)
        _, best, _, at = cv2.minMaxLoc(likeness)
        if best < _LIKENESS:
            return None
        dx, dy = (x + at[0] - left) / _HALF, (y + at[1] - top) / _HALF
        return Detection(tuple((px + dx, py + dy) for px, py in place.corners), place.modules)


def _place(detailed: DetailedReading) -> Detection | None:
    """Where the code is: the one that was read, else the largest one detected; None if there is none."""
    if detailed.code is not None and detailed.code.modules and len(detailed.code.corners) == 4:
        return Detection(detailed.code.corners, detailed.code.modules) if detailed.views is not None else None
    return max(detailed.detections, key=lambda detection: side(detection.corners), default=None)
