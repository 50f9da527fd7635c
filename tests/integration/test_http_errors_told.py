"""What goes wrong is told once and to everybody: one line in the log, its id in the answer, careful headers on all."""

import base64
import json
import re
from collections.abc import MutableMapping
from typing import Any
from uuid import uuid4

import pytest
import structlog
from fastapi import FastAPI
from fastapi.testclient import TestClient

from backend.protection.roles import Role
from backend.reception import calling
from backend.reception.board_snapshot import Boards
from backend.storage.errors import StorageDamagedError
from backend.web.desk.banner import BANNER_COOKIE
from backend.web.desk.people import SESSION_COOKIE
from backend.web.http.middleware import BodyLimit
from tests.pages_support import FRAGMENT, HTML, JSON, addresses, at_window, banner_of, browser, somebody
from tests.support import House

LOG_ID = re.compile(r"[3-9B-Z]{3}-[3-9B-Z]{3}")
OF_OURS = {"unexpected_error", "storage_failed"}
CAREFUL = ("X-Frame-Options", "X-Content-Type-Options", "Content-Security-Policy", "Cache-Control")


def lines(logs: list[MutableMapping[str, Any]]) -> list[MutableMapping[str, Any]]:
    """The lines that tell of an answer that was the server's fault."""
    return [one for one in logs if one["event"] in OF_OURS]


@pytest.mark.parametrize("error", [RuntimeError("受付 花子"), StorageDamagedError("the database is damaged")])
@pytest.mark.parametrize("headers", [HTML, JSON, FRAGMENT], ids=["page", "program", "fragment"])
def test_a_clerk_can_read_the_line_of_the_log_to_the_administrator(
    app: FastAPI,
    small_house: House,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    headers: dict[str, str],
) -> None:
    """Every way of asking shows the id of the one line that was written, also on the page after a form."""

    def broken(*_: object, **__: object) -> None:
        raise error

    clerk = at_window(app, small_house, "clerk01", "1")
    monkeypatch.setattr(calling, "call_next", broken)
    with structlog.testing.capture_logs() as logs:
        reply = clerk.post("/clerk/call-next", headers)
        shown = clerk.get("/clerk").text if reply.status_code == 303 else reply.text
    (line,) = lines(logs)
    assert LOG_ID.fullmatch(line["id"])
    assert line["id"] in shown
    assert line["route"] == "/clerk/call-next"
    assert "花子" not in shown + str(line)
    if isinstance(error, RuntimeError):
        assert "broken:" in line["places"]


def test_a_device_gets_the_id_too(app: FastAPI, small_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The API's 500 is one line as well, and the framework adds none of its own."""

    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Boards, "snapshot", broken)
    headers = {"Authorization": f"Bearer {small_house.device()}"}
    with structlog.testing.capture_logs() as logs:
        reply = TestClient(app).get("/api/v1/board", headers=headers)
    assert reply.status_code == 500
    assert [one["id"] for one in lines(logs)] == [reply.json()["detail"]["log_id"]]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/health", 200),
        ("GET", "/nothing", 404),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/static/nothing", 404),
        ("GET", "/clerk/call-next", 405),
        ("DELETE", "/api/v1/board", 405),
        ("POST", "/api/v1/check-ins", 401),
        ("GET", "/sign-in%00", 422),
        ("GET", "/broken", 500),
    ],
)
def test_every_answer_carries_the_careful_headers(
    app: FastAPI, small_house: House, method: str, path: str, status: int
) -> None:
    """Refusals and mistakes are no way around what keeps browsers careful."""

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError

    reply = browser(app).request(method, path)
    assert reply.status_code == status
    wanted = CAREFUL[:3] if path.startswith("/static/") else CAREFUL
    assert [name for name in wanted if name not in reply.headers] == []


