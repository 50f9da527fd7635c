"""The maker: one seed, one fault and one level give one picture of a notice as the kiosk's camera sees it."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import cv2
import numpy as np

from kiosk.camera.frame import Gray, Pixels
from tests.notice_pictures import light
from tests.notice_pictures.faults import FAULTS, LEVELS, NOTHING, Conditions, conditions, is_ordinary
from tests.notice_pictures.papers import Paper, other_notice, our_notice, phone
from tests.notice_pictures.pose import FOCAL, SIZE, Pose, View, look

Kind = Literal["ours", "other"]

_NEAREST, _FARTHEST = 180.0, 280.0
_DESK = 120.0
_PRINTED: Final[dict[Kind, Callable[[int], Paper]]] = {"ours": our_notice, "other": other_notice}


@dataclass(frozen=True)
class Shot:
    """One picture and the truth about it.

    Attributes:
        picture: 1280×720, BGR.
        text: what the code in it says.
        fault: what is wrong with it.
        level: how badly, 1 to 5; 0 for nothing.
        seed: from which it can be made again.
    """

    picture: Pixels
    text: str
    fault: str
    level: int
    seed: int

    @property
    def ordinary(self) -> bool:
        """Whether a counter sees such pictures all day."""
        return is_ordinary(self.fault, self.level)


@dataclass(frozen=True)
class Moment:
    """What changes from frame to frame of a video.

    Attributes:
        shift: of the code in the picture, in pixels.
        turn: rotation beyond the hold's, in radians.
        nearer: factor on the distance.
        smear: length of the smear in pixels and its direction in radians; None takes it from the conditions.
    """

    shift: tuple[float, float] = (0.0, 0.0)
    turn: float = 0.0
    nearer: float = 1.0
    smear: tuple[float, float] | None = None


class Scene:
    """A paper held in one way under one light; every chance of it but the sensor's noise is drawn here, once.

    Args:
        paper: what is held up.
        wrong: what is wrong with the picture.
        rng: where the hand, the lamp and the finger are.
    """

    def __init__(self, paper: Paper, wrong: Conditions, rng: np.random.Generator) -> None:
        self._paper = paper
        self._wrong = wrong
        distance = rng.uniform(_NEAREST, _FARTHEST)
        if wrong.module_px is not None:
            distance = FOCAL * paper.module / (wrong.module_px * rng.uniform(0.93, 1.07))
        self._pose = Pose(
            distance=float(distance),
            at=(SIZE[0] / 2 + rng.uniform(-220, 220), SIZE[1] / 2 + rng.uniform(-110, 110)),
            turn=float(np.radians(rng.normal(0, 14))),
            tilt=math.radians(wrong.tilt * rng.uniform(0.94, 1.04)),
            axis=float(rng.uniform(0, 2 * math.pi)),
            bend=float(rng.uniform(0, math.pi)),
            fold=math.radians(wrong.fold),
            crease=float(paper.side * rng.uniform(-0.3, 0.3)),
            radius=paper.side / math.radians(wrong.curl) if wrong.curl else math.inf,
        )
        self._smear_direction = float(rng.uniform(0, math.pi))
        self._edge = int(rng.integers(4))
        self._along_edge = float(rng.uniform(-0.5, 0.5))
        self._finger_slant = float(rng.normal(0, 0.35))
        self._lamp = (float(rng.uniform(-0.4, 0.4)), float(rng.uniform(-0.4, 0.4)))
        self._lamp_shape = (float(rng.uniform(1, 2.5)), float(rng.uniform(0, math.pi)))
        self._shadow = (
            float(rng.uniform(-0.3, 0.3)),
            float(rng.uniform(0, 2 * math.pi)),
            float(rng.uniform(1, 9)),
        )
        self._moire = (
            float(rng.uniform(2.2, 6.5)),
            float(rng.uniform(0, math.pi)),
            float(rng.uniform(0, 6.28)),
        )
        self._streaks = rng.random(64)
        self._room = self._furnished(rng)

    @property
    def motion(self) -> float:
        """How many modules the picture is smeared where nothing else says."""
        return self._wrong.motion

    def picture(self, rng: np.random.Generator, moment: Moment | None = None) -> Pixels:
        """What the camera gives at a moment; ``rng`` is the sensor's noise."""
        moment = moment or Moment()
        wrong, pose = self._wrong, self._posed(moment)
        px_per_mm = FOCAL / pose.distance
        module, side = self._paper.module * px_per_mm, self._paper.side * px_per_mm
        scene = self._on_paper(look(pose), px_per_mm)
        if wrong.shadow < 1:
            offset, direction, soft = self._shadow
            edge = (
                pose.at[0] + offset * side * math.cos(direction),
                pose.at[1] + offset * side * math.sin(direction),
            )
            scene = light.shadow(scene, edge, direction, wrong.shadow, soft)
        if wrong.finger:
            scene = self._covered(scene, pose, side)
        if wrong.glare[0]:
            lamp = (pose.at[0] + self._lamp[0] * side, pose.at[1] + self._lamp[1] * side)
            scene = light.glare(scene, lamp, wrong.glare[0], wrong.glare[1] * side / 2, *self._lamp_shape)
        length, direction = moment.smear or (wrong.motion * module, self._smear_direction)
        scene = light.smear(scene, length, direction)
        scene = light.out_of_focus(scene, wrong.defocus * module)
        gray = light.sensor(scene, wrong.white, wrong.noise, rng)
        if wrong.quality is not None:
            gray = light.compressed(gray, wrong.quality)
        return light.in_colour(gray)

    def _posed(self, moment: Moment) -> Pose:
        pose = self._pose
        return replace(
            pose,
            distance=pose.distance / moment.nearer,
            at=(pose.at[0] + moment.shift[0], pose.at[1] + moment.shift[1]),
            turn=pose.turn + moment.turn,
        )

    def _on_paper(self, view: View, px_per_mm: float) -> light.Light:
        """The paper as it lies in the view, before the room."""
        paper = self._paper
        shrink = min(1.0, 1.5 * px_per_mm / paper.per_mm)
        raster = cv2.resize(paper.raster, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        per_mm_x, per_mm_y = (
            raster.shape[1] / paper.raster.shape[1] * paper.per_mm,
            raster.shape[0] / paper.raster.shape[0] * paper.per_mm,
        )
        x = (view.u + paper.centre[0]) * per_mm_x - 0.5
        y = (view.v + paper.centre[1]) * per_mm_y - 0.5
        ink = cv2.remap(raster.astype(np.float32), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        inside = np.minimum.reduce([x, y, raster.shape[1] - 1 - x, raster.shape[0] - 1 - y])
        share = np.clip(inside + 0.5, 0, 1)
        ink = self._printed(np.asarray(ink, np.float32), view)
        return np.asarray((ink * view.shade * share + self._room * (1 - share)), np.float32)

    def _printed(self, ink: light.Light, view: View) -> light.Light:
        """How strongly it is printed, or how a screen shows it."""
        wrong = self._wrong
        black = 255 - ink
        contrast = wrong.contrast
        if contrast < 0.5:  # an empty cartridge prints in streaks
            place = np.clip((view.v + 40) / 80 * 63, 0, 63).astype(np.int32)
            streak = np.asarray(self._streaks, np.float32)[place]
            black = black * (0.8 + 0.4 * streak)
        shown = 255 - black * contrast
        if wrong.screen:
            period, turn, phase = self._moire
            xs = np.arange(SIZE[0], dtype=np.float32)[None, :]
            ys = np.arange(SIZE[1], dtype=np.float32)[:, None]
            along = xs * math.cos(turn) + ys * math.sin(turn)
            across = -xs * math.sin(turn) + ys * math.cos(turn)
            wave = np.cos(2 * math.pi * along / period + phase) + np.cos(
                2 * math.pi * across / (period * 1.3)
            )
            band = np.cos(2 * math.pi * ys / 190 + phase)
            shown = (
                shown * (1 - wrong.screen * (0.25 + 0.25 * wave) - 0.25 * wrong.screen * band)
                + 40 * wrong.screen
            )
        return np.asarray(shown, np.float32)

    def _covered(self, scene: light.Light, pose: Pose, side: float) -> light.Light:
        """A finger that comes in over one edge of the code."""
        out = pose.turn + self._edge * math.pi / 2
        inward = side * (0.5 - self._wrong.finger)
        aside = side * self._along_edge
        tip = (
            pose.at[0] + inward * math.cos(out) - aside * math.sin(out),
            pose.at[1] + inward * math.sin(out) + aside * math.cos(out),
        )
        width = 15.0 * FOCAL / pose.distance
        return light.finger(scene, tip, out + self._finger_slant, width)

    @staticmethod
    def _furnished(rng: np.random.Generator) -> Gray:
        """What is behind the paper: things of a room, out of focus."""
        room = np.full((SIZE[1], SIZE[0]), _DESK + rng.uniform(-30, 40), np.uint8)
        for _ in range(14):
            x, y = rng.integers(0, SIZE[0]), rng.integers(0, SIZE[1])
            w, h = rng.integers(40, 420, 2)
            cv2.rectangle(room, (int(x), int(y)), (int(x + w), int(y + h)), int(rng.integers(25, 245)), -1)
        return np.asarray(cv2.GaussianBlur(room, (0, 0), float(rng.uniform(4, 14))), np.uint8)


def shot(fault: str, level: int, seed: int, kind: Kind = "ours") -> Shot:
    """Make one picture; the same four arguments always give the same one.

    Args:
        fault: one of ``FAULTS``, or ``none``.
        level: 1 to 5; whatever for ``none``.
        seed: of everything that is drawn by chance.
        kind: our notice, or one with another system's code.
    """
    paper, scene, rng = scene_of(fault, level, seed, kind)
    return Shot(scene.picture(rng), paper.text, fault, 0 if fault == NOTHING else level, seed)


def shots(
    each: int, kind: Kind = "ours", *, first_seed: int = 0, levels: Sequence[int] = LEVELS
) -> Iterator[Shot]:
    """Yield ``each`` pictures of every fault at every level of these, and as many without a fault."""
    for seed in range(first_seed, first_seed + each):
        yield shot(NOTHING, 0, seed, kind)
        for fault in FAULTS:
            for level in levels:
                yield shot(fault, level, seed, kind)


def scene_of(fault: str, level: int, seed: int, kind: Kind) -> tuple[Paper, Scene, np.random.Generator]:
    """The paper, how it is held, and what the sensor's noise is drawn from."""
    place = (NOTHING, *FAULTS).index(fault)
    rng = np.random.default_rng((seed, place, level if place else 0, kind == "ours"))
    wrong = conditions(fault, level, rng)
    number = int(rng.integers(1, 1_000_000))
    paper = phone(number) if wrong.screen else _PRINTED[kind](number)
    return paper, Scene(paper, wrong, rng), rng
