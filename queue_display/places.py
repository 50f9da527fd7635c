"""How much fits on a screen of 1920×1080 pixels or, upright, of 1080×1920, so that nothing is too small to read.

All sizes are pixels of that screen. Numbers and signs of windows are at least 76 pixels high, other words 44: on a
43-inch panel, 76 pixels can be read from ten metres, and 44 from five. What does not fit at these sizes goes to another
page, or is left out if it only repeats what a sign says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LEAST_WORD: Final = 44.0
LEAST_NUMBER: Final = 76.0

EDGE: Final = 24.0
"""Free space at the left and the right of the screen."""
GAP: Final = 8.0
"""Free space between calls that stand beside or above each other."""


class Shape(StrEnum):
    """The orientation of the screen."""

    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"


class Places(StrEnum):
    """How present calls are arranged, by how many there are."""

    ONE = "one"
    BANDS = "bands"
    CELLS = "cells"


@dataclass(frozen=True)
class Room:
    """What one shape of screen has room for, in its own pixels.

    Attributes:
        width: width of the screen.
        height: height of the screen.
        header: height of the band at the top.
        counts: height of the band of counts at the bottom.
        absent: height of the band of absent numbers; 0 if they are in the band of counts.
        stale: height of the band that says how old the picture is.
        notice: height of the band with a message.
        bands: up to how many calls are shown in bands; more are shown in cells.
        least_band: minimum height of a band.
        columns: columns of cells.
        cell: height of a cell.
    """

    width: float
    height: float
    header: float
    counts: float
    absent: float
    stale: float
    notice: float
    bands: int
    least_band: float
    columns: int
    cell: float

    def body(self, *, stale: bool, notice: bool, counts: bool, absent: bool) -> float:
        """The height that is left between the bands at the top and at the bottom.

        Args:
            stale: whether the band about an old picture is shown.
            notice: whether a message is shown.
            counts: whether a count is shown.
            absent: whether absent numbers are shown.
        """
        foot = (counts or (absent and not self.absent)) * self.counts + absent * self.absent
        return self.height - self.header - stale * self.stale - notice * self.notice - foot

    def arrange(self, calls: int, body: float) -> Places:
        """How to arrange this many present calls in a body of this height."""
        if calls <= 1:
            return Places.ONE
        fits = body / calls >= self.least_band
        return Places.BANDS if calls <= self.bands and fits else Places.CELLS

    def cells(self, body: float) -> int:
        """How many calls fit on a page of cells in a body of this height; at least one row."""
        return self.columns * max(1, int((body - GAP) // (self.cell + GAP)))


ROOMS: Final = {
    Shape.LANDSCAPE: Room(
        width=1920, height=1080, header=88, counts=104, absent=0, stale=216, notice=184,
        bands=3, least_band=148, columns=2, cell=134,
    ),
    Shape.PORTRAIT: Room(
        width=1080, height=1920, header=120, counts=104, absent=172, stale=400, notice=264,
        bands=5, least_band=240, columns=1, cell=142,
    ),
}  # fmt: skip

PAST: Final = 6
"""How many of the numbers that were called last are shown while nobody is called."""
ABSENT_PER_PAGE: Final = 3
"""How many absent numbers are shown at a time."""
ABSENT_PER_PAGE_LONG: Final = 2
"""How many are shown if numbers are longer, or beside a long count."""
CROWD: Final = 100
"""From this many waiting visitors on, their count takes the place of one absent number."""
_SHORT = 5
"""How many characters a short number has at most."""


def absent_per_page(numbers: Sequence[str], *, crowded: bool = False) -> int:
    """How many absent numbers are shown at a time; fewer beside a count of three digits."""
    short = not crowded and all(len(number) <= _SHORT for number in numbers)
    return ABSENT_PER_PAGE if short else ABSENT_PER_PAGE_LONG
