"""The pure rules of the queue: places, estimates, steps."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.reception.estimate import estimate
from backend.reception.order import place_for
from backend.reception.ticket import STEPS
from backend.wire.codes import CheckInReason, TicketState

ARRIVED = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)
EARLY, GRACE = timedelta(minutes=10), timedelta(minutes=5)


@given(minutes=st.integers(-600, 600))
def test_nobody_who_is_on_time_or_early_queues_later_than_reserved(minutes: int) -> None:
    """A reservation is worth its time; only being late costs the place."""
    reserved = ARRIVED + timedelta(minutes=minutes)
    place = place_for(reserved, ARRIVED, early=EARLY, grace=GRACE)
    if place.reason is CheckInReason.LATE:
        assert place.order_at == ARRIVED > reserved + GRACE
    else:
        assert place.order_at == reserved


def test_a_visitor_without_reservation_queues_by_arrival() -> None:
    """Without a reserved time, the time of arrival is the place."""
    place = place_for(None, ARRIVED, early=EARLY, grace=GRACE)
    assert (place.reason, place.order_at) == (CheckInReason.WALK_IN, ARRIVED)


@given(ahead=st.integers(0, 500), windows=st.integers(0, 12), minutes=st.floats(1, 60, allow_nan=False))
def test_an_estimate_is_a_sane_range_in_steps_of_five(ahead: int, windows: int, minutes: float) -> None:
    """The range is never empty, never negative, and grows with the queue."""
    now = estimate(ahead, windows, minutes)
    assert 0 <= now.low_minutes <= now.high_minutes
    assert now.high_minutes >= 5
    assert now.low_minutes % 5 == now.high_minutes % 5 == 0
    longer = estimate(ahead + 1, windows, minutes)
    assert longer.low_minutes >= now.low_minutes
    assert longer.high_minutes >= now.high_minutes


def test_no_step_leads_out_of_an_ended_visit() -> None:
    """Issued and cancelled are the end; every other state has a way on."""
    left = {source for sources, _ in STEPS.values() for source in sources}
    assert left == set(TicketState) - {TicketState.ISSUED, TicketState.CANCELLED}
