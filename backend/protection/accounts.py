"""Accounts: who may sign in, with which role, at which office; passwords with Argon2, lock-out after failures."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from uuid import uuid4

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import insert, select, update

from backend.protection import audit
from backend.protection.roles import Role
from backend.protection.tables import accounts
from backend.storage.unit_of_work import Database, UnitOfWork

MIN_PASSWORD_LENGTH = 12
_hasher = PasswordHasher()


@cache
def _hash_of_nobody() -> str:
    """A hash that no password matches, made once and not at import, where it would delay every command."""
    return _hasher.hash(secrets.token_hex(16))


@dataclass(frozen=True)
class Account:
    """Someone who may sign in."""

    id: str
    login: str
    role: Role
    office_id: str


class SignInError(Exception):
    """Nobody was signed in."""


class WrongCredentialsError(SignInError):
    """The name or the password is wrong; which of them is not told."""


class LockedOutError(SignInError):
    """Too many failures; ``until`` says when to try again."""

    def __init__(self, until: datetime) -> None:
        super().__init__("the account is locked for a while")
        self.until = until


class AccountExistsError(ValueError):
    """There is an account of this name already."""


class WeakPasswordError(ValueError):
    """The password is too short or holds the name."""


def create_account(work: UnitOfWork, login: str, password: str, role: Role, office_id: str) -> Account:
    """Add an account.

    Raises:
        AccountExistsError: the name is taken.
        WeakPasswordError: shorter than twelve characters, or it holds the name.
    """
    if len(password) < MIN_PASSWORD_LENGTH or login.casefold() in password.casefold():
        raise WeakPasswordError(
            f"a password needs at least {MIN_PASSWORD_LENGTH} characters and must not hold the name"
        )
    if work.connection.execute(select(accounts.c.id).where(accounts.c.login == login)).first() is not None:
        raise AccountExistsError(f"an account {login} exists already")
    account = Account(uuid4().hex, login, role, office_id)
    work.connection.execute(
        insert(accounts).values(
            id=account.id,
            login=login,
            role=role.value,
            office_id=office_id,
            password_hash=_hasher.hash(password),
            failures=0,
            created_at=work.now,
        )
    )
    audit.note(work, "console", "account_created", account.id, {"role": role.value, "office": office_id})
    return account


def check_password(
    database: Database, login: str, password: str, *, max_failures: int, lockout: timedelta
) -> Account:
    """Check a name and a password; failures count and lock the account for a while.

    The hash is computed outside of any transaction, and for unknown names too, so that neither the queue nor
    the answer's time depends on who exists.

    Raises:
        WrongCredentialsError: name or password is wrong, or the account was disabled.
        LockedOutError: too many failures in a row.
    """
    with database.read() as connection:
        row = connection.execute(select(accounts).where(accounts.c.login == login)).one_or_none()
    nobody = _hash_of_nobody()
    matches = _verify(nobody if row is None else row.password_hash, password)
    if row is None or row.disabled_at is not None:
        raise WrongCredentialsError("the name or the password is wrong")
    with database.write() as work:
        # Read again: another attempt may have locked the account while the hash was computed.
        current = work.connection.execute(
            select(accounts.c.failures, accounts.c.locked_until)
            .where(accounts.c.id == row.id)
            .with_for_update()
        ).one()
        if current.locked_until is not None and current.locked_until > work.now:
            outcome: Account | SignInError = LockedOutError(current.locked_until)
        elif matches:
            work.connection.execute(
                update(accounts).where(accounts.c.id == row.id).values(failures=0, locked_until=None)
            )
            outcome = Account(row.id, row.login, Role(row.role), row.office_id)
        else:
            failures = current.failures + 1
            locked = work.now + lockout if failures >= max_failures else None
            work.connection.execute(
                update(accounts)
                .where(accounts.c.id == row.id)
                .values(failures=0 if locked else failures, locked_until=locked)
            )
            audit.note(work, row.id, "sign_in_locked" if locked else "sign_in_failed", row.id)
            outcome = (
                LockedOutError(locked)
                if locked
                else WrongCredentialsError("the name or the password is wrong")
            )
    if isinstance(outcome, SignInError):
        raise outcome
    return outcome


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
