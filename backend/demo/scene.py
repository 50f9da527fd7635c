"""What a camera sees when somebody holds up a notice: a sheet that comes nearer, tilted, unsteady, in poor light.

Pure: the same notice and seed give the same pictures. Positions on paper are in millimetres from the sheet's top left.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""Rows, columns and the channels blue, green, red."""

FRAME_SIZE = (1280, 720)
FRAMES = 24

_SHEET_WIDTH = 210.0
_CODE_AT = (160.0, 92.0)
_FAR, _NEAR = 1.1, 4.2
"""Pixels per millimetre of paper, when the sheet appears and when it is held still."""
_NOISE = 5.0
_SKIN = (118, 150, 205)


@dataclass(frozen=True)
class _Pose:
    """How the sheet is held in one frame.

    Attributes:
        scale: pixels per millimetre.
        centre: position of the code in pixels.
        turn: rotation in radians.
        tilt: by how much the far edges shrink, horizontally and vertically.
        smear: length of the motion blur in pixels.
    """

    scale: float
    centre: tuple[float, float]
    turn: float
    tilt: tuple[float, float]
    smear: int


def approaching(notice: Pixels, *, frames: int = FRAMES, seed: int = 1) -> Iterator[Pixels]:
    """Yield the pictures of a notice that is brought to the camera and held there.

    Args:
        notice: the printed sheet, A4 upright, in colour.
        frames: how many pictures; at least the last third shows the sheet near and still.
        seed: seed of the trembling and the noise.
    """
    rng = np.random.default_rng(seed)
    room = _room()
    for index in range(frames):
        pose = _pose(min(1.0, index / (frames * 0.6)), rng)
        yield _seen(_held(room, notice, pose), pose, rng)


def _pose(progress: float, rng: np.random.Generator) -> _Pose:
    """The pose at ``progress`` (0 to 1): the sheet moves fast at first, then slower, and is never quite still."""
    done = 1 - (1 - progress) ** 2
    width, height = FRAME_SIZE
    wobble = rng.normal(0.0, 1.0, 5)
    return _Pose(
        scale=_FAR + (_NEAR - _FAR) * done + 0.03 * wobble[0],
        centre=(
            width * (0.72 - 0.2 * done) + 3 * wobble[1],
            height * (0.95 - 0.42 * done) + 3 * wobble[2],
        ),
        turn=float(np.radians(14 - 9 * done + 0.5 * wobble[3])),
        tilt=(0.10 - 0.05 * done, 0.07 + 0.01 * wobble[4]),
        smear=round(9 * (1 - progress)),
    )


def _room() -> Pixels:
    """What is behind the visitor: a wall, a window and a bench, far out of focus."""
    width, height = FRAME_SIZE
    down = np.linspace(0, 1, height, dtype=np.float32)[:, np.newaxis, np.newaxis]
    wall: NDArray[np.float32] = np.array([168, 176, 182], np.float32) * (1 - 0.35 * down)
    room = np.ascontiguousarray(np.broadcast_to(wall, (height, width, 3)).astype(np.uint8))
    cv2.rectangle(room, (60, 40), (470, 330), (236, 232, 224), -1)
    cv2.rectangle(room, (255, 40), (270, 330), (150, 150, 148), -1)
    cv2.rectangle(room, (700, 430), (1270, 560), (96, 120, 150), -1)
    cv2.rectangle(room, (0, 600), (width, height), (120, 128, 134), -1)
    return _pixels(cv2.GaussianBlur(room, (0, 0), 22))


def _held(room: Pixels, notice: Pixels, pose: _Pose) -> Pixels:
    """Draw the sheet, and the thumb that holds it, in front of the room."""
    height, width = notice.shape[:2]
    per_mm = width / _SHEET_WIDTH
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    placed = np.array([_on_screen(x / per_mm, y / per_mm, pose) for x, y in corners], np.float32)
    transform = cv2.getPerspectiveTransform(corners, placed)
    sheet = cv2.warpPerspective(
        notice, transform, FRAME_SIZE, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_CONSTANT
    )
    whole = np.full((height, width), 255, np.uint8)
    mask = cv2.warpPerspective(whole, transform, FRAME_SIZE, flags=cv2.INTER_LINEAR)
    share = (mask.astype(np.float32) / 255)[:, :, np.newaxis]
    picture = (sheet * share + room * (1 - share)).astype(np.uint8)
    # The thumb holds the right edge below the code; a code needs its quiet zone.
    thumb = np.array([_on_screen(x, y, pose) for x, y in ((196, 142), (224, 146), (224, 162), (197, 158))])
    cv2.fillConvexPoly(picture, thumb.astype(np.int32), _SKIN, cv2.LINE_AA)
    knuckle = tuple(int(value) for value in _on_screen(197, 150, pose))
    cv2.circle(picture, (knuckle[0], knuckle[1]), max(2, round(8 * pose.scale)), _SKIN, -1, cv2.LINE_AA)
    return _pixels(picture)


def _on_screen(x: float, y: float, pose: _Pose) -> tuple[float, float]:
    """The position in the picture, in pixels, of a point of the paper, given in millimetres."""
    right, down = (x - _CODE_AT[0]) / 100, (y - _CODE_AT[1]) / 100
    away = 1 + pose.tilt[0] * right + pose.tilt[1] * down
    along = (right * np.cos(pose.turn) - down * np.sin(pose.turn)) * 100 * pose.scale / away
    below = (right * np.sin(pose.turn) + down * np.cos(pose.turn)) * 100 * pose.scale / away
    return float(pose.centre[0] + along), float(pose.centre[1] + below)


def _seen(picture: Pixels, pose: _Pose, rng: np.random.Generator) -> Pixels:
    """Add the effects of lens and sensor: motion blur, softness, darker corners, noise."""
    if pose.smear > 1:
        kernel = np.full((1, pose.smear), 1 / pose.smear, np.float32)
        picture = _pixels(cv2.filter2D(picture, -1, kernel))
    soft = cv2.GaussianBlur(picture, (0, 0), 0.8).astype(np.float32)
    width, height = FRAME_SIZE
    across = np.linspace(-1, 1, width, dtype=np.float32)[np.newaxis, :]
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, np.newaxis]
    light = (1.0 - 0.10 * across**2 - 0.14 * down**2 + 0.05 * across)[:, :, np.newaxis]
    noise = rng.standard_normal((height, width, 3), np.float32) * _NOISE
    return _pixels((soft * light * 0.93 + noise).clip(0, 255).astype(np.uint8))


def _pixels(picture: object) -> Pixels:
    """OpenCV's result as an array of the right type."""
    return np.asarray(picture, np.uint8)
