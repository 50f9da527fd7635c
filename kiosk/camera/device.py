"""A camera device, opened through OpenCV; the kiosk can control its exposure."""

import sys
import time
from collections.abc import Callable
from typing import Final, Protocol

import cv2
import numpy as np
import structlog

from kiosk.camera.controls import CameraControls, Capture
from kiosk.camera.exposure import ExposureRule, LightMeter
from kiosk.camera.frame import Pixels
from kiosk.camera.optics import ADAPTIVE, Optics

_log = structlog.get_logger(__name__)

FIRST_EXPOSURE_MS: Final = 8.0
"""The first exposure that the kiosk sets: short enough for a moving hand; in dim halls it goes up from there."""

_MEASURE_SECONDS = 0.1


class CameraError(RuntimeError):
    """A source of pictures cannot be used; the message says why."""


class CaptureDevice(Capture, Protocol):
    """The part of ``cv2.VideoCapture`` that is used here."""

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        """Whether the device was opened."""

    def read(self) -> tuple[bool, object]:
        """Wait for the next picture; False as the first value where there was none."""

    def release(self) -> None:
        """Release the device."""


def open_device(where: str) -> CaptureDevice:
    """Open ``N`` or ``/dev/…`` with OpenCV; on Linux with its Video4Linux backend, the only one with controls."""
    # A missing camera is reported by our own states; OpenCV would write to stderr at each attempt.
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    way = cv2.CAP_V4L2 if sys.platform == "linux" else cv2.CAP_ANY
    return cv2.VideoCapture(int(where) if where.isdigit() else where, way)


class DeviceSource:
    """A camera through OpenCV.

    Args:
        where: the device's number or path.
        size: width and height asked of it, in pixels.
        fps: pictures per second asked of it.
        optics: exposure and focus asked of it.
        opener: opens the device.
        clock: monotonic seconds.

    Raises:
        CameraError: the device cannot be opened.
    """

    paced = True

    def __init__(
        self,
        where: str,
        size: tuple[int, int],
        fps: float,
        optics: Optics | None = None,
        *,
        opener: Callable[[str], CaptureDevice] = open_device,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        optics = optics or Optics()
        self._capture = opener(where)
        self._clock = clock
        if not self._capture.isOpened():
            self._capture.release()
            raise CameraError("there is no camera")
        self._controls = CameraControls(self._capture)
        self.refused = self._controls.prepare(size, fps, optics)
        self._measure_at = 0.0
        self._meter = LightMeter()
        self._rule: ExposureRule | None = None
        self._exposure = FIRST_EXPOSURE_MS
        if optics.exposure == ADAPTIVE:
            self._take_exposure()

    def read(self) -> Pixels | None:
        """Wait for the camera's next picture; None if it gave none in time."""
        good, picture = self._capture.read()
        pixels = as_pixels(picture) if good else None
        if self._rule is not None and pixels is not None:
            self._follow(pixels, self._rule)
        return pixels

    def close(self) -> None:
        """Release the device."""
        self._capture.release()

    def _take_exposure(self) -> None:
        """Take control of the exposure; a device that does not allow that keeps its automatic exposure."""
        if self._controls.expose(FIRST_EXPOSURE_MS):
            self._rule = ExposureRule()
            return
        self._controls.automatic_exposure()
        self.refused = (*self.refused, "exposure")

    def _follow(self, picture: Pixels, rule: ExposureRule) -> None:
        """Measure a picture now and then, and make the exposure longer or shorter."""
        now = self._clock()
        if now < self._measure_at:
            return
        self._measure_at = now + _MEASURE_SECONDS
        try:
            light = self._meter.measure(picture)
        except (ValueError, cv2.error):
            return
        wanted = None if light is None else rule.next(light, self._exposure)
        if wanted is None:
            return
        if self._controls.expose(wanted):
            self._exposure = wanted
            _log.debug("camera_exposure_changed", ms=round(wanted, 1))
        else:
            # The device accepted exposures at first and does not any more: leave it to the device.
            self._rule = None
            self._controls.automatic_exposure()


def as_pixels(picture: object) -> Pixels | None:
    """The picture that OpenCV gave, or None: OpenCV reports failure by None and by empty arrays."""
    return picture if isinstance(picture, np.ndarray) and picture.size else None
