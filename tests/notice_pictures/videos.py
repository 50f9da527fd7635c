"""Short videos of a notice in a hand: it comes nearer, trembles, and is smeared as fast as it moves."""

import math
from dataclasses import dataclass

from kiosk.camera.frame import Pixels
from tests.notice_pictures.maker import Kind, Moment, scene_of

FRAMES = 15
"""Half a second at 30 pictures a second."""

_SHUTTER = 0.45
"""Share of a frame's time during which the shutter is open."""
_TREMBLE_PX = 9.0
_APPROACH = 0.35
"""How much smaller the notice is in the first frame than where it is held."""


@dataclass(frozen=True)
class Video:
    """Pictures of one notice in order, and what its code says."""

    pictures: tuple[Pixels, ...]
    text: str
    fault: str
    level: int
    seed: int


def video(fault: str, level: int, seed: int, kind: Kind = "ours") -> Video:
    """Make one video; the same arguments always give the same one.

    The fault is there in every frame. Where the fault is motion the hand is that much faster; its smear is drawn
    from the real speed, so a frame at a turning point of the hand is sharp.

    Args:
        fault: one of ``FAULTS``, or ``none``.
        level: 1 to 5.
        seed: of everything that is drawn by chance.
        kind: our notice, or one with another system's code.
    """
    paper, scene, rng = scene_of(fault, level, seed, kind)
    hurry = 1.0 + scene.motion
    phases = rng.uniform(0, 2 * math.pi, 4)
    rates = rng.uniform(0.12, 0.55, 4)
    approach = _APPROACH * float(rng.uniform(0.2, 1.0))
    from_side = rng.uniform(-90, 90, 2)

    def at(time: float) -> tuple[float, float, float, float]:
        left = (1 - min(1.0, time / (0.7 * FRAMES))) ** 2
        x = from_side[0] * left + _TREMBLE_PX * hurry * math.sin(rates[0] * time + phases[0])
        y = from_side[1] * left + _TREMBLE_PX * hurry * math.sin(rates[1] * time + phases[1])
        turn = 0.03 * math.sin(rates[2] * time + phases[2])
        return x, y, turn, 1 - approach * left

    pictures = []
    for frame in range(FRAMES):
        x, y, turn, nearer = at(frame)
        before, after = at(frame - _SHUTTER / 2), at(frame + _SHUTTER / 2)
        dx, dy = after[0] - before[0], after[1] - before[1]
        moment = Moment((x, y), turn, nearer, (math.hypot(dx, dy), math.atan2(dy, dx)))
        pictures.append(scene.picture(rng, moment))
    return Video(tuple(pictures), paper.text, fault, level, seed)
