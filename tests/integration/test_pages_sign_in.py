"""Signing in and out, sessions, forged forms, and who may see which page."""

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from backend.common import locate
from backend.protection.roles import Role
from backend.protection.tables import audit, sessions
from backend.web.app import create_app
from backend.web.desk.people import BROWSER_COOKIE, SESSION_COOKIE
from tests.pages_support import JSON, at_window, banner_of, browser, sign_in, somebody, walk_in
from tests.support import PASSWORD, HandClock, House, make_house


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
    cookies = sign_in(browser(create_app(house.graph)), "suzuki").headers.get_list("set-cookie")
    assert len(cookies) == 2
    assert all("Secure" in cookie for cookie in cookies)
    house.database.dispose()


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("suzuki", "wrong password"),
        ("nobody", PASSWORD),
        ("", ""),
        ("suzuki", "x" * 1001),
        ("x" * 201, "another password"),
        ("x" * 70, "another password"),
        ("1234 5678 9012", "another password"),
    ],
)
def test_a_refused_sign_in_tells_nothing(
    app: FastAPI, small_house: House, login: str, password: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong name and a wrong password look the same; no password is shown, and nothing of either is logged."""
    small_house.person("suzuki")
    reply = sign_in(browser(app), login, password)
    assert (reply.status_code, banner_of(reply.text)) == (401, "error.wrong_credentials")
    assert "set-cookie" not in reply.headers
    told = capsys.readouterr()
    assert not password or password not in reply.text
    for secret in (login, password):
        assert not secret or secret not in told.out + told.err


def field_of(page: str, name: str) -> str:
    """The tag of a field of the form."""
    found = re.search(rf'<input id="{name}"[^>]*>', page)
    assert found is not None
    return found.group()


def test_a_name_stays_in_the_form_and_the_password_is_next(app: FastAPI, small_house: House) -> None:
    """After a wrong password only the password has to be typed again; the name is not in the address."""
    small_house.person("suzuki")
    empty = browser(app).get("/sign-in").text
    assert "autofocus" in field_of(empty, "login")
    assert "autofocus" not in field_of(empty, "password")
    reply = sign_in(browser(app), "  suzuki ", "wrong password")
    assert 'value="suzuki"' in field_of(reply.text, "login")
    assert "autofocus" not in field_of(reply.text, "login")
    assert "autofocus" in field_of(reply.text, "password")
    assert "value" not in field_of(reply.text, "password")
    assert "location" not in reply.headers


@pytest.mark.parametrize(
    ("login", "kept"),
    [
        ('"><script>alert(1)</script>', "&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("' onfocus='x", "&#39; onfocus=&#39;x"),
        ("suzuki\x1b[31m", ""),
        ("x" * 201, ""),
    ],
)
def test_a_name_that_stays_is_only_text(app: FastAPI, login: str, kept: str) -> None:
    """What was typed never becomes a part of the page, and what may be somebody's number is not shown again."""
    page = sign_in(browser(app), login, "wrong password").text
    assert f'value="{kept}"' in field_of(page, "login")


def test_a_number_in_place_of_a_name_is_refused_and_not_shown(app: FastAPI) -> None:
    """Who types the number of a card into the wrong field is told so, and the screen does not keep it for the next."""
    number = "1234 5678 9018"
    reply = sign_in(browser(app), number, "wrong password")
    assert reply.status_code == 422
    assert number not in reply.text


def test_a_known_and_an_unknown_name_wait_alike(app: FastAPI, small_house: House) -> None:
    """Nobody learns from a wait who exists: every name waits after as many failures, for as long, in the same words."""
    small_house.person("suzuki")
    seen = {}
    for login in ("suzuki", "nobody"):
        replies = [sign_in(browser(app), login, "wrong password") for _ in range(6)]
        told = [
            (one.status_code, one.headers.get("retry-after"), one.text.replace(login, "")) for one in replies
        ]
        seen[login] = [
            (status, after, re.sub(r'value="[0-9a-f-]{36}"', "", text)) for status, after, text in told
        ]
    assert seen["suzuki"] == seen["nobody"]
    assert [status for status, _, _ in seen["suzuki"]] == [401] * 5 + [429]
    assert seen["suzuki"][-1][1] == "10"
    assert banner_of(seen["suzuki"][-1][2]) == "error.too_many_tries"


def test_a_wait_says_how_long_and_ends(app: FastAPI, small_house: House) -> None:
    """The page tells the seconds or minutes to wait; after them the right password works."""
    small_house.person("suzuki")
    for _ in range(5):
        sign_in(browser(app), "suzuki", "wrong password")
    assert "約10秒" in sign_in(browser(app), "suzuki").text
    for seconds in (10, 20, 40, 80):
        small_house.clock.advance(seconds=seconds)
        assert sign_in(browser(app), "suzuki", "wrong password").status_code == 401
    reply = sign_in(browser(app), "suzuki", Accept="application/json")
    assert (reply.status_code, reply.json()["code"], reply.headers["retry-after"]) == (
        429,
        "too_many_tries",
        "160",
    )
    assert "約3分" in sign_in(browser(app), "suzuki").text
    small_house.clock.advance(seconds=160)
    assert sign_in(browser(app), "suzuki").status_code == 303


def test_nobody_else_shuts_out_a_browser_that_was_used_before(app: FastAPI, small_house: House) -> None:
    """Whoever signed in here yesterday signs in today, whatever somebody at the next computer tried meanwhile."""
    small_house.person("suzuki")
    own = browser(app)
    first = sign_in(own, "suzuki")
    cookie = next(one for one in first.headers.get_list("set-cookie") if one.startswith(BROWSER_COOKIE))
    for part in ("HttpOnly", "SameSite=strict", "Max-Age=15552000", "Path=/"):
        assert part in cookie
    for _ in range(6):
        refused = sign_in(browser(app), "suzuki", "wrong password")
    assert refused.status_code == 429
    assert sign_in(browser(app), "suzuki").status_code == 429
    own.cookies.delete(SESSION_COOKIE)
    assert sign_in(own, "suzuki").status_code == 303


def test_signing_out_keeps_the_browser_known_and_opens_nothing(app: FastAPI, small_house: House) -> None:
    """The cookie of the browser alone is no sign-in, and it survives the end of a session."""
    small_house.person("suzuki")
    client = browser(app)
    csrf = sign_in(client, "suzuki", Accept="application/json").json()["csrf"]
    client.post("/sign-out", data={"csrf": csrf, "request_id": "0" * 32})
    assert SESSION_COOKIE not in client.cookies
    assert BROWSER_COOKIE in client.cookies
    assert client.get("/clerk").headers["location"] == "/sign-in"


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
        {"Origin": "http://["},
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
    scripts = re.findall(r'(?:src|href|data-line)="(/static/[^"]+)"', clerk.get("/clerk").text)
    names = {"tokens.css", "icon.svg"} | {path.name for path in locate("pages").glob("*.[jc]s*")}
    assert {address.partition("?")[0].rpartition("/")[2] for address in scripts} == names
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
