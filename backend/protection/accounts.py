"""Accounts: who may sign in, with which roles, at which offices."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from sqlalchemy import Connection, Row, bindparam, insert, or_, select
from sqlalchemy.exc import IntegrityError

from backend.protection import audit
from backend.protection.actor import Actor
from backend.protection.login_names import LONGEST_NAME, name_key, new_name, refuse_number
from backend.protection.passwords import check_new_password, hash_password
from backend.protection.roles import Role
from backend.protection.roster import Handler, enter_handler
from backend.protection.tables import account_roles, accounts
from backend.storage import Database, UnitOfWork

NO_PASSWORD: Final = "!"  # noqa: S105 - a mark, and no password
"""In place of a hash, as long as nobody has set a password: no password fits."""
_OF_NAME = select(accounts).where(
    or_(accounts.c.name_key == bindparam("key"), accounts.c.login == bindparam("typed"))
)


@dataclass(frozen=True)
class Account:
    """A person who may sign in.

    Attributes:
        id: of the account.
        login: the name.
        office_id: the office that is proposed first.
        roles: what they are at the office of this work; nothing where that is not asked for.
    """

    id: str
    login: str
    office_id: str
    roles: frozenset[Role] = frozenset()

    @property
    def acting_as(self) -> str | None:
        """The roles as the trail writes them; none where they are not known."""
        return " ".join(sorted(role.value for role in self.roles)) or None


class AccountExistsError(ValueError):
    """There is already an account with this name, perhaps in another spelling."""


def create_account(
    database: Database,
    login: str,
    password: str | None,
    role: Role,
    office_id: str,
    *more: str,
    also: Collection[Role] = (),
    actor: Actor | str = "console",
    line: Handler | None = None,
) -> Account:
    """Add an account. The slow password hash is made before the transaction, so that no kiosk waits for it.

    Args:
        database: where it is kept.
        login: the name.
        password: as it will be typed; none where it is set by a one-time link.
        role: what they are at each of the offices.
        office_id: where they work; proposed first where there are several.
        more: other offices at which they work.
        also: what else they are at each of the offices.
        actor: who adds it, for the trail.
        line: of the roster of handlers, from which it is made.

    Raises:
        BadNameError, WeakPasswordError: the name or the password is not allowed.
        AccountExistsError: the name is taken.
        NumberInNameError: the name holds a 12-digit number.
        StorageError: the database cannot be written.
    """
    refuse_number(login)
    login = new_name(login)
    roles = frozenset({role, *also})
    account = Account(uuid4().hex, login, office_id, roles)
    password_hash = NO_PASSWORD
    if password is not None:
        check_new_password(password, login)
        password_hash = hash_password(password)
    try:
        with database.write() as work:
            _add(work, account, password_hash, (office_id, *more), actor)
            if line is not None:
                enter_handler(work, account.id, line, actor)
    except IntegrityError:
        # Two consoles at once: the database allows only one account for each name.
        raise AccountExistsError(f"an account {login} exists already") from None
    return account


def _add(
    work: UnitOfWork, account: Account, password_hash: str, at: Sequence[str], actor: Actor | str
) -> None:
    if find_by_name(work.connection, account.login) is not None:
        raise AccountExistsError(f"an account {account.login} exists already")
    work.connection.execute(
        insert(accounts).values(
            id=account.id,
            login=account.login,
            name_key=name_key(account.login),
            office_id=account.office_id,
            password_hash=password_hash,
            created_at=work.now,
        )
    )
    offices = tuple(dict.fromkeys(at))
    rows = [
        {"account_id": account.id, "office_id": one, "role": each.value}
        for one in offices
        for each in sorted(account.roles)
    ]
    work.connection.execute(insert(account_roles), rows)
    facts = {"role": ", ".join(sorted(account.roles)), "office": ", ".join(offices)}
    audit.record_audit(work, actor, "account_created", account.id, facts, about=audit.ObjectKind.ACCOUNT)


def find_account(connection: Connection, typed: str) -> Account | None:
    """The account that a typed name means, or none."""
    row = find_by_name(connection, typed)
    return None if row is None else Account(row.id, row.login, row.office_id)


def find_by_name(connection: Connection, typed: str) -> Row[tuple[object, ...]] | None:
    """The row of the account that a typed name means, whatever its width and case; None if there is none."""
    exact, key = typed.strip(), name_key(typed)
    if not key or len(exact) > LONGEST_NAME or len(key) > LONGEST_NAME or not (exact + key).isprintable():
        # No account has such a name, and PostgreSQL takes no NUL; a query runs all the same, to take the same time.
        exact = key = ""
    rows = connection.execute(_OF_NAME, {"key": key, "typed": exact}).all()
    return next((row for row in rows if row.login == exact), rows[0] if rows else None)
