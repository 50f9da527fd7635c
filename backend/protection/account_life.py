"""The life of an account: a first password by a one-time link, a new one, disabled, let in again; and who is left to do so."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, select, update

from backend.protection import audit
from backend.protection.accounts import NO_PASSWORD
from backend.protection.actor import Actor
from backend.protection.roles import Role
from backend.protection.roster import in_time
from backend.protection.sessions import hash_token
from backend.protection.tables import account_links, account_roles, accounts, handlers, sessions
from backend.storage import UnitOfWork

NEEDED: Final = (Role.RESPONSIBLE, Role.ADMINISTRATOR)
"""Of these somebody is left who can sign in, where there was one before."""
_LETTERS: Final = "abcdefghijkmnpqrstuvwxyz"
# No digit: an address never looks like a number that must not be in one.
_LENGTH: Final = 40


class LastOneError(ValueError):
    """Nobody would be left who could undo a change.

    Attributes:
        role: of which nobody would be left.
    """

    def __init__(self, role: Role) -> None:
        super().__init__(f"nobody who is {role} could sign in any more; let somebody else be it first")
        self.role = role


class LinkError(ValueError):
    """A link opens nothing: it was used, it is too old, another one took its place, or it never was one of ours."""


class ChangedMeanwhileError(ValueError):
    """Somebody else changed the account after the page that asks was drawn."""


@dataclass(frozen=True)
class KnownAccount:
    """An account as the list shows it.

    Attributes:
        id: of the account.
        login: the name of the sign-in.
        handler: the name in the roster; empty where there is no line.
        begins_on: the first day of the line.
        ends_on: its last day.
        disabled: whether it was disabled.
        has_password: whether a password was set.
        link_until: until when a one-time link is open; aware.
        used_at: when somebody last signed in; aware.
        version: counts the changes.
    """

    id: str
    login: str
    handler: str
    begins_on: date | None
    ends_on: date | None
    disabled: bool
    has_password: bool
    link_until: datetime | None
    used_at: datetime | None
    version: int


_KNOWN = (
    select(
        accounts.c.id,
        accounts.c.login,
        func.coalesce(handlers.c.name, "").label("handler"),
        handlers.c.begins_on,
        handlers.c.ends_on,
        accounts.c.disabled_at,
        accounts.c.password_hash,
        account_links.c.expires_at,
        accounts.c.used_at,
        accounts.c.version,
    )
    .select_from(accounts.outerjoin(handlers).outerjoin(account_links))
    .order_by(accounts.c.login)
)


def known_accounts(connection: Connection, account_id: str | None = None) -> list[KnownAccount]:
    """Every account, by its name; or the one that is meant, where it exists."""
    query = _KNOWN if account_id is None else _KNOWN.where(accounts.c.id == account_id)
    return [
        KnownAccount(
            row.id,
            row.login,
            row.handler,
            row.begins_on,
            row.ends_on,
            row.disabled_at is not None,
            row.password_hash != NO_PASSWORD,
            row.expires_at,
            row.used_at,
            row.version,
        )
        for row in connection.execute(query)
    ]


@contextmanager
def somebody_left(work: UnitOfWork) -> Iterator[None]:
    """Carry out a change in the block unless nobody would be left who could undo it.

    Raises:
        LastOneError: so it would be; let the transaction end with it.
    """
    # Whoever changes at the same moment waits here: two must not take one another's place away.
    work.connection.execute(
        select(accounts.c.id).where(_has(*NEEDED)).order_by(accounts.c.id).with_for_update()
    )
    before = {role: _able(work, role) for role in NEEDED}
    yield
    for role in NEEDED:
        if before[role] and not _able(work, role):
            raise LastOneError(role)


def take_version(work: UnitOfWork, account_id: str, version: int | None) -> None:
    """Count a change of an account, if it is the one that the page of whoever asks shows.

    Raises:
        ChangedMeanwhileError: it is another one by now, or gone.
    """
    mine = update(accounts).where(accounts.c.id == account_id)
    if version is not None:
        mine = mine.where(accounts.c.version == version)
    if work.connection.execute(mine.values(version=accounts.c.version + 1)).rowcount != 1:
        raise ChangedMeanwhileError


def give_link(work: UnitOfWork, account_id: str, lasts: timedelta, actor: Actor | str) -> str:
    """Make the one-time link by which somebody sets their password; the old one and every session end now.

    Returns:
        The secret part of its address, which is shown once and kept as a hash.
    """
    secret = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    _forget_secrets(work, account_id)
    until = work.now + lasts
    work.connection.execute(
        insert(account_links).values(account_id=account_id, token_hash=hash_token(secret), expires_at=until)
    )
    audit.record_audit(
        work,
        actor,
        "password_link_made",
        account_id,
        {"until": until.isoformat()},
        about=audit.ObjectKind.ACCOUNT,
    )
    return secret


def account_of_link(connection: Connection, secret: str, now: datetime) -> tuple[str, str]:
    """The id and the name of the account that a link is for, at an aware moment.

    Raises:
        LinkError: it opens nothing.
    """
    query = (
        select(accounts.c.id, accounts.c.login)
        .select_from(account_links.join(accounts).outerjoin(handlers, handlers.c.account_id == accounts.c.id))
        .where(
            account_links.c.token_hash == hash_token(secret),
            account_links.c.expires_at > now,
            accounts.c.disabled_at.is_(None),
            in_time(now),
        )
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise LinkError
    return row.id, row.login


def redeem_link(work: UnitOfWork, secret: str, password_hash: str) -> str:
    """Set a password by a one-time link, which is used up by that; of two at once one is too late.

    Returns:
        The name of the account.

    Raises:
        LinkError: it opens nothing.
    """
    account_id, login = account_of_link(work.connection, secret, work.now)
    used = delete(account_links).where(account_links.c.token_hash == hash_token(secret))
    if work.connection.execute(used).rowcount != 1:
        raise LinkError
    _set_password(work, account_id, password_hash)
    audit.record_audit(work, account_id, "password_set", account_id, about=audit.ObjectKind.ACCOUNT)
    return login


def change_password(work: UnitOfWork, account_id: str, before: str, after: str, session_hash: str) -> None:
    """Take a new password in place of one that was checked; one's other sessions end.

    Args:
        work: the transaction.
        account_id: whose.
        before: the stored hash with which the old password was checked.
        after: the hash of the new one.
        session_hash: the session that goes on.

    Raises:
        ChangedMeanwhileError: the password was changed meanwhile.
    """
    mine = update(accounts).where(accounts.c.id == account_id, accounts.c.password_hash == before)
    if work.connection.execute(mine.values(password_hash=after)).rowcount != 1:
        raise ChangedMeanwhileError
    end_sessions(work, account_id, keep=session_hash)
    audit.record_audit(work, account_id, "password_changed", account_id, about=audit.ObjectKind.ACCOUNT)


def disable_account(work: UnitOfWork, account_id: str, actor: Actor | str) -> None:
    """Let somebody sign in no more; their sessions and their link end now.

    Raises:
        LastOneError: nobody would be left who could undo it.
    """
    with somebody_left(work):
        of_account = accounts.c.id == account_id, accounts.c.disabled_at.is_(None)
        if not work.connection.execute(
            update(accounts).where(*of_account).values(disabled_at=work.now)
        ).rowcount:
            return
        end_sessions(work, account_id)
        work.connection.execute(delete(account_links).where(account_links.c.account_id == account_id))
        audit.record_audit(work, actor, "account_disabled", account_id, about=audit.ObjectKind.ACCOUNT)


def enable_account(work: UnitOfWork, account_id: str, actor: Actor | str) -> None:
    """Let somebody in again whose account was disabled, with the password that they had."""
    of_account = accounts.c.id == account_id, accounts.c.disabled_at.is_not(None)
    if work.connection.execute(update(accounts).where(*of_account).values(disabled_at=None)).rowcount:
        audit.record_audit(work, actor, "account_enabled", account_id, about=audit.ObjectKind.ACCOUNT)


def end_sessions(work: UnitOfWork, account_id: str, *, keep: str = "") -> int:
    """End the sessions of an account but one, and return how many there were."""
    gone = sessions.c.account_id == account_id, sessions.c.token_hash != keep
    return work.connection.execute(delete(sessions).where(*gone)).rowcount


def _forget_secrets(work: UnitOfWork, account_id: str) -> None:
    work.connection.execute(delete(account_links).where(account_links.c.account_id == account_id))
    _set_password(work, account_id, NO_PASSWORD)


def _set_password(work: UnitOfWork, account_id: str, password_hash: str) -> None:
    of_account = update(accounts).where(accounts.c.id == account_id)
    work.connection.execute(of_account.values(password_hash=password_hash))
    end_sessions(work, account_id)


def _has(*roles: Role) -> ColumnElement[bool]:
    of_account = account_roles.c.account_id == accounts.c.id
    return (
        exists()
        .where(of_account, account_roles.c.role.in_([role.value for role in roles]))
        .correlate(accounts)
    )


def _able(work: UnitOfWork, role: Role) -> int:
    """How many could sign in now as somebody of a role."""
    query = (
        select(func.count())
        .select_from(accounts.outerjoin(handlers))
        .where(accounts.c.disabled_at.is_(None), in_time(work.now), _has(role))
    )
    return int(work.connection.execute(query).scalar_one())
