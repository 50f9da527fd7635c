"""Sessions of people who use the pages: a random token in a cookie, its hash in the database, and a CSRF value."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from backend.protection import audit
from backend.protection.accounts import Account
from backend.protection.actor import Actor, ActorKind
from backend.protection.permissions import OF_ROLE
from backend.protection.roles import Role
from backend.protection.tables import accounts, sessions
from backend.storage import Database, UnitOfWork

_TOUCH_EVERY = timedelta(minutes=1)

# Built once, as every request of a page uses it.
_OF_TOKEN = (
    select(sessions.c.csrf, sessions.c.created_at.label("began_at"), sessions.c.seen_at, accounts)
    .join(accounts, accounts.c.id == sessions.c.account_id)
    .where(sessions.c.token_hash == bindparam("hashed"), accounts.c.disabled_at.is_(None))
)


@dataclass(frozen=True)
class Session:
    """A person's session.

    Attributes:
        account: the person's account.
        csrf: the CSRF value that every form of the session must carry.
        token_hash: identifies the session, but does not give access to it.
        office_id: the office where the person works in this session.
    """

    account: Account
    csrf: str
    token_hash: str
    office_id: str

    @property
    def actor(self) -> Actor:
        """The person as an actor."""
        return Actor(ActorKind.PERSON, self.account.id, self.office_id, OF_ROLE[self.account.role])


def hash_token(token: str) -> str:
    """The hash of a random token, which the database stores in its place."""
    return hashlib.sha256(token.encode()).hexdigest()


def start_session(work: UnitOfWork, account: Account) -> tuple[str, Session]:
    """Begin a session and return its token for the cookie."""
    token = secrets.token_urlsafe(32)
    session = Session(account, secrets.token_urlsafe(32), hash_token(token), account.office_id)
    work.connection.execute(
        insert(sessions).values(
            token_hash=session.token_hash,
            account_id=account.id,
            csrf=session.csrf,
            created_at=work.now,
            seen_at=work.now,
        )
    )
    audit.record_audit(work, account.id, "signed_in", account.id)
    return token, session


def find_session(
    database: Database, token: str, *, lifetime: timedelta, idle: timedelta, touch: bool = True
) -> Session | None:
    """The session of a cookie; None if it is unknown, too old or was unused for too long.

    Args:
        database: where sessions are kept.
        token: from the cookie.
        lifetime: a session ends after this long in any case.
        idle: a session ends after this long without use.
        touch: whether this counts as use; False if nobody did anything, as when a page follows the event stream.
    """
    token_hash = hash_token(token)
    now = database.clock()
    with database.read() as connection:
        row = connection.execute(_OF_TOKEN, {"hashed": token_hash}).one_or_none()
    if row is None or row.began_at + lifetime < now or row.seen_at + idle < now:
        return None
    if touch and row.seen_at + _TOUCH_EVERY < now:
        with database.write() as work:
            work.connection.execute(
                update(sessions).where(sessions.c.token_hash == token_hash).values(seen_at=work.now)
            )
    account = Account(row.id, row.login, Role(row.role), row.office_id)
    return Session(account, row.csrf, token_hash, account.office_id)


def end_session(work: UnitOfWork, session: Session) -> None:
    """Sign out."""
    work.connection.execute(delete(sessions).where(sessions.c.token_hash == session.token_hash))
    audit.record_audit(work, session.account.id, "signed_out", session.account.id)


def has_live_session(
    connection: Connection, account_id: str, now: datetime, *, lifetime: timedelta, idle: timedelta
) -> bool:
    """Whether an account is signed in anywhere; if so, its window is not given to somebody else."""
    query = select(sessions.c.token_hash).where(
        sessions.c.account_id == account_id,
        sessions.c.created_at >= now - lifetime,
        sessions.c.seen_at >= now - idle,
    )
    return connection.execute(query).first() is not None


def drop_old_sessions(work: UnitOfWork, before: datetime) -> int:
    """Forget sessions that began before a time, and return how many."""
    return work.connection.execute(delete(sessions).where(sessions.c.created_at < before)).rowcount
