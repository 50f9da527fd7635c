"""The pure rules of the queue: estimates and steps."""

from hypothesis import given
from hypothesis import strategies as st

from backend.reception.estimate import estimate
from backend.reception.ticket import STEPS
from backend.wire.codes import TicketState


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
