"""Signing in and out, sessions, forged forms, and who may see which page."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from backend.protection.accounts import LockedOutError
from backend.protection.roles import Role
from backend.protection.tables import audit, sessions
from backend.web.app import create_app
from backend.web.people import SESSION_COOKIE
from tests.pages_support import JSON, at_window, banner_of, browser, sign_in, somebody, walk_in
from tests.support import PASSWORD, HandClock, House, make_house


@pytest.fixture
def app(small_house: House) -> FastAPI:
    """The application of a house."""
    return create_app(small_house.graph)


@pytest.mark.parametrize(("role", "landing"), [(Role.CLERK, "/clerk"), (Role.STAFF, "/staff")])
def test_signing_in_leads_to_the_page_of_the_role(
    app: FastAPI, small_house: House, role: Role, landing: str
) -> None:
    """A right password begins a session in a careful cookie and leads to one's own page."""
    small_house.person("suzuki", role)
    client = browser(app)
    reply = sign_in(client, "suzuki")
    assert (reply.status_code, reply.headers["location"]) == (303, landing)
    cookie = reply.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert client.get(landing).status_code == 200
    assert client.get("/").headers["location"] == landing
    assert client.get("/sign-in").headers["location"] == landing


def test_cookies_are_for_https_only_where_the_ward_says_so(tmp_path: Path, clock: HandClock) -> None:
    """Behind a TLS proxy no cookie travels in the clear."""
    house = make_house(f"sqlite:///{tmp_path}/u.db", tmp_path / "var", clock, secure_cookies=True)
    house.person("suzuki")
    assert "Secure" in sign_in(browser(create_app(house.graph)), "suzuki").headers["set-cookie"]
    house.database.dispose()


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("suzuki", "wrong password"),
        ("nobody", PASSWORD),
        ("", ""),
        ("suzuki", "x" * 1001),
        ("x" * 201, "another password"),
    ],
)
def test_a_refused_sign_in_tells_nothing_and_echoes_nothing(
    app: FastAPI, small_house: House, login: str, password: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong name and a wrong password look the same; what was typed is neither shown nor logged."""
    small_house.person("suzuki")
    reply = sign_in(browser(app), login, password)
    assert (reply.status_code, banner_of(reply.text)) == (401, "error.wrong_credentials")
    assert SESSION_COOKIE not in reply.headers.get("set-cookie", "")
    told = capsys.readouterr()
    for secret in (login, password):
        assert not secret or secret not in reply.text + told.out + told.err


def test_a_known_and_an_unknown_name_lock_alike(app: FastAPI, small_house: House) -> None:
    """Nobody learns from a lock-out who exists: every name locks after as many failures, for as long."""
    small_house.person("suzuki")
    seen = {}
    for login in ("suzuki", "nobody"):
        replies = [sign_in(browser(app), login, "wrong password") for _ in range(6)]
        seen[login] = [
            (reply.status_code, banner_of(reply.text), reply.headers.get("retry-after")) for reply in replies
        ]
    assert seen["suzuki"] == seen["nobody"]
    assert [status for status, _, _ in seen["suzuki"]] == [401] * 4 + [429] * 2
    assert seen["suzuki"][-1][1:] == ("error.locked_out", "900")


def test_a_lock_out_says_how_long_and_ends(app: FastAPI, small_house: House) -> None:
    """The page tells the minutes to wait; after them the right password works again."""
    small_house.person("suzuki")
    for _ in range(5):
        reply = sign_in(browser(app), "suzuki", "wrong password")
    assert "約15分後" in reply.text
    assert sign_in(browser(app), "suzuki").status_code == 429
    small_house.clock.advance(minutes=14, seconds=30)
    assert "約1分後" in sign_in(browser(app), "suzuki").text
    small_house.clock.advance(minutes=1)
    assert sign_in(browser(app), "suzuki").status_code == 303


def test_a_sign_in_in_between_forgets_earlier_failures(app: FastAPI, small_house: House) -> None:
    """Four mistakes yesterday and one today lock nobody."""
    small_house.person("suzuki")
    for _ in range(2):
        for _ in range(4):
            assert sign_in(browser(app), "suzuki", "wrong password").status_code == 401
        assert sign_in(browser(app), "suzuki").status_code == 303


def test_the_count_of_names_is_bounded(small_house: House) -> None:
    """Somebody who tries ever new names does not fill the memory."""
    from backend.protection.accounts import Account, WrongCredentialsError
    from backend.web import attempts

    def wrong() -> Account:
        raise WrongCredentialsError("wrong")

    counting = attempts.Attempts()
    now = datetime(2026, 11, 25, tzinfo=UTC)
    for number in range(attempts._MOST_NAMES + 10):
        with pytest.raises(WrongCredentialsError):
            counting.check(f"name{number}", now, wrong, max_failures=5, lockout=timedelta(minutes=1))
    assert len(counting._failures) == attempts._MOST_NAMES
    with pytest.raises(LockedOutError):
        for _ in range(5):
            with pytest.raises(WrongCredentialsError):
                counting.check("again", now, wrong, max_failures=5, lockout=timedelta(minutes=1))


def test_signing_in_again_makes_a_new_session_and_ends_the_old(app: FastAPI, small_house: House) -> None:
    """A cookie that somebody planted before the sign-in opens nothing after it."""
    small_house.person("suzuki")
    client = browser(app)
    client.cookies.set(SESSION_COOKIE, "planted", domain="testserver.local")
    sign_in(client, "suzuki")
    first = client.cookies[SESSION_COOKIE]
    sign_in(client, "suzuki")
    assert len({"planted", first, client.cookies[SESSION_COOKIE]}) == 3
    thief = browser(app)
    thief.cookies.set(SESSION_COOKIE, first)
    assert thief.get("/clerk").status_code == 303
    with small_house.database.read() as connection:
        assert len(connection.execute(select(sessions)).all()) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_site_cannot_sign_somebody_in(
    app: FastAPI, small_house: House, headers: dict[str, str]
) -> None:
    """The form of the sign-in counts only when it comes from our own page."""
    small_house.person("suzuki")
    reply = sign_in(browser(app), "suzuki", **headers)
    assert (reply.status_code, banner_of(reply.text)) == (403, "error.csrf_failed")
    assert "set-cookie" not in reply.headers


def test_our_own_page_may_sign_somebody_in(app: FastAPI, small_house: House) -> None:
    """With and without the newer header a browser's own words are enough."""
    small_house.person("suzuki")
    assert sign_in(browser(app), "suzuki", Origin="http://testserver").status_code == 303
    told = {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}
    assert sign_in(browser(app), "suzuki", **told).status_code == 303
    # A page under a stricter policy would make browsers hide the origin.
    assert browser(app).get("/sign-in").headers["referrer-policy"] == "same-origin"


def test_a_session_left_alone_ends_and_says_so(app: FastAPI, small_house: House) -> None:
    """After an hour without use the page asks to sign in again; a program gets the code."""
    clerk = somebody(app, small_house, "clerk01")
    assert clerk.get("/clerk").status_code == 200
    small_house.clock.advance(minutes=61)
    reply = clerk.get("/clerk")
    assert (reply.status_code, reply.headers["location"]) == (303, "/sign-in?again=1")
    assert banner_of(clerk.get("/sign-in?again=1").text) == "error.not_signed_in"
    assert clerk.get("/clerk/panel", headers={"X-Fragment": "page"}).status_code == 401
    asked = clerk.ask("/clerk/call-next")
    assert (asked.status_code, asked.json()["code"]) == (401, "not_signed_in")
    assert clerk.get("/pages/events", headers={"Accept": "text/event-stream"}).status_code == 401


def test_a_page_that_follows_events_by_itself_does_not_keep_a_session_alive(
    app: FastAPI, small_house: House
) -> None:
    """Only what a person does counts as use: an unattended screen is signed out although numbers come and go."""
    clerk = somebody(app, small_house, "clerk01")
    for _ in range(4):
        small_house.clock.advance(minutes=14)
        assert clerk.get("/clerk/panel").status_code == 200
    small_house.clock.advance(minutes=5)
    assert clerk.get("/clerk/panel").status_code == 303


def test_a_session_in_use_lives_on_but_not_for_ever(app: FastAPI, small_house: House) -> None:
    """Use keeps a session; after ten hours it ends in any case."""
    clerk = somebody(app, small_house, "clerk01")
    for _ in range(12):
        small_house.clock.advance(minutes=50)
        assert clerk.get("/clerk").status_code == 200
    small_house.clock.advance(minutes=1)
    assert clerk.get("/clerk").status_code == 303


def test_signing_out_ends_the_session_and_leaves_the_window(app: FastAPI, small_house: House) -> None:
    """The cookie is worth nothing afterwards, and a colleague may sit down."""
    clerk = at_window(app, small_house, "clerk01", "1")
    token = clerk.client.cookies[SESSION_COOKIE]
    reply = clerk.post("/sign-out")
    assert (reply.status_code, reply.headers["location"]) == (303, "/sign-in")
    assert banner_of(clerk.get("/sign-in").text) == "done.sign_out"
    clerk.client.cookies.set(SESSION_COOKIE, token)
    assert clerk.get("/clerk").status_code == 303
    colleague = at_window(app, small_house, "clerk02", "1")
    assert "1番窓口" in colleague.get("/clerk").text


def test_signing_out_with_a_visitor_leaves_the_visitor_to_a_colleague(
    app: FastAPI, small_house: House
) -> None:
    """A sign-out is never refused; whoever takes the window goes on with the visitor."""
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    ticket_id = clerk.ask("/clerk/call-next").json()["ticket_id"]
    assert clerk.post("/sign-out").status_code == 303
    colleague = somebody(app, small_house, "clerk02")
    assert "W-400の方を引き継ぎます" in colleague.get("/clerk").text
    colleague.ask("/clerk/window", label="1")
    assert colleague.ask(f"/clerk/tickets/{ticket_id}/start").status_code == 200


@pytest.mark.parametrize("csrf", ["", "wrong", "ä"])
@pytest.mark.parametrize("address", ["/clerk/call-next", "/clerk/window", "/sign-out"])
def test_a_forged_form_does_nothing(app: FastAPI, small_house: House, csrf: str, address: str) -> None:
    """Without the value that only our pages know, nothing is carried out, in every shape of the answer."""
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    reply = clerk.post(address, csrf=csrf, label="2")
    assert (reply.status_code, banner_of(reply.text)) == (403, "error.csrf_failed")
    asked = clerk.ask(address, csrf=csrf, label="2")
    assert (asked.status_code, asked.json()["code"]) == (403, "csrf_failed")
    page = clerk.get("/clerk").text
    assert "1番窓口" in page
    assert "data-visitor" not in page


def test_the_csrf_value_may_come_in_a_header(app: FastAPI, small_house: House) -> None:
    """Programs may send it beside the form."""
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    reply = clerk.post("/clerk/call-next", {**JSON, "X-CSRF-Token": clerk.csrf}, csrf="")
    assert reply.status_code == 200


def test_a_program_signs_in_and_gets_what_it_needs(app: FastAPI, small_house: House) -> None:
    """The answer to a program names the page and the value for its forms; a refusal is a code."""
    small_house.person("suzuki")
    client = browser(app)
    reply = sign_in(client, "suzuki", Accept="application/json")
    assert reply.json()["landing"] == "/clerk"
    form = {"csrf": reply.json()["csrf"], "request_id": "0" * 32, "label": "1"}
    assert client.post("/clerk/window", data=form, headers=JSON).status_code == 200
    refused = sign_in(client, "suzuki", "wrong password", Accept="application/json")
    assert (refused.status_code, refused.json()["code"]) == (401, "wrong_credentials")


@pytest.mark.parametrize(
    ("role", "addresses"),
    [
        (Role.CLERK, ["/staff", "/staff/panel", f"/staff/tickets/{'0' * 32}"]),
        (Role.STAFF, ["/clerk", "/clerk/panel"]),
    ],
)
def test_each_role_sees_its_own_pages_only(
    app: FastAPI, small_house: House, role: Role, addresses: list[str]
) -> None:
    """The other role's page is refused in plain words, with a way back."""
    person = somebody(app, small_house, "suzuki", role)
    for address in addresses:
        reply = person.get(address)
        assert (reply.status_code, banner_of(reply.text)) == (403, "error.forbidden")
        assert f'href="/{role.value}"' in reply.text


@pytest.mark.parametrize(
    ("role", "address"),
    [
        (Role.STAFF, "/clerk/call-next"),
        (Role.STAFF, "/clerk/window"),
        (Role.STAFF, f"/clerk/tickets/{'0' * 32}/cancel"),
        (Role.CLERK, "/staff/window"),
        (Role.CLERK, f"/staff/tickets/{'0' * 32}/issue"),
    ],
)
def test_each_role_gives_its_own_commands_only(
    app: FastAPI, small_house: House, role: Role, address: str
) -> None:
    """A command of the other role is refused, whatever the form says."""
    reply = somebody(app, small_house, "suzuki", role).ask(address, label="1")
    assert (reply.status_code, reply.json()["code"]) == (403, "forbidden")


def test_a_get_changes_nothing(app: FastAPI, small_house: House) -> None:
    """Commands are forms; their addresses cannot be opened, linked or preloaded."""
    ticket = walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    for address in (
        "/clerk/call-next",
        "/clerk/window?label=2",
        "/clerk/leave",
        "/sign-out",
        "/language?language=en",
        f"/clerk/tickets/{ticket.ticket_id.hex}/cancel",
    ):
        assert clerk.get(address).status_code == 405, address
    page = clerk.get("/clerk").text
    assert 'data-number="W-400"' in page
    assert "1番窓口" in page


def test_the_language_is_chosen_by_a_form_and_leads_nowhere_else(app: FastAPI, small_house: House) -> None:
    """Every page speaks the language that was chosen; the way back is one of our own pages."""
    client = browser(app)
    assert 'lang="ja"' in client.get("/sign-in").text
    reply = client.post("/language", data={"language": "en", "back": "/sign-in"})
    assert reply.headers["location"] == "/sign-in"
    assert "Sign in" in client.get("/sign-in").text
    for back in ("https://evil.example/", "//evil.example", "/clerk\r\nX: y", ""):
        away = client.post("/language", data={"language": "ko", "back": back})
        assert away.headers["location"] == "/"
    refused = client.post("/language", data={"language": "xx", "back": "/"})
    assert refused.status_code == 422


def test_pages_allow_no_foreign_or_inline_code(app: FastAPI, small_house: House) -> None:
    """What the pages are made of fits the policy they are sent with: no inline script, style or handler."""
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    ticket_id = clerk.ask("/clerk/call-next").json()["ticket_id"]
    clerk.ask(f"/clerk/tickets/{ticket_id}/start")
    for address in ("/sign-in", "/clerk", "/staff"):
        reply = clerk.get(address)
        assert "script-src 'self'" in reply.headers["content-security-policy"]
        assert reply.headers["cache-control"] == "no-store"
        assert not re.search(r"<style|style=|\son\w+=|<script(?![^>]*src=)", reply.text), address
    scripts = re.findall(r'(?:src|href)="(/static/[^"]+)"', clerk.get("/clerk").text)
    assert len(scripts) == 3
    for address in scripts:
        assert clerk.get(address).status_code == 200


def test_signing_in_and_out_stands_in_the_audit_trail(app: FastAPI, small_house: House) -> None:
    """Who was signed in when can be told; passwords and names that were tried cannot."""
    account = small_house.person("suzuki")
    client = browser(app)
    csrf = sign_in(client, "suzuki", Accept="application/json").json()["csrf"]
    client.post("/sign-out", data={"csrf": csrf, "request_id": "0" * 32})
    with small_house.database.read() as connection:
        rows = connection.execute(select(audit).where(audit.c.actor == account.id)).all()
    assert [row.action for row in rows] == ["signed_in", "leave_window", "signed_out"]
