"""The order of the queue in SQL, made from the table of :mod:`backend.reception.deciding.order`. Nobody else sorts who waits."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    tuple_,
    update,
)

from backend.reception.deciding.order import ORDER, PRIORITY_ARRIVAL, WITHIN, Group, Turn, turn_of
from backend.reception.deciding.steps import STEPS
from backend.reception.deciding.ticket import Ticket
from backend.reception.storing.tables import seats, tickets
from backend.reception.storing.ticket_rows import FIELDS, from_row
from backend.reception.storing.tickets import OF_DAY
from backend.storage import Statement, UtcDateTime
from backend.wire import EventKind, TicketState

_WAITING = (*OF_DAY, tickets.c.state == literal_column(f"'{TicketState.WAITING}'"))
_DUE: ColumnElement[datetime] = bindparam("due", type_=UtcDateTime())
_NO_NUMBER = 1_000_000
"""Above every number that can be given: of those who came at one moment, it stands behind all."""
_WITHIN = tuple(tickets.c[name] for name in WITHIN)


def _in(group: Group) -> ColumnElement[bool]:
    """Whether a ticket is in a group of the queue."""
    priority = tickets.c.priority == literal_column(str(group.priority))
    if group.come is None:
        return priority
    return and_(priority, tickets.c.order_at <= _DUE if group.come else tickets.c.order_at > _DUE)


def _first(group: Group) -> Any:
    """Id of the first waiting ticket of a group: the beginning of a stretch of ``ix_tickets_queue``."""
    return select(tickets.c.id).where(*_WAITING, _in(group)).order_by(*_WITHIN).limit(1).scalar_subquery()


_TURN = case(*((_in(group), literal_column(str(turn.value))) for turn, group in ORDER.items()))
NEXT = func.coalesce(*(_first(group) for group in ORDER.values()))
"""Id of the ticket to call next, of ``office`` and ``day``, at the moment for which ``due`` is given."""

_CALL_NEXT = Statement(
    # One statement chooses and changes: of two clerks, the second gets the next visitor.
    update(tickets)
    .where(tickets.c.id == NEXT, tickets.c.state == literal_column(f"'{TicketState.WAITING}'"))
    .values(
        state=STEPS[EventKind.TICKET_CALLED][TicketState.WAITING].value,
        window=bindparam("to_window"),
        holder=bindparam("to_holder"),
        called_at=bindparam("now"),
        call_count=tickets.c.call_count + 1,
    )
    .returning(*FIELDS)
)
_IN_TURN = Statement(
    select(*FIELDS).where(*_WAITING).order_by(_TURN, *_WITHIN).limit(bindparam("most", type_=Integer()))
)
_AHEAD = (
    select(func.count())
    .select_from(tickets)
    .where(
        *_WAITING,
        tuple_(_TURN, *_WITHIN)
        < tuple_(
            bindparam("turn", type_=Integer()),
            *(bindparam(name, type_=tickets.c[name].type) for name in WITHIN),
        ),
    )
)
_AHEAD_COUNTED = Statement(_AHEAD)
_ONE = select(literal_column("1").label("one")).subquery("one")
# Both in one look: every number that is given tells how many are ahead and how many windows work.
_PLACE = Statement(
    select(_AHEAD.scalar_subquery().label("ahead"), seats.c.window).select_from(
        _ONE.outerjoin(seats, seats.c.office_id == bindparam("office"))
    )
)


def call_next(
    connection: Connection,
    office_id: str,
    day: date,
    due: datetime,
    *,
    window: str,
    holder: str,
    now: datetime,
) -> Ticket | None:
    """Call whoever is next to a window, or nobody. The step is noted by whoever asks for it.

    Args:
        connection: the transaction.
        office_id: whose queue.
        day: business day.
        due: reserved times up to this one have come; aware.
        window: label of the window.
        holder: account at it.
        now: aware.
    """
    row = _CALL_NEXT.first(
        connection, office=office_id, day=day, due=due, to_window=window, to_holder=holder, now=now
    )
    return None if row is None else from_row(row)


def waiting_in_turn(
    connection: Connection, office_id: str, day: date, due: datetime, *, limit: int
) -> Sequence[Ticket]:
    """Who waits, in the order in which they are called as things stand at the moment of ``due``."""
    rows = _IN_TURN.rows(connection, office=office_id, day=day, due=due, most=limit)
    return [from_row(row) for row in rows]


def waiting_ahead(connection: Connection, ticket: Ticket, due: datetime) -> int:
    """How many are called before this waiting ticket, as things stand at the moment of ``due``."""
    return int(_AHEAD_COUNTED.scalar(connection, **_place_of(ticket, due)))


def place_in_queue(connection: Connection, ticket: Ticket, due: datetime) -> tuple[int, frozenset[str]]:
    """As ``waiting_ahead``, with the labels of the windows of the office at which somebody sits."""
    return _ahead_and_windows(_PLACE.rows(connection, **_place_of(ticket, due)))


def place_at_end(
    connection: Connection, office_id: str, day: date, due: datetime, now: datetime
) -> tuple[int, frozenset[str]]:
    """As ``place_in_queue``, for somebody without a reservation whose number would be made now; nothing is made."""
    turn = turn_of(PRIORITY_ARRIVAL, now, due)
    last = {"order_at": now, "number": _NO_NUMBER, "series": ""}
    rows = _PLACE.rows(connection, office=office_id, day=day, due=due, turn=int(turn), **last)
    return _ahead_and_windows(rows)


def _ahead_and_windows(rows: Sequence[Any]) -> tuple[int, frozenset[str]]:
    return int(rows[0][0]), frozenset(window for _, window in rows if window is not None)


def _place_of(ticket: Ticket, due: datetime) -> dict[str, Any]:
    turn: Turn = turn_of(ticket.priority, ticket.order_at, due)
    place = {name: getattr(ticket, name) for name in WITHIN}
    return {"office": ticket.office_id, "day": ticket.business_day, "due": due, "turn": int(turn), **place}
