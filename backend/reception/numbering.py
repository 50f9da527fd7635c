"""Giving numbers: one counter row per office, business day and series, locked while the next number is chosen."""

from datetime import date

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert

from backend.offices import Series
from backend.reception.tables import counters, tickets
from backend.storage import UnitOfWork
from backend.wire import ALIVE_STATES

_OF_SERIES = (
    counters.c.office_id == bindparam("office"),
    counters.c.business_day == bindparam("day"),
    counters.c.series == bindparam("code"),
)
# Made once: making a statement costs five times as much as running it.
_LAST = select(counters.c.last).where(*_OF_SERIES).with_for_update()
_SET_LAST = update(counters).where(*_OF_SERIES)
_FIRST_OF_DAY = insert(counters)
_FIRST_OF_DAY_POSTGRESQL = postgresql_insert(counters).on_conflict_do_nothing()
_LIVING = select(tickets.c.id).where(
    tickets.c.office_id == bindparam("office"),
    tickets.c.business_day == bindparam("day"),
    tickets.c.series == bindparam("code"),
    tickets.c.number == bindparam("wanted"),
    tickets.c.state.in_(ALIVE_STATES),
)


class NumbersExhaustedError(Exception):
    """Every number of the series belongs to somebody who is still here."""


def next_number(work: UnitOfWork, office_id: str, day: date, series: Series) -> int:
    """Take the next free number of a series; it belongs to this transaction until it ends.

    After the last number of the range comes the first again; a number that somebody still holds is skipped.

    Raises:
        NumbersExhaustedError: all numbers of the range are held.
    """
    last = _locked_counter(work, office_id, day, series)
    candidate = _after(last, series)
    if last is not None and _is_living(work, office_id, day, series, candidate):
        candidate = _first_free(work, office_id, day, series, candidate)
    if last is None:
        first = {"office_id": office_id, "business_day": day, "series": series.code, "last": candidate}
        work.connection.execute(_FIRST_OF_DAY, first)
    else:
        key = {"office": office_id, "day": day, "code": series.code}
        work.connection.execute(_SET_LAST, {**key, "last": candidate})
    return candidate


def _locked_counter(work: UnitOfWork, office_id: str, day: date, series: Series) -> int | None:
    """The last number given, or none on a new day; on PostgreSQL a row is made then, so that it can be locked."""
    key = {"office": office_id, "day": day, "code": series.code}
    last = work.connection.execute(_LAST, key).scalar_one_or_none()
    if last is None and work.connection.dialect.name == "postgresql":
        before_first = {
            "office_id": office_id,
            "business_day": day,
            "series": series.code,
            "last": series.first - 1,
        }
        work.connection.execute(_FIRST_OF_DAY_POSTGRESQL, before_first)
        return work.connection.execute(_LAST, key).scalar_one_or_none()
    return last


def _after(last: int | None, series: Series) -> int:
    """The number after ``last`` in the range; the range may have been changed since."""
    if last is None or not series.first <= last < series.last:
        return series.first
    return last + 1


def _is_living(work: UnitOfWork, office_id: str, day: date, series: Series, number: int) -> bool:
    asked = {"office": office_id, "day": day, "code": series.code, "wanted": number}
    return work.connection.execute(_LIVING, asked).first() is not None


def _first_free(work: UnitOfWork, office_id: str, day: date, series: Series, start: int) -> int:
    held = set(
        work.connection.execute(
            select(tickets.c.number).where(
                tickets.c.office_id == office_id,
                tickets.c.business_day == day,
                tickets.c.series == series.code,
                tickets.c.state.in_(ALIVE_STATES),
            )
        ).scalars()
    )
    length = series.last - series.first + 1
    for step in range(length):
        number = series.first + (start - series.first + step) % length
        if number not in held:
            return number
    raise NumbersExhaustedError(f"series {series.code} of office {office_id} has no free number")
