"""How much stands where: pure arithmetic on a screen of 1920×1080 pixels, so that nothing is drawn too small to read.

Numbers and windows' signs have at least 76 pixels, other words 44: on a 43-inch panel a number of 76 pixels is read
from ten metres, a word of 44 from five. What does not fit at these sizes waits for its page, or is left out where it
only repeats what a sign says.
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
"""Two lines below the calls."""

HERO_LEAST = 352.0
"""In this height the large number keeps its size."""
HERO_SECOND = 56.0
"""The line of the second language in the large place, where there is room for it."""

ROW_GAP = 12.0
ROW = 112.0
"""A call in one or two columns; in one it has a word beside its sign."""
SHORT_ROW = 92.0
"""A call in three columns: number, arrow and sign."""
FULL_COLUMNS, WIDE_COLUMNS = 1, 2
SHORT_COLUMNS = 3
_SHORT_NUMBER, _SHORT_WINDOW = 5, 1
"""As many characters fit into a third of the width."""

PAST_HEAD = 2 * 54.0 + 24.0
PAST_ROW = 86.0

ABSENT_PER_PAGE, ABSENT_PER_PAGE_LONG = 5, 4
"""Absent numbers that stand in a line; of longer ones fewer."""


@dataclass(frozen=True)
class Grid:
    """Places for the calls beside the large one."""

    columns: int
    per_page: int
    row: float
    """Height of a row."""


def body(*, banner: bool, counts: bool, absent: bool) -> float:
    """The height between the bands above and below."""
    bands = HEADER + (BANNER if banner else 0) + (COUNTS if counts else 0) + (ABSENT if absent else 0)
    return HEIGHT - bands - 2 * EDGE


def grid(labels: Sequence[tuple[str, str]], most_wide: int, room: float) -> Grid:
    """Places for calls, given as number and window.

    Args:
        labels: number and window of every call beside the large one.
        most_wide: so many are shown in two columns, if they fit (two of them in one); more stand in three columns.
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
    """How many absent numbers stand in the line at a time."""
    short = all(len(number) <= _SHORT_NUMBER for number in numbers)
    return ABSENT_PER_PAGE if short else ABSENT_PER_PAGE_LONG


def past_lines(room: float, most: int) -> int:
    """How many lines of earlier calls fit."""
    return max(0, min(most, int((room - PAST_HEAD) // PAST_ROW)))


def _lines(room: float, height: float) -> int:
    """Lines of calls below the large place; one there is always."""
    return max(1, int((room - HERO_LEAST - GAP + ROW_GAP) // (height + ROW_GAP)))
