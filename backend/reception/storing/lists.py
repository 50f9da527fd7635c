"""Lists of tickets for clerks and staff: numbers, states and times, nothing personal."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Connection, exists, select

from backend.cards import CardProgress, cards
from backend.reception.deciding.case import Case, CaseState
from backend.reception.deciding.ticket import Ticket
from backend.reception.storing.cases import COLUMNS, IN_ORDER, case_of
from backend.reception.storing.tables import cases, tickets
from backend.reception.storing.ticket_rows import FIELDS, from_row
from backend.wire import CheckInReason, TicketState

_NOT_OVER = (CaseState.OPEN.value, CaseState.INCOMPLETE.value)


def cases_of_card(connection: Connection, card_id: str) -> list[tuple[str, str]]:
    """Case and ticket of every visit for a card, on whichever day."""
    query = select(cases.c.id, cases.c.ticket_id).where(cases.c.card_id == card_id)
    return [(row.id, row.ticket_id) for row in connection.execute(query)]


def tickets_in(
    connection: Connection,
    office_id: str,
    day: date,
    states: Iterable[TicketState],
    *,
    reason: CheckInReason | None = None,
    limit: int = 200,
) -> Sequence[Ticket]:
    """Tickets of an office and day in some states, reserved ones first; who waits is in another order, see ``queue``.

    Args:
        connection: a transaction that may read.
        office_id: whose.
        day: business day.
        states: of these.
        reason: only those of which a card that has not come to its end was received so; of a party any of its cards.
        limit: no more than this.
    """
    asked = () if reason is None else (_received(reason),)
    rows = connection.execute(
        select(*FIELDS)
        .where(
            tickets.c.office_id == office_id,
            tickets.c.business_day == day,
            tickets.c.state.in_([state.value for state in states]),
            *asked,
        )
        .order_by(tickets.c.priority, tickets.c.order_at, tickets.c.number)
        .limit(limit)
    )
    return [from_row(row) for row in rows]


def parties_of(connection: Connection, ticket_ids: Iterable[str]) -> Mapping[str, Sequence[Case]]:
    """Every case of several tickets, by ticket: place by place, of each the oldest first."""
    rows = connection.execute(
        select(cases.c.ticket_id, *COLUMNS).where(cases.c.ticket_id.in_(list(ticket_ids))).order_by(*IN_ORDER)
    )
    found: dict[str, list[Case]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(case_of(row[1:]))
    return found


def with_card_gone(
    connection: Connection, office_id: str, day: date
) -> Sequence[tuple[Ticket, CardProgress]]:
    """Tickets that are open for a card that is none to hand over any more, with what became of it; the first to come first.

    Of a party each thing that became of cards is told once, of however many. A number is given for a card that may be handed over, so a file of the ward said otherwise since.

    Args:
        connection: a transaction that may read.
        office_id: whose.
        day: business day.
    """
    over = [progress.value for progress in CardProgress if not progress.receivable]
    rows = connection.execute(
        select(*FIELDS, cards.c.progress)
        .select_from(
            tickets.join(cases, cases.c.ticket_id == tickets.c.id).join(cards, cards.c.id == cases.c.card_id)
        )
        .where(
            tickets.c.office_id == office_id,
            tickets.c.business_day == day,
            cases.c.state == CaseState.OPEN.value,
            cards.c.progress.in_(over),
        )
        .distinct()
        .order_by(tickets.c.created_at, tickets.c.number, cards.c.progress)
    )
    return [(from_row(row[:-1]), CardProgress(row[-1])) for row in rows]


def _received(reason: CheckInReason) -> ColumnElement[bool]:
    """Whether a card of a ticket was received for a reason."""
    return exists().where(
        cases.c.ticket_id == tickets.c.id,
        cases.c.admitted == reason.value,
        cases.c.state.in_(_NOT_OVER),
    )
