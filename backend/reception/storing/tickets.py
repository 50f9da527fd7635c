"""Tickets as they are kept: looked up, made, changed, counted; each step with its event and its line of history."""

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, literal_column, select, text, update

from backend.protection import Actor
from backend.reception.deciding.steps import STEPS, state_after, wrong_state
from backend.reception.deciding.ticket import Ticket
from backend.reception.storing.cases import follow, open_case
from backend.reception.storing.tables import AT_WINDOW, seats, ticket_steps, tickets
from backend.reception.storing.ticket_rows import FIELDS, NAMES, from_row
from backend.reservations import CardMatch
from backend.storage import Statement, UnitOfWork
from backend.wire import CheckInReason, EventKind, TicketState, WindowKind

_ONLY_KEPT = ("device_id",)

OF_DAY = (tickets.c.office_id == bindparam("office"), tickets.c.business_day == bindparam("day"))

# Parts of every command, so compiled once.
_FIND = Statement(select(*FIELDS).where(tickets.c.id == bindparam("of")))
_OWN_VISITOR = Statement(
    select(seats.c.office_id.label("seat_office"), seats.c.window.label("seat_window"), *FIELDS)
    .select_from(
        seats.outerjoin(
            tickets,
            (tickets.c.office_id == seats.c.office_id)
            & (tickets.c.business_day == bindparam("day", type_=tickets.c.business_day.type))
            & (tickets.c.window == seats.c.window)
            & text(AT_WINDOW),
        )
    )
    .where(seats.c.account_id == bindparam("account"))
)
_ISSUE = Statement(insert(tickets), (*NAMES, *_ONLY_KEPT))
_NOTE_STEP = Statement(
    insert(ticket_steps),
    (
        "ticket_id",
        "office_id",
        "business_day",
        "event",
        "before",
        "after",
        "at",
        "actor",
        "window",
        "reason",
        "case_id",
    ),
)


def _how_many(state: TicketState, name: str) -> Any:
    waiting = select(func.count()).where(*OF_DAY, tickets.c.state == literal_column(f"'{state}'"))
    return waiting.scalar_subquery().label(name)


_COUNTS = Statement(
    select(_how_many(TicketState.WAITING, "waiting"), _how_many(TicketState.HANDED_OVER, "preparing"))
)
_IN_STATE = Statement(
    select(func.count()).select_from(tickets).where(*OF_DAY, tickets.c.state == bindparam("state"))
)
_BY_REASON = Statement(
    select(tickets.c.reason, func.count())
    .where(*OF_DAY, tickets.c.state == literal_column(f"'{TicketState.WAITING}'"))
    .group_by(tickets.c.reason)
)


@cache
def _change(columns: tuple[str, ...]) -> Statement:
    """The statement that changes some columns of a ticket that is still in the state in which it was read."""
    changing = update(tickets).where(tickets.c.id == bindparam("of"), tickets.c.state == bindparam("before"))
    return Statement(changing.returning(*FIELDS), columns)


def find_ticket(connection: Connection, ticket_id: str) -> Ticket | None:
    """The ticket with an id, or none."""
    row = _FIND.first(connection, of=ticket_id)
    return None if row is None else from_row(row)


def seat_and_visitor(
    connection: Connection, account_id: str, day: date
) -> tuple[tuple[str, str] | None, Ticket | None]:
    """Where somebody sits, as office and window, and the visitor who is called to, or is at, that window."""
    row = _OWN_VISITOR.first(connection, account=account_id, day=day)
    if row is None:
        return None, None
    return (row[0], row[1]), None if row[2] is None else from_row(row[2:])


def count_in_state(connection: Connection, office_id: str, day: date, state: TicketState) -> int:
    """How many tickets of an office and day are in a state."""
    return int(_IN_STATE.scalar(connection, office=office_id, day=day, state=state.value))


def count_waiting(connection: Connection, office_id: str, day: date) -> dict[CheckInReason, int]:
    """How many wait, by how their check-in ended; a reason that nobody has is left out."""
    rows = _BY_REASON.rows(connection, office=office_id, day=day)
    return {CheckInReason(reason): count for reason, count in rows}


def queue_counts(connection: Connection, office_id: str, day: date) -> dict[str, int]:
    """How many wait, and for how many the card is being prepared."""
    waiting, preparing = _COUNTS.rows(connection, office=office_id, day=day)[0]
    return {"waiting": waiting, "preparing": preparing}


def issue_ticket(work: UnitOfWork, actor: Actor, ticket: Ticket, match: CardMatch | None = None) -> None:
    """Keep a new ticket with its case, that of a card or of somebody without a notice, and its first step."""
    values = {name: getattr(ticket, name) for name in NAMES}
    _ISSUE.run(work.connection, **values, device_id=actor.id)
    open_case(work, ticket, match)
    _note_step(work, actor, EventKind.TICKET_ISSUED, None, ticket)
    record_event(work, ticket, EventKind.TICKET_ISSUED)


