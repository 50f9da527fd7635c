"""The order of the queue in SQL: what :mod:`backend.reception.order` says, for statements. Nobody else sorts waiting tickets."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, Integer, bindparam, case, func, select, tuple_

from backend.reception.order import PRIORITY_RESERVED, Turn, turn_of
from backend.reception.tables import tickets
from backend.reception.ticket import Ticket, from_row, ticket_fields
from backend.storage import UtcDateTime
from backend.wire import TicketState

_WAITING = (
    tickets.c.office_id == bindparam("office"),
    tickets.c.business_day == bindparam("day"),
    tickets.c.state == TicketState.WAITING.value,
)
_DUE: ColumnElement[datetime] = bindparam("due", type_=UtcDateTime())
_RETURNED = tickets.c.priority < PRIORITY_RESERVED
_ARRIVED = tickets.c.priority > PRIORITY_RESERVED
_TURN = case(
    (_RETURNED, Turn.RETURNED.value),
    (_ARRIVED, Turn.ARRIVED.value),
    (tickets.c.order_at <= _DUE, Turn.RESERVED.value),
    else_=Turn.BEFORE_TIME,
)
_WITHIN = (tickets.c.order_at, tickets.c.number, tickets.c.series)


def _first(*conditions: ColumnElement[bool]) -> ColumnElement[str]:
    """The first waiting ticket of some groups that nobody else is just taking, locked."""
    return (
        select(tickets.c.id)
        .where(*_WAITING, *conditions)
        .order_by(tickets.c.priority, *_WITHIN)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )


NEXT = func.coalesce(
    # Who came back did so before now, so the condition of the due ones holds for both groups.
    _first(tickets.c.priority <= PRIORITY_RESERVED, tickets.c.order_at <= _DUE),
    _first(_ARRIVED),
    _first(tickets.c.priority == PRIORITY_RESERVED),
)
"""Id of the ticket to call next, locked: of ``office`` and ``day``, at the moment for which ``due`` is given.

Each group is a stretch of ``ix_tickets_queue``, read at its beginning only, whatever the number of waiting."""

_IN_TURN = (
    select(*ticket_fields())
    .where(*_WAITING)
    .order_by(_TURN, *_WITHIN)
    .limit(bindparam("most", type_=Integer()))
)
_AHEAD = (
    select(func.count())
    .select_from(tickets)
    .where(
        *_WAITING,
        tuple_(_TURN, *_WITHIN)
        < tuple_(
            bindparam("turn", type_=Integer()),
            bindparam("order_at", type_=UtcDateTime()),
            bindparam("number", type_=tickets.c.number.type),
            bindparam("series", type_=tickets.c.series.type),
        ),
    )
)


def waiting_in_turn(
    connection: Connection, office_id: str, day: date, due: datetime, *, limit: int
) -> Sequence[Ticket]:
    """Who waits, in the order in which they are called as things stand at the moment of ``due``."""
    asked = {"office": office_id, "day": day, "due": due, "most": limit}
    return [from_row(row) for row in connection.execute(_IN_TURN, asked).mappings()]


def waiting_ahead(connection: Connection, ticket: Ticket, due: datetime) -> int:
    """How many are called before this waiting ticket, as things stand at the moment of ``due``."""
    place = {
        "office": ticket.office_id,
        "day": ticket.business_day,
        "due": due,
        "turn": int(turn_of(ticket.priority, ticket.order_at, due)),
        "order_at": ticket.order_at,
        "number": ticket.number,
        "series": ticket.series,
    }
    return int(connection.execute(_AHEAD, place).scalar_one())
