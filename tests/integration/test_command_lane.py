"""The short way of a device's command answers as the long way does, and takes nothing that is strange."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from starlette.types import Receive, Scope, Send

from backend.protection.roles import DeviceKind
from backend.storage.errors import StorageBusyError, StorageError, StorageFullError
from backend.web.app import create_app
from backend.web.devices import command_lane
from backend.web.devices.command_lane import CommandLane
from tests.support import House

WALK_INS = "/api/v1/walk-ins"
STRANGE: dict[str, dict[str, Any]] = {
    "a kind of body written otherwise": {"headers": {"Content-Type": "application/json; charset=utf-8"}},
    "another kind of body": {"headers": {"Content-Type": "text/plain"}},
    "a query": {"params": {"x": "1"}},
    "a cookie": {"headers": {"Cookie": "a=b"}},
    "a page of another origin": {"headers": {"Origin": "http://elsewhere.example"}},
    "a body that is no message": {"content": b'{"request_id": 5}'},
    "a body with an unknown field": {"content": json.dumps({"request_id": str(UUID(int=5)), "more": 1}).encode()},
    "a NUL in the body": {"content": b'{"request_id": "\\u0000"}'},
    "a NUL itself in the body": {"content": b'{"request_id": "\0"}'},
    "a body in pieces": {"content": [b'{"request_id": ', b'"00000000-0000-4000-8000-000000000007"}']},
    "a body that is too large": {"content": b" " * 300_000},
    "a GET": {"method": "GET", "content": b""},
}  # fmt: skip


@contextmanager
def asking(house: House, token: str) -> Iterator[Callable[..., Response]]:
    """Asks a new application of a house as a device."""
    with TestClient(create_app(house.graph), raise_server_exceptions=False) as client:

        def ask(path: str = WALK_INS, **how: Any) -> Response:
            """Send a walk-in, but for what is told."""
            headers = {
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                **how.pop("headers", {}),
            }
            content = how.pop("content", json.dumps({"request_id": str(uuid4())}).encode())
            return client.request(how.pop("method", "POST"), path, content=content, headers=headers, **how)

        yield ask


@pytest.fixture
def long_way(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Closes the short way."""
    return lambda: monkeypatch.setattr(command_lane, "_is_ordinary", lambda _scope: False)


@pytest.fixture
def passed_on(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths of the requests that went the long way."""
    paths: list[str] = []
    whole = CommandLane.__call__

    async def noting(lane: CommandLane, scope: Scope, receive: Receive, send: Send) -> None:
        """As ever, with a watched long way."""
        if scope["type"] != "http":
            await whole(lane, scope, receive, send)
            return
        app = lane._app

        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            """Note what goes this way."""
            paths.append(scope.get("path", ""))
            await app(scope, receive, send)

        lane._app = watched
        try:
            await whole(lane, scope, receive, send)
        finally:
            lane._app = app

    monkeypatch.setattr(CommandLane, "__call__", noting)
    return paths


def shape(reply: Response) -> tuple[int, dict[str, str], object]:
    """Status, headers and what of the body does not change from one request to the next."""
    told = reply.json() if reply.content else None
    if isinstance(told, dict):
        (told.get("detail") or {}).pop("log_id", None)
        if told.get("ticket"):
            told["ticket"] = sorted(told["ticket"])
    headers = {name: value for name, value in reply.headers.items() if name != "content-length"}
    return reply.status_code, headers, told


def test_an_ordinary_command_goes_the_short_way(small_house: House, passed_on: list[str]) -> None:
    """What kiosks send all day costs no more than it must; every address without an id has a short way."""
    bodies: dict[str, dict[str, Any]] = {
        WALK_INS: {},
        "/api/v1/check-ins": {"number": "12345679"},
        "/api/v1/refusals": {"kind": "my_number"},
        "/api/v1/device-reports": {"troubles": {}},
    }
    with asking(small_house, small_house.device()) as ask:
        passed_on.clear()
        for path, body in bodies.items():
            content = json.dumps({"request_id": str(uuid4()), **body}).encode()
            assert ask(path, content=content).status_code == 200, path
        assert passed_on == []


@pytest.mark.parametrize("what", STRANGE)
def test_what_is_strange_goes_the_long_way_whole(
    small_house: House, passed_on: list[str], long_way: Callable[[], None], what: str
) -> None:
    """One thing out of the ordinary, and the request is judged where all requests are, as if there were no short way."""
    token = small_house.device()
    how = STRANGE[what]
    pieces = list(how["content"]) if not isinstance(how.get("content", b""), bytes) else None

    def sent() -> dict[str, Any]:
        """The request, with pieces that can be sent once more."""
        return {**how, **({"content": iter(pieces)} if pieces else {})}

    with asking(small_house, token) as ask:
        passed_on.clear()
        first = shape(ask(**sent()))
        assert passed_on == [WALK_INS]
        long_way()
        assert shape(ask(**sent())) == first


@pytest.mark.parametrize(
    "refused",
    [
        "no token", "a wrong token", "a display", "an id used twice",
        StorageBusyError("busy"), StorageFullError("full"), StorageError("away"), ValueError("a mistake"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_refused_reads_the_same_on_both_ways(
    small_house: House,
    monkeypatch: pytest.MonkeyPatch,
    long_way: Callable[[], None],
    refused: str | Exception,
) -> None:
    """Code, status, headers and the id for the administrator, whoever is refused and why."""
    tokens = {"no token": "", "a wrong token": "kiosk.wrong"}
    kind = DeviceKind.DISPLAY if refused == "a display" else DeviceKind.KIOSK
    token = tokens.get(str(refused)) or ("" if refused == "no token" else small_house.device(kind))
    used = str(uuid4())
    content = json.dumps({"request_id": used, "language": "ko"}).encode()
    if isinstance(refused, Exception):

        async def fails(*_: object) -> None:
            """The database, or a mistake of ours."""
            raise refused

        monkeypatch.setattr(small_house.graph.runner, "run_soon", fails)
    with asking(small_house, token) as ask:
        if refused == "an id used twice":
            assert ask(content=json.dumps({"request_id": used}).encode()).status_code == 200
        short = ask(content=content)
        long_way()
        long = ask(content=content)
    assert shape(short) == shape(long)
    assert short.status_code >= 400
    assert ("log_id" in short.json()["detail"]) is (short.status_code >= 500)


def test_both_ways_give_the_same_answer_with_the_same_headers(
    small_house: House, long_way: Callable[[], None]
) -> None:
    """Whoever asks cannot tell which way it went, also where browsers are told to use HTTPS only."""
    token = small_house.device()
    with asking(small_house, token) as ask:
        short = shape(ask())
        long_way()
        assert shape(ask()) == short
    assert short[1]["cache-control"] == "no-store"


def test_the_short_way_tells_browsers_to_stay_with_https(app: FastAPI) -> None:
    """Its headers are those of every other answer."""
    lanes = [one for one in app.user_middleware if one.cls is CommandLane]  # type: ignore[comparison-overlap] # a class of ours
    assert len(lanes) == 1
    assert app.user_middleware[0] is lanes[0]
