"""What fits where on the hall's screen, at sizes that can be read from ten metres."""

import pytest

from queue_display import places
from queue_display.places import Grid, absent_per_page, body, grid, past_lines

SHORT = ("M-001", "3")
LONG = ("M-1001", "3")
SIGN = ("M-001", "10")


@pytest.mark.parametrize(
    ("banner", "counts", "absent", "height"),
    [
        (False, False, False, 920),
        (True, False, False, 808),
        (False, True, False, 820),
        (False, False, True, 774),
        (True, True, True, 562),
    ],
)
def test_the_bands_above_and_below_leave_the_rest(
    banner: bool, counts: bool, absent: bool, height: int
) -> None:
    """Protects calls from lying under a band: the heights add up to the screen of 1080 pixels."""
    assert body(banner=banner, counts=counts, absent=absent) == height


@pytest.mark.parametrize(
    ("labels", "room", "expected"),
    [
        ([], 920, Grid(1, 2, 112)),
        ([SHORT] * 2, 920, Grid(1, 2, 112)),
        # One line is left below the large place: two calls stand beside each other.
        ([SHORT] * 2, 562, Grid(2, 2, 112)),
        ([SHORT], 562, Grid(1, 2, 112)),
        ([SHORT] * 3, 920, Grid(2, 8, 112)),
        ([SHORT] * 6, 920, Grid(2, 8, 112)),
        ([SHORT] * 7, 920, Grid(3, 15, 92)),
        ([LONG] * 7, 920, Grid(2, 10, 92)),
        ([SIGN] * 7, 920, Grid(2, 10, 92)),
        ([*[SHORT] * 6, LONG], 920, Grid(2, 10, 92)),
        # Fewer lines than the calls need in two columns.
        ([SHORT] * 3, 562, Grid(3, 3, 92)),
        # However small the room, one line is there.
        ([SHORT], 100, Grid(1, 2, 112)),
        ([LONG] * 3, 100, Grid(2, 2, 92)),
    ],
)
def test_calls_get_the_widest_places_that_hold_them(
    labels: list[tuple[str, str]], room: float, expected: Grid
) -> None:
    """Protects the size of a number: columns are added only when the calls ask for them, long numbers never get three."""
    assert grid(labels, 6, room) == expected


@pytest.mark.parametrize(
    ("room", "lines"), [(603, 1), (604, 2), (727, 2), (728, 3), (480, 1), (479, 1), (852, 4), (851, 3)]
)
def test_a_line_more_stands_only_where_it_is_whole(room: float, lines: int) -> None:
    """Protects the lowest call from being cut off at its feet."""
    assert places._lines(room, places.ROW) == lines


def test_long_numbers_of_the_absent_stand_four_in_a_line() -> None:
    """Protects the line of absent numbers from running into the edge."""
    assert absent_per_page(["M-001"] * 9) == 5
    assert absent_per_page(["M-001", "M-1001"]) == 4
    assert absent_per_page([]) == 5


@pytest.mark.parametrize(
    ("room", "lines"), [(0, 0), (131, 0), (217, 0), (218, 1), (303, 1), (304, 2), (920, 6)]
)
def test_earlier_calls_fill_what_is_left(room: float, lines: int) -> None:
    """Protects earlier calls from standing where there is no room, and the least sizes from shrinking."""
    assert past_lines(room, 6) == lines
    assert past_lines(10_000, 6) == 6


def test_nothing_is_smaller_than_can_be_read() -> None:
    """Protects people at the back of the hall: ten metres for a number, five for a word, on a panel of 43 inches."""
    assert places.LEAST_WORD == 44
    assert places.SHORT_ROW >= 76 + 16
    assert places.PAST_HEAD == 132
    assert places.NOTICE >= 2 * places.LEAST_WORD + places.ROW_GAP
    assert body(banner=True, counts=True, absent=True) > places.HERO_LEAST + places.HERO_SECOND
    assert places.HERO_SECOND >= places.LEAST_WORD + places.ROW_GAP
