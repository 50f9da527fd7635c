"""Sessions of people who use the pages: a random token in a cookie, its hash in the database, and a CSRF value."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    delete,
    distinct,
    func,
    insert,
    select,
    update,
)

from backend.protection import audit
from backend.protection.accounts import Account
from backend.protection.actor import Actor, ActorKind
from backend.protection.permissions import Permissions, permissions_of
from backend.protection.roles import Role
from backend.protection.roster import is_in_time
from backend.protection.tables import account_roles, accounts, handlers, sessions
from backend.storage import Database, Statement, UnitOfWork

_TOUCH_EVERY = timedelta(minutes=1)

# Asked at every request of a page, so compiled once.
_OFFICES = (
    select(func.count(distinct(account_roles.c.office_id)))
    .where(account_roles.c.account_id == accounts.c.id)
    .correlate(accounts)
    .scalar_subquery()
)
# One row for each role at the office of this work, asked anew each time: a role that is taken away is gone with the next
# thing that somebody does.
_OF_TOKEN = Statement(
    select(
        sessions.c.csrf,
        sessions.c.created_at,
        sessions.c.seen_at,
        sessions.c.office_id.label("chosen"),
        _OFFICES.label("offices"),
        accounts.c.id,
        accounts.c.login,
        accounts.c.office_id,
        handlers.c.begins_on,
        handlers.c.ends_on,
        account_roles.c.role,
    )
    .join(accounts, accounts.c.id == sessions.c.account_id)
    .outerjoin(handlers, handlers.c.account_id == accounts.c.id)
    .outerjoin(
        account_roles,
        and_(
            account_roles.c.account_id == accounts.c.id,
            account_roles.c.office_id == func.coalesce(sessions.c.office_id, accounts.c.office_id),
        ),
    )
    .where(sessions.c.token_hash == bindparam("hashed"), accounts.c.disabled_at.is_(None))
)
_TOUCH = Statement(update(sessions).where(sessions.c.token_hash == bindparam("hashed")), ("seen_at",))


class OfficeNotChosenError(Exception):
    """Somebody with several offices has not said yet where they work today."""


class NotTheirOfficeError(ValueError):
    """An office at which somebody does not work."""


@dataclass(frozen=True)
class Session:
    """A person's session.

    Attributes:
        account: the person's account.
        csrf: the CSRF value that every form of the session must carry.
        token_hash: identifies the session, but does not give access to it.
        chosen: the office where the person works in this session; none until it is chosen.
        seen_at: when it was used last, to the minute; aware, UTC.
        several: whether the person works at more than one office, and may choose again.
        place: the address of the browser of this request; none where nobody told it.
    """

    account: Account
    csrf: str
    token_hash: str
    chosen: str | None
    seen_at: datetime
    several: bool = False
    place: str | None = None

    @property
    def office_id(self) -> str:
        """The office where the person works in this session.

        Raises:
            OfficeNotChosenError: it is not chosen yet.
        """
        if self.chosen is None:
            raise OfficeNotChosenError
        return self.chosen

    @property
    def permissions(self) -> Permissions:
        """What the person may do at the office of this work; as long as none is chosen, at the one that is proposed."""
        return permissions_of(self.account.roles)

    @property
    def actor(self) -> Actor:
        """The person as an actor.

        Raises:
            OfficeNotChosenError: the office of this work is not chosen yet.
        """
        return self._at(self.office_id)

    @property
    def actor_anywhere(self) -> Actor:
        """The person as an actor who is about to leave, whether an office is chosen or not."""
        return self._at(self.chosen or self.account.office_id)

    def _at(self, office_id: str) -> Actor:
        account = self.account
        return Actor(ActorKind.PERSON, account.id, office_id, self.permissions, account.acting_as, self.place)

    def needs_touch(self, now: datetime) -> bool:
        """Whether its last use was so long before an aware moment that another is worth writing down."""
        return self.seen_at + _TOUCH_EVERY < now


def hash_token(token: str) -> str:
    """The hash of a random token, which the database stores in its place."""
    return hashlib.sha256(token.encode()).hexdigest()


def start_session(
    work: UnitOfWork, account: Account, office_id: str | None = None, *, place: str | None = None
) -> tuple[str, Session]:
    """Begin a session and return its token for the cookie.

    Args:
        work: the transaction.
        account: of whom.
        office_id: where they work; without one it is still to be chosen.
        place: the address of their browser, for the trail.
    """
    token = secrets.token_urlsafe(32)
    csrf = secrets.token_urlsafe(32)
    here = select(account_roles.c.role).where(roles_at(account.id, office_id or account.office_id))
    held = frozenset(Role(role) for role in work.connection.execute(here).scalars())
    session = Session(replace(account, roles=held), csrf, hash_token(token), office_id, work.now, place=place)
    work.connection.execute(
        insert(sessions).values(
            token_hash=session.token_hash,
            account_id=account.id,
            office_id=office_id,
            csrf=session.csrf,
            created_at=work.now,
            seen_at=work.now,
        )
    )
    _note_session(work, session, "signed_in")
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
    now = database.clock()
    with database.read() as connection:
        session = session_of(connection, token, now, lifetime=lifetime, idle=idle)
    if session is not None and touch and session.needs_touch(now):
        with database.write() as work:
            touch_session(work.connection, session, work.now)
    return session


def session_of(
    connection: Connection, token: str, now: datetime, *, lifetime: timedelta, idle: timedelta
) -> Session | None:
    """The session of a cookie at an aware moment, as ``find_session``, in a transaction that is open; not touched."""
    token_hash = hash_token(token)
    rows = _OF_TOKEN.rows(connection, hashed=token_hash)
    if not rows:
        return None
    csrf, began_at, seen_at, chosen, offices, account_id, login, office_id, begins_on, ends_on, _ = rows[0]
    if began_at + lifetime < now or seen_at + idle < now or not is_in_time(begins_on, ends_on, now):
        return None
    account = Account(
        account_id, login, office_id, frozenset(Role(row[-1]) for row in rows if row[-1] is not None)
    )
    return Session(account, csrf, token_hash, chosen, seen_at, several=offices > 1)


def touch_session(connection: Connection, session: Session, now: datetime) -> None:
    """Note that a session is used at an aware moment; written once a minute at most."""
    if session.needs_touch(now):
        _TOUCH.run(connection, hashed=session.token_hash, seen_at=now)


def choose_office(work: UnitOfWork, session: Session, office_id: str) -> Session | None:
    """Begin, or go on, to work at one of somebody's offices.

    Nobody works at two offices at once: at other browsers they are asked again. Forms of before are worth nothing, so
    that no page that still shows another office carries out anything.

    Returns:
        The session as it is now; none where it has ended meanwhile.

    Raises:
        NotTheirOfficeError: they do not work there, or not any more.
    """
    connection, account = work.connection, session.account
    # The order in which a console that takes an office away looks, too.
    connection.execute(select(accounts.c.id).where(accounts.c.id == account.id).with_for_update())
    theirs = connection.execute(
        select(account_roles.c.office_id, account_roles.c.role).where(
            account_roles.c.account_id == account.id
        )
    ).all()
    offices = {row.office_id for row in theirs}
    if office_id not in offices:
        raise NotTheirOfficeError
    here = replace(account, roles=frozenset(Role(row.role) for row in theirs if row.office_id == office_id))
    mine = sessions.c.token_hash == session.token_hash
    now = connection.execute(select(sessions.c.office_id, sessions.c.csrf).where(mine)).one_or_none()
    if now is None:
        return None
    several = len(offices) > 1
    if now.office_id == office_id:
        return replace(session, account=here, chosen=office_id, csrf=now.csrf, several=several)
    csrf = secrets.token_urlsafe(32)
    connection.execute(update(sessions).where(mine).values(office_id=office_id, csrf=csrf))
    elsewhere = sessions.c.account_id == account.id, sessions.c.office_id != office_id
    connection.execute(update(sessions).where(*elsewhere).values(office_id=None))
    connection.execute(update(accounts).where(accounts.c.id == account.id).values(office_id=office_id))
    if several:
        chosen = replace(session, account=here, chosen=office_id)
        _note_session(work, chosen, "office_chosen", {"office": office_id})
    return replace(session, account=here, chosen=office_id, csrf=csrf, several=several)


def roles_at(account_id: str, office_id: str) -> ColumnElement[bool]:
    """Which rows say what somebody is at an office."""
    return and_(account_roles.c.account_id == account_id, account_roles.c.office_id == office_id)


def _note_session(
    work: UnitOfWork, session: Session, action: str, facts: Mapping[str, str] | None = None
) -> None:
    """Write an entry about the account of a session, whether its office is chosen or not."""
    account = session.account
    audit.record_audit(
        work,
        account.id,
        action,
        account.id,
        facts,
        about=audit.ObjectKind.ACCOUNT,
        office_id=session.chosen,
        role=account.acting_as,
        place=session.place,
    )


def take_office_from_sessions(work: UnitOfWork, account_id: str, office_id: str) -> None:
    """Let nobody go on at an office that was taken away: they are asked where they work instead."""
    there = sessions.c.account_id == account_id, sessions.c.office_id == office_id
    work.connection.execute(update(sessions).where(*there).values(office_id=None))


def end_session(work: UnitOfWork, session: Session) -> None:
    """Sign out."""
    work.connection.execute(delete(sessions).where(sessions.c.token_hash == session.token_hash))
    _note_session(work, session, "signed_out")


def drop_old_sessions(work: UnitOfWork, before: datetime) -> int:
    """Forget sessions that began before a time, and return how many."""
    return work.connection.execute(delete(sessions).where(sessions.c.created_at < before)).rowcount