def advance(
    work: UnitOfWork,
    actor: Actor,
    ticket: Ticket,
    event: EventKind,
    *,
    at: WindowKind | None = None,
    reason: str | None = None,
    case_id: str | None = None,
    place: int | None = None,
    told: bool = True,
    **values: Any,
) -> Ticket:
    """Carry out one step of the table and write its event and its line of history.

    Args:
        work: the transaction.
        actor: who does it.
        ticket: the ticket as it was read in this transaction.
        event: the step.
        at: kind of the window of the step, for the event.
        reason: why, a code, where somebody had to say so.
        case_id: of which card of the visit, where the step is about one of several.
        place: of that card in its party, for the event of a step that is about one of several.
        told: whether the step has an event of its own; else whoever asks for it tells of it with another one.
        values: columns to change beside the state.

    Raises:
        TicketStateError: the ticket is not in a state from which this step goes.
    """
    after = state_after(event, ticket, own=ticket.holder == actor.id)
    changed = change(work, ticket, state=after.value, **values)
    note_advance(
        work,
        actor,
        event,
        ticket.state,
        changed,
        at=at,
        left=ticket.window,
        reason=reason,
        case_id=case_id,
        place=place,
        told=told,
    )
    return changed


def go_on_at_window(work: UnitOfWork, actor: Actor, ticket: Ticket) -> Ticket:
    """Hand somebody over at a window that also hands out cards: they stay, and are at issuance at once.

    Both steps are noted. The hall is told of the hand-over alone: nobody has to come anywhere.

    Args:
        work: the transaction.
        actor: who does it.
        ticket: as it was read in this transaction.

    Raises:
        TicketStateError: the ticket is not in a state from which these steps go.
    """
    at_issuance: dict[str, Any] = {
        "window": ticket.window,
        "holder": ticket.holder,
        "called_at": work.now,
        "call_count": 1,
    }
    at = WindowKind.RECEPTION
    handed_over = advance(
        work, actor, ticket, EventKind.HANDED_OVER, at=at, told=False, window=None, holder=None, call_count=0
    )
    called = advance(work, actor, handed_over, EventKind.CALLED_TO_ISSUANCE, told=False, **at_issuance)
    record_event(work, called, EventKind.HANDED_OVER, at)
    return called


def note_advance(
    work: UnitOfWork,
    actor: Actor,
    event: EventKind,
    before: TicketState,
    ticket: Ticket,
    *,
    at: WindowKind | None = None,
    left: str | None = None,
    reason: str | None = None,
    case_id: str | None = None,
    place: int | None = None,
    told: bool = True,
) -> None:
    """Write event and history of a step that was carried out.

    Args:
        work: the transaction.
        actor: who did it.
        event: the step.
        before: the state from which it went.
        ticket: as it is after the step.
        at: kind of the window of the step.
        left: label of the window that the ticket left, where it is at none now.
        reason: why, a code.
        case_id: of which card of the visit, where it was about one of several.
        place: as ``advance``.
        told: as ``advance``.
    """
    follow(work, event, before, ticket, reason)
    window = ticket.window or (left if at is not None else None)
    _note_step(work, actor, event, before, ticket, window, reason, case_id)
    if told:
        record_event(work, ticket, event, at, window, place=place)


def change(work: UnitOfWork, ticket: Ticket, **values: Any) -> Ticket:
    """Change columns of a ticket and return it as it is then. Its state changes by ``advance`` alone.

    Raises:
        TicketStateError: the ticket is not in the state in which it was read.
    """
    row = _change(tuple(sorted(values))).first(
        work.connection, of=ticket.id, before=ticket.state.value, **values
    )
    if row is None:
        raise wrong_state(ticket)
    return from_row(row)


def record_event(
    work: UnitOfWork,
    ticket: Ticket,
    kind: EventKind,
    window_kind: WindowKind | None = None,
    window: str | None = None,
    *,
    place: int | None = None,
) -> None:
    """Write the event of what happened to a ticket, or to the card at ``place`` of its party; the counts in it are true after it."""
    work.record(
        kind.value,
        office_id=ticket.office_id,
        business_day=ticket.business_day,
        facts={
            "ticket_id": ticket.id,
            "number": ticket.label,
            "window": window or ticket.window,
            "window_kind": window_kind.value if window_kind else None,
            "call_count": ticket.call_count,
            **({} if place is None else {"place": place}),
            **queue_counts(work.connection, ticket.office_id, ticket.business_day),
        },
    )


def _note_step(
    work: UnitOfWork,
    actor: Actor,
    event: EventKind,
    before: TicketState | None,
    ticket: Ticket,
    window: str | None = None,
    reason: str | None = None,
    case_id: str | None = None,
) -> None:
    _NOTE_STEP.run(
        work.connection,
        ticket_id=ticket.id,
        office_id=ticket.office_id,
        business_day=ticket.business_day,
        event=event.value,
        before=before.value if before else None,
        after=STEPS[event][before].value,
        at=work.now,
        actor=actor.id,
        window=window or ticket.window,
        reason=reason,
        case_id=case_id,
    )
