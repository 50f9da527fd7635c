"""Somebody with several offices says at the sign-in where they work today, and nothing is done anywhere else."""

import html
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from backend.common.catalogue import Catalogue, Language
from backend.protection.account_offices import change_offices
from backend.protection.accounts import Account, create_account
from backend.protection.roles import Role
from backend.protection.tables import audit
from backend.reception.storing.tables import seats
from backend.web.app import create_app
from tests.pages_support import (
    FRAGMENT,
    HTML,
    JSON,
    Somebody,
    addresses,
    banner_of,
    browser,
    sign_in,
    walk_in,
)
from tests.support import PASSWORD, House


def several(house: House, *offices: str, login: str = "suzuki", role: Role = Role.CLERK) -> Account:
    """Add somebody who works at several offices."""
    return create_account(house.database, login, PASSWORD, role, *offices)


def let_in(client: TestClient, login: str = "suzuki", **fields: str) -> dict[str, Any]:
    """Sign in as a program does."""
    data = {"login": login, "password": PASSWORD, **fields}
    reply = client.post("/sign-in", data=data, headers=JSON)
    assert reply.status_code == 200
    return dict(reply.json())


def at_office(app: FastAPI, office: str, login: str = "suzuki") -> Somebody:
    """Somebody who has signed in and gone to an office."""
    client = browser(app)
    return Somebody(client, let_in(client, login, office=office)["csrf"])


def go(person: Somebody, office: str) -> None:
    """Go to another office."""
    reply = person.ask("/office", office=office)
    assert reply.status_code == 200, reply.text
    person.csrf = reply.json()["csrf"]


def seats_of(house: House, account: Account) -> list[tuple[str, str]]:
    """Where somebody sits."""
    query = select(seats.c.office_id, seats.c.window).where(seats.c.account_id == account.id)
    with house.database.read() as connection:
        return [(row.office_id, row.window) for row in connection.execute(query)]


def offered(page: str) -> list[str]:
    """The offices that a page offers, in its order."""
    return [part.partition('"')[0] for part in page.split('name="office" value="')[1:]]


def test_whoever_has_one_office_is_not_asked(app: FastAPI, small_house: House) -> None:
    """With one office nothing changes: the right password leads to the work, and no page offers another office."""
    small_house.person("suzuki")
    client = browser(app)
    assert sign_in(client, "suzuki").headers["location"] == "/clerk"
    assert 'href="/office"' not in client.get("/clerk").text
    assert set(let_in(browser(app))) == {"landing", "csrf"}


def test_whoever_has_several_is_asked_and_then_works_there(app: FastAPI, small_house: House) -> None:
    """The right password leads to the question; the answer to the page of that office, and it is proposed next time."""
    several(small_house, "00", "01")
    client = browser(app)
    assert sign_in(client, "suzuki").headers["location"] == "/office"
    page = client.get("/office").text
    assert "今日はどちらの拠点で仕事をしますか" in page
    assert offered(page) == ["00", "01"]
    assert 'data-key="Digit2"' in page
    csrf = page.split('name="csrf" value="')[1].partition('"')[0]
    reply = client.post("/office", data={"csrf": csrf, "office": "01"})
    assert (reply.status_code, reply.headers["location"]) == (303, "/clerk")
    work = client.get("/clerk").text
    assert small_house.graph.directory["01"].name["ja"] in work
    assert 'href="/office"' in work
    assert sign_in(client, "suzuki").headers["location"] == "/office"
    assert offered(client.get("/office").text) == ["01", "00"]


def test_until_an_office_is_chosen_nothing_is_done(app: FastAPI, small_house: House) -> None:
    """Every page leads to the question and every command is refused, whichever router it came with."""
    several(small_house, "00", "01")
    walk_in(small_house)
    client = browser(app)
    person = Somebody(client, let_in(client)["csrf"])
    # The page about the product is for everybody, and one's own account is at no office.
    elsewhere = {"/", "/account", "/about", "/sign-in", "/sign-out", "/office", "/language"}
    of_none = ("/api/", "/account/", "/first-password/")
    asked = [one for one in addresses(app) if one[1] not in elsewhere and not one[1].startswith(of_none)]
    assert len(asked) > 20
    for method, path in asked:
        if method == "GET":
            assert person.get(path, headers=JSON).json()["code"] == "office_needed", path
            page = person.get(path, headers=HTML)
            assert (page.status_code, page.headers["location"]) == (303, "/office"), path
            assert person.get(path, headers=FRAGMENT).status_code == 401, path
        else:
            assert person.ask(path, label="1").json()["code"] == "office_needed", path
    assert client.get("/").headers["location"].endswith("/office")
    assert client.get("/about", headers=HTML).status_code == 200
    told = client.get("/sign-in?again=1")
    assert told.headers["location"] == "/office"
    assert banner_of(client.get("/office").text) == "error.office_needed"


