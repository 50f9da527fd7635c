"""Who is signed in at an office now: sessions that neither rested nor lasted too long."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, select

from backend.protection.tables import sessions


def has_live_session(
    connection: Connection,
    account_id: str,
    now: datetime,
    *,
    office_id: str,
    lifetime: timedelta,
    idle: timedelta,
) -> bool:
    """Whether an account is signed in at an office; if so, its window there is not given to somebody else."""
    query = select(sessions.c.token_hash).where(
        sessions.c.account_id == account_id, *_live_at(office_id, now, lifetime, idle)
    )
    return connection.execute(query).first() is not None


def live_accounts(
    connection: Connection, now: datetime, *, office_id: str, lifetime: timedelta, idle: timedelta
) -> frozenset[str]:
    """The ids of all who are signed in at an office."""
    query = select(sessions.c.account_id).where(*_live_at(office_id, now, lifetime, idle))
    return frozenset(connection.execute(query).scalars())


def _live_at(
    office_id: str, now: datetime, lifetime: timedelta, idle: timedelta
) -> tuple[ColumnElement[bool], ...]:
    return (
        sessions.c.office_id == office_id,
        sessions.c.created_at >= now - lifetime,
        sessions.c.seen_at >= now - idle,
    )
