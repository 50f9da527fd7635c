"""The audit trail of looking: who saw whose reservation, once, and before anything is shown."""

from typing import Any

import pytest
from sqlalchemy import select

from backend.protection.audit import record_audit
from backend.protection.roles import Role
from backend.protection.sessions import Session, start_session
from backend.protection.tables import audit
from backend.protection.viewing import Views
from backend.storage.database import Database
from tests.support import House


def lines(database: Database) -> list[Any]:
    """Actor, action and subject of every line about a visitor or a test, in order."""
    with database.read() as connection:
        rows = connection.execute(
            select(audit.c.actor, audit.c.action, audit.c.subject).order_by(audit.c.seq)
        )
        return [tuple(row) for row in rows if row.action in {"reservation_viewed", "tick"}]


def session_of(house: House, login: str) -> Session:
    """Somebody who is signed in."""
    account = house.person(login, Role.CLERK)
    with house.database.write() as work:
        return start_session(work, account, account.office_id)[1]


def test_a_look_is_noted_once_for_a_session_and_a_visitor(small_house: House) -> None:
    """A page that is drawn a hundred times is one line, another clerk's look or another visitor is one more."""
    views = Views()
    first, second = session_of(small_house, "clerk01"), session_of(small_house, "clerk02")
    for session, ticket in ((first, "t1"), (first, "t1"), (second, "t1"), (first, "t2"), (second, "t1")):
        views.note(small_house.database, session, ticket)
    seen = [(first.account.id, "t1"), (second.account.id, "t1"), (first.account.id, "t2")]
    assert lines(small_house.database) == [(actor, "reservation_viewed", ticket) for actor, ticket in seen]


def test_a_line_goes_with_what_it_tells_of(sqlite: Database) -> None:
    """What was not done in the end was not noted either."""

    def breaks() -> None:
        with sqlite.write() as work:
            record_audit(work, "console", "tick", "t1")
            raise RuntimeError("the command failed")

    with pytest.raises(RuntimeError):
        breaks()
    assert lines(sqlite) == []
    with sqlite.write() as work:
        record_audit(work, "console", "tick", "t1")
    assert lines(sqlite) == [("console", "tick", "t1")]
