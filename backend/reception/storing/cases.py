"""Cases as they are kept: opened with a number, ended with a step of its ticket."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, bindparam, insert, literal_column, select, text, update

from backend.reception.deciding.case import CASE_AFTER, CardVisit, Case, CaseState, latest_of
from backend.reception.deciding.ticket import Ticket
from backend.reception.storing.checks import carry_check
from backend.reception.storing.tables import ISSUED_CARD, OPEN_CASE, cases, tickets
from backend.reception.storing.ticket_rows import FIELDS, from_row
from backend.reservations import CardMatch, Shown
from backend.storage import Statement, UnitOfWork, among
from backend.wire import ALIVE_STATES, CheckInReason, EventKind, TicketState

COLUMNS = (
    cases.c.id,
    cases.c.card_id,
    cases.c.reservation_id,
    cases.c.shown,
    cases.c.state,
    cases.c.place,
    cases.c.kind,
    cases.c.admitted,
    cases.c.reason,
)
_NEW = (
    "id", "ticket_id", "business_day", "card_id", "reservation_id", "shown", "state", "place", "kind",
    "admitted", "reason", "opened_at", "ended_at",
)  # fmt: skip

# A case may be opened again in the moment in which the one before ended for missing papers.
_OPEN_LAST = f"cases.state <> '{CaseState.INCOMPLETE}'"
IN_ORDER = (
    cases.c.place,
    cases.c.opened_at,
    text(_OPEN_LAST),
    cases.c.id,
)
"""The order of the cases of a ticket: place by place, of each the oldest first."""

_RECEIVABLE = (CaseState.OPEN, CaseState.INCOMPLETE)
"""What a card may still be handed out for in a visit that goes on."""

# Parts of every check-in and of every end, so compiled once.
_OPEN = Statement(insert(cases), _NEW)
_END = Statement(
    update(cases).where(cases.c.ticket_id == bindparam("of"), text(OPEN_CASE)),
    ("state", "ended_at", "reason"),
)
_END_ONE = Statement(
    update(cases)
    .where(cases.c.id == bindparam("of"), cases.c.state == bindparam("before"))
    .returning(cases.c.id),
    ("state", "ended_at", "reason"),
)
_TIE = Statement(
    update(cases)
    .where(cases.c.id == bindparam("of"), cases.c.card_id.is_(None), text(OPEN_CASE))
    .returning(cases.c.id),
    ("card_id", "reservation_id", "admitted"),
)
_UNTIE = Statement(
    update(cases)
    .where(
        cases.c.id == bindparam("of"),
        cases.c.card_id == bindparam("before"),
        text(f"cases.shown = '{Shown.NOTHING}'"),
        text(OPEN_CASE),
    )
    .returning(cases.c.id),
    ("card_id", "reservation_id", "admitted"),
)
# Cancelling a number also ends what somebody might have come back for.
_CANCEL = Statement(
    update(cases).where(
        cases.c.ticket_id == bindparam("of"),
        text(among("state", (CaseState.OPEN, CaseState.INCOMPLETE))),
    ),
    ("state", "ended_at", "reason"),
)
_OF_TICKET = Statement(select(*COLUMNS).where(cases.c.ticket_id == bindparam("of")).order_by(*IN_ORDER))
_ISSUED = Statement(
    select(cases.c.id)
    .where(cases.c.card_id == bindparam("card"), text(ISSUED_CARD))
    .limit(literal_column("1"))
)
_VISIT_OF_CARD = Statement(
    select(*FIELDS, cases.c.state)
    .select_from(cases.join(tickets, tickets.c.id == cases.c.ticket_id))
    .where(
        cases.c.card_id == bindparam("card"),
        cases.c.business_day == bindparam("day", type_=cases.c.business_day.type),
        # A card that was given up may be received anew, though others of its party are still here.
        text(
            f"(cases.state = '{CaseState.ISSUED}' OR "
            f"({among('cases.state', _RECEIVABLE)} AND {among('tickets.state', ALIVE_STATES)}))"
        ),
    )
    .order_by(cases.c.opened_at.desc(), text(f"{_OPEN_LAST} DESC"), tickets.c.created_at.desc())
    .limit(literal_column("1"))
)


def open_case(
    work: UnitOfWork,
    ticket: Ticket,
    match: CardMatch | None,
    *,
    place: int = 1,
    admitted: CheckInReason | None = None,
) -> Case:
    """Open the case of a card, or of somebody without a notice.

    Args:
        work: the transaction.
        ticket: the number of the visit.
        match: the card and its booking; none for somebody without a notice.
        place: which card of the party, from 1.
        admitted: why it was received; as the ticket was by default.

    Raises:
        IntegrityError: the card has an open case today, or the place is another card's.
    """
    booking = match.booking if match else None
    case = Case(
        uuid4().hex,
        match.card_id if match else None,
        booking.reservation_id if booking else None,
        match.shown if match else Shown.NOTHING,
        CaseState.OPEN,
        place,
        ticket.kind,
        admitted or ticket.reason,
    )
    _insert(work, ticket, case)
    return case


def cases_of(connection: Connection, ticket_id: str) -> list[Case]:
    """Every case of a ticket: place by place, of each the oldest first."""
    return [case_of(row) for row in _OF_TICKET.rows(connection, of=ticket_id)]


def case_of(row: Any) -> Case:
    """A case from the columns ``COLUMNS``."""
    case_id, card_id, reservation_id, shown, state, place, kind, admitted, reason = row
    return Case(
        case_id,
        card_id,
        reservation_id,
        Shown(shown),
        CaseState(state),
        place,
        kind,
        CheckInReason(admitted) if admitted else None,
        reason,
    )


def visit_of_card(connection: Connection, card_id: str, day: date) -> CardVisit | None:
    """The visit that a card has on a day, at whichever office; one that ended without the card does not count."""
    row = _VISIT_OF_CARD.first(connection, card=card_id, day=day)
    return None if row is None else CardVisit(from_row(row[:-1]), CaseState(row[-1]))


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


def end_case(work: UnitOfWork, case: Case, state: CaseState, reason: str | None = None) -> Case | None:
    """End one card of a visit; None where somebody else was faster.

    Args:
        work: the transaction.
        case: as it was read in this transaction.
        state: what became of it.
        reason: a code, where somebody had to say why.

    Raises:
        IntegrityError: the card was issued in another visit.
    """
    values = {"state": state.value, "ended_at": work.now, "reason": reason}
    ended = _END_ONE.first(work.connection, of=case.case_id, before=case.state.value, **values)
    return None if ended is None else replace(case, state=state, reason=reason)


def tie_case(work: UnitOfWork, case: Case, match: CardMatch, admitted: CheckInReason | None) -> Case | None:
    """Say whose card a case is about; None where somebody else was faster.

    What was shown stays: nothing was.

    Args:
        work: the transaction.
        case: as it was read in this transaction, without a card.
        match: the card and its booking.
        admitted: why somebody has to look at this card; as the case was by default.

    Raises:
        IntegrityError: the card has another open case today.
    """
    reservation_id = match.booking.reservation_id if match.booking else None
    reason = admitted or case.admitted
    tied = _TIE.first(
        work.connection,
        of=case.case_id,
        card_id=match.card_id,
        reservation_id=reservation_id,
        admitted=reason.value if reason else None,
    )
    if tied is None:
        return None
    return replace(case, card_id=match.card_id, reservation_id=reservation_id, admitted=reason)


def untie_case(work: UnitOfWork, case: Case, admitted: CheckInReason) -> Case | None:
    """Take back whose card a case is about, where nothing was shown for it; None where somebody else was faster.

    Args:
        work: the transaction.
        case: as it was read in this transaction, with a card that was tied.
        admitted: why the visitor has a number.
    """
    untied = _UNTIE.first(
        work.connection,
        of=case.case_id,
        before=case.card_id,
        card_id=None,
        reservation_id=None,
        admitted=admitted.value,
    )
    return None if untied is None else replace(case, card_id=None, reservation_id=None, admitted=admitted)


def follow(
    work: UnitOfWork, event: EventKind, before: TicketState | None, ticket: Ticket, reason: str | None = None
) -> None:
    """Let the cases of a ticket follow a step of it.

    Args:
        work: the transaction of the step.
        event: the step.
        before: the state from which it went.
        ticket: as it is after the step.
        reason: why, a code.
    """
    ended = CASE_AFTER.get(event)
    if ended is not None:
        ending = _CANCEL if ended is CaseState.CANCELLED else _END
        ending.run(work.connection, of=ticket.id, state=ended.value, ended_at=work.now, reason=reason)
    elif before is TicketState.INCOMPLETE or event is EventKind.SENT_BACK:
        _open_again(work, ticket)


def _open_again(work: UnitOfWork, ticket: Ticket) -> None:
    """The visitor is before the clerk again: a new case for each card whose papers were missing, to look at them anew."""
    for case in latest_of(cases_of(work.connection, ticket.id)):
        if case.state is CaseState.INCOMPLETE:
            again = replace(case, case_id=uuid4().hex, state=CaseState.OPEN, reason=None)
            _insert(work, ticket, again)
            carry_check(work, case.case_id, again.case_id)


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
        place=case.place,
        kind=case.kind,
        admitted=case.admitted.value if case.admitted else None,
        reason=case.reason,
        opened_at=work.now,
        ended_at=None,
    )
