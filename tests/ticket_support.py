"""A ticket of the reception, made without a database."""

from datetime import UTC, date, datetime
from typing import Any

from backend.reception.deciding.order import PRIORITY_ARRIVAL
from backend.reception.deciding.ticket import Ticket
from backend.wire.codes import CheckInReason, PrintState, TicketState
from backend.wire.messages import CheckInReply, TicketMessage

ISSUED_AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def a_ticket(state: TicketState = TicketState.WAITING, **values: Any) -> Ticket:
    """A ticket of somebody without a reservation, at ten in the morning; other values may be given."""
    usual: dict[str, Any] = {
        "id": "5f0c2a1e9d7b4c3a8e6f1d2b3c4a5e6f",
        "office_id": "00",
        "business_day": date(2026, 11, 24),
        "series": "M",
        "number": 7,
        "label": "M-007",
        "state": state,
        "reason": CheckInReason.WALK_IN,
        "priority": PRIORITY_ARRIVAL,
        "order_at": ISSUED_AT,
        "reserved_for": None,
        "created_at": ISSUED_AT,
        "window": None,
        "holder": None,
        "called_at": None,
        "call_count": 0,
        "print_state": PrintState.PRINTED,
        "print_trouble": None,
        "paper_open_at": None,
        "language": "ja",
    }
    return Ticket(**(usual | values))


def told(reply: CheckInReply) -> TicketMessage:
    """The ticket of a reply; fails if it has none."""
    assert reply.ticket is not None
    return reply.ticket
