"""The event log: what happened, in one order, written in the transaction in which it happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
)

from backend.storage.tables import metadata
from backend.storage.types import UtcDateTime

events = Table(
    "events",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("kind", String(40), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("office_id", String(8), nullable=False),
    Column("business_day", Date, nullable=False),
    Column("facts", JSON, nullable=False),
    Index("ix_events_office_id_seq", "office_id", "seq"),
    # Past calls of today, newest first, without reading the rest of the day.
    Index("ix_events_office_id_business_day_kind_seq", "office_id", "business_day", "kind", "seq"),
    Index("ix_events_at", "at"),
    # A number that was given once is never given again, even after old rows were dropped.
    sqlite_autoincrement=True,
)

# Part of every command or of every look at the log, so made once.
_APPEND = insert(events).returning(events.c.seq)
_AFTER = (
    select(events).where(events.c.seq > bindparam("after")).order_by(events.c.seq).limit(bindparam("most"))
)


@dataclass(frozen=True)
class LoggedEvent:
    """One row of the log; ``facts`` holds numbers, windows and counts, nothing personal."""

    seq: int
    kind: str
    at: datetime
    office_id: str
    business_day: date
    facts: Mapping[str, Any]


def append(
    connection: Connection,
    *,
    kind: str,
    at: datetime,
    office_id: str,
    business_day: date,
    facts: Mapping[str, Any],
) -> int:
    """Write one event and return its number."""
    event = {
        "kind": kind,
        "at": at,
        "office_id": office_id,
        "business_day": business_day,
        "facts": dict(facts),
    }
    return int(connection.execute(_APPEND, event).scalar_one())


def events_after(connection: Connection, seq: int, *, limit: int = 1000) -> Sequence[LoggedEvent]:
    """Events of all offices after ``seq``, oldest first."""
    rows = connection.execute(_AFTER, {"after": seq, "most": limit})
    return [LoggedEvent(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping


def office_events_after(
    connection: Connection, office_id: str, seq: int, *, limit: int
) -> Sequence[LoggedEvent]:
    """Events of one office after ``seq``, oldest first."""
    query = (
        select(events)
        .where(events.c.office_id == office_id, events.c.seq > seq)
        .order_by(events.c.seq)
        .limit(limit)
    )
    return [LoggedEvent(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - as above


def newest_office_events(
    connection: Connection,
    office_id: str,
    *,
    kinds: Sequence[str],
    business_day: date,
    limit: int,
    before: int | None = None,
) -> Sequence[LoggedEvent]:
    """The newest events of some kinds at one office on one day, newest first; those before ``before``, if it is given."""
    query = (
        select(events)
        .where(
            events.c.office_id == office_id,
            events.c.business_day == business_day,
            events.c.kind.in_(kinds),
        )
        .order_by(events.c.seq.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(events.c.seq < before)
    return [LoggedEvent(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - as above


def last_event_seq(connection: Connection) -> int:
    """The number of the newest event, 0 when nothing has happened yet."""
    return int(connection.execute(select(func.coalesce(func.max(events.c.seq), 0))).scalar_one())


def first_event_seq(connection: Connection) -> int:
    """The number of the oldest event still kept, 0 when the log is empty."""
    return int(connection.execute(select(func.coalesce(func.min(events.c.seq), 0))).scalar_one())


def prune_events(connection: Connection, before: datetime) -> int:
    """Drop events older than ``before``, but never the newest, and return how many."""
    newest = last_event_seq(connection)
    return connection.execute(delete(events).where(events.c.at < before, events.c.seq < newest)).rowcount
