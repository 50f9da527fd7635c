"""The sessions of one person: where else they are signed in, and ending what is not the one they work with."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from backend.protection import audit
from backend.protection.account_life import end_sessions
from backend.protection.sessions import Session
from backend.protection.tables import sessions
from backend.storage import UnitOfWork


@dataclass(frozen=True)
class OwnSession:
    """A session as its owner sees it.

    Attributes:
        began_at: when they signed in; aware.
        seen_at: when it was used last, to the minute; aware.
        office_id: the office of its work; none as long as that is not chosen.
        this: whether it is the one that asks.
    """

    began_at: datetime
    seen_at: datetime
    office_id: str | None
    this: bool


def living_sessions(
    connection: Connection, session: Session, now: datetime, *, lifetime: timedelta, idle: timedelta
) -> list[OwnSession]:
    """The living sessions of whoever asks, the newest first; an aware moment and the spans as of ``find_session``."""
    query = (
        select(sessions.c.token_hash, sessions.c.created_at, sessions.c.seen_at, sessions.c.office_id)
        .where(
            sessions.c.account_id == session.account.id,
            sessions.c.created_at >= now - lifetime,
            sessions.c.seen_at >= now - idle,
        )
        .order_by(sessions.c.created_at.desc(), sessions.c.token_hash)
    )
    return [
        OwnSession(row.created_at, row.seen_at, row.office_id, row.token_hash == session.token_hash)
        for row in connection.execute(query)
    ]


def end_other_sessions(work: UnitOfWork, session: Session) -> int:
    """Sign out everywhere else, and return from how many sessions."""
    ended = end_sessions(work, session.account.id, keep=session.token_hash)
    if ended:
        audit.record_audit(
            work,
            session.actor_anywhere,
            "other_sessions_ended",
            session.account.id,
            {"count": ended},
            about=audit.ObjectKind.ACCOUNT,
        )
    return ended
