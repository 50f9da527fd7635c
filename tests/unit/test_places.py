"""What fits where on the hall's screen, at sizes that can be read from ten metres."""

import pytest

from queue_display import places
from queue_display.places import ROOMS, Places, Shape, absent_per_page

WIDE, UPRIGHT = ROOMS[Shape.LANDSCAPE], ROOMS[Shape.PORTRAIT]


@pytest.mark.parametrize(
    ("bands", "wide", "upright"),
    [
        ({}, 992, 1800),
        ({"stale": True}, 776, 1400),
        ({"notice": True}, 808, 1536),
        ({"counts": True}, 888, 1696),
        # A wide screen has the absent numbers in the band of counts, an upright one in a band of their own.
        ({"absent": True}, 888, 1628),
        ({"counts": True, "absent": True}, 888, 1524),
        ({"stale": True, "notice": True, "counts": True, "absent": True}, 488, 860),
    ],
)
def test_the_bands_above_and_below_leave_the_rest(bands: dict[str, bool], wide: int, upright: int) -> None:
    """Protects calls from lying under a band: the heights add up to the screen."""
    shown = {"stale": False, "notice": False, "counts": False, "absent": False} | bands
    assert (WIDE.body(**shown), UPRIGHT.body(**shown)) == (wide, upright)


@pytest.mark.parametrize(
    ("room", "calls", "body", "expected"),
    [
        (WIDE, 0, 888, Places.ONE),
        (WIDE, 1, 488, Places.ONE),
        (WIDE, 3, 888, Places.BANDS),
        (WIDE, 3, 488, Places.BANDS),
        # Bands that would be too low for their number and its frame become cells.
        (WIDE, 3, 443, Places.CELLS),
        (WIDE, 4, 888, Places.CELLS),
        (UPRIGHT, 5, 1696, Places.BANDS),
        (UPRIGHT, 5, 1199, Places.CELLS),
        (UPRIGHT, 6, 1696, Places.CELLS),
    ],
)
def test_calls_are_arranged_by_their_number_and_the_room(
    room: places.Room, calls: int, body: float, expected: Places
) -> None:
    """Protects the size of a number: columns come only when the calls ask for them."""
    assert room.arrange(calls, body) is expected


@pytest.mark.parametrize(
    ("room", "body", "cells"),
    [
        (WIDE, 888, 12),
        (WIDE, 859, 10),
        (WIDE, 10, 2),
        (UPRIGHT, 1696, 11),
        (UPRIGHT, 1524, 10),
        (UPRIGHT, 10, 1),
    ],
)
def test_a_line_more_stands_only_where_it_is_whole(room: places.Room, body: float, cells: int) -> None:
    """Protects the lowest call from being cut off: only complete rows count (12 calls in landscape, 10 upright)."""
    assert room.cells(body) == cells


def test_long_numbers_of_the_absent_get_wider_places() -> None:
    """Protects the line of absent numbers from running into the edge, or into a count of three digits."""
    assert absent_per_page(["M-001"] * 9) == 3
    assert absent_per_page(["M-001", "M-1001"]) == 2
    assert absent_per_page(["M-001"], crowded=True) == 2
    assert absent_per_page([]) == 3


def test_nothing_is_smaller_than_can_be_read() -> None:
    """Protects people at the back of the hall: ten metres for a number, five for a word, on a panel of 43 inches."""
    assert (places.LEAST_WORD, places.LEAST_NUMBER) == (44, 76)
