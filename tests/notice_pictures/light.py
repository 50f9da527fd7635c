"""What light, lens and sensor make of a scene: shadow, glare, smear, softness, noise, compression."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.camera.frame import Gray, Pixels
from tests.notice_pictures.pose import SIZE

Light = NDArray[np.float32]
"""Rows and columns of brightness, 0 to 255 and above where a reflection is brighter than white."""

_LENS = 0.65
"""Standard deviation of the blur of any lens, in pixels."""


def shadow(scene: Light, at: tuple[float, float], direction: float, share: float, soft: float) -> Light:
    """Darken everything beyond an edge; ``soft`` is the width of its fringe in pixels."""
    xs, ys = _pixels_from(at)
    beyond = (xs * math.cos(direction) + ys * math.sin(direction)) / max(soft, 0.5)
    lit = 1 / (1 + np.exp(np.clip(beyond, -30, 30)))
    return np.asarray(scene * (share + (1 - share) * lit), np.float32)


def glare(
    scene: Light, at: tuple[float, float], peak: float, radius: float, stretch: float, turn: float
) -> Light:
    """Add the reflection of a lamp: an oval of ``radius`` pixels, ``stretch`` times as long as wide."""
    xs, ys = _pixels_from(at)
    along = (xs * math.cos(turn) + ys * math.sin(turn)) / (radius * stretch)
    across = (-xs * math.sin(turn) + ys * math.cos(turn)) / radius
    return np.asarray(scene + peak * np.exp(-((along**2 + across**2) ** 2)), np.float32)


def finger(scene: Light, tip: tuple[float, float], direction: float, width: float) -> Light:
    """Cover what a finger of ``width`` pixels covers; it comes from ``direction`` and ends at ``tip``."""
    xs, ys = _pixels_from(tip)
    back = xs * math.cos(direction) + ys * math.sin(direction)
    beside = -xs * math.sin(direction) + ys * math.cos(direction)
    half = width / 2
    outside = np.hypot(np.minimum(back - half, 0), beside) - half
    cover = np.clip(0.5 - outside, 0, 1)
    skin = (
        150
        + 35 * np.sqrt(np.clip(1 - (beside / half) ** 2, 0, 1))
        - 25 * np.clip(-outside / half < 0.15, 0, 1)
    )
    return np.asarray(scene * (1 - cover) + skin * cover, np.float32)


def smear(scene: Light, length: float, direction: float) -> Light:
    """Move the picture along a straight line while the shutter is open."""
    if length < 0.5:
        return scene
    reach = math.ceil(length / 2) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    for step in np.linspace(-length / 2, length / 2, 8 * reach):
        x, y = reach + step * math.cos(direction), reach + step * math.sin(direction)
        left, top = int(x), int(y)
        for row, column in ((top, left), (top, left + 1), (top + 1, left), (top + 1, left + 1)):
            kernel[row, column] += max(0.0, 1 - abs(x - column)) * max(0.0, 1 - abs(y - row))
    return _light(cv2.filter2D(scene, -1, kernel / kernel.sum()))


def out_of_focus(scene: Light, radius: float) -> Light:
    """Spread every point over a disc of ``radius`` pixels."""
    if radius < 0.4:
        return scene
    reach = math.ceil(radius) + 1
    fine = 5
    span = np.arange(-reach - 0.5 + 0.5 / fine, reach + 0.5, 1 / fine)
    inside = (span[:, None] ** 2 + span[None, :] ** 2 <= radius**2).astype(np.float32)
    kernel = inside.reshape(2 * reach + 1, fine, 2 * reach + 1, fine).sum((1, 3))
    return _light(cv2.filter2D(scene, -1, kernel / kernel.sum()))


def sensor(scene: Light, white: float, noise: float, rng: np.random.Generator) -> Gray:
    """What the sensor gives: softened by the lens, scaled so that white paper is ``white``, with noise."""
    soft = cv2.GaussianBlur(scene, (0, 0), _LENS)
    grain = rng.standard_normal(scene.shape, np.float32)
    grain = grain + 0.5 * rng.standard_normal((scene.shape[0], 1), np.float32)  # rows share a little of it
    return np.asarray((soft * (white / 255) + grain * noise).clip(0, 255), np.uint8)


def compressed(picture: Gray, quality: int) -> Gray:
    """Write as JPEG and read again."""
    _, content = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_GRAYSCALE), np.uint8)


def in_colour(picture: Gray) -> Pixels:
    """As a camera gives it: three channels."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), np.uint8)


def _pixels_from(at: tuple[float, float]) -> tuple[Light, Light]:
    xs = np.arange(SIZE[0], dtype=np.float32) - at[0]
    ys = np.arange(SIZE[1], dtype=np.float32) - at[1]
    return np.asarray(xs[None, :], np.float32), np.asarray(ys[:, None], np.float32)


def _light(picture: object) -> Light:
    return np.asarray(picture, np.float32)
