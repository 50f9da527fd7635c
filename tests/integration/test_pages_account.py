"""One's own account: everybody has a page to begin with, whatever they are, and a role that is gone is gone at once."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from backend.protection.account_offices import change_roles
from backend.protection.accounts import create_account
from backend.protection.own_sessions import end_other_sessions, living_sessions
from backend.protection.permissions import OF_ROLE
from backend.protection.roles import Role
from backend.protection.sessions import start_session
from backend.protection.tables import audit
from backend.storage.database import Database
from backend.web.desk.people import work_of
from tests.pages_support import HTML, browser, sign_in, somebody
from tests.support import BOTH, PASSWORD, HandClock, House


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {*BOTH, Role.RESPONSIBLE, Role.AUDITOR, Role.ADMINISTRATOR}]
)
def test_who_has_no_page_of_work_begins_with_the_own_account(
    app: FastAPI, small_house: House, role: Role
) -> None:
    """Nobody is led in a circle: the page says what they are and where, and lets them sign out."""
    small_house.person("suzuki", role)
    client = browser(app)
    assert work_of(OF_ROLE[role]) == ""
    assert sign_in(client, "suzuki").headers["location"] == "/account"
    for address in ("/", "/sign-in"):
        assert client.get(address).headers["location"].endswith("/account"), address
    shown = client.get("/account", headers=HTML)
    assert shown.status_code == 200
    assert 'id="no-work"' in shown.text
    person = somebody(app, small_house, "sato", role)
    assert person.get("/clerk", headers=HTML).status_code == 403
    assert person.post("/sign-out", HTML).headers["location"] == "/sign-in"


def test_a_role_that_is_taken_away_is_gone_with_the_next_press(app: FastAPI, small_house: House) -> None:
    """In the middle of a session: no further command, no further page, and the session itself goes on."""
    person = somebody(app, small_house, "suzuki", BOTH)
    account = small_house.account("suzuki")
    assert person.ask("/clerk/window", label="1").status_code == 200
    with small_house.database.write() as work:
        change_roles(work, account, "00", take=[Role.CLERK])
    assert person.ask("/clerk/call-next").json()["code"] == "forbidden"
    assert person.get("/clerk", headers=HTML).status_code == 403
    assert person.get("/staff", headers=HTML).status_code == 200
    with small_house.database.write() as work:
        change_roles(work, account, "00", give=[Role.AUDITOR], take=[Role.STAFF])
    assert person.get("/staff", headers=HTML).status_code == 403
    assert "監査担当" in person.get("/account", headers=HTML).text
    assert person.post("/sign-out", HTML).headers["location"] == "/sign-in"


def test_somebody_is_at_each_office_what_they_are_there(app: FastAPI, small_house: House) -> None:
    """Roles of one office open nothing at another one."""
    person = somebody(app, small_house, "suzuki", Role.CLERK)
    with small_house.database.write() as work:
        change_roles(work, small_house.account("suzuki"), "01", give=[Role.STAFF])
    assert person.get("/staff", headers=HTML).status_code == 403
    went = person.ask("/office", office="01").json()
    assert went["landing"] == "/staff"
    person.csrf = went["csrf"]
    assert person.get("/clerk", headers=HTML).status_code == 403
    assert person.ask("/clerk/window", label="1").json()["code"] == "forbidden"


def test_one_sees_the_own_sessions_and_ends_the_others(
    app: FastAPI, small_house: House, clock: HandClock
) -> None:
    """Whoever forgot to sign out elsewhere does it from here; this session and those of colleagues go on."""
    person = somebody(app, small_house, "suzuki")
    colleague = somebody(app, small_house, "sato")
    clock.advance(minutes=5)
    elsewhere = browser(app)
    assert sign_in(elsewhere, "suzuki").status_code == 303
    shown = person.get("/account", headers=HTML).text
    assert shown.count('<li class="line">') == 2
    assert shown.count('<span class="badge">この画面</span>') == 1
    assert person.post("/account/sessions", HTML).headers["location"] == "/account"
    assert elsewhere.get("/clerk", headers=HTML).status_code == 303
    assert 'id="do-end-others"' not in person.get("/account", headers=HTML).text
    assert colleague.get("/clerk", headers=HTML).status_code == 200
    with small_house.database.read() as connection:
        last = connection.execute(select(audit).order_by(audit.c.seq.desc())).first()
    assert last is not None
    assert (last.action, last.facts) == ("other_sessions_ended", {"count": 1})


@pytest.mark.dialect
def test_sessions_that_have_ended_are_none(database: Database) -> None:
    """One that is too old or was not used for too long is not listed, though its row is still there."""
    account = create_account(database, "suzuki", PASSWORD, Role.CLERK, "00")
    hour = timedelta(hours=1)
    with database.write() as work:
        start_session(work, account, "00")
        _, session = start_session(work, account, "00")
        now = work.now
    with database.read() as connection:
        found = living_sessions(connection, session, now, lifetime=hour, idle=hour)
        assert sorted(one.this for one in found) == [False, True]
        assert living_sessions(connection, session, now + 2 * hour, lifetime=3 * hour, idle=hour) == []
        assert living_sessions(connection, session, now + 2 * hour, lifetime=hour, idle=3 * hour) == []
    with database.write() as work:
        assert (end_other_sessions(work, session), end_other_sessions(work, session)) == (1, 0)
