"""How long to expose, decided by the kiosk: short enough for a moving hand, long enough to see.

A camera's own automatic exposure makes the whole picture pleasant; in a hall it takes 20 to 30 ms, in which a notice in
a hand is smeared beyond reading. A code needs contrast and no more. The rule is pure: numbers of a picture in, a new
exposure out, with a dead band, agreement of several pictures, and a pause after each change.
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
    """What a picture says about its exposure.

    Attributes:
        brightness: the middle one, 0 to 255.
        saturated: share of the pixels that are as bright as can be.
        sharpness: the steepest edges against the contrast, about 0 (smeared) to 1; None where nothing has edges.
        moved: mean change of brightness against the picture before.
    """

    brightness: float
    saturated: float
    sharpness: float | None
    moved: float

    @property
    def smeared(self) -> bool:
        """Something with edges moves, and its edges are soft."""
        return self.sharpness is not None and self.sharpness < _SMEARED and self.moved > _MOVED


class LightMeter:
    """Measures pictures one after the other."""

    def __init__(self) -> None:
        self._last: Gray | None = None

    def measure(self, picture: Picture) -> Light | None:
        """Measure a picture (any channels and size); None where it is too small to say anything."""
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
            # A pixel's step to its neighbour: a sharp edge takes all contrast in one step or two.
            across = _shares(cv2.absdiff(sparse[:, 1:], sparse[:, :-1]), (0.995,))[0]
            down = _shares(cv2.absdiff(sparse[1:], sparse[:-1]), (0.995,))[0]
            # A hand moves in one direction, and smears the edges across it only.
            sharpness = min(1.0, min(across, down) / contrast)
        return Light(middle, float((sparse >= 250).mean()), sharpness, moved)


def _shares(values: object, shares: tuple[float, ...]) -> list[float]:
    """The values of bytes below which these shares of them lie; many times faster than sorting."""
    counts = np.cumsum(np.bincount(np.asarray(values, np.uint8).ravel(), minlength=256))
    return [float(np.searchsorted(counts, share * counts[-1])) for share in shares]


@dataclass(frozen=True)
class Bounds:
    """Between which exposures the rule moves, in milliseconds, and how eager it is.

    Args:
        shortest: below it lamps flicker in the picture.
        longest: one frame.
        agreement: so many measurements in a row must ask for the same.
        pause: so many measurements after a change are not looked at: a camera takes some pictures to follow.
        dark: middle brightness below which a longer exposure is asked for.
        spare: middle brightness down to which a smeared picture may be made darker.
        bright: middle brightness above which a shorter exposure is asked for.
        glare: share of saturated pixels above which the same is done.
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
    """Decides on the next exposure."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._vote = 0
        self._votes = 0
        self._wait = 0

    def next(self, light: Light, current: float) -> float | None:
        """The exposure to change to, or None to leave it.

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
        """-1 for shorter, 1 for longer, 0 for well enough."""
        bounds = self._bounds
        if light.brightness > bounds.bright or light.saturated > bounds.glare:
            return -1
        if light.smeared and light.brightness > bounds.spare:
            return -1
        return 1 if light.brightness < bounds.dark else 0
