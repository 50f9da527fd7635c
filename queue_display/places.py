"""How much fits where on a screen of 1920×1080 pixels, so that nothing is drawn too small to read.

All sizes are pixels of that screen. Numbers and signs of windows have at least 76 pixels, other words 44: on a 43-inch
panel, 76 pixels can be read from ten metres, and 44 from five. What does not fit at these sizes goes to another page,
or is left out where it only repeats what a sign says.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LEAST_WORD = 44.0

HEIGHT = 1080.0
HEADER = 112.0
BANNER = 112.0
COUNTS = 100.0
ABSENT = 146.0
EDGE = 24.0
GAP = 16.0
NOTICE = 112.0
"""Height of the two lines below the calls."""

HERO_LEAST = 352.0
"""Least height of the large place, in which the large number keeps its usual size."""
HERO_SECOND = 56.0
"""Height of the line in the second language in the large place, which is shown if there is room."""

ROW_GAP = 12.0
ROW = 112.0
"""Height of a call in one or two columns; in one column it has a word beside its sign."""
SHORT_ROW = 92.0
"""Height of a call in three columns: number, arrow and sign."""
FULL_COLUMNS, WIDE_COLUMNS = 1, 2
SHORT_COLUMNS = 3
_SHORT_NUMBER, _SHORT_WINDOW = 5, 1
"""How many characters of a number and of a window's label fit into one of three columns."""

PAST_HEAD = 2 * 54.0 + 24.0
PAST_ROW = 86.0

ABSENT_PER_PAGE, ABSENT_PER_PAGE_LONG = 5, 4
"""How many absent numbers fit into the line, and how many where they are longer."""


@dataclass(frozen=True)
class Grid:
    """The places for calls beside the large one: columns, places per page, and the height of a row."""

    columns: int
    per_page: int
    row: float


def body(*, banner: bool, counts: bool, absent: bool) -> float:
    """The height that is left between the bands at the top and the bottom.

    Args:
        banner: whether the banner about an old board is shown.
        counts: whether the counts are shown.
        absent: whether the absent numbers are shown.
    """
    bands = HEADER + (BANNER if banner else 0) + (COUNTS if counts else 0) + (ABSENT if absent else 0)
    return HEIGHT - bands - 2 * EDGE


def grid(labels: Sequence[tuple[str, str]], most_wide: int, room: float) -> Grid:
    """The places for calls beside the large one.

    Args:
        labels: number and window of each of these calls.
        most_wide: how many are shown in at most two columns, if they fit; more are shown in three.
        room: the height of the left side.
    """
    if len(labels) <= min(2, _lines(room, ROW)):
        return Grid(FULL_COLUMNS, 2, ROW)
    wide = WIDE_COLUMNS * _lines(room, ROW)
    if len(labels) <= min(most_wide, wide):
        return Grid(WIDE_COLUMNS, wide, ROW)
    if all(len(number) <= _SHORT_NUMBER and len(window) <= _SHORT_WINDOW for number, window in labels):
        return Grid(SHORT_COLUMNS, SHORT_COLUMNS * _lines(room, SHORT_ROW), SHORT_ROW)
    return Grid(WIDE_COLUMNS, WIDE_COLUMNS * _lines(room, SHORT_ROW), SHORT_ROW)


def absent_per_page(numbers: Sequence[str]) -> int:
    """How many absent numbers are shown in the line at a time."""
    short = all(len(number) <= _SHORT_NUMBER for number in numbers)
    return ABSENT_PER_PAGE if short else ABSENT_PER_PAGE_LONG


def past_lines(room: float, most: int) -> int:
    """How many lines of earlier calls fit into a height, at most ``most``."""
    return max(0, min(most, int((room - PAST_HEAD) // PAST_ROW)))


def _lines(room: float, height: float) -> int:
    """How many lines of calls of a height fit below the large place; at least one."""
    return max(1, int((room - HERO_LEAST - GAP + ROW_GAP) // (height + ROW_GAP)))
