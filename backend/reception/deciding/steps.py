"""The table of steps: from which state an event leads to which. Nothing else changes the state of a ticket."""

from collections.abc import Mapping
from typing import Final

from backend.reception.deciding.ticket import Ticket
from backend.reception.errors import TicketStateError
from backend.wire import AT_WINDOW_STATES, ErrorCode, EventKind, TicketState

_Table = Mapping[EventKind, Mapping[TicketState | None, TicketState]]

STEPS: Final[_Table] = {
    EventKind.TICKET_ISSUED: {None: TicketState.WAITING},
    EventKind.TICKET_CALLED: {TicketState.WAITING: TicketState.CALLED},
    EventKind.TICKET_RECALLED: {
        TicketState.CALLED: TicketState.CALLED,
        TicketState.CALLED_TO_ISSUANCE: TicketState.CALLED_TO_ISSUANCE,
    },
    EventKind.SERVICE_STARTED: {TicketState.CALLED: TicketState.SERVING},
    EventKind.TICKET_ABSENT: {TicketState.CALLED: TicketState.ABSENT},
    EventKind.TICKET_RETURNED: {
        TicketState.ABSENT: TicketState.WAITING,
        TicketState.INCOMPLETE: TicketState.WAITING,
    },
    EventKind.HANDED_OVER: {TicketState.SERVING: TicketState.HANDED_OVER},
    EventKind.ENDED_INCOMPLETE: {TicketState.SERVING: TicketState.INCOMPLETE},
    EventKind.CALLED_TO_ISSUANCE: {TicketState.HANDED_OVER: TicketState.CALLED_TO_ISSUANCE},
    EventKind.ISSUED: {TicketState.CALLED_TO_ISSUANCE: TicketState.ISSUED},
    EventKind.TICKET_CANCELLED: {
        TicketState.WAITING: TicketState.CANCELLED,
        TicketState.ABSENT: TicketState.CANCELLED,
        TicketState.INCOMPLETE: TicketState.CANCELLED,
    },
}
"""(event, from) → to: every step of a visit; None is before the ticket."""


def state_after(event: EventKind, ticket: Ticket) -> TicketState:
    """The state to which an event leads a ticket.

    Raises:
        TicketStateError: there is no such step from where the ticket is.
    """
    after = STEPS[event].get(ticket.state)
    if after is None:
        raise wrong_state(ticket)
    return after


def wrong_state(ticket: Ticket) -> TicketStateError:
    """The refusal that tells where a ticket is, and at which window."""
    facts = {"number": ticket.label, "state": ticket.state.value}
    if ticket.state in AT_WINDOW_STATES and ticket.window:
        return TicketStateError(ErrorCode.TICKET_TAKEN, window=ticket.window, **facts)
    return TicketStateError(ErrorCode.WRONG_STATE, **facts)
