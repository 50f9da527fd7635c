"""The table of steps: from which state an event leads to which. Nothing else changes the state of a ticket."""

from collections.abc import Collection, Mapping
from typing import Final

from backend.reception.deciding.ticket import Ticket
from backend.reception.errors import TicketStateError
from backend.wire import ALIVE_STATES, AT_WINDOW_STATES, ErrorCode, EventKind, TicketState

_Table = Mapping[EventKind, Mapping[TicketState | None, TicketState]]

BEHIND_RECEPTION: Final = (
    TicketState.HANDED_OVER,
    TicketState.CALLED_TO_ISSUANCE,
    TicketState.ISSUANCE_ABSENT,
)
"""Whose papers were complete, and whose card was not handed over yet."""

_ALIVE: Final = tuple(state for state in TicketState if state in ALIVE_STATES)
"""Of a party with several cards, the last one may be given up anywhere; the number then ends as the others say."""

STEPS: Final[_Table] = {
    EventKind.TICKET_ISSUED: {None: TicketState.WAITING},
    EventKind.CARD_JOINED: {
        state: state
        for state in (TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.ABSENT)
    },
    EventKind.TICKET_CALLED: {TicketState.WAITING: TicketState.CALLED},
    EventKind.TICKET_RECALLED: {
        TicketState.CALLED: TicketState.CALLED,
        TicketState.CALLED_TO_ISSUANCE: TicketState.CALLED_TO_ISSUANCE,
    },
    EventKind.SERVICE_STARTED: {TicketState.CALLED: TicketState.SERVING},
    EventKind.TICKET_ABSENT: {
        TicketState.CALLED: TicketState.ABSENT,
        TicketState.CALLED_TO_ISSUANCE: TicketState.ISSUANCE_ABSENT,
    },
    EventKind.TICKET_RETURNED: {
        TicketState.ABSENT: TicketState.WAITING,
        TicketState.INCOMPLETE: TicketState.WAITING,
        TicketState.ISSUANCE_ABSENT: TicketState.HANDED_OVER,
    },
    EventKind.HANDED_OVER: {TicketState.SERVING: TicketState.HANDED_OVER},
    EventKind.FINISHED: dict.fromkeys(_ALIVE, TicketState.DONE),
    EventKind.ENDED_INCOMPLETE: {
        TicketState.SERVING: TicketState.INCOMPLETE,
        **dict.fromkeys(BEHIND_RECEPTION, TicketState.INCOMPLETE),
    },
    EventKind.CALLED_TO_ISSUANCE: {TicketState.HANDED_OVER: TicketState.CALLED_TO_ISSUANCE},
    EventKind.PUT_BACK: {TicketState.CALLED_TO_ISSUANCE: TicketState.HANDED_OVER},
    EventKind.SENT_BACK: dict.fromkeys(BEHIND_RECEPTION, TicketState.WAITING),
    EventKind.CARD_ISSUED: {TicketState.CALLED_TO_ISSUANCE: TicketState.CALLED_TO_ISSUANCE},
    EventKind.CARD_NOT_ISSUED: {state: state for state in BEHIND_RECEPTION},
    EventKind.ISSUED: dict.fromkeys(_ALIVE, TicketState.ISSUED),
    EventKind.NOT_ISSUED: dict.fromkeys(_ALIVE, TicketState.ENDED),
    EventKind.TICKET_CANCELLED: dict.fromkeys(_ALIVE, TicketState.CANCELLED),
}
"""(event, from) → to: every step of a visit; None is before the ticket."""


def state_after(event: EventKind, ticket: Ticket, *, own: bool = False) -> TicketState:
    """The state to which an event leads a ticket.

    Args:
        event: the step.
        ticket: the visit.
        own: as ``need_state``.

    Raises:
        TicketStateError: there is no such step from where the ticket is.
    """
    after = STEPS[event].get(ticket.state)
    if after is None:
        raise wrong_state(ticket, own=own)
    return after


def need_state(ticket: Ticket, states: Collection[TicketState], *, own: bool = False) -> None:
    """A command is about a visit that is somewhere certain.

    Args:
        ticket: the visit.
        states: where it may be.
        own: whether it is whoever asks that has the visitor, where anybody has.

    Raises:
        TicketStateError: the visit is elsewhere.
    """
    if ticket.state not in states:
        raise wrong_state(ticket, own=own)


def wrong_state(ticket: Ticket, *, own: bool = False) -> TicketStateError:
    """The refusal that tells where a ticket is, and at which window; of one's own visitor nobody is sent away.

    Args:
        ticket: the visit.
        own: as ``need_state``.
    """
    facts = {"number": ticket.label, "state": ticket.state.value}
    if ticket.state in AT_WINDOW_STATES and ticket.window and not own:
        return TicketStateError(ErrorCode.TICKET_TAKEN, window=ticket.window, **facts)
    return TicketStateError(ErrorCode.WRONG_STATE, **facts)
