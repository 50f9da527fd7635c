"""Who is called before whom: the sentence of the rule, clause by clause, for any visitors at any moment."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given, strategies as st

from backend.reception.deciding.order import (
    ORDER,
    PRIORITY_ARRIVAL,
    PRIORITY_RESERVED,
    PRIORITY_RETURNED,
    QueuePlace,
    Turn,
    place_for,
    turn_of,
)
from backend.wire.codes import CheckInReason
from tests.queue_rule import queue_key

START = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)
EARLY, GRACE = timedelta(minutes=10), timedelta(minutes=5)
RESERVED = {CheckInReason.ON_TIME, CheckInReason.EARLY}


@dataclass(frozen=True)
class Visitor:
    """Somebody who waits: reserved and arrived in minutes after the start, and a number by arrival."""

    reserved: int | None
    arrived: int
    number: int
    back_at: int | None = None

    @property
    def place(self) -> QueuePlace:
        """The place at check-in, or after having been absent."""
        reserved = None if self.reserved is None else START + timedelta(minutes=self.reserved)
        place = place_for(reserved, START + timedelta(minutes=self.arrived), early=EARLY, grace=GRACE)
        if self.back_at is None:
            return place
        return QueuePlace(place.reason, PRIORITY_RETURNED, START + timedelta(minutes=self.back_at))

    def key(self, now: int) -> tuple[int, datetime, int, str]:
        """What the queue is sorted by so many minutes after the start."""
        series = "W" if self.reserved is None else "M"
        place, due = self.place, START + timedelta(minutes=now) + EARLY
        return queue_key(place.priority, place.order_at, self.number, series, due=due)

    def comes_by_arrival(self) -> bool:
        """Late, or without a reservation."""
        return self.place.priority == PRIORITY_ARRIVAL

    def is_due(self, now: int) -> bool:
        """On time, or early and the time has come."""
        return (
            self.place.priority == PRIORITY_RESERVED
            and self.reserved is not None
            and self.reserved - 10 <= now
        )


@st.composite
def halls(draw: st.DrawFn) -> tuple[list[Visitor], int]:
    """Up to eight visitors in the order in which they came, and a moment after the last of them."""
    arrivals = sorted(draw(st.lists(st.integers(0, 120), min_size=2, max_size=8)))
    visitors = [
        Visitor(
            draw(st.none() | st.integers(-30, 240)),
            arrived,
            number,
            draw(st.none() | st.none() | st.none() | st.integers(arrived, 120)),
        )
        for number, arrived in enumerate(arrivals, start=1)
    ]
    return visitors, draw(st.integers(120, 260))


def minutes(reserved: str | None, arrived: str, number: int) -> Visitor:
    """A visitor by clock times of one morning that starts at 7:00."""

    def after_seven(clock: str) -> int:
        """Minutes after 7:00."""
        hour, minute = clock.split(":")
        return (int(hour) - 7) * 60 + int(minute)

    return Visitor(None if reserved is None else after_seven(reserved), after_seven(arrived), number)


@given(minutes=st.integers(-600, 600))
def test_nobody_who_is_on_time_or_early_queues_later_than_reserved(minutes: int) -> None:
    """A reservation is worth its time; only being late costs the place."""
    reserved = START + timedelta(minutes=minutes)
    place = place_for(reserved, START, early=EARLY, grace=GRACE)
    if place.reason is CheckInReason.LATE:
        assert (place.priority, place.order_at) == (PRIORITY_ARRIVAL, START)
        assert reserved + GRACE < START
    else:
        assert (place.priority, place.order_at) == (PRIORITY_RESERVED, reserved)


def test_a_visitor_without_reservation_queues_by_arrival() -> None:
    """Without a reserved time, the time of arrival is the place."""
    place = place_for(None, START, early=EARLY, grace=GRACE)
    assert place == QueuePlace(CheckInReason.WALK_IN, PRIORITY_ARRIVAL, START)


def test_who_is_on_time_is_called_before_the_late_one_and_those_who_came_after() -> None:
    """The case of the counter: reserved 8:50 and there at 8:47 was called after one of 7:50 who came at 8:49."""
    on_time = minutes("8:50", "8:47", 1)
    late, first, second = minutes("7:50", "8:49", 2), minutes(None, "8:49", 400), minutes(None, "8:49", 401)
    now = 8 * 60 + 50 - 7 * 60
    order = sorted([second, first, late, on_time], key=lambda one: one.key(now))
    assert order == [on_time, late, first, second]


def test_an_early_visitor_passes_nobody_until_the_time_has_come() -> None:
    """Reserved 10:00 and there at 8:50: behind who comes at 8:55, until ten minutes before 10:00, then before them."""
    early, walk_in, on_time = (
        minutes("10:00", "8:50", 1),
        minutes(None, "8:55", 400),
        minutes("9:00", "8:58", 2),
    )
    nine, ten_to_ten = 120, 170
    assert sorted([early, walk_in, on_time], key=lambda one: one.key(nine)) == [on_time, walk_in, early]
    assert sorted([early, walk_in], key=lambda one: one.key(ten_to_ten - 1)) == [walk_in, early]
    assert sorted([early, walk_in], key=lambda one: one.key(ten_to_ten)) == [early, walk_in]


@given(hall=halls())
def test_the_order_is_total(hall: tuple[list[Visitor], int]) -> None:
    """The order is total: of any two visitors exactly one comes first, and there are no circles."""
    visitors, now = hall
    keys = [one.key(now) for one in visitors]
    assert len(set(keys)) == len(keys)


@given(hall=halls())
def test_every_clause_of_the_rule_holds_for_every_two(hall: tuple[list[Visitor], int]) -> None:
    """On time by reserved time, before every late one and every walk-in who came after; those by arrival among themselves."""
    visitors, now = hall
    for pair in combinations(visitors, 2):
        for one, other in (pair, pair[::-1]):
            first = one.key(now) < other.key(now)
            if one.back_at is not None:
                assert first or other.back_at is not None
            if other.back_at is not None or one.back_at is not None:
                continue
            if one.is_due(now) and other.comes_by_arrival():
                assert first
            if one.place.reason in RESERVED and other.place.reason in RESERVED:
                assert first or one.place.order_at >= other.place.order_at
            if one.comes_by_arrival() and other.comes_by_arrival():
                assert first or one.arrived >= other.arrived
            if not one.is_due(now) and one.place.reason in RESERVED:
                assert not first or other.place.reason in RESERVED


@given(hall=halls(), later=st.integers(0, 120))
def test_the_order_of_two_changes_only_when_the_time_of_an_early_one_has_come(
    hall: tuple[list[Visitor], int], later: int
) -> None:
    """Waiting costs nobody their place: no two change places but by the clock, and then for the reserved one."""
    visitors, now = hall
    for one, other in combinations(visitors, 2):
        before, after = one.key(now) < other.key(now), one.key(now + later) < other.key(now + later)
        if before != after:
            passer = other if before else one
            assert passer.is_due(now + later)
            assert not passer.is_due(now)


@given(
    priority=st.sampled_from([PRIORITY_RETURNED, PRIORITY_RESERVED, PRIORITY_ARRIVAL]),
    seconds=st.integers(-7200, 7200),
)
def test_everybody_who_waits_is_in_one_group_of_the_table(priority: int, seconds: int) -> None:
    """The table from which Python and SQL are made leaves nobody out and counts nobody twice; its order is that of the groups."""
    come = seconds <= 0
    groups = [
        turn
        for turn, group in ORDER.items()
        if group.priority == priority and (group.come is None or group.come is come)
    ]
    assert groups == [turn_of(priority, START + timedelta(seconds=seconds), START)]
    assert list(ORDER) == sorted(Turn) == list(Turn)


@pytest.mark.parametrize(
    ("priority", "seconds", "turn"),
    [
        (PRIORITY_RETURNED, 1, Turn.RETURNED),
        (PRIORITY_RESERVED, 0, Turn.RESERVED),
        (PRIORITY_RESERVED, 1, Turn.BEFORE_TIME),
        (PRIORITY_ARRIVAL, 1, Turn.ARRIVED),
    ],
)
def test_the_time_has_come_to_the_second(priority: int, seconds: int, turn: Turn) -> None:
    """The limit of "early" belongs to on time, as at check-in."""
    assert turn_of(priority, START + timedelta(seconds=seconds), START) is turn


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [
        (-601, CheckInReason.EARLY),
        (-600, CheckInReason.ON_TIME),
        (0, CheckInReason.ON_TIME),
        (300, CheckInReason.ON_TIME),
        (301, CheckInReason.LATE),
    ],
)
def test_ten_minutes_before_and_five_after_are_on_time_to_the_second(
    seconds: int, reason: CheckInReason
) -> None:
    """Protects who comes in the last second that is on time, and tells who is early so, on screen and paper."""
    arrived = START + timedelta(seconds=seconds)
    assert place_for(START, arrived, early=EARLY, grace=GRACE).reason is reason


def test_what_is_stored_of_a_place_stays_what_it_was() -> None:
    """Protects visitors who wait during an update of the server: stored places keep their meaning."""
    assert (PRIORITY_RETURNED, PRIORITY_RESERVED, PRIORITY_ARRIVAL) == (-1, 0, 1)