def test_a_program_chooses_at_once_or_is_told_from_what(app: FastAPI, small_house: House) -> None:
    """The list of offices comes with a code; the field of the sign-in saves the question."""
    several(small_house, "00", "01")
    told = let_in(browser(app))
    assert (told["code"], told["landing"]) == ("office_needed", "/office")
    assert [one["office_id"] for one in told["choose_office"]] == ["00", "01"]
    assert all(one["name"] for one in told["choose_office"])
    assert let_in(browser(app), office="01")["landing"] == "/clerk"


@pytest.mark.parametrize(
    ("planted", "code"),
    [
        ("02", "office_unknown"),
        ("99", "office_unknown"),
        ("", "office_unknown"),
        ("x" * 500, "office_unknown"),
        ("01\x00", "invalid_request"),
        ("01' OR 1=1 --", "office_unknown"),
        ("1234 5678 9018", "contains_my_number"),
    ],
)
def test_an_office_that_is_not_theirs_is_refused(
    app: FastAPI, small_house: House, planted: str, code: str
) -> None:
    """Whatever stands in the field: nobody comes to an office that was not given to them, and it is not repeated."""
    several(small_house, "00", "01")
    person = at_office(app, "00")
    reply = person.ask("/office", office=planted)
    assert reply.json()["code"] == code
    assert not planted or planted not in reply.text
    page = person.post("/office", HTML, office=planted)
    assert page.status_code in {404, 422}
    assert len(planted) < 3 or planted not in html.unescape(page.text)
    name = small_house.graph.directory["00"].name["ja"]
    assert name in person.get("/clerk").text
    if planted and code == "office_unknown":
        told = let_in(browser(app), office=planted)
        assert (told["code"], told["landing"]) == ("office_unknown", "/office")


def test_a_choice_is_a_form_of_this_session(app: FastAPI, small_house: House) -> None:
    """No other site and no page of before sends somebody to another office."""
    several(small_house, "00", "01")
    person = at_office(app, "00")
    assert person.post("/office", JSON, csrf="planted", office="01").json()["code"] == "csrf_failed"
    foreign = {**JSON, "Sec-Fetch-Site": "cross-site"}
    assert person.post("/office", foreign, office="01").json()["code"] == "csrf_failed"
    assert browser(app).post("/office", data={"office": "01"}, headers=JSON).json()["code"] == "not_signed_in"
    assert person.get("/office?office=01").status_code == 200
    assert small_house.graph.directory["00"].name["ja"] in person.get("/clerk").text


def test_choosing_twice_is_choosing_once(app: FastAPI, small_house: House) -> None:
    """The second click of a double click leads on like the first, and stands in the trail once."""
    account = several(small_house, "00", "01")
    client = browser(app)
    person = Somebody(client, let_in(client)["csrf"])
    for _ in range(2):
        reply = person.post("/office", office="01")
        assert (reply.status_code, reply.headers["location"]) == (303, "/clerk")
    with small_house.database.read() as connection:
        rows = connection.execute(select(audit).where(audit.c.actor == account.id)).all()
    assert [(row.action, row.facts) for row in rows] == [
        ("signed_in", {}),
        ("office_chosen", {"office": "01"}),
    ]


def test_another_office_leaves_the_window_and_pages_of_before_do_nothing(
    app: FastAPI, small_house: House
) -> None:
    """Who changes the office is at no window any more; a tab that still shows the old one carries out nothing."""
    account = several(small_house, "00", "01")
    person = at_office(app, "00")
    assert person.ask("/clerk/window", label="1").status_code == 200
    assert seats_of(small_house, account) == [("00", "1")]
    stale = Somebody(person.client, person.csrf)
    go(person, "01")
    assert seats_of(small_house, account) == []
    for path in ("/clerk/window", "/clerk/call-next", "/clerk/leave"):
        assert stale.ask(path, label="1").json()["code"] == "csrf_failed", path
    assert person.ask("/clerk/window", label="1").status_code == 200
    assert seats_of(small_house, account) == [("01", "1")]


def test_nobody_leaves_a_visitor_behind_by_changing_the_office(app: FastAPI, small_house: House) -> None:
    """While a visitor is at the window the office stays, and the page says whom to finish with."""
    account = several(small_house, "00", "01")
    walk_in(small_house)
    person = at_office(app, "00")
    person.ask("/clerk/window", label="1")
    assert person.ask("/clerk/call-next").status_code == 200
    assert person.ask("/office", office="01").json()["code"] == "window_occupied"
    page = person.post("/office", HTML, office="01")
    assert (page.status_code, banner_of(page.text)) == (409, "error.window_occupied")
    assert "W-400" in page.text
    assert 'href="/clerk"' in page.text
    assert seats_of(small_house, account) == [("00", "1")]
    assert person.ask("/office", office="00").status_code == 200
    # Signing out leaves the visitor at the window; whoever comes back cannot walk past it.
    person.ask("/sign-out")
    told = let_in(person.client, office="01")
    assert (told["code"], told["landing"]) == ("window_occupied", "/office")
    assert let_in(person.client, office="00")["landing"] == "/clerk"


