"""A quick test whether a picture in which no decoder reads a code contains one at all.

Even a code that is too blurred to read is a compact, nearly square patch that changes between dark and light in both
directions, much more than its surroundings. The result is only used for a hint to the visitor.
"""

import cv2
import numpy as np

from kiosk.camera import Gray, Picture, to_gray

_WIDTH = 320
"""Width to which pictures are shrunk first, in pixels."""

_LEAST_SIDE, _LARGEST_SIDE = 16, 150
"""Smallest and largest side of a patch at that width; in a picture 1280 pixels wide, codes of 64 to 600 pixels."""

_CONTRAST = 26.0
"""Least standard deviation of brightness inside a patch, of 255."""


def detects_code(picture: Picture) -> bool:
    """Whether something that looks like a code is in a picture (gray or colour, any size)."""
    gray = to_gray(picture)
    if min(gray.shape[:2], default=0) < 32:
        return False
    scale = _WIDTH / gray.shape[1]
    shrunk = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = shrunk.astype(np.uint8, copy=False)
    return any(_is_code(small, box) for box in _patches(small))


def _patches(small: Gray) -> list[tuple[int, int, int, int]]:
    """Compact patches with changes of brightness in both directions, as x, y, width, height."""
    across = cv2.boxFilter(np.abs(cv2.Sobel(small, cv2.CV_32F, 1, 0, ksize=3)), -1, (9, 9))
    down = cv2.boxFilter(np.abs(cv2.Sobel(small, cv2.CV_32F, 0, 1, ksize=3)), -1, (9, 9))
    busy = (np.minimum(across, down) > 40.0).astype(np.uint8)
    count, _, boxes, _ = cv2.connectedComponentsWithStats(busy, connectivity=4)
    patches = []
    for index in range(1, count):
        x, y, width, height, area = (int(value) for value in boxes[index][:5])
        longer, shorter = max(width, height), min(width, height)
        if (
            _LEAST_SIDE <= longer <= _LARGEST_SIDE
            and longer <= 1.45 * shorter
            and area >= 0.5 * width * height
        ):
            patches.append((x, y, width, height))
    return patches


def _is_code(small: Gray, box: tuple[int, int, int, int]) -> bool:
    """Whether a patch has as much contrast, and as much dark and light, as a code."""
    x, y, width, height = box
    inside = small[y : y + height, x : x + width]
    if float(inside.std()) < _CONTRAST:
        return False
    dark = float((inside < (float(inside.min()) + float(inside.max())) / 2).mean())
    return 0.25 <= dark <= 0.75
