"""The patterns that all QR codes (model 2) of one size share, whatever they say (JIS X 0510, ISO/IEC 18004).

They are known before a code is read. They show how well a grid fits a blurred or bent code, train an equaliser, and
replace what a finger or a reflection covers.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kiosk.camera import Gray

Modules = NDArray[np.bool_]
"""Rows and columns of a code without its quiet zone; true is dark."""

SMALLEST = 21
QUIET = 4
_FINDER = 7


def modules_of(version: int) -> int:
    """Modules along one side of a code of this version, 1 to 40.

    Raises:
        ValueError: there is no such version.
    """
    if not 1 <= version <= 40:
        raise ValueError(f"there is no QR code of version {version}")
    return 17 + 4 * version


@lru_cache(maxsize=8)
def patterns(modules: int) -> NDArray[np.float32]:
    """The shared patterns of a size: +1 where a module is light, -1 where it is dark, 0 where content decides.

    Finder, separator, timing and alignment patterns and the one dark module. Format and version count as content.
    """
    last = modules - _FINDER - 1
    known = np.zeros((modules, modules), np.float32)
    alignment = _rings(5)
    for row in _alignment_places(modules):
        for column in _alignment_places(modules):
            if not ((row < 9 or row > last) and column < 9) and not (row < 9 and column > last):
                known[row - 2 : row + 3, column - 2 : column + 3] = alignment
    timing = np.where(np.arange(8, last) % 2 == 0, -1.0, 1.0)
    known[6, 8:last] = timing
    known[8:last, 6] = timing
    finder = np.pad(_rings(_FINDER), 1, constant_values=1.0)
    known[:8, :8] = finder[1:, 1:]
    known[:8, last:] = finder[1:, :8]
    known[last:, :8] = finder[:8, 1:]
    known[last, 8] = -1.0
    known.flags.writeable = False
    return known


def drawn(modules: Modules) -> Gray:
    """A clean picture of a code: two pixels per module, with a quiet zone, and with correct shared patterns."""
    known = patterns(len(modules))
    dark = np.where(known == 0, modules, known < 0)
    picture = np.where(np.pad(dark, QUIET), 0, 255).astype(np.uint8)
    return np.repeat(np.repeat(picture, 2, axis=0), 2, axis=1)


def _rings(size: int) -> NDArray[np.float32]:
    """A dark square with a light ring and a dark middle; -1 dark, +1 light."""
    rings = np.full((size, size), -1.0, np.float32)
    rings[1:-1, 1:-1] = 1.0
    rings[2:-2, 2:-2] = -1.0
    return rings


def _alignment_places(modules: int) -> list[int]:
    """Rows, which are also the columns, of the middles of alignment patterns (JIS X 0510, Annex E)."""
    version = (modules - 17) // 4
    if version == 1:
        return []
    count = version // 7 + 2
    step = 26 if version == 32 else (version * 4 + count * 2 + 1) // (count * 2 - 2) * 2
    return [6, *sorted(modules - 7 - step * place for place in range(count - 1))]