def test_who_works_elsewhere_now_keeps_no_window_here(app: FastAPI, small_house: House) -> None:
    """A colleague takes over the window and the visitor of somebody whose office was taken away meanwhile."""
    account = several(small_house, "00", "01")
    small_house.person("tanaka")
    walk_in(small_house)
    person = at_office(app, "00")
    person.ask("/clerk/window", label="1")
    ticket = person.ask("/clerk/call-next").json()["ticket_id"]
    with small_house.database.write() as work:
        change_offices(work, "suzuki", remove=["00"])
    assert person.ask(f"/clerk/tickets/{ticket}/start").json()["code"] == "office_needed"
    page = person.get("/clerk", headers=HTML)
    assert page.headers["location"] == "/office"
    page = person.get("/office")
    assert (banner_of(page.text), offered(page.text)) == ("error.office_needed", ["01"])
    colleague = at_office(app, "00", "tanaka")
    assert colleague.ask("/clerk/window", label="1").status_code == 200
    assert colleague.ask(f"/clerk/tickets/{ticket}/start").status_code == 200
    assert seats_of(small_house, account) == []
    assert let_in(browser(app))["landing"] == "/clerk"


def test_nobody_works_at_two_offices_at_once(app: FastAPI, small_house: House) -> None:
    """Whoever goes to another office at another browser is asked again at the first one."""
    several(small_house, "00", "01")
    first, second = at_office(app, "00"), at_office(app, "00")
    go(second, "01")
    assert first.ask("/clerk/call-next").json()["code"] == "office_needed"
    assert second.get("/clerk").status_code == 200
    assert at_office(app, "01").get("/clerk").status_code == 200
    assert second.get("/clerk").status_code == 200


def test_the_events_are_those_of_the_office(
    app: FastAPI, small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stream is of the office of this work, and ends where somebody goes to another one."""
    several(small_house, "00", "01")
    person = at_office(app, "01")
    opened: list[tuple[str, Any]] = []
    real = small_house.graph.streams.open

    def noting(office: str, reader: str, last: str | None, still: Any, **more: Any) -> Any:
        opened.append((office, still))
        return real(office, reader, last, lambda: False, **more)

    monkeypatch.setattr(type(small_house.graph.streams), "open", lambda _self, *a, **k: noting(*a, **k))
    person.get("/pages/events")
    [(office, still)] = opened
    assert (office, still()) == ("01", True)
    go(person, "00")
    assert not still()


def test_a_page_of_the_other_office_hears_nothing_of_this_one(app: FastAPI, small_house: House) -> None:
    """Numbers of events are each office's own: a page left open on another would take them for those that it knows."""
    several(small_house, "00", "01")
    person = at_office(app, "01")
    assert 'data-events="/pages/events?office=01"' in person.get("/clerk").text
    assert 'data-office="01"' in person.get("/clerk/panel").text
    stream = {"Accept": "text/event-stream"}
    refused = person.get("/pages/events?office=00", headers=stream)
    assert (refused.status_code, refused.json()["code"]) == (401, "office_needed")


def test_offices_that_the_file_no_longer_has_are_not_offered(app: FastAPI, small_house: House) -> None:
    """What the ward has closed cannot be chosen; who has nothing else reads whom to tell, in every language."""
    several(small_house, "99", "98", login="yamada")
    several(small_house, "99", "00")
    assert let_in(browser(app))["landing"] == "/clerk"
    client = browser(app)
    told = let_in(client, "yamada")
    assert (told["code"], told["choose_office"]) == ("office_needed", [])
    for language in Language:
        client.cookies.set("uketsuke_language", language.value)
        page = client.get("/office")
        words = Catalogue("pages", language).text("office.none_help")
        assert page.status_code == 200
        assert words in html.unescape(page.text).replace("\N{WORD JOINER}", "")
    out = client.post("/sign-out", data={"csrf": told["csrf"], "request_id": str(uuid4())})
    assert out.headers["location"] == "/sign-in"


def test_a_session_whose_office_the_file_loses_is_asked(
    app: FastAPI, small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a new file of offices nobody goes on at an office that it does not have."""
    several(small_house, "00", "01")
    person = at_office(app, "01")
    directory = small_house.graph.directory
    real = directory.get
    monkeypatch.setattr(directory, "get", lambda one: None if one == "01" else real(one))
    assert person.ask("/clerk/call-next").json()["code"] == "office_needed"
    assert offered(person.get("/office").text) == ["00"]


@pytest.mark.dialect
def test_an_office_is_chosen_on_both_databases(house: House) -> None:
    """Choosing, changing and losing an office does the same on each kind of database."""
    several(house, "00", "01")
    app = create_app(house.graph)
    person = at_office(app, "00")
    person.ask("/clerk/window", label="1")
    go(person, "01")
    assert person.get("/clerk").status_code == 200
    with house.database.write() as work:
        assert change_offices(work, "suzuki", add=["02"], remove=["01"]) == ("suzuki", ("00", "02"))
    assert person.get("/clerk", headers=JSON).json()["code"] == "office_needed"
