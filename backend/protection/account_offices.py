"""At which offices somebody works, and what they are there: one role at one office at least."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from backend.protection import audit
from backend.protection.account_life import somebody_left
from backend.protection.accounts import find_by_name
from backend.protection.actor import Actor
from backend.protection.roles import Role
from backend.protection.sessions import NotTheirOfficeError, roles_at, take_office_from_sessions
from backend.protection.tables import account_roles, accounts
from backend.storage import UnitOfWork

_CONSOLE = "console"
# The one where somebody worked last comes first.
_OF_ACCOUNT = (
    select(account_roles.c.office_id, account_roles.c.role)
    .join(accounts, accounts.c.id == account_roles.c.account_id)
    .where(accounts.c.id == bindparam("account"))
    .order_by(
        account_roles.c.office_id != accounts.c.office_id, account_roles.c.office_id, account_roles.c.role
    )
)


class LastOfficeError(ValueError):
    """Somebody would be left without any office."""


def roles_by_office(connection: Connection, account_id: str) -> dict[str, frozenset[Role]]:
    """What somebody is, by office; the office where they worked last is first."""
    found: dict[str, frozenset[Role]] = {}
    for office_id, role in connection.execute(_OF_ACCOUNT, {"account": account_id}):
        found[office_id] = found.get(office_id, frozenset()) | {Role(role)}
    return found


def offices_of(connection: Connection, account_id: str) -> tuple[str, ...]:
    """The offices at which somebody works, by id; the one where they worked last is first."""
    return tuple(roles_by_office(connection, account_id))


def change_offices(
    work: UnitOfWork, name: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> tuple[str, tuple[str, ...]] | None:
    """Give somebody offices and take others away, as a command on the console does.

    At an office that is added they are what they are at the one where they worked last. Whoever works at an office that
    is taken away is asked again where they work, with the next thing that they do.

    Returns:
        The name as it is stored and the offices that there are now; none where nobody has the name.

    Raises:
        LastOfficeError: none would be left.
        LastOneError: nobody would be left who could undo it.
        NotTheirOfficeError: one of those to be taken away is not theirs.
    """
    row = find_by_name(work.connection, name)
    if row is None:
        return None
    before = _locked_roles(work, row.id)
    foreign = [office for office in remove if office not in before]
    if foreign:
        raise NotTheirOfficeError(f"{row.login} does not work at the office {foreign[0]}")
    after = [office for office in dict.fromkeys((*before, *add)) if office not in remove]
    if not after:
        raise LastOfficeError(f"{row.login} works at no other office; add one first")
    usual = next(iter(before.values()))
    with somebody_left(work):
        for office in after:
            if office not in before:
                _give(work, row.id, office, usual)
                audit.record_audit(
                    work,
                    _CONSOLE,
                    "account_office_added",
                    row.id,
                    {"office": office},
                    about=audit.ObjectKind.ACCOUNT,
                )
        for office in before:
            if office not in after:
                _take(work, row.id, office, before[office])
                audit.record_audit(
                    work,
                    _CONSOLE,
                    "account_office_removed",
                    row.id,
                    {"office": office},
                    about=audit.ObjectKind.ACCOUNT,
                )
    _propose(work, row.id, row.office_id, after)
    return row.login, offices_of(work.connection, row.id)


def change_roles(
    work: UnitOfWork,
    account_id: str,
    office_id: str,
    *,
    give: Collection[Role] = (),
    take: Collection[Role] = (),
    actor: Actor | str = _CONSOLE,
) -> dict[str, frozenset[Role]]:
    """Change what somebody is at one office. It counts from the next thing that they do.

    Args:
        work: the transaction.
        account_id: whose.
        office_id: where; one at which they do not work yet is added.
        give: roles that they have from now on.
        take: roles that they have no longer; without any left they do not work there any more.
        actor: who changes it, for the trail.

    Returns:
        What they are now, by office.

    Raises:
        LastOfficeError: nothing would be left at any office.
        LastOneError: nobody would be left who could undo it.
    """
    before = _locked_roles(work, account_id)
    here = before.get(office_id, frozenset())
    after = (here | frozenset(give)) - frozenset(take)
    if not after and not set(before) - {office_id}:
        raise LastOfficeError("nothing would be left of what they are; give another role first")
    with somebody_left(work):
        _give(work, account_id, office_id, after - here)
        _take(work, account_id, office_id, here - after, all_gone=not after)
    for role in sorted(after - here):
        facts = {"office": office_id, "role": role.value}
        audit.record_audit(
            work, actor, "account_role_given", account_id, facts, about=audit.ObjectKind.ACCOUNT
        )
    for role in sorted(here - after):
        facts = {"office": office_id, "role": role.value}
        audit.record_audit(
            work, actor, "account_role_taken", account_id, facts, about=audit.ObjectKind.ACCOUNT
        )
    now = roles_by_office(work.connection, account_id)
    first = work.connection.execute(select(accounts.c.office_id).where(accounts.c.id == account_id))
    _propose(work, account_id, first.scalar_one(), list(now))
    return now


def _locked_roles(work: UnitOfWork, account_id: str) -> dict[str, frozenset[Role]]:
    """What somebody is: two who change it at once must not take one half each of all that there is."""
    work.connection.execute(select(accounts.c.id).where(accounts.c.id == account_id).with_for_update())
    return roles_by_office(work.connection, account_id)


def _give(work: UnitOfWork, account_id: str, office_id: str, roles: Collection[Role]) -> None:
    rows = [{"account_id": account_id, "office_id": office_id, "role": role.value} for role in sorted(roles)]
    if rows:
        work.connection.execute(insert(account_roles), rows)


def _take(
    work: UnitOfWork, account_id: str, office_id: str, roles: Collection[Role], *, all_gone: bool = True
) -> None:
    for role in sorted(roles):
        gone = roles_at(account_id, office_id), account_roles.c.role == role.value
        work.connection.execute(delete(account_roles).where(*gone))
    if roles and all_gone:
        take_office_from_sessions(work, account_id, office_id)


def _propose(work: UnitOfWork, account_id: str, proposed: str, offices: Sequence[str]) -> None:
    """Propose another office where the one that was proposed is gone."""
    if proposed not in offices:
        first = update(accounts).where(accounts.c.id == account_id).values(office_id=offices[0])
        work.connection.execute(first)
