"""Exposure, focus and position of a camera: settings that only a real device has."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

AUTO: Final = "auto"
ADAPTIVE: Final = "adaptive"


class CameraAt(StrEnum):
    """Where the camera is, seen from the screen."""

    TOP = "top"
    BELOW = "below"
    LEFT = "left"
    RIGHT = "right"
    NONE = "none"


@dataclass(frozen=True)
class Optics:
    """Exposure and focus of a camera device.

    Args:
        exposure: ``auto`` (the device decides), ``adaptive`` (the kiosk decides, see :mod:`kiosk.camera.exposure`), or
            milliseconds.
        focus: ``auto``, or a distance in the device's own steps.
    """

    exposure: str | float = AUTO
    focus: str | float = AUTO
