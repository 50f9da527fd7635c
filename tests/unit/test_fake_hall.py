"""Moving tickets in the fake server's hall: the ticket then has the values that a real server would send."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from backend.client.fake_hall import Hall
from backend.wire.codes import TicketState, WindowKind
from backend.wire.messages import Estimate, TicketMessage

TICKET = TicketMessage(
    ticket_id=UUID(int=1),
    number="M-001",
    office_id="00",
    business_day=date(2026, 11, 24),
    state=TicketState.WAITING,
    issued_at=datetime(2026, 11, 24, 1, tzinfo=UTC),
    waiting_ahead=3,
    estimate=Estimate(low_minutes=10, high_minutes=20),
    be_back_at=datetime(2026, 11, 24, 2, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("state", "window", "kind"),
    [
        (TicketState.CALLED, "3", WindowKind.RECEPTION),
        (TicketState.SERVING, "3", WindowKind.RECEPTION),
        (TicketState.CALLED_TO_ISSUANCE, "3", WindowKind.ISSUANCE),
        (TicketState.ABSENT, None, None),
        (TicketState.HANDED_OVER, None, None),
    ],
)
def test_a_moved_ticket_is_as_a_server_would_tell_it(
    state: TicketState, window: str | None, kind: WindowKind | None
) -> None:
    """A window stands with its kind only where somebody is at one, and who waits no more has nobody ahead."""
    hall = Hall({TICKET.ticket_id: TICKET})
    hall.move(TICKET.ticket_id, state, "3")
    moved = hall.tickets[TICKET.ticket_id]
    assert (moved.state, moved.window, moved.window_kind) == (state, window, kind)
    assert (moved.waiting_ahead, moved.estimate, moved.be_back_at) == (0, None, None)
    assert TicketMessage.model_validate_json(moved.model_dump_json()) == moved


def test_who_waits_again_keeps_what_was_told_of_the_wait() -> None:
    """Back from absence a ticket is at no window, and its place in the queue is not forgotten."""
    hall = Hall({TICKET.ticket_id: TICKET})
    hall.move(TICKET.ticket_id, TicketState.WAITING)
    assert hall.tickets[TICKET.ticket_id] == TICKET
