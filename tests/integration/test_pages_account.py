"""One's own account: everybody has a page to begin with, whatever they are, and a role that is gone is gone at once."""

import pytest
from fastapi import FastAPI

from backend.protection.account_offices import change_roles
from backend.protection.permissions import OF_ROLE
from backend.protection.roles import Role
from backend.web.desk.people import work_of
from tests.pages_support import HTML, browser, sign_in, somebody
from tests.support import BOTH, House


@pytest.mark.parametrize("role", [role for role in Role if role not in BOTH])
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
