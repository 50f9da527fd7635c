"""The offices of an account: given and taken away at the console, one at least, and written into the trail."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.protection.account_offices import (
    LastOfficeError,
    change_offices,
    change_roles,
    offices_of,
    roles_by_office,
)
from backend.protection.accounts import create_account
from backend.protection.actor import Actor, ActorKind
from backend.protection.permissions import OF_ROLE
from backend.protection.roles import Role
from backend.protection.sessions import (
    NotTheirOfficeError,
    OfficeNotChosenError,
    choose_office,
    end_session,
    session_of,
    start_session,
)
from backend.protection.tables import audit
from backend.storage.database import Database
from tests.support import PASSWORD

_LONG = timedelta(hours=9)


def change(database: Database, *, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Change the offices of the account of the tests and return those that there are now."""
    with database.write() as work:
        changed = change_offices(work, "ＣＬＥＲＫ01", add=add, remove=remove)
    assert changed is not None
    return changed[1]


@pytest.mark.dialect
def test_the_last_office_cannot_be_taken_away(database: Database) -> None:
    """Nobody is left without a place to work; adding another one in the same command is enough."""
    create_account(database, "clerk01", PASSWORD, Role.CLERK, "00")
    with pytest.raises(LastOfficeError):
        change(database, remove=("00",))
    with pytest.raises(LastOfficeError):
        change(database, remove=("00", "00"))
    assert change(database, add=("03", "03"), remove=("00",)) == ("03",)
    assert change(database, add=("03", "01")) == ("03", "01")
    with pytest.raises(NotTheirOfficeError):
        change(database, remove=("00",))
    assert change(database) == ("03", "01")


@pytest.mark.dialect
def test_two_consoles_do_not_take_the_last_two_away(database: Database) -> None:
    """Each takes one of two offices at the same moment: one of them is refused."""
    create_account(database, "clerk01", PASSWORD, Role.CLERK, "00", "01")

    def take(office: str) -> str:
        try:
            change(database, remove=(office,))
        except LastOfficeError:
            return "refused"
        return "taken"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, ["00", "01"])) == ["refused", "taken"]


def test_changes_stand_in_the_trail_and_nobody_is_nobody(sqlite: Database) -> None:
    """Each office that came or went is a line of its own; what was there already is none."""
    account = create_account(sqlite, "clerk01", PASSWORD, Role.CLERK, "00", "01", "00")
    change(sqlite, add=("01", "03"), remove=("00",))
    with sqlite.write() as work:
        assert change_offices(work, "nobody", add=["00"]) is None
    with sqlite.read() as connection:
        rows = connection.execute(select(audit).order_by(audit.c.seq)).all()
        assert offices_of(connection, account.id) == ("01", "03")
    assert [(row.actor, row.action, row.facts) for row in rows] == [
        ("console", "account_created", {"role": "clerk", "office": "00, 01"}),
        ("console", "account_office_added", {"office": "03"}),
        ("console", "account_office_removed", {"office": "00"}),
    ]
    assert {row.subject for row in rows} == {account.id}


def test_without_an_office_nobody_is_an_actor(sqlite: Database) -> None:
    """Whoever forgets to ask for the office of a session gets an error, never an office that was not chosen."""
    account = create_account(sqlite, "clerk01", PASSWORD, Role.CLERK, "00", "01")
    with sqlite.write() as work:
        _, session = start_session(work, account)
        for ask in (lambda: session.actor, lambda: session.office_id):
            with pytest.raises(OfficeNotChosenError):
                ask()
        with pytest.raises(NotTheirOfficeError):
            choose_office(work, session, "02")
        chosen = choose_office(work, session, "01")
        assert chosen is not None
        assert chosen.actor == Actor(ActorKind.PERSON, account.id, "01", OF_ROLE[Role.CLERK], "clerk")
        assert chosen.csrf != session.csrf
        end_session(work, session)
        assert choose_office(work, replace(session, chosen=None), "00") is None


@pytest.mark.dialect
def test_roles_change_at_one_office_and_something_is_left(database: Database) -> None:
    """What is given and taken is a line each; the last role of the last office stays."""
    account = create_account(database, "suzuki", PASSWORD, Role.CLERK, "00", "01", also=[Role.STAFF])
    both = frozenset({Role.CLERK, Role.STAFF})
    with database.write() as work:
        token, _ = start_session(work, account, "01")
        now = change_roles(work, account.id, "01", give=[Role.OPERATOR, Role.CLERK], take=[Role.STAFF])
        assert now == {"00": both, "01": frozenset({Role.CLERK, Role.OPERATOR})}
        now = change_roles(work, account.id, "01", take=list(Role))
        assert now == {"00": both}
    with database.read() as connection:
        session = session_of(connection, token, database.clock(), lifetime=_LONG, idle=_LONG)
        assert session is not None
        assert (session.chosen, session.account.roles) == (None, both)
    with pytest.raises(LastOfficeError), database.write() as work:
        change_roles(work, account.id, "00", take=list(Role))
    with database.read() as connection:
        assert roles_by_office(connection, account.id) == {"00": both}
        lines = select(audit.c.action, audit.c.facts).where(audit.c.action.like("account_role%"))
        told = [(action, facts["role"]) for action, facts in connection.execute(lines.order_by(audit.c.seq))]
    assert told == [
        ("account_role_given", "operator"),
        ("account_role_taken", "staff"),
        ("account_role_taken", "clerk"),
        ("account_role_taken", "operator"),
    ]
