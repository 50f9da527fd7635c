"""Cases as they are kept: opened with a number, ended with a step of its ticket."""

from collections.abc import Collection
from datetime import date
from uuid import uuid4

from sqlalchemy import Connection, bindparam, insert, literal_column, select, text, update

from backend.reception.deciding.case import CASE_AFTER, Case, CaseState
from backend.reception.deciding.ticket import Ticket
from backend.reception.storing.tables import ISSUED_CARD, OPEN_CASE, cases, tickets
from backend.reception.storing.ticket_rows import FIELDS, from_row
from backend.reservations import CardMatch, Shown
from backend.storage import Statement, UnitOfWork, among
from backend.wire import EventKind, TicketState

_COLUMNS = (cases.c.id, cases.c.card_id, cases.c.reservation_id, cases.c.shown, cases.c.state)
_NEW = (
    "id", "ticket_id", "business_day", "card_id", "reservation_id", "shown", "state", "opened_at", "ended_at",
)  # fmt: skip

# Parts of every check-in and of every end, so compiled once.
_OPEN = Statement(insert(cases), _NEW)
_END = Statement(
    update(cases).where(cases.c.ticket_id == bindparam("of"), text(OPEN_CASE)), ("state", "ended_at")
)
# Cancelling a number also ends what somebody might have come back for.
_CANCEL = Statement(
    update(cases).where(
        cases.c.ticket_id == bindparam("of"),
        text(among("state", (CaseState.OPEN, CaseState.INCOMPLETE))),
    ),
    ("state", "ended_at"),
)
_OF_TICKET = Statement(
    select(*_COLUMNS).where(cases.c.ticket_id == bindparam("of")).order_by(cases.c.opened_at, cases.c.id)
)
_ISSUED = Statement(
    select(cases.c.id)
    .where(cases.c.card_id == bindparam("card"), text(ISSUED_CARD))
    .limit(literal_column("1"))
)
_TICKET_OF_CARD = Statement(
    select(*FIELDS)
    .select_from(cases.join(tickets, tickets.c.id == cases.c.ticket_id))
    .where(
        cases.c.card_id == bindparam("card"),
        cases.c.business_day == bindparam("day", type_=cases.c.business_day.type),
        tickets.c.state != literal_column(f"'{TicketState.CANCELLED}'"),
    )
    .order_by(cases.c.opened_at.desc(), tickets.c.created_at.desc())
    .limit(literal_column("1"))
)


def open_case(work: UnitOfWork, ticket: Ticket, match: CardMatch | None) -> Case:
    """Open the case of a card, or of somebody without a notice.

    Args:
        work: the transaction.
        ticket: the number of the visit.
        match: the card and its booking; none for somebody without a notice.
    """
    booking = match.booking if match else None
    case = Case(
        uuid4().hex,
        match.card_id if match else None,
        booking.reservation_id if booking else None,
        match.shown if match else Shown.NOTHING,
        CaseState.OPEN,
    )
    _insert(work, ticket, case)
    return case


def cases_of(connection: Connection, ticket_id: str) -> list[Case]:
    """Every case of a ticket, the oldest first."""
    return [
        Case(case_id, card_id, reservation_id, Shown(shown), CaseState(state))
        for case_id, card_id, reservation_id, shown, state in _OF_TICKET.rows(connection, of=ticket_id)
    ]


def ticket_of_card(connection: Connection, card_id: str, day: date) -> Ticket | None:
    """The ticket that a card has on a day, at whichever office; cancelled ones do not count."""
    row = _TICKET_OF_CARD.first(connection, card=card_id, day=day)
    return None if row is None else from_row(row)


def offices_of_cards(connection: Connection, card_ids: Collection[str], day: date) -> set[str]:
    """The offices at which any of these cards has a number on a day, whatever became of it.

    Compared here: an import may change more cards than a statement takes, and the visitors of a day are few.
    """
    query = (
        select(cases.c.card_id, tickets.c.office_id)
        .join(tickets, tickets.c.id == cases.c.ticket_id)
        .where(cases.c.business_day == day)
    )
    changed = frozenset(card_ids)
    return {office_id for card_id, office_id in connection.execute(query) if card_id in changed}


def issued_in_a_visit(connection: Connection, card_id: str) -> bool:
    """Whether a card was handed out in a visit that was recorded here, on whichever day."""
    return _ISSUED.first(connection, card=card_id) is not None


def follow(work: UnitOfWork, event: EventKind, before: TicketState | None, ticket: Ticket) -> None:
    """Let the cases of a ticket follow a step of it.

    Args:
        work: the transaction of the step.
        event: the step.
        before: the state from which it went.
        ticket: as it is after the step.
    """
    ended = CASE_AFTER.get(event)
    if ended is not None:
        ending = _CANCEL if ended is CaseState.CANCELLED else _END
        ending.run(work.connection, of=ticket.id, state=ended.value, ended_at=work.now)
    elif before is TicketState.INCOMPLETE:
        _open_again(work, ticket)


def _open_again(work: UnitOfWork, ticket: Ticket) -> None:
    """Whose papers were missing is here again: a new case for each card that waits for them."""
    known = cases_of(work.connection, ticket.id)
    latest = {case.card_id: case for case in known if case.state is not CaseState.CANCELLED}
    for case in latest.values():
        if case.state is CaseState.INCOMPLETE:
            _insert(
                work,
                ticket,
                Case(uuid4().hex, case.card_id, case.reservation_id, case.shown, CaseState.OPEN),
            )


def _insert(work: UnitOfWork, ticket: Ticket, case: Case) -> None:
    _OPEN.run(
        work.connection,
        id=case.case_id,
        ticket_id=ticket.id,
        business_day=ticket.business_day,
        card_id=case.card_id,
        reservation_id=case.reservation_id,
        shown=case.shown.value,
        state=case.state.value,
        opened_at=work.now,
        ended_at=None,
    )
