"""Who gets a number, and what becomes of somebody who has one: every state at every office, as one table."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, strategies as st

from backend.reception.deciding.admission import Again, ruled_out, shown_again
from backend.reception.deciding.order import PRIORITY_ARRIVAL, PRIORITY_RETURNED
from backend.reception.deciding.queue_policy import QueuePolicy
from backend.reservations.lookup import ReservationMatch
from backend.reservations.reservation_state import ReservationState
from backend.wire.codes import CheckInReason, TicketState
from tests.shipped_rules import DAY
from tests.ticket_support import a_ticket

AT_TEN = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""Ten in the morning of that day in Tokyo."""
ENDED = {
    ReservationState.ISSUED: CheckInReason.ALREADY_ISSUED,
    ReservationState.CANCELLED: CheckInReason.CANCELLED,
    ReservationState.WITHDRAWN: CheckInReason.NO_CARD,
}
STAYS = Again(CheckInReason.ALREADY_CHECKED_IN)


@pytest.mark.parametrize(
    ("state", "office_id", "starts_at"),
    list(product(ReservationState, (None, "00", "03"), (None, AT_TEN, AT_TEN + timedelta(days=1)))),
)
def test_what_speaks_against_a_number_is_said_in_one_order(
    state: ReservationState, office_id: str | None, starts_at: datetime | None
) -> None:
    """A reservation that has ended is told as that, whatever its day; another office comes before another day."""
    told = ruled_out(ReservationMatch("r1", office_id, starts_at, state), "00", DAY)
    if state in ENDED:
        assert told is ENDED[state]
    elif office_id == "03":
        assert told is CheckInReason.ANOTHER_OFFICE
    elif starts_at not in {None, AT_TEN}:
        assert told is CheckInReason.ANOTHER_DAY
    else:
        assert told is None


@pytest.mark.parametrize(
    ("clock", "told"),
    [
        (datetime(2026, 11, 23, 14, 59, 59, tzinfo=UTC), CheckInReason.ANOTHER_DAY),
        (datetime(2026, 11, 23, 15, 0, tzinfo=UTC), None),
        (datetime(2026, 11, 24, 14, 59, 59, tzinfo=UTC), None),
        (datetime(2026, 11, 24, 15, 0, tzinfo=UTC), CheckInReason.ANOTHER_DAY),
    ],
)
def test_the_day_of_a_reservation_is_that_of_tokyo(clock: datetime, told: CheckInReason | None) -> None:
    """A reserved morning is today's in Shinjuku, though it is yesterday where UTC is."""
    match = ReservationMatch("r1", "00", clock, ReservationState.BOOKED)
    assert ruled_out(match, "00", DAY) is told


@pytest.mark.parametrize(
    ("state", "here", "returns"), list(product(TicketState, (True, False), (True, False))), ids=str
)
def test_a_notice_that_is_shown_again(state: TicketState, here: bool, returns: bool) -> None:
    """The same notice is the same ticket: only who was absent, or fetched papers, waits once more, and only where they wait."""
    policy = QueuePolicy(absent_returns_at_kiosk=returns)
    told = shown_again(a_ticket(state), "00" if here else "03", policy)
    if state is TicketState.ISSUED:
        assert told == Again(CheckInReason.ALREADY_ISSUED)
    elif not here:
        assert told == Again(CheckInReason.ANOTHER_OFFICE)
    elif state is TicketState.INCOMPLETE:
        assert told == Again(CheckInReason.ALREADY_CHECKED_IN, PRIORITY_ARRIVAL)
    elif state is TicketState.ABSENT and returns:
        assert told == Again(CheckInReason.ALREADY_CHECKED_IN, PRIORITY_RETURNED)
    else:
        assert told == STAYS


@given(minutes=st.integers(0, 24 * 60 - 1), state=st.sampled_from(sorted(set(ReservationState) - set(ENDED))))
def test_no_hour_of_the_day_speaks_against_a_number(minutes: int, state: ReservationState) -> None:
    """Early and late are places in the queue, never a reason to send somebody away."""
    starts_at = datetime(2026, 11, 23, 15, 0, tzinfo=UTC) + timedelta(minutes=minutes)
    assert ruled_out(ReservationMatch("r1", "00", starts_at, state), "00", DAY) is None
