"""The offices at which somebody works: one at least, given and taken away by a command on the console."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from backend.protection import audit
from backend.protection.accounts import find_by_name
from backend.protection.sessions import NotTheirOfficeError, take_office_from_sessions
from backend.protection.tables import account_offices, accounts
from backend.storage import UnitOfWork

# The one where somebody worked last comes first.
_OF_ACCOUNT = (
    select(account_offices.c.office_id)
    .join(accounts, accounts.c.id == account_offices.c.account_id)
    .where(accounts.c.id == bindparam("account"))
    .order_by(account_offices.c.office_id != accounts.c.office_id, account_offices.c.office_id)
)


class LastOfficeError(ValueError):
    """Somebody would be left without any office."""


def offices_of(connection: Connection, account_id: str) -> tuple[str, ...]:
    """The offices at which somebody works, by id; the one where they worked last is first."""
    return tuple(connection.execute(_OF_ACCOUNT, {"account": account_id}).scalars())


def change_offices(
    work: UnitOfWork, name: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> tuple[str, tuple[str, ...]] | None:
    """Give somebody offices and take others away, as a command on the console does.

    Whoever works at an office that is taken away is asked again where they work, with the next thing that they do.

    Returns:
        The name as it is stored and the offices that there are now; none where nobody has the name.

    Raises:
        LastOfficeError: none would be left.
        NotTheirOfficeError: one of those to be taken away is not theirs.
    """
    row = find_by_name(work.connection, name)
    if row is None:
        return None
    # Two consoles at once must not take one half each of all that somebody has.
    work.connection.execute(select(accounts.c.id).where(accounts.c.id == row.id).with_for_update())
    before = offices_of(work.connection, row.id)
    foreign = [office for office in remove if office not in before]
    if foreign:
        raise NotTheirOfficeError(f"{row.login} does not work at the office {foreign[0]}")
    after = tuple(office for office in dict.fromkeys((*before, *add)) if office not in remove)
    if not after:
        raise LastOfficeError(f"{row.login} works at no other office; add one first")
    for office in after:
        if office not in before:
            work.connection.execute(insert(account_offices).values(account_id=row.id, office_id=office))
            audit.record_audit(
                work,
                "console",
                "account_office_added",
                row.id,
                {"office": office},
                about=audit.ObjectKind.ACCOUNT,
            )
    for office in before:
        if office not in after:
            gone = account_offices.c.account_id == row.id, account_offices.c.office_id == office
            work.connection.execute(delete(account_offices).where(*gone))
            take_office_from_sessions(work, row.id, office)
            audit.record_audit(
                work,
                "console",
                "account_office_removed",
                row.id,
                {"office": office},
                about=audit.ObjectKind.ACCOUNT,
            )
    if row.office_id not in after:
        first = update(accounts).where(accounts.c.id == row.id).values(office_id=after[0])
        work.connection.execute(first)
    return row.login, offices_of(work.connection, row.id)
