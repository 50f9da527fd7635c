"""The settings of a camera device (size, rate, exposure, focus), and whether the device accepted them.

Numbers are those of Video4Linux through OpenCV: exposure in steps of 0.1 ms, manual exposure is mode 1 and automatic
exposure mode 3, focus in the device's own steps. A device ignores a control that it does not know; reading the control
back is the only way to find out.
"""

from typing import Final, Protocol

import cv2
import structlog

from kiosk.camera.optics import AUTO, Optics

_log = structlog.get_logger(__name__)

_STEPS_PER_MS: Final = 10.0
_MANUAL_EXPOSURE, _AUTOMATIC_EXPOSURE = 1.0, 3.0


class Capture(Protocol):
    """The part of ``cv2.VideoCapture`` that controls use."""

    def set(self, propId: int, value: float) -> bool:  # noqa: N803 - OpenCV's name
        """Set a control; False if the device does not accept it."""

    def get(self, propId: int) -> float:  # noqa: N803 - OpenCV's name
        """The value of a control."""


class CameraControls:
    """The controls of one opened device.

    Args:
        capture: the device.
    """

    def __init__(self, capture: Capture) -> None:
        self._capture = capture

    def prepare(self, size: tuple[int, int], fps: float, optics: Optics) -> tuple[str, ...]:
        """Set everything, and return the names of the settings that the device did not accept.

        Args:
            size: width and height in pixels.
            fps: pictures per second.
            optics: exposure and focus.
        """
        wanted: list[tuple[str, int, float, float]] = [
            # Raw 720p does not fit through USB 2.
            ("format", cv2.CAP_PROP_FOURCC, float(cv2.VideoWriter.fourcc(*"MJPG")), 0.5),
            ("width", cv2.CAP_PROP_FRAME_WIDTH, float(size[0]), 0.5),
            ("height", cv2.CAP_PROP_FRAME_HEIGHT, float(size[1]), 0.5),
            ("fps", cv2.CAP_PROP_FPS, fps, 1.0),
            ("buffer", cv2.CAP_PROP_BUFFERSIZE, 1.0, 0.5),
        ]
        # Many cameras have a fixed focus: whether this switch was accepted says nothing.
        self._capture.set(cv2.CAP_PROP_AUTOFOCUS, float(optics.focus == AUTO))
        if not isinstance(optics.focus, str):
            wanted.append(("focus", cv2.CAP_PROP_FOCUS, optics.focus, 1.0))
        refused = [name for name, key, value, off in wanted if not self._ask(name, key, value, off)]
        if isinstance(optics.exposure, str):
            self.automatic_exposure()
        elif not self.expose(optics.exposure):
            refused.append("exposure")
        self._tell()
        return tuple(refused)

    def automatic_exposure(self) -> None:
        """Let the device choose the exposure; a device without this control does so anyway."""
        self._capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, _AUTOMATIC_EXPOSURE)

    def expose(self, ms: float) -> bool:
        """Set the exposure in milliseconds.

        Returns:
            Whether the device does it: within a third of the value, or within 0.1 ms where that is more.
        """
        if not self._ask("auto_exposure", cv2.CAP_PROP_AUTO_EXPOSURE, _MANUAL_EXPOSURE, 0.1):
            return False
        steps = max(1.0, round(ms * _STEPS_PER_MS))
        return self._ask("exposure", cv2.CAP_PROP_EXPOSURE, steps, max(1.0, steps / 3))

    @property
    def exposure_ms(self) -> float:
        """The exposure that the device reports, in milliseconds."""
        return self._capture.get(cv2.CAP_PROP_EXPOSURE) / _STEPS_PER_MS

    def _ask(self, name: str, key: int, value: float, off: float) -> bool:
        accepted = self._capture.set(key, value)
        got = self._capture.get(key)
        if accepted and abs(got - value) <= off:
            return True
        _log.warning("camera_setting_refused", setting=name, asked=value, got=got)
        return False

    def _tell(self) -> None:
        get = self._capture.get
        _log.info(
            "camera_prepared",
            width=int(get(cv2.CAP_PROP_FRAME_WIDTH)),
            height=int(get(cv2.CAP_PROP_FRAME_HEIGHT)),
            fps=round(get(cv2.CAP_PROP_FPS), 1),
            exposure_ms=round(self.exposure_ms, 1),
        )
