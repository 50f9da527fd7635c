"""How many rows of a file are written in one transaction."""

from hypothesis import given, strategies as st

from backend.exchange.pace import AIM, REST, Pace, rest_of


def after(pace: Pace, seconds_a_card: float, *, commit: float = 0.0, pieces: int = 20) -> Pace:
    """The pace after some pieces, on a machine with these times per card and per commit."""
    for _ in range(pieces):
        worked = pace.size * seconds_a_card
        pace.took(pace.size, worked=worked, held=worked + commit)
    return pace


@given(st.floats(0.0001, 0.0006))
def test_a_piece_takes_about_as_long_as_is_aimed_at(seconds_a_card: float) -> None:
    """On slow and fast machines, a piece takes about the intended time."""
    pace = after(Pace(), seconds_a_card)
    assert pace.size * seconds_a_card <= AIM * 1.001
    assert (pace.size + 1) * seconds_a_card >= AIM * 0.6 or pace.size == 500


def test_a_slow_piece_shrinks_the_next_and_a_fast_one_lets_it_grow_slowly() -> None:
    """Whoever waits at a kiosk waits for one slow piece, never for a row of them."""
    pace = after(Pace(), 0.0005)
    before = pace.size
    pace.took(before, worked=AIM * 10, held=AIM * 10)
    assert pace.size == 80
    pace.took(pace.size, worked=0.0, held=0.0)
    assert 80 < pace.size <= 80 * 1.5
    assert pace.longest == AIM * 10


def test_a_slow_disk_makes_no_smaller_pieces() -> None:
    """Ten times as many commits would make a disk slower that cannot keep up; how long it took is told."""
    quick, slow = after(Pace(), 0.0003), after(Pace(), 0.0003, commit=0.2)
    assert slow.size == quick.size
    assert slow.longest > 0.2


def test_others_have_a_moment_between_two_pieces() -> None:
    """Other writers get a pause between two pieces; the time for preparing the next piece counts as one."""
    assert rest_of(0.0) == REST
    assert rest_of(REST) == rest_of(1.0) == 0.0