def test_what_breaks_before_the_routes_is_answered_like_the_rest(
    app: FastAPI, small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake in what every request goes through is one line, an id and careful headers, not a bare 500."""

    async def broken(*_: object) -> None:
        """Fail before any route is met."""
        raise RuntimeError

    monkeypatch.setattr(BodyLimit, "__call__", broken)
    with structlog.testing.capture_logs() as logs:
        page, code = browser(app).get("/sign-in", headers=HTML), browser(app).get("/api/v1/health")
    assert (page.status_code, code.status_code) == (500, 500)
    assert [one["id"] in text for one, text in zip(lines(logs), (page.text, code.text), strict=True)] == [
        True
    ] * 2
    assert "X-Frame-Options" in page.headers


@pytest.mark.parametrize(
    ("path", "status"), [("/nothing", 404), ("/clerk/tickets", 404), ("/clerk/call-next", 405)]
)
def test_an_address_that_is_none_is_a_page_in_the_persons_language(
    app: FastAPI, small_house: House, path: str, status: int
) -> None:
    """A slip in the address bar shows words and the way on; a program still gets a code."""
    clerk = somebody(app, small_house, "clerk01")
    clerk.client.cookies.set("uketsuke_language", "ko")
    page = clerk.get(path, headers=HTML)
    assert (page.status_code, banner_of(page.text)) == (status, "error.no_such_page")
    assert "이 주소에는 페이지가 없습니다" in page.text
    assert 'href="/clerk"' in page.text
    for program in (clerk.get(path, headers=JSON), clerk.get("/api/v1/nothing", headers=HTML)):
        assert program.json()["code"] in {"not_found", "invalid_request"}
    assert ("Allow" in page.headers) == (status == 405)


def test_nul_is_refused_wherever_it_can_stand(app: FastAPI, small_house: House) -> None:
    """Every route, every place: a code, never a 500 of a database that cannot store it, and nothing done."""
    token = {"Authorization": f"Bearer {small_house.device()}"}
    clerk = somebody(app, small_house, "clerk01", Role.CLERK)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    as_json = {"Content-Type": "application/json", **token}
    known = addresses(app)
    assert len(known) > 30
    for method, path in known:
        asked = [
            clerk.client.request(method, f"{path}?q=%00", headers=token),
            clerk.client.request(method, f"{path}%00", headers=token),
            browser(app).request(method, path, headers={"Cookie": f'{SESSION_COOKIE}="a\\000b"', **token}),
        ]
        if method == "POST":
            asked += [
                clerk.client.post(path, content=b"label=1%00&login=a&password=b", headers=form),
                clerk.client.post(path, content=b'{"number":"1\\u0000"}', headers=as_json),
                clerk.client.post(path, content=b'{"number":"1\0"}', headers=as_json),
                clerk.client.post(path, content=b'{"number":"\\\\\\u0000"}', headers=as_json),
            ]
        assert {reply.status_code for reply in asked} == {422}, (method, path)
        assert {reply.json()["code"] for reply in asked} == {"invalid_request"}, (method, path)


def test_letters_that_only_look_like_a_nul_are_taken(app: FastAPI, small_house: House) -> None:
    """A code that holds a backslash and "u0000" as letters is read as any other, and so is "%00" in JSON."""
    headers = {"Authorization": f"Bearer {small_house.device()}"}
    for code in ("\\u0000", "%00", "\\\\u0000"):
        body = {"request_id": str(uuid4()), "code": code}
        reply = browser(app).post("/api/v1/check-ins", json=body, headers=headers)
        assert reply.json()["reason"] == "unknown", code


def planted(value: object) -> str:
    """A cookie of the line at the top, as somebody may have put it into a browser."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "cookie",
    [
        planted(["error.wrong_state", {"key": "x", "self": "y"}]),
        planted(["error.wrong_state", {"number": "\ud800"}]),
        planted(["error.too_soon", {"calls": {"a": [1]}, "needed": None}]),
        planted(["error.locked_out", {"until": "0001-01-01T00:00:00+23:59"}]),
        planted(["error.locked_out", {"until": "20"}]),
        planted(["error.log_id", {}]),
        planted(["error.wrong_state", "facts"]),
        planted(["error.wrong_state", ["a", "b"]]),
        planted([["error"], {}]),
        planted({"error.wrong_state": 1, "b": 2}),
        planted([1, 2, 3]),
        base64.urlsafe_b64encode(b"[" * 1400).decode(),
        base64.urlsafe_b64encode(b'["done.issue",{"number":' + b"9" * 1400 + b"}]").decode(),
        "%%%",
        "x" * 100_000,
    ],
)
def test_a_planted_line_breaks_no_page(app: FastAPI, cookie: str) -> None:
    """Garbage, wrong types, huge numbers, old shapes: the page is drawn."""
    reply = browser(app).get("/sign-in", headers={"Cookie": f"{BANNER_COOKIE}={cookie}"})
    assert reply.status_code == 200


@pytest.mark.parametrize("name", [SESSION_COOKIE, "uketsuke_language", BANNER_COOKIE])
@pytest.mark.parametrize(
    "value", [b"\xff\xfe", b'"\\377"', b"a b", b"=;=", b"\xe5\x8f\x97" * 500, b'"unclosed']
)
def test_any_bytes_in_any_cookie_are_taken_for_what_they_are(app: FastAPI, name: str, value: bytes) -> None:
    """No cookie is trusted: an unknown session is nobody, an unknown language Japanese."""
    reply = browser(app).get("/sign-in", headers={b"Cookie": name.encode() + b"=" + value})
    assert reply.status_code == 200
    assert 'lang="ja"' in reply.text
