"""Moving a ticket one step on: lock it, check where it is and who has it, change it, write the event."""

from typing import Any

from sqlalchemy import bindparam, update

from backend.offices import business_day
from backend.reception.errors import TicketStateError
from backend.reception.tables import tickets
from backend.reception.ticket import STEPS, Ticket, find_ticket, from_row, record_step, ticket_fields
from backend.reception.windows import Seat
from backend.storage import UnitOfWork
from backend.wire import AT_WINDOW_STATES, ErrorCode, EventKind, WindowKind

# Made once; the columns to change come with the values.
_ADVANCE = (
    update(tickets)
    .where(tickets.c.id == bindparam("of"), tickets.c.state == bindparam("before"))
    .returning(*ticket_fields())
)


def need_ticket(work: UnitOfWork, ticket_id: str, office_id: str) -> Ticket:
    """A ticket of this office and today, locked until the transaction ends.

    Raises:
        TicketStateError: there is no such ticket here today.
    """
    ticket = find_ticket(work.connection, ticket_id, lock=True)
    if ticket is None or ticket.office_id != office_id or ticket.business_day != business_day(work.now):
        raise TicketStateError(ErrorCode.NOT_FOUND)
    return ticket


def need_own_visitor(ticket: Ticket, seat: Seat) -> None:
    """Only who called a visitor goes on with them.

    Raises:
        TicketStateError: the visitor is at another window; its label is told.
    """
    if ticket.state in AT_WINDOW_STATES and ticket.holder != seat.account_id:
        raise TicketStateError(ErrorCode.TICKET_TAKEN, number=ticket.label, window=ticket.window or "")


def advance(
    work: UnitOfWork,
    ticket: Ticket,
    kind: EventKind,
    *,
    at: WindowKind | None = None,
    shown_window: str | None = None,
    **values: Any,
) -> Ticket:
    """Carry out one step of ``STEPS`` and write its event.

    Args:
        work: the transaction.
        ticket: the ticket as it was read, locked, in this transaction.
        kind: the step.
        at: kind of the window of the step, for the event.
        shown_window: window label for the event where the ticket itself leaves its window.
        values: columns to change beside the state.

    Raises:
        TicketStateError: the ticket is not in a state from which this step goes.
    """
    sources, target = STEPS[kind]
    if ticket.state not in sources:
        raise wrong_state(ticket)
    step = {"of": ticket.id, "before": ticket.state.value, "state": target.value, **values}
    row = work.connection.execute(_ADVANCE, step).mappings().one_or_none()
    if row is None:
        raise wrong_state(ticket)
    changed = from_row(row)
    record_step(work, changed, kind, at, shown_window)
    return changed


def wait_again(work: UnitOfWork, ticket: Ticket, priority: int) -> Ticket:
    """Somebody who was absent, or whose papers were missing, is here again: the same number waits once more.

    Args:
        work: the transaction.
        ticket: the ticket as it was read, locked, in this transaction.
        priority: the group of the queue, by the time of return; see ``order``.

    Raises:
        TicketStateError: the ticket is neither absent nor incomplete.
    """
    return advance(
        work, ticket, EventKind.TICKET_RETURNED, priority=priority, order_at=work.now, call_count=0
    )


def wrong_state(ticket: Ticket) -> TicketStateError:
    """The refusal that tells where a ticket is, and at which window."""
    facts = {"number": ticket.label, "state": ticket.state.value}
    if ticket.state in AT_WINDOW_STATES and ticket.window:
        return TicketStateError(ErrorCode.TICKET_TAKEN, window=ticket.window, **facts)
    return TicketStateError(ErrorCode.WRONG_STATE, **facts)
