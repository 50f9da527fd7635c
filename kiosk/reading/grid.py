"""A grid of sampling points on a code that is bent, folded or blurred, and the value of each module.

The four corners of a code are known roughly. A grid laid over it is shifted until its points lie in the middles of the
modules, where a picture is darkest or lightest, and until the patterns that every code has are where they must be. Then
an equaliser, trained on those same patterns, removes the blur of one module into the next (motion, defocus).
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.camera import Gray
from kiosk.reading.detection import Corners
from kiosk.reading.symbol import patterns

Plane = NDArray[np.float32]
"""One number per module, or per pixel."""

_PIXELS: Final = 5
"""Pixels per module of the rectified picture."""
_MARGIN: Final = 4
"""Modules around the code in the rectified picture."""
_KNOWN_WEIGHT: Final = 1.5
"""Weight of a module of a shared pattern, against 1 for a module of the content."""
_TAPS: Final = tuple((x * _PIXELS / 2, y * _PIXELS / 2) for x in range(-2, 3) for y in range(-2, 3))
"""Where the equaliser looks around the middle of a module: up to one module away, in steps of half a module."""
_RIDGE: Final = 2.0
_LEAST_CONTRAST: Final = 6.0
_LEAST_GAIN: Final = 0.2


class SamplingGrid:
    """A grid of points on a picture of a code.

    Args:
        gray: the picture.
        corners: corners of the code in it, without the quiet zone.
        modules: modules along one side of the code.
    """

    def __init__(self, gray: Gray, corners: Corners, modules: int) -> None:
        self.modules = modules
        self._known = patterns(modules)
        content = (self._known == 0).astype(np.float32)
        self._open = [np.tile(content, (times, 1)) for times in range(3)]
        self._weighted = [np.tile(self._known * np.float32(_KNOWN_WEIGHT), (times, 1)) for times in range(3)]
        flat = self._rectified(gray, corners)
        self._signed = _signed(flat)
        self._level = _levelled(flat)
        middles = (np.arange(modules, dtype=np.float32) + 0.5 + _MARGIN) * _PIXELS - 0.5
        across, down = np.meshgrid(middles, middles)
        # The same points once and twice, so that one call can sample two displacements.
        self._x = [np.tile(across, (times, 1)) for times in range(3)]
        self._y = [np.tile(down, (times, 1)) for times in range(3)]
        self._dx, self._dy = np.zeros_like(across), np.zeros_like(down)

    @property
    def agreement(self) -> float:
        """Share of the shared patterns' modules that look as they must; about 0.5 where there is no code."""
        right = (self.values() * self._known) > 0
        return float(right.sum() / np.count_nonzero(self._known))

    def values(self) -> Plane:
        """Every module as it is in the picture: -1 dark to +1 light."""
        return self._at(self._signed, self._dx, self._dy)

    def equalised(self, rounds: int = 2) -> Plane:
        """Every module without the blur from its neighbours: around -1 dark, around +1 light.

        Least squares on the modules that are known; then, ``rounds`` times, also on those that have become clear.
        """
        around = np.concatenate(
            [self._at(self._level, _plus(self._dx, right), _plus(self._dy, down)) for right, down in _TAPS]
        ).reshape(len(_TAPS), -1)
        looks = np.vstack([around, np.ones((1, around.shape[1]), np.float32)])
        known = self._known.ravel()
        truth, weight = known, np.abs(known)
        values = known
        for _ in range(rounds + 1):
            weighted = looks * weight
            square = weighted @ looks.T
            square[np.diag_indices(len(square))] += _RIDGE
            values = np.linalg.solve(square, weighted @ truth) @ looks
            sure = np.minimum(np.abs(values), 1.0)
            truth = np.where(known != 0, known, np.sign(values)).astype(np.float32)
            weight = np.where(known != 0, 1.0, np.where(sure > 0.5, sure, 0.0)).astype(np.float32)
        return np.asarray(values, np.float32).reshape(self.modules, self.modules)

    def bend(self, steps: Sequence[float] = (1.5, 0.75)) -> None:
        """Shift the bottom right corner and curve the grid while that improves the fit; ``steps`` are in modules."""
        x = self._x[1]
        across = (x - x[0, 3]) / (x[0, -4] - x[0, 3])
        down = across.T
        ways = (across * down, 4 * across * (1 - across), 4 * down * (1 - down))
        best = self._worth(self._dx, self._dy).sum()
        for step in steps:
            for _ in range(2):
                before = best
                for way in ways:
                    for push in (step * _PIXELS * way, -step * _PIXELS * way):
                        best = self._pushed(push, best)
                if best == before:
                    break

    def _pushed(self, push: Plane, best: float) -> float:
        """Apply a displacement to the right, then downwards; each is repeated while it improves the fit."""
        nothing = np.zeros_like(push)
        for right, down in ((push, nothing), (nothing, push)):
            while True:
                dx, dy = self._dx + right, self._dy + down
                worth = self._worth(dx, dy).sum()
                if worth <= best + _LEAST_GAIN:
                    break
                best, self._dx, self._dy = worth, dx, dy
        return float(best)

    def relax(self, nodes: int, steps: Sequence[float], rounds: int = 2) -> None:
        """Move ``nodes`` × ``nodes`` points of the grid independently; what lies between them follows.

        Nodes that share no modules move at the same time.

        Args:
            nodes: nodes along one side.
            steps: lengths of one move, in modules.
            rounds: how often each node may move, for each length.
        """
        mesh = _Mesh(self.modules, nodes)
        worth = self._worth(self._dx, self._dy)
        for step in steps:
            for _ in range(rounds):
                still = True
                for turn in mesh.turns:
                    for axis in (0, 1):
                        moves = self._moves(mesh, turn, axis, step, worth)
                        if moves.any():
                            still = False
                            push = mesh.spread(moves * (step * _PIXELS))
                            mesh.held[axis] += moves * step
                            self._dx, self._dy = self._along(axis, push)
                            worth = self._worth(self._dx, self._dy)
                if still:
                    break

    def _moves(self, mesh: "_Mesh", turn: Plane, axis: int, step: float, worth: Plane) -> Plane:
        """For each node of one turn: +1 or -1 if it fits better after that move along an axis, 0 if it should stay."""
        push = mesh.spread(turn * (step * _PIXELS))
        one_way, other_way = self._along(axis, push), self._along(axis, -push)
        # Both directions in one call: the calls cost more than the computing.
        both = self._worth(*(np.concatenate(pair) for pair in zip(one_way, other_way, strict=True)))
        change, change_back = both[: self.modules] - worth, both[self.modules :] - worth
        forwards = mesh.around(change) - mesh.strain(axis, turn * step)
        backwards = mesh.around(change_back) - mesh.strain(axis, turn * -step)
        up = (forwards > _LEAST_GAIN) & (forwards >= backwards)
        back = (backwards > _LEAST_GAIN) & (backwards > forwards)
        return np.asarray((up.astype(np.float32) - back.astype(np.float32)) * turn, np.float32)

    def _along(self, axis: int, push: Plane) -> tuple[Plane, Plane]:
        return (self._dx + push, self._dy) if axis == 0 else (self._dx, self._dy + push)

    def _worth(self, dx: Plane, dy: Plane) -> Plane:
        """How well the grid fits each module: clearly dark or light, and right where the module is known."""
        values = self._at(self._signed, dx, dy)
        times = len(dx) // self.modules
        return np.asarray(np.abs(values) * self._open[times] + values * self._weighted[times], np.float32)

    def _at(self, picture: Plane, dx: Plane, dy: Plane) -> Plane:
        times = len(dx) // self.modules
        sampled = cv2.remap(
            picture,
            self._x[times] + dx,
            self._y[times] + dy,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(sampled, np.float32)

    def _rectified(self, gray: Gray, corners: Corners) -> Gray:
        side = (self.modules + 2 * _MARGIN) * _PIXELS
        first, last = _MARGIN * _PIXELS - 0.5, (_MARGIN + self.modules) * _PIXELS - 0.5
        square = np.array([(first, first), (last, first), (last, last), (first, last)], np.float32)
        towards = cv2.getPerspectiveTransform(square, np.array(corners, np.float32))
        flat = cv2.warpPerspective(
            gray,
            towards,
            (side, side),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(flat, np.uint8)


def _plus(plane: Plane, amount: float) -> Plane:
    return np.asarray(plane + amount, np.float32)


class _Mesh:
    """The nodes of a grid, and by what share of a node's move each module moves with it."""

    def __init__(self, modules: int, nodes: int) -> None:
        places = np.linspace(0, modules, nodes)
        middles = np.arange(modules) + 0.5
        reach = modules / (nodes - 1)
        self._follow = np.maximum(0, 1 - np.abs(middles[:, None] - places[None]) / reach).astype(np.float32)
        self._touched = (self._follow > 0).astype(np.float32)
        rows, columns = np.indices((nodes, nodes))
        self.turns = [
            ((rows % 2 == row) & (columns % 2 == column)).astype(np.float32)
            for row in (0, 1)
            for column in (0, 1)
        ]
        self.held = np.zeros((2, nodes, nodes), np.float32)

    def spread(self, moves: Plane) -> Plane:
        """The displacement of every module, from the moves of the nodes."""
        return np.asarray(self._follow @ moves @ self._follow.T, np.float32)

    def around(self, change: Plane) -> Plane:
        """Sum up, for each node, what changed in the modules that follow it."""
        return np.asarray(self._touched.T @ change @ self._touched, np.float32)

    def strain(self, axis: int, moves: Plane) -> Plane:
        """The cost of each node's move away from its neighbours; paper bends but does not tear."""
        return np.asarray(2 * (_roughness(self.held[axis] + moves) - _roughness(self.held[axis])), np.float32)


def _roughness(plane: Plane) -> Plane:
    """Squared differences to the four neighbours."""
    wide = np.pad(plane, 1, mode="edge")
    neighbours = (wide[:-2, 1:-1], wide[2:, 1:-1], wide[1:-1, :-2], wide[1:-1, 2:])
    return np.asarray(sum((plane - neighbour) ** 2 for neighbour in neighbours), np.float32)


def _signed(flat: Gray) -> Plane:
    """Brightness from -1 (the darkest of the surroundings) to +1 (the lightest), independent of the light."""
    soft = cv2.blur(flat, (3, 3))
    wide = 7 * _PIXELS
    kernel = np.ones((wide // 2, wide // 2), np.uint8)
    low = cv2.blur(cv2.erode(soft, kernel), (wide, wide)).astype(np.float32)
    high = cv2.blur(cv2.dilate(soft, kernel), (wide, wide)).astype(np.float32)
    signed = (2 * soft.astype(np.float32) - low - high) / np.maximum(high - low, _LEAST_CONTRAST)
    return np.asarray(np.clip(signed, -1, 1), np.float32)


def _levelled(flat: Gray) -> Plane:
    """Brightness minus the mean of its surroundings, divided by their spread; linear, as an equaliser needs it."""
    bright = flat.astype(np.float32)
    wide = 9 * _PIXELS
    level = bright - cv2.blur(bright, (wide, wide))
    spread = cv2.blur(level * level, (wide, wide))
    return np.asarray(level / np.sqrt(spread + 9.0), np.float32)
