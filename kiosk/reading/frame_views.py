"""One frame while it is being read: copies in several sizes, each made once, and the codes detected in it so far."""

import math
import time
from collections.abc import Callable, Iterable

import cv2
import numpy as np

from kiosk.camera import Gray
from kiosk.reading.code_part import SymbolPart
from kiosk.reading.detection import Corners, DecodedSymbol, Detection, ModuleEstimate, near

_MOST_DETECTIONS = 6
_SAME_SHARE = 0.02
"""Two detections whose middles are nearer than this share of their side count as the same."""


Locator = Callable[["FrameViews"], Detection | None]
"""Says where a code may be; None if it does not know."""


class FrameViews:
    """A gray frame for the decoders of one reading.

    Args:
        gray: the frame.
        deadline: when the reading should be over, by ``clock``; decoders of many steps look at it between steps.
        clock: seconds that only grow.
        guess: says where a code may be although no decoder detected one; called once at most, and only if needed.

    Attributes:
        gray: the frame.
        estimates: what is known of the modules of codes that could not be read.
        judged: which part of a text a code holds, by a hash of its content; several rungs read the same code.
    """

    def __init__(
        self,
        gray: Gray,
        *,
        deadline: float = math.inf,
        clock: Callable[[], float] = time.perf_counter,
        guess: Locator | None = None,
    ) -> None:
        self.gray = gray
        self.estimates: list[ModuleEstimate] = []
        self.judged: dict[int, SymbolPart | None] = {}
        self._guess = guess
        self._deadline = deadline
        self._clock = clock
        self._sizes: dict[float, Gray] = {1.0: gray}
        self._detections: list[Detection] = []
        self._read: list[Corners] = []

    @property
    def detections(self) -> tuple[Detection, ...]:
        """Codes that decoders detected but could not read, the newest first."""
        return tuple(self._detections)

    def places(self) -> tuple[Detection, ...]:
        """The codes that were detected; where there is none, the place where one may be."""
        if not self._detections and not self._read and self._guess is not None:
            guess, self._guess = self._guess, None
            guessed = guess(self)
            if guessed is not None:
                self.note(guessed)
        return self.detections

    def at(self, scale: float) -> Gray:
        """The frame scaled by a factor; at least one pixel wide and high."""
        if scale not in self._sizes:
            rows, columns = self.gray.shape
            size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
            # OpenCV averages areas fast only when it halves, so smaller sizes are made from the halved frame.
            source = self.at(0.5) if scale < 0.5 else self.gray
            way = cv2.INTER_AREA if scale == 0.5 else cv2.INTER_LINEAR if scale < 1 else cv2.INTER_CUBIC
            self._sizes[scale] = np.asarray(cv2.resize(source, size, interpolation=way), np.uint8)
        return self._sizes[scale]

    def note(self, detection: Detection) -> None:
        """Remember a code that was detected but not read, unless it is known already or was read meanwhile."""
        if any(near(detection.corners, place, 0.5) for place in self._read):
            return
        for known in self._detections:
            if known.modules == detection.modules and near(known.corners, detection.corners, _SAME_SHARE):
                return
        self._detections.insert(0, detection)
        del self._detections[_MOST_DETECTIONS:]

    def forget(self, read: Iterable[DecodedSymbol]) -> None:
        """Drop the detections of codes that have been read, and accept no new ones there."""
        self._read += [symbol.corners for symbol in read]
        self._detections = [
            detection
            for detection in self._detections
            if not any(near(detection.corners, place, 0.5) for place in self._read)
        ]

    def now(self) -> float:
        """Seconds on the clock of this reading."""
        return self._clock()

    @property
    def left(self) -> float:
        """Seconds until the reading should be over; negative after that."""
        return self._deadline - self._clock()
