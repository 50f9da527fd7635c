"""The order of the queue in SQL, made from the table of :mod:`backend.reception.deciding.order`. Nobody else sorts who waits."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import cache
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


def _of_kinds(count: int) -> ColumnElement[bool]:
    """Whether a ticket is of one of so many kinds of visit."""
    return tickets.c.kind.in_([bindparam(f"kind_{place}") for place in range(count)])


def _named(kinds: Collection[str] | None) -> tuple[int | None, dict[str, str]]:
    """How many kinds, for the statement, and the values that it takes; none for all."""
    if kinds is None:
        return None, {}
    return len(kinds), {f"kind_{place}": kind for place, kind in enumerate(kinds)}


def _first(group: Group, *only: ColumnElement[bool]) -> Any:
    """Id of the first waiting ticket of a group: the beginning of a stretch of ``ix_tickets_queue``."""
    first = select(tickets.c.id).where(*_WAITING, _in(group), *only)
    return first.order_by(*_WITHIN).limit(1).scalar_subquery()


def _next(*only: ColumnElement[bool]) -> ColumnElement[str]:
    return func.coalesce(*(_first(group, *only) for group in ORDER.values()))


_TURN = case(*((_in(group), literal_column(str(turn.value))) for turn, group in ORDER.items()))
NEXT = _next()
"""Id of the ticket to call next, of ``office`` and ``day``, at the moment for which ``due`` is given."""


def _calls(chosen: ColumnElement[str]) -> Statement:
    """One statement chooses and changes: of two clerks, the second gets the next visitor."""
    return Statement(
        update(tickets)
        .where(tickets.c.id == chosen, tickets.c.state == literal_column(f"'{TicketState.WAITING}'"))
        .values(
            state=STEPS[EventKind.TICKET_CALLED][TicketState.WAITING].value,
            window=bindparam("to_window"),
            holder=bindparam("to_holder"),
            called_at=bindparam("now"),
            call_count=tickets.c.call_count + 1,
        )
        .returning(*FIELDS)
    )


_CALL_NEXT = _calls(NEXT)


@cache
def _call_next_of(kinds: int) -> Statement:
    """The same, among as many kinds of visit."""
    return _calls(_next(_of_kinds(kinds)))


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
_ONE = select(literal_column("1").label("one")).subquery("one")


@cache
def _ahead(kinds: int | None) -> Statement:
    """How many are ahead, among as many kinds of visit; None for all."""
    return Statement(_AHEAD if kinds is None else _AHEAD.where(_of_kinds(kinds)))


@cache
def _place(kinds: int | None) -> Statement:
    """Both in one look: every number that is given tells how many are ahead and how many windows work."""
    ahead = _AHEAD if kinds is None else _AHEAD.where(_of_kinds(kinds))
    return Statement(
        select(ahead.scalar_subquery().label("ahead"), seats.c.window).select_from(
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
    kinds: Collection[str] | None = None,
) -> Ticket | None:
    """Call whoever is next to a window, or nobody. The step is noted by whoever asks for it.

    The order is one; a window that does some kinds of visit passes over the others.

    Args:
        connection: the transaction.
        office_id: whose queue.
        day: business day.
        due: reserved times up to this one have come; aware.
        window: label of the window.
        holder: account at it.
        now: aware.
        kinds: codes of the kinds of visit that the window does; None for all.
    """
    count, only = _named(kinds)
    calling = _CALL_NEXT if count is None else _call_next_of(count)
    row = calling.first(
        connection, office=office_id, day=day, due=due, to_window=window, to_holder=holder, now=now, **only
    )
    return None if row is None else from_row(row)


def waiting_in_turn(
    connection: Connection, office_id: str, day: date, due: datetime, *, limit: int
) -> Sequence[Ticket]:
    """Who waits, in the order in which they are called as things stand at the moment of ``due``."""
    rows = _IN_TURN.rows(connection, office=office_id, day=day, due=due, most=limit)
    return [from_row(row) for row in rows]


def waiting_ahead(
    connection: Connection, ticket: Ticket, due: datetime, kinds: Collection[str] | None = None
) -> int:
    """How many are called before this waiting ticket, as things stand at the moment of ``due``.

    Args:
        connection: the transaction.
        ticket: whose place.
        due: reserved times up to this one have come; aware.
        kinds: codes of the kinds of visit that count, being called at the same windows; None for all.
    """
    count, only = _named(kinds)
    return int(_ahead(count).scalar(connection, **_place_of(ticket, due), **only))


def place_in_queue(
    connection: Connection, ticket: Ticket, due: datetime, kinds: Collection[str] | None = None
) -> tuple[int, frozenset[str]]:
    """As ``waiting_ahead``, with the labels of the windows of the office at which somebody sits."""
    count, only = _named(kinds)
    return _ahead_and_windows(_place(count).rows(connection, **_place_of(ticket, due), **only))


def place_at_end(
    connection: Connection, office_id: str, day: date, due: datetime, now: datetime
) -> tuple[int, frozenset[str]]:
    """As ``place_in_queue``, for somebody without a reservation whose number would be made now; nothing is made."""
    turn = turn_of(PRIORITY_ARRIVAL, now, due)
    last = {"order_at": now, "number": _NO_NUMBER, "series": ""}
    rows = _place(None).rows(connection, office=office_id, day=day, due=due, turn=int(turn), **last)
    return _ahead_and_windows(rows)


def _ahead_and_windows(rows: Sequence[Any]) -> tuple[int, frozenset[str]]:
    return int(rows[0][0]), frozenset(window for _, window in rows if window is not None)


def _place_of(ticket: Ticket, due: datetime) -> dict[str, Any]:
    turn: Turn = turn_of(ticket.priority, ticket.order_at, due)
    place = {name: getattr(ticket, name) for name in WITHIN}
    return {"office": ticket.office_id, "day": ticket.business_day, "due": due, "turn": int(turn), **place}
