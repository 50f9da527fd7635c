"""Where each pixel of a picture looks on the paper: a pinhole camera before a flat, folded or curled sheet."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

SIZE = (1280, 720)
FOCAL = 1108.0
"""Pixels: a camera that sees 60 degrees across."""

_COARSE = 4
"""The map is computed for every fourth pixel and filled in between; it is smooth."""
_ROUNDS = 8
_STEEPEST = 1.05
"""Radians: the largest slope of a curled paper."""

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Pose:
    """How the paper is held, around the middle of its code.

    Attributes:
        distance: millimetres from the camera.
        at: where the middle of the code is seen, in pixels.
        turn: rotation in the picture, in radians.
        tilt: angle between paper and picture, in radians.
        axis: direction in the picture of the line about which it is tilted, in radians.
        bend: direction on the paper, in radians, along which it is bent.
        fold: angle of a crease, in radians.
        crease: where the crease is along ``bend``, in millimetres.
        radius: of the cylinder around which the paper is curled, in millimetres; infinite for flat.
    """

    distance: float
    at: tuple[float, float]
    turn: float = 0.0
    tilt: float = 0.0
    axis: float = 0.0
    bend: float = 0.0
    fold: float = 0.0
    crease: float = 0.0
    radius: float = math.inf


@dataclass(frozen=True)
class View:
    """What a camera sees of a paper, per pixel.

    Attributes:
        u: millimetres to the right of the code's middle, on the paper.
        v: millimetres below it.
        shade: how bright the paper is there because of its slope, around 1.
    """

    u: Plane
    v: Plane
    shade: Plane


def look(pose: Pose) -> View:
    """Follow every pixel's ray to the paper."""
    columns, rows = SIZE[0] // _COARSE, SIZE[1] // _COARSE
    xs, ys = np.meshgrid(
        (np.arange(columns, dtype=np.float64) + 0.5) * _COARSE - 0.5,
        (np.arange(rows, dtype=np.float64) + 0.5) * _COARSE - 0.5,
    )
    rotation = _rotation(pose)
    position = np.array(
        [
            (pose.at[0] - SIZE[0] / 2) / FOCAL * pose.distance,
            (pose.at[1] - SIZE[1] / 2) / FOCAL * pose.distance,
            pose.distance,
        ]
    )
    rays = np.stack([(xs - SIZE[0] / 2) / FOCAL, (ys - SIZE[1] / 2) / FOCAL, np.ones_like(xs)], -1) @ rotation
    origin = -rotation.T @ position
    cosine, sine = math.cos(pose.bend), math.sin(pose.bend)
    height = np.zeros_like(xs)
    along = across = slope = np.zeros_like(xs)
    steep = np.where(np.abs(rays[..., 2]) < 1e-3, 1e-3, rays[..., 2])
    for _ in range(_ROUNDS):
        reach = (height - origin[2]) / steep
        x, y = origin[0] + rays[..., 0] * reach, origin[1] + rays[..., 1] * reach
        across = -x * sine + y * cosine
        along, bulge, slope = _unbent(x * cosine + y * sine, pose)
        # The surface is met where the ray is as high as the paper; half steps keep steep folds from swinging.
        height = 0.5 * height - 0.5 * bulge
    u, v = along * cosine - across * sine, along * sine + across * cosine
    shade = 0.8 + 0.2 * np.cos(slope) + 0.18 * np.sin(slope)
    return View(*(_filled(plane) for plane in (u, v, shade)))


def _unbent(flat: NDArray[np.float64], pose: Pose) -> tuple[NDArray[np.float64], ...]:
    """From the distance along the bend as seen from above: the length on the paper, its height, its slope."""
    if pose.fold:
        half = pose.fold / 2
        beyond = flat - pose.crease
        return (
            pose.crease + beyond / math.cos(half),
            np.abs(beyond) * math.tan(half),
            np.sign(beyond) * half,
        )
    if math.isfinite(pose.radius):
        # Where it would turn away from the camera the paper goes on straight.
        edge = pose.radius * math.sin(_STEEPEST)
        slope = np.arcsin(np.clip(flat, -edge, edge) / pose.radius)
        beyond = np.maximum(np.abs(flat) - edge, 0.0)
        length = pose.radius * slope + np.sign(flat) * beyond / math.cos(_STEEPEST)
        return length, pose.radius * (1 - np.cos(slope)) + beyond * math.tan(_STEEPEST), slope
    return flat, np.zeros_like(flat), np.zeros_like(flat)


def _rotation(pose: Pose) -> NDArray[np.float64]:
    axis = np.array([math.cos(pose.axis), math.sin(pose.axis), 0.0]) * pose.tilt
    tilted, _ = cv2.Rodrigues(axis)
    turned, _ = cv2.Rodrigues(np.array([0.0, 0.0, pose.turn]))
    return np.asarray(tilted @ turned, np.float64)


def _filled(plane: NDArray[np.float64]) -> Plane:
    whole = cv2.resize(plane.astype(np.float32), SIZE, interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole, np.float32)
