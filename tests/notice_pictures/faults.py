"""What makes a code hard to read: fourteen faults in five levels each, in units that do not depend on the code.

Level 1 is what every visitor does, level 5 is what nobody should have to read. Blur and distance are measured in
modules (the squares of a code), because that is what a decoder feels.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

LEVELS: Final = (1, 2, 3, 4, 5)
NOTHING: Final = "none"
MIXTURE: Final = "mixture"


@dataclass(frozen=True)
class Conditions:
    """What is wrong with one picture; the defaults are nothing.

    Attributes:
        module_px: side of a module in the picture, in pixels; None for the usual distance of 18 to 28 cm.
        tilt: angle between the paper and the picture, in degrees.
        motion: length of the smear, in modules.
        defocus: radius of the disc that a point becomes, in modules.
        white: brightness of white paper, of 255.
        noise: standard deviation of the sensor's noise.
        glare: peak of the reflection, of 255, and its radius as a share of the code's side.
        finger: share of the code's side that a finger reaches into it.
        fold: angle of a crease through the code, in degrees.
        curl: how far the paper is bent around a cylinder over the width of the code, in degrees.
        screen: strength of the pattern that a screen's pixels leave, 0 to 1; anything above 0 means a phone.
        contrast: brightness of white less that of black, as a share of the paper's.
        quality: of the JPEG, 1 to 95; None for a camera that does not compress.
        shadow: brightness beyond the edge of a shadow across the code, as a share.
    """

    module_px: float | None = None
    tilt: float = 8.0
    motion: float = 0.0
    defocus: float = 0.0
    white: float = 205.0
    noise: float = 4.0
    glare: tuple[float, float] = (0.0, 1.0)
    finger: float = 0.0
    fold: float = 0.0
    curl: float = 0.0
    screen: float = 0.0
    contrast: float = 0.92
    quality: int | None = None
    shadow: float = 1.0


ONE_FAULT: Final[dict[str, tuple[dict[str, object], ...]]] = {
    "distance": tuple({"module_px": px} for px in (3.0, 2.4, 2.0, 1.65, 1.35)),
    "tilt": tuple({"tilt": degrees} for degrees in (28.0, 42.0, 52.0, 60.0, 67.0)),
    "motion": tuple({"motion": modules} for modules in (0.6, 1.0, 1.4, 1.8, 2.3)),
    "defocus": tuple({"defocus": modules} for modules in (0.45, 0.65, 0.85, 1.05, 1.3)),
    "low light": tuple(
        {"white": white, "noise": noise}
        for white, noise in ((90.0, 6.0), (55.0, 9.0), (36.0, 12.0), (26.0, 15.0), (20.0, 18.0))
    ),
    "glare": tuple(
        {"glare": glare} for glare in ((90.0, 0.5), (150.0, 0.45), (230.0, 0.5), (320.0, 0.6), (420.0, 0.7))
    ),
    "finger": tuple({"finger": share} for share in (0.06, 0.12, 0.18, 0.24, 0.30)),
    "fold": tuple({"fold": degrees} for degrees in (25.0, 45.0, 62.0, 78.0, 92.0)),
    "curl": tuple({"curl": degrees} for degrees in (25.0, 45.0, 65.0, 85.0, 105.0)),
    "phone screen": tuple({"screen": strength} for strength in (0.15, 0.3, 0.45, 0.6, 0.75)),
    "faint print": tuple({"contrast": contrast} for contrast in (0.4, 0.25, 0.16, 0.11, 0.08)),
    "JPEG": tuple({"quality": quality, "module_px": 3.4} for quality in (30, 16, 10, 6, 4)),
    "shadow edge": tuple({"shadow": share} for share in (0.5, 0.34, 0.22, 0.15, 0.10)),
}
"""What each fault changes at levels 1 to 5."""

FAULTS: Final = (*ONE_FAULT, MIXTURE)

_MIXED: Final = ((2, 1), (2, 2), (3, 2), (2, 3), (3, 3))
"""For each level of a mixture: how many faults, and at which level each."""


def conditions(fault: str, level: int, rng: np.random.Generator) -> Conditions:
    """What is wrong at one level of a fault; a mixture draws which faults it is made of.

    Raises:
        KeyError: there is no such fault.
        IndexError: there is no such level.
    """
    if fault == NOTHING:
        return Conditions()
    if fault != MIXTURE:
        return replace(Conditions(), **ONE_FAULT[fault][level - 1])  # type: ignore[arg-type]
    count, each = _MIXED[level - 1]
    found = Conditions()
    for name in rng.choice(list(ONE_FAULT), count, replace=False):
        found = replace(found, **ONE_FAULT[str(name)][each - 1])  # type: ignore[arg-type]
    return found


def is_ordinary(fault: str, level: int) -> bool:
    """Whether a picture is one of those that a counter sees all day."""
    return fault == NOTHING or level == 1 or (level == 2 and fault != MIXTURE)
