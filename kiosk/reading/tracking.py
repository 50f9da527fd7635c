"""Reading one camera's pictures one after another: what one picture taught helps with the next.

The place of a code is carried on to a picture in which no decoder sees it, and what several pictures tell about the
modules of one code is added up until it can be read. The rules of acceptance are elsewhere (kiosk.reading.scanner).
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

_MOST_IMPRESSIONS: Final = 6
_PATIENCE: Final = 8
"""Pictures without any sign of a code after which its place and its impressions are forgotten."""
_HALF: Final = 0.5
_REACH: Final = 20
"""How far a code may move from one picture to the next, in pixels of the halved picture."""
_LIKENESS: Final = 0.5
_SAME_PLACE: Final = 1.0
"""Share of a code's side within which impressions of two pictures are of one code."""

COMBINED: Final = "several pictures"
"""What the decoder is called in a reading that no single picture gave."""


class Tracker:
    """Reads pictures in the order in which they were taken. Not for several threads.

    Args:
        ladder: reads each picture.
    """

    def __init__(self, ladder: Ladder) -> None:
        self._ladder = ladder
        self._place: Detection | None = None
        self._last: Gray | None = None
        self._impressions: deque[ModuleEstimate] = deque(maxlen=_MOST_IMPRESSIONS)
        self._unseen = 0

    def warm_up(self) -> None:
        """Do the work of the first call."""
        self._ladder.warm_up()

    def read(
        self,
        picture: Picture,
        *,
        rungs: int | None = None,
        look_further: bool = True,
        wanted: Wanted | None = None,
    ) -> Reading:
        """Read the next picture; arguments as in :meth:`kiosk.reading.ladder.Ladder.study`."""
        study = self._ladder.study(
            picture,
            rungs=rungs,
            look_further=look_further,
            wanted=wanted,
            guess=self._carried if self._place else None,
        )
        reading = study.reading
        if not any(map(wanted or any_code, reading.finds)) and study.impressions:
            together = self._added(study.impressions[0])
            if together is not None:
                reading = reading_of([*reading.finds, together], reading.ms, COMBINED)
        self._remember(study)
        if any(map(wanted or any_code, reading.finds)):
            self._impressions.clear()
        return reading

    def _added(self, impression: ModuleEstimate) -> DecodedSymbol | None:
        """Add one more impression of a code, and try to read what all of them say together."""
        before = self._impressions[-1] if self._impressions else None
        if before is not None and not (
            before.modules == impression.modules and near(before.corners, impression.corners, _SAME_PLACE)
        ):
            self._impressions.clear()
        self._impressions.append(impression)
        if len(self._impressions) < 2:
            return None
        values = np.mean([np.clip(one.values, -1.5, 1.5) for one in self._impressions], axis=0)
        return read_values(np.asarray(values, np.float32), impression.corners)

    def _remember(self, study: DetailedReading) -> None:
        place = _place(study)
        if place is None:
            self._unseen += 1
            if self._unseen > _PATIENCE:
                self._place = self._last = None
                self._impressions.clear()
            return
        self._unseen = 0
        self._place = place
        self._last = None if study.sight is None else study.sight.at(_HALF)

    def _carried(self, sight: FrameViews) -> Detection | None:
        """Where the code of an earlier picture is in this one, if what was around it is still in view."""
        place, last = self._place, self._last
        now = sight.at(_HALF)
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


def _place(study: DetailedReading) -> Detection | None:
    """Where a code was, read or not; the largest one that was only seen."""
    if study.code is not None and study.code.modules and len(study.code.corners) == 4:
        return Detection(study.code.corners, study.code.modules) if study.sight is not None else None
    return max(study.sketches, key=lambda sketch: side(sketch.corners), default=None)
