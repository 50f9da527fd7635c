"""Giving numbers: one counter row per office, business day and series; who holds the office's events gives its numbers."""

from datetime import date

from sqlalchemy import Connection, bindparam, exists, insert, select, text, update

from backend.offices import Series
from backend.reception.storing.tables import ALIVE, counters, tickets
from backend.storage import Statement, UnitOfWork

_OF_SERIES = (
    counters.c.office_id == bindparam("office"),
    counters.c.business_day == bindparam("day"),
    counters.c.series == bindparam("code"),
)
_HELD = (
    tickets.c.office_id == bindparam("office"),
    tickets.c.business_day == bindparam("day"),
    tickets.c.series == bindparam("code"),
    text(ALIVE),
)
# Parts of every check-in, so compiled once.
_LAST = Statement(
    select(
        counters.c.last,
        exists(select(tickets.c.id).where(*_HELD, tickets.c.number == counters.c.last + 1)).label(
            "next_held"
        ),
    ).where(*_OF_SERIES)
)
_SET_LAST = Statement(update(counters).where(*_OF_SERIES), ("last",))
_FIRST_OF_DAY = Statement(insert(counters), ("office_id", "business_day", "series", "last"))
_NUMBERS_HELD = Statement(select(tickets.c.number).where(*_HELD))


class NumbersExhaustedError(Exception):
    """Every number of the series belongs to somebody who is still here."""


def next_number(work: UnitOfWork, office_id: str, day: date, series: Series) -> int:
    """Take the next free number of a series; it belongs to this transaction until it ends.

    Raises:
        NumbersExhaustedError: all numbers of the range are held.
    """
    work.hold(office_id)
    number, is_first = free_number(work.connection, office_id, day, series)
    if is_first:
        _FIRST_OF_DAY.run(
            work.connection, office_id=office_id, business_day=day, series=series.code, last=number
        )
    else:
        _SET_LAST.run(work.connection, office=office_id, day=day, code=series.code, last=number)
    return number


def free_number(connection: Connection, office_id: str, day: date, series: Series) -> tuple[int, bool]:
    """The next free number of a series, and whether it is the first of the day; it is not taken.

    After the last number of the range comes the first again; a number that somebody still holds is skipped.

    Raises:
        NumbersExhaustedError: all numbers of the range are held.
    """
    key = {"office": office_id, "day": day, "code": series.code}
    row = _LAST.first(connection, **key)
    if row is None:
        return series.first, True
    last, next_is_held = row
    candidate = _after(last, series)
    # A new day has living numbers of its own only after the first one; a wrapped range may meet them anywhere.
    if next_is_held or candidate != last + 1:
        candidate = _first_free(connection, key, series, candidate)
    return candidate, False


def _after(last: int, series: Series) -> int:
    """The number after ``last`` in the range; the range may have been changed since."""
    return last + 1 if series.first <= last < series.last else series.first


def _first_free(connection: Connection, key: dict[str, object], series: Series, start: int) -> int:
    held = {row[0] for row in _NUMBERS_HELD.rows(connection, **key)}
    length = series.last - series.first + 1
    for step in range(length):
        number = series.first + (start - series.first + step) % length
        if number not in held:
            return number
    raise NumbersExhaustedError(f"series {series.code} has no free number")
