"""The event log: what happened at each office, in order, written in the transaction in which it happened.

Every office counts its own events (adr/0024). On PostgreSQL the row with the counter is also the lock of the office:
only the transaction that holds it writes events of that office, so that events are numbered in the order of their
commits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

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
    inspect,
    literal_column,
    select,
    text,
    update,
)

from backend.storage.statements import Statement
from backend.storage.tables import metadata
from backend.storage.types import UtcDateTime

events = Table(
    "events",
    metadata,
    Column("office_id", String(8), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(40), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("business_day", Date, nullable=False),
    Column("facts", JSON, nullable=False),
    # For the past calls of today, newest first, without reading the rest of the day.
    Index("ix_events_office_id_business_day_kind_seq", "office_id", "business_day", "kind", "seq"),
    Index("ix_events_at", "at"),
)

event_counters = Table(
    "event_counters",
    metadata,
    Column("office_id", String(8), primary_key=True),
    # Number of the office's newest event. It never decreases, even if events are deleted.
    Column("last", BigInteger, nullable=False),
    # Every event after this one is in the log.
    Column("kept_after", BigInteger, nullable=False),
)

NEW_OFFICES: Final = ""
"""The counter with the first number of an office that has no counter yet; all numbers given before are smaller."""

EVENT_CHANNEL: Final = "uketsuke_events"
"""The channel on which PostgreSQL tells other processes that events were committed."""

_MORE_THAN_WERE_LOST: Final = 1_000_000

# Used by every command or by every look at the log, so compiled once.
_APPEND = Statement(insert(events), ("office_id", "seq", "kind", "at", "business_day", "facts"))
_HEAD = Statement(select(event_counters.c.last).where(event_counters.c.office_id == bindparam("office")))
_OF_OFFICE = update(event_counters).where(event_counters.c.office_id == bindparam("office"))
_TAKE = _OF_OFFICE.values(last=event_counters.c.last + bindparam("many"))
_TAKEN = {
    "sqlite": Statement(_TAKE.returning(event_counters.c.last)),
    # PostgreSQL notifies the other processes when the transaction is committed.
    "postgresql": Statement(
        _TAKE.returning(event_counters.c.last, literal_column(f"pg_notify('{EVENT_CHANNEL}', '')"))
    ),
}
_SET = Statement(_OF_OFFICE, ("last",))
_BEGIN = text(
    "INSERT INTO event_counters (office_id, last, kept_after) VALUES (:office, :start, :start)"
    " ON CONFLICT DO NOTHING"
)
_FIELDS = (
    events.c.office_id,
    events.c.seq,
    events.c.kind,
    events.c.at,
    events.c.business_day,
    events.c.facts,
)
_AFTER = Statement(
    select(*_FIELDS)
    .where(events.c.office_id == bindparam("office"), events.c.seq > bindparam("after"))
    .order_by(events.c.seq)
    .limit(bindparam("most", type_=Integer()))
)


@dataclass(frozen=True)
class LoggedEvent:
    """One row of the log; ``facts`` contains numbers, windows and counts, nothing personal."""

    office_id: str
    seq: int
    kind: str
    at: datetime
    business_day: date
    facts: Mapping[str, Any]


def append(connection: Connection, event: LoggedEvent) -> None:
    """Write one event, whose number has been taken from the office's counter."""
    _APPEND.run(
        connection,
        office_id=event.office_id,
        seq=event.seq,
        kind=event.kind,
        at=event.at,
        business_day=event.business_day,
        facts=dict(event.facts),
    )


def take_numbers(connection: Connection, office_id: str, many: int) -> int:
    """Reserve numbers for events of an office, and return the last number before them.

    No other transaction writes events of the office until this one ends. On PostgreSQL other processes are notified
    then that there may be new events.
    """
    taken = _TAKEN[connection.dialect.name]
    last = taken.scalar(connection, office=office_id, many=many)
    if last is None:
        start = _HEAD.scalar(connection, office=NEW_OFFICES) or 0
        connection.execute(_BEGIN, {"office": office_id, "start": start})
        last = taken.scalar(connection, office=office_id, many=many)
    return int(last) - many


def set_counter(connection: Connection, office_id: str, last: int) -> None:
    """Set the number of an office's newest event, if it differs from the last one reserved."""
    _SET.run(connection, office=office_id, last=last)


def heads(connection: Connection) -> dict[str, int]:
    """The number of the newest event, for every office that ever had one."""
    rows = connection.execute(
        select(event_counters.c.office_id, event_counters.c.last).where(
            event_counters.c.office_id != NEW_OFFICES
        )
    )
    return {row.office_id: row.last for row in rows}


def last_event_seq(connection: Connection, office_id: str) -> int:
    """Number of an office's newest event; if there is none yet, the number before its first one."""
    last = _HEAD.scalar(connection, office=office_id)
    if last is None:
        last = _HEAD.scalar(connection, office=NEW_OFFICES)
    return int(last or 0)


def office_events_after(
    connection: Connection, office_id: str, seq: int, *, limit: int
) -> Sequence[LoggedEvent]:
    """Events of one office after ``seq``, oldest first."""
    return [LoggedEvent(*row) for row in _AFTER.rows(connection, office=office_id, after=seq, most=limit)]


def tail(connection: Connection, office_id: str, seq: int, *, limit: int) -> Sequence[LoggedEvent] | None:
    """Every event of an office after ``seq``, oldest first, or None if the reader needs a snapshot instead.

    That is the case if events after ``seq`` were deleted, if the number is from another log, or above ``limit`` events.
    """
    row = connection.execute(
        select(event_counters.c.last, event_counters.c.kept_after).where(
            event_counters.c.office_id == office_id
        )
    ).one_or_none()
    if row is None or not row.kept_after <= seq <= row.last:
        return None
    found = office_events_after(connection, office_id, seq, limit=limit + 1)
    return None if len(found) > limit else found


def newest_office_events(
    connection: Connection,
    office_id: str,
    *,
    kinds: Sequence[str],
    business_day: date,
    limit: int,
    before: int | None = None,
) -> Sequence[LoggedEvent]:
    """The newest events of some kinds at one office on one day, newest first; at most those before ``before``."""
    query = (
        select(*_FIELDS)
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
    return [LoggedEvent(*row) for row in connection.execute(query)]


def prune_events(connection: Connection, before: datetime) -> int:
    """Delete events older than ``before`` and return how many; the counters note up to which number they are gone."""
    dropped = 0
    for office_id in sorted(heads(connection)):
        old = (events.c.office_id == office_id, events.c.at < before)
        newest = connection.execute(select(func.max(events.c.seq)).where(*old)).scalar_one()
        if newest is None:
            continue
        connection.execute(
            update(event_counters)
            .where(event_counters.c.office_id == office_id, event_counters.c.kept_after < newest)
            .values(kept_after=newest)
        )
        dropped += connection.execute(delete(events).where(*old)).rowcount
    return dropped


def leave_numbers_out(connection: Connection) -> None:
    """After a restore, continue with numbers that no reader has seen, and make every reader start from a snapshot.

    Readers may know events that the backup does not contain; otherwise other events would get the same numbers.
    """
    if inspect(connection).has_table(event_counters.name):
        far = event_counters.c.last + _MORE_THAN_WERE_LOST
        connection.execute(update(event_counters).values(last=far, kept_after=far))
