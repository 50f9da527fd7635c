"""The order of the queue in SQL, made from the table of :mod:`backend.reception.deciding.order`. Nobody else sorts who waits."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
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
_BEFORE = (
    *_WAITING,
    tuple_(_TURN, *_WITHIN)
    < tuple_(
        bindparam("turn", type_=Integer()),
        *(bindparam(name, type_=tickets.c[name].type) for name in WITHIN),
    ),
)


@dataclass(frozen=True)
class Ahead:
    """Who is called before somebody.

    Attributes:
        count: how many.
        of_kinds: how many of them are of each kind of visit that was to be counted apart.
    """

    count: int
    of_kinds: Mapping[str, int]


NOBODY = Ahead(0, {})


def _ahead(kinds: int | None, apart: int) -> Select[Any]:
    """How many are ahead, among as many kinds of visit or all (None), and how many of them of each that is counted apart."""
    only = () if kinds is None else (_of_kinds(kinds),)
    counted = (
        func.coalesce(
            func.sum(
                case(
                    (tickets.c.kind == bindparam(f"apart_{place}"), literal_column("1")),
                    else_=literal_column("0"),
                )
            ),
            literal_column("0"),
        ).label(f"apart_{place}")
        for place in range(apart)
    )
    return select(func.count().label("ahead"), *counted).select_from(tickets).where(*_BEFORE, *only)


@cache
def _count(kinds: int | None, apart: int) -> Statement:
    return Statement(_ahead(kinds, apart))


@cache
def _place(kinds: int | None, apart: int) -> Statement:
    """Both in one look: every number that is given tells how many are ahead and how many windows work."""
    ahead = _ahead(kinds, apart).subquery("ahead")
    return Statement(
        select(*ahead.c, seats.c.window).select_from(
            ahead.outerjoin(seats, seats.c.office_id == bindparam("office"))
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
    connection: Connection,
    ticket: Ticket,
    due: datetime,
    kinds: Collection[str] | None = None,
    apart: Sequence[str] = (),
) -> Ahead:
    """Who is called before this waiting ticket, as things stand at the moment of ``due``.

    Args:
        connection: the transaction.
        ticket: whose place.
        due: reserved times up to this one have come; aware.
        kinds: codes of the kinds of visit that count, being called at the same windows; None for all.
        apart: codes of the kinds of visit to be counted apart, being of another length.
    """
    count, only = _named(kinds)
    rows = _count(count, len(apart)).rows(connection, **_place_of(ticket, due), **only, **_apart(apart))
    return _read_ahead(rows[0], apart)


def place_in_queue(
    connection: Connection,
    ticket: Ticket,
    due: datetime,
    kinds: Collection[str] | None = None,
    apart: Sequence[str] = (),
) -> tuple[Ahead, frozenset[str]]:
    """As ``waiting_ahead``, with the labels of the windows of the office at which somebody sits."""
    count, only = _named(kinds)
    statement = _place(count, len(apart))
    return _ahead_and_windows(
        statement.rows(connection, **_place_of(ticket, due), **only, **_apart(apart)), apart
    )


def place_at_end(
    connection: Connection, office_id: str, day: date, due: datetime, now: datetime, apart: Sequence[str] = ()
) -> tuple[Ahead, frozenset[str]]:
    """As ``place_in_queue``, for somebody without a reservation whose number would be made now; nothing is made."""
    turn = turn_of(PRIORITY_ARRIVAL, now, due)
    last = {"order_at": now, "number": _NO_NUMBER, "series": ""}
    rows = _place(None, len(apart)).rows(
        connection, office=office_id, day=day, due=due, turn=int(turn), **last, **_apart(apart)
    )
    return _ahead_and_windows(rows, apart)


def _ahead_and_windows(rows: Sequence[Any], apart: Sequence[str]) -> tuple[Ahead, frozenset[str]]:
    return _read_ahead(rows[0], apart), frozenset(row[-1] for row in rows if row[-1] is not None)


def _read_ahead(row: Any, apart: Sequence[str]) -> Ahead:
    return Ahead(int(row[0]), {kind: int(row[1 + place]) for place, kind in enumerate(apart)})


def _apart(kinds: Sequence[str]) -> dict[str, str]:
    return {f"apart_{place}": kind for place, kind in enumerate(kinds)}


def _place_of(ticket: Ticket, due: datetime) -> dict[str, Any]:
    turn: Turn = turn_of(ticket.priority, ticket.order_at, due)
    place = {name: getattr(ticket, name) for name in WITHIN}
    return {"office": ticket.office_id, "day": ticket.business_day, "due": due, "turn": int(turn), **place}
