"""The exposure that the kiosk chooses: short enough for a moving hand, long enough for a bright picture.

A camera's own automatic exposure makes the whole picture pleasant. In a hall it chooses 20 to 30 ms, which makes a
notice in a moving hand too blurred to read. A code needs only contrast. The rule has no side effects: measurements of
a picture go in, a new exposure comes out. It changes nothing while the picture is good enough, wants several pictures
to agree, and pauses after each change.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from kiosk.camera.frame import Gray, Picture, to_gray

_WIDTH = 640
_SMEARED = 0.30
_CONTRAST = 60.0
_MOVED = 3.0


@dataclass(frozen=True)
class Light:
    """Measurements of a picture that tell whether its exposure is right.

    Attributes:
        brightness: median brightness, 0 to 255.
        saturated: share of the pixels with a brightness of 250 or more, 0 to 1.
        sharpness: the steepest edges divided by the contrast, about 0 (blurred) to 1; None where contrast is too low.
        moved: mean change of brightness since the picture before, 0 to 255.
    """

    brightness: float
    saturated: float
    sharpness: float | None
    moved: float

    @property
    def smeared(self) -> bool:
        """Whether something moves and its edges are blurred."""
        return self.sharpness is not None and self.sharpness < _SMEARED and self.moved > _MOVED


class LightMeter:
    """Measures pictures one after the other, each compared with the one before."""

    def __init__(self) -> None:
        self._last: Gray | None = None

    def measure(self, picture: Picture) -> Light | None:
        """Measure a picture (any channels and size); None if it is too small to say anything."""
        gray = to_gray(picture)
        if min(gray.shape) < 16:
            return None
        step = max(1, gray.shape[1] // _WIDTH)
        sparse = np.ascontiguousarray(gray[::step, ::step])
        coarse = cv2.resize(gray, (64, 36), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
        last, self._last = self._last, coarse
        moved = 0.0 if last is None else float(np.abs(coarse.astype(np.int16) - last).mean())
        low, middle, high = _shares(sparse, (0.01, 0.5, 0.99))
        contrast = high - low
        sharpness = None
        if contrast >= _CONTRAST:
            # Differences between neighbouring pixels: a sharp edge covers the whole contrast within two pixels.
            (across,) = _shares(cv2.absdiff(sparse[:, 1:], sparse[:, :-1]), (0.995,))
            (down,) = _shares(cv2.absdiff(sparse[1:], sparse[:-1]), (0.995,))
            # A hand moves in one direction, and only edges across that direction are blurred.
            sharpness = min(1.0, min(across, down) / contrast)
        return Light(middle, float((sparse >= 250).mean()), sharpness, moved)


def _shares(values: object, shares: tuple[float, ...]) -> list[float]:
    """Quantiles of bytes, for shares from 0 to 1; by counting, which is many times faster than sorting."""
    counts = np.cumsum(np.bincount(np.asarray(values, np.uint8).ravel(), minlength=256))
    return [float(np.searchsorted(counts, share * counts[-1])) for share in shares]


@dataclass(frozen=True)
class Bounds:
    """The limits of the exposure rule, and how quickly it reacts.

    Args:
        shortest: shortest exposure in milliseconds; below it lamps flicker in the picture.
        longest: longest exposure in milliseconds, about one frame.
        agreement: how many measurements in a row must ask for the same change.
        pause: how many measurements to ignore after a change; a camera needs some pictures to follow.
        dark: median brightness below which the exposure becomes longer.
        spare: median brightness above which a blurred picture may be made darker.
        bright: median brightness above which the exposure becomes shorter.
        glare: share of saturated pixels above which it becomes shorter, too.
    """

    shortest: float = 2.0
    longest: float = 30.0
    agreement: int = 3
    pause: int = 4
    dark: float = 45.0
    spare: float = 80.0
    bright: float = 205.0
    glare: float = 0.25


class ExposureRule:
    """Decides on the next exposure from one measurement after the other."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._vote = 0
        self._votes = 0
        self._wait = 0

    def next(self, light: Light, current: float) -> float | None:
        """The exposure to change to in milliseconds, or None to leave it.

        Args:
            light: the newest measurement.
            current: the exposure in milliseconds.
        """
        if self._wait:
            self._wait -= 1
            return None
        vote = self._judge(light)
        self._votes = self._votes + 1 if vote == self._vote else 1
        self._vote = vote
        if vote == 0 or self._votes < self._bounds.agreement:
            return None
        wanted = current * (0.7 if vote < 0 else 1.35)
        wanted = min(self._bounds.longest, max(self._bounds.shortest, wanted))
        if abs(wanted - current) < 0.05 * current:
            return None
        self._votes, self._wait = 0, self._bounds.pause
        return wanted

    def _judge(self, light: Light) -> int:
        """-1 for a shorter exposure, 1 for a longer one, 0 if it is good enough."""
        bounds = self._bounds
        if light.brightness > bounds.bright or light.saturated > bounds.glare:
            return -1
        if light.smeared and light.brightness > bounds.spare:
            return -1
        return 1 if light.brightness < bounds.dark else 0
