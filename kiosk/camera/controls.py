"""What a camera device is asked for: size, rate, exposure and focus, and whether it did as asked.

Numbers are those of Video4Linux through OpenCV: exposure in steps of 0.1 ms, manual exposure is mode 1 and automatic
exposure mode 3, focus in the device's own steps. A device that does not know a control says nothing; only reading the
control back tells.
"""

from typing import Final, Protocol

import cv2
import structlog

from kiosk.camera.optics import AUTO, Optics

_log = structlog.get_logger(__name__)

_STEPS_PER_MS: Final = 10.0
_MANUAL_EXPOSURE, _AUTOMATIC_EXPOSURE = 1.0, 3.0


class Capture(Protocol):
    """What is needed of ``cv2.VideoCapture``."""

    def set(self, propId: int, value: float) -> bool:  # noqa: N803 - OpenCV's name
        """Ask for a value."""

    def get(self, propId: int) -> float:  # noqa: N803 - OpenCV's name
        """Return the value."""


class CameraControls:
    """The controls of one opened device.

    Args:
        capture: the device.
    """

    def __init__(self, capture: Capture) -> None:
        self._capture = capture

    def prepare(self, size: tuple[int, int], fps: float, optics: Optics) -> tuple[str, ...]:
        """Ask for everything, and return the names of what the device did not do."""
        wanted: list[tuple[str, int, float, float]] = [
            # Raw 720p does not fit through USB 2.
            ("format", cv2.CAP_PROP_FOURCC, float(cv2.VideoWriter.fourcc(*"MJPG")), 0.5),
            ("width", cv2.CAP_PROP_FRAME_WIDTH, float(size[0]), 0.5),
            ("height", cv2.CAP_PROP_FRAME_HEIGHT, float(size[1]), 0.5),
            ("fps", cv2.CAP_PROP_FPS, fps, 1.0),
            ("buffer", cv2.CAP_PROP_BUFFERSIZE, 1.0, 0.5),
        ]
        # Many cameras have a fixed focus, so the switch alone is no promise.
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
        """Let the device decide; one that knows nothing else does so anyway."""
        self._capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, _AUTOMATIC_EXPOSURE)

    def expose(self, ms: float) -> bool:
        """Expose for so many milliseconds; returns whether the device does, to a third or a tenth of a millisecond."""
        if not self._ask("auto_exposure", cv2.CAP_PROP_AUTO_EXPOSURE, _MANUAL_EXPOSURE, 0.1):
            return False
        steps = max(1.0, round(ms * _STEPS_PER_MS))
        return self._ask("exposure", cv2.CAP_PROP_EXPOSURE, steps, max(1.0, steps / 3))

    @property
    def exposure_ms(self) -> float:
        """How long the device says that it exposes, in milliseconds."""
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
