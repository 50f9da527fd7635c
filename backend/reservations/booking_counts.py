"""How many bookings are in which state, by office and day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, func, select

from backend.reservations.reservation_state import ReservationState
from backend.reservations.tables import reservations


@dataclass(frozen=True)
class BookingCount:
    """How many bookings of an office and day are in a state.

    Attributes:
        office_id: where; None for one that has ended and names none.
        day: in Tokyo; None for one that has ended and has no time.
        state: what became of them.
        count: how many.
    """

    office_id: str | None
    day: date | None
    state: ReservationState
    count: int


def count_bookings(connection: Connection, day: date | None = None) -> list[BookingCount]:
    """Bookings by office, day and state, counted by the database; what there is none of is left out.

    Args:
        connection: a transaction that may read.
        day: of Tokyo; all of them by default.
    """
    on = _day_in_tokyo(connection.dialect.name)
    columns = (reservations.c.office_id, on, reservations.c.state)
    query = select(*columns, func.count()).group_by(*columns)
    if day is not None:
        query = query.where(on == day.isoformat())
    order = list(ReservationState)
    found = [
        BookingCount(office_id, date.fromisoformat(said) if said else None, ReservationState(state), count)
        for office_id, said, state, count in connection.execute(query)
    ]
    return sorted(found, key=lambda one: (one.office_id or "", one.day or date.min, order.index(one.state)))


def _day_in_tokyo(dialect: str) -> ColumnElement[Any]:
    """The day of a reserved time as text: times are kept in UTC, and Tokyo is nine hours ahead all the year."""
    if dialect == "sqlite":
        return func.date(reservations.c.starts_at, "+9 hours", type_=String)
    return func.to_char(
        reservations.c.starts_at + func.make_interval(0, 0, 0, 0, 9), "YYYY-MM-DD", type_=String
    )
