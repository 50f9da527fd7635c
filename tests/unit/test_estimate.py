"""The waiting time that is told: a sane range, and never a moment at which nobody can be called."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, strategies as st

from backend.reception.deciding.estimate import Break, estimate
from backend.reception.deciding.queue_policy import QueuePolicy
from tests.support import MORNING

AHEAD = st.integers(0, 300)
WINDOWS = st.integers(0, 12)
VISIT = st.floats(1, 60, allow_nan=False)
# A fifth of the smallest numbers is none: minutes are no such numbers.
RESERVED = st.floats(-120, 600, allow_nan=False, allow_subnormal=False)


@st.composite
def days(draw: st.DrawFn) -> list[Break]:
    """Breaks of a day in their order, the first perhaps under way."""
    edges = sorted(draw(st.sets(st.integers(-30, 400), max_size=6)))
    return [Break(begins, ends) for begins, ends in list(pairwise(edges))[::2] if ends > 0]


@given(ahead=AHEAD, windows=WINDOWS, minutes=VISIT, reserved_in=RESERVED, breaks=days())
def test_an_estimate_is_a_sane_range_in_steps_of_five(
    ahead: int, windows: int, minutes: float, reserved_in: float, breaks: list[Break]
) -> None:
    """The range is never empty, never negative, and grows with the queue and with the reserved time."""
    now = estimate({minutes: ahead}, windows, minutes, reserved_in=reserved_in, breaks=breaks)
    assert 0 <= now.low_minutes <= now.high_minutes
    assert now.high_minutes >= 5
    assert now.low_minutes % 5 == now.high_minutes % 5 == 0
    for longer in (
        estimate({minutes: ahead + 1}, windows, minutes, reserved_in=reserved_in, breaks=breaks),
        estimate({minutes: ahead}, windows, minutes, reserved_in=reserved_in + 20, breaks=breaks),
    ):
        assert longer.low_minutes >= now.low_minutes
        assert longer.high_minutes >= now.high_minutes


@given(ahead=AHEAD, windows=WINDOWS, minutes=VISIT, reserved_in=RESERVED, breaks=days())
@example(ahead=0, windows=3, minutes=10.0, reserved_in=91.0, breaks=[])
@example(ahead=0, windows=1, minutes=10.0, reserved_in=0.0, breaks=[Break(-30, 26)])
def test_an_estimate_never_lies_before_the_reserved_time_or_in_a_break(
    ahead: int, windows: int, minutes: float, reserved_in: float, breaks: list[Break]
) -> None:
    """Reserved 10:20 and there at 8:49 was told 5 to 20 minutes; before the opening it was told 0."""
    found = estimate({minutes: ahead}, windows, minutes, reserved_in=reserved_in, breaks=breaks)
    assert found.low_minutes >= reserved_in
    assert found.high_minutes >= reserved_in
    assert not any(one.begins <= found.low_minutes < one.ends for one in breaks)


def test_the_case_of_the_counter() -> None:
    """10:20 at 8:49, three windows, nobody before: from 10:20 on, rounded later and not earlier."""
    found = estimate({}, 3, 10.0, reserved_in=91)
    assert (found.low_minutes, found.high_minutes) == (95, 105)


LENGTHS = st.dictionaries(st.floats(1, 60, allow_nan=False), st.integers(0, 30), max_size=4)


@given(ahead=LENGTHS, windows=st.integers(1, 12), minutes=VISIT, more=VISIT)
def test_visits_of_several_lengths_are_told_as_if_each_were_called_in_turn(
    ahead: dict[float, int], windows: int, minutes: float, more: float
) -> None:
    """The range is that of a hall played visit by visit, shortest first and longest first; another visit never shortens it."""

    def played(visits: list[float]) -> float:
        busy = [0.0] * windows
        for visit in visits:
            busy[busy.index(min(busy))] += visit
        return min(busy)

    found = estimate(ahead, windows, minutes)
    visits = sorted(visit for visit, count in ahead.items() for _ in range(count))
    low = 0.8 * played(visits)
    high = max([minutes, *visits]) + played(visits[::-1])
    assert found.low_minutes == pytest.approx(low, abs=5.01)
    assert found.low_minutes <= low + 1e-6
    assert found.high_minutes >= high - 1e-6
    assert found.high_minutes == pytest.approx(high, abs=5.01)
    longer = estimate({**ahead, more: ahead.get(more, 0) + 1}, windows, minutes)
    assert longer.low_minutes >= found.low_minutes
    assert longer.high_minutes >= found.high_minutes


def test_a_short_visit_behind_long_ones_is_told_the_long_ones() -> None:
    """Three consultations of 30 minutes before a collection of 10 are no three collections."""
    told = estimate({30.0: 3}, 1, 10.0)
    assert (told.low_minutes, told.high_minutes) == (70, 120)
    mixed = estimate({30.0: 1, 10.0: 2}, 1, 10.0)
    assert (mixed.low_minutes, mixed.high_minutes) == (40, 80)


def test_a_break_is_added_to_the_wait() -> None:
    """At 11:50, six before one window: nobody is called between 12:00 and 13:00."""
    noon = [Break(10, 70)]
    assert estimate({10.0: 6}, 1, 10.0).low_minutes == 45
    found = estimate({10.0: 6}, 1, 10.0, breaks=noon)
    assert (found.low_minutes, found.high_minutes) == (105, 130)


def test_a_window_that_is_not_open_yet_is_one_window() -> None:
    """Before the clerks sit down, and when all have left, a range is told as for one window."""
    assert estimate({10.0: 4}, 0, 10.0) == estimate({10.0: 4}, 1, 10.0)


@given(
    minutes=st.integers(-600, 600), back=st.integers(0, 60), early=st.integers(0, 60), away=st.integers(0, 90)
)
def test_who_may_leave_is_back_before_they_can_be_called(
    minutes: int, back: int, early: int, away: int
) -> None:
    """When to be back is in the future, long enough away to be worth saying, and not after their time has come."""
    policy = QueuePolicy(
        early=timedelta(minutes=early), back_before=timedelta(minutes=back), away_from=timedelta(minutes=away)
    )
    reserved = MORNING + timedelta(minutes=minutes)
    at = policy.be_back_at(reserved, MORNING)
    assert policy.be_back_at(None, MORNING) is None
    if at is None:
        assert minutes - max(back, early) < max(away, 1)
        return
    assert at > MORNING
    assert at - MORNING >= timedelta(minutes=away)
    assert policy.due(at) <= reserved
    assert reserved - at >= timedelta(minutes=back)


@pytest.mark.parametrize(
    ("ahead", "windows", "minutes", "reserved_in", "breaks", "told"),
    [
        # Nobody before, a window free: now, or after one visit.
        (0, 1, 10.0, None, [], (0, 10)),
        # Seven before three windows: two rounds a fifth shorter, three full ones.
        (7, 3, 10.0, None, [], (15, 30)),
        # The queue lasts two minutes beyond the reserved time: from the reserved time on.
        (10, 1, 11.5, 90.0, [], (90, 130)),
        # A break that begins when all is done adds nothing.
        (2, 1, 10.0, None, [Break(60, 120)], (15, 30)),
        # Two breaks before the visit: both are waited through.
        (2, 1, 10.0, 30.0, [Break(5, 15), Break(16, 26)], (35, 50)),
        # A break that is over before the reserved time.
        (0, 1, 10.0, 30.0, [Break(5, 15)], (30, 40)),
        # Reserved for the minute in which a break begins: after it.
        (0, 1, 10.0, 10.0, [Break(10, 70)], (70, 80)),
        # Every window's visit ends as the break begins: at the latest after it.
        (0, 1, 10.0, None, [Break(10, 70)], (0, 70)),
        # Rounded up to the minute in which a break begins: after it.
        (0, 1, 10.0, 8.0, [Break(10, 70)], (70, 80)),
        # The next five minutes lie in the next break: after that.
        (0, 1, 10.0, None, [Break(-30, 26), Break(28, 47)], (50, 55)),
        # A short visit: never less than five minutes to plan with.
        (0, 1, 1.0, None, [], (0, 5)),
    ],
)
def test_what_is_told_in_ordinary_cases(
    ahead: int,
    windows: int,
    minutes: float,
    reserved_in: float | None,
    breaks: list[Break],
    told: tuple[int, int],
) -> None:
    """Protects the range on the ticket in ordinary cases, from a quiet morning to several breaks."""
    reserved = {} if reserved_in is None else {"reserved_in": reserved_in}
    found = estimate({minutes: ahead}, windows, minutes, breaks=breaks, **reserved)
    assert (found.low_minutes, found.high_minutes) == told
