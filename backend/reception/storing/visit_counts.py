"""How many tickets and cases are in which state, by office and day."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from backend.reception.deciding.case import CaseState
from backend.reception.storing.tables import cases, tickets
from backend.wire import TicketState


@dataclass(frozen=True)
class TicketCount:
    """How many tickets of an office and business day are in a state."""

    office_id: str
    day: date
    state: TicketState
    count: int


@dataclass(frozen=True)
class CaseCount:
    """How many cases of an office and business day are in a state.

    Attributes:
        office_id: of their ticket.
        day: the business day.
        state: what became of them.
        count: how many.
    """

    office_id: str
    day: date
    state: CaseState
    count: int


@dataclass(frozen=True)
class KindCount:
    """How many tickets of an office and business day are of a kind of visit, by its code."""

    office_id: str
    day: date
    kind: str
    count: int


def count_kinds(connection: Connection, day: date | None = None) -> list[KindCount]:
    """Tickets by office, business day and kind of visit; what there is none of is left out.

    Args:
        connection: a transaction that may read.
        day: all of them by default.
    """
    columns = (tickets.c.office_id, tickets.c.business_day, tickets.c.kind)
    query = select(*columns, func.count()).group_by(*columns).order_by(*columns)
    if day is not None:
        query = query.where(tickets.c.business_day == day)
    return [KindCount(*row) for row in connection.execute(query)]


def count_tickets(connection: Connection, day: date | None = None) -> list[TicketCount]:
    """Tickets by office, business day and state; what there is none of is left out.

    Args:
        connection: a transaction that may read.
        day: all of them by default.
    """
    columns = (tickets.c.office_id, tickets.c.business_day, tickets.c.state)
    query = select(*columns, func.count()).group_by(*columns)
    if day is not None:
        query = query.where(tickets.c.business_day == day)
    order = list(TicketState)
    found = [
        TicketCount(office_id, on, TicketState(state), count)
        for office_id, on, state, count in connection.execute(query)
    ]
    return sorted(found, key=lambda one: (one.office_id, one.day, order.index(one.state)))


def count_cases(connection: Connection, day: date | None = None) -> list[CaseCount]:
    """Cases by office, business day and state; what there is none of is left out.

    Args:
        connection: a transaction that may read.
        day: all of them by default.
    """
    columns = (tickets.c.office_id, cases.c.business_day, cases.c.state)
    query = (
        select(*columns, func.count())
        .select_from(cases.join(tickets, tickets.c.id == cases.c.ticket_id))
        .group_by(*columns)
    )
    if day is not None:
        query = query.where(cases.c.business_day == day)
    order = list(CaseState)
    found = [
        CaseCount(office_id, on, CaseState(state), count)
        for office_id, on, state, count in connection.execute(query)
    ]
    return sorted(found, key=lambda one: (one.office_id, one.day, order.index(one.state)))
