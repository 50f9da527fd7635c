"""Commands of devices over the wire: the token first, then the body; and an interface that is still described."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from backend.protection.roles import DeviceKind
from backend.web.devices.command_route import CommandRoute
from backend.web.devices.device_commands import router
from tests.support import House, kinds

JSON = "application/json"
ROUTES = [route for route in router.routes if isinstance(route, CommandRoute)]
BODIES: dict[str, dict[str, Any]] = {
    "/api/v1/check-ins": {"number": "12345679"},
    "/api/v1/walk-ins": {},
    "/api/v1/tickets/{ticket_id}/cards": {"number": "12345679"},
    "/api/v1/refusals": {"kind": "my_number"},
    "/api/v1/device-reports": {"troubles": {}},
    "/api/v1/tickets/{ticket_id}/print-reports": {"state": "printed"},
}


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A client without a token."""
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def send(
    client: TestClient, path: str, body: object, token: str | None = None, kind: str | None = JSON
) -> tuple[int, str]:
    """Send a body; returns the status and the code of an error."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if kind is not None:
        headers["Content-Type"] = kind
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    address = path.replace("{ticket_id}", uuid4().hex)
    reply = client.post(address, content=content, headers=headers)
    return reply.status_code, reply.json().get("code", "")


NO_BODIES = (
    b"",
    b"{",
    b"[]",
    b"null",
    b'{"request_id": 5}',
    b"\xff\xfe",
    b"[" * 5000,
    b'{"request_id": NaN}',
)


def test_a_stranger_learns_that_first_and_nothing_of_the_body(client: TestClient) -> None:
    """Without a token, or with a wrong one, every body is answered alike, so that nothing can be tried."""
    for path, right in BODIES.items():
        whole = json.dumps({"request_id": str(uuid4()), **right}).encode()
        for body, kind in [
            *((body, JSON) for body in NO_BODIES),
            (whole, JSON),
            (whole, "text/plain"),
            (whole, None),
        ]:
            for token in (None, "kiosk.wrong"):
                assert send(client, path, body, token, kind) == (401, "device_unknown"), (path, body)


def test_a_device_that_may_not_is_told_so(client: TestClient, small_house: House) -> None:
    """A display cannot receive visitors, whatever it sends."""
    token = small_house.device(DeviceKind.DISPLAY)
    for path, right in BODIES.items():
        body = {"request_id": str(uuid4()), **right}
        assert send(client, path, body, token) == (403, "device_not_allowed"), path


def test_a_body_that_is_none_is_refused_and_never_told_back(client: TestClient, small_house: House) -> None:
    """A known device is told that the request is not right; nothing of it is done."""
    token = small_house.device()
    for path in BODIES:
        for body in NO_BODIES:
            assert send(client, path, body, token) == (422, "invalid_request"), (path, body)
    assert kinds(small_house) == []


def test_the_kind_of_a_body_counts_and_how_it_is_written_does_not(
    client: TestClient, small_house: House
) -> None:
    """A form of another page, which a browser sends without asking, is no command; case and parameters are nothing."""
    token = small_house.device()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "", None):
        body = {"request_id": str(uuid4())}
        assert send(client, "/api/v1/walk-ins", body, token, kind) == (422, "invalid_request"), kind
    for kind in (JSON, "application/json; charset=utf-8", "Application/JSON ;x=y"):
        body = {"request_id": str(uuid4())}
        assert send(client, "/api/v1/walk-ins", body, token, kind)[0] == 200, kind


def test_every_command_of_a_device_is_answered(client: TestClient, small_house: House) -> None:
    """Each route carries out its command and answers in the shape that it describes."""
    token = small_house.device()
    headers = {"Authorization": f"Bearer {token}"}
    reply = client.post("/api/v1/walk-ins", json={"request_id": str(uuid4())}, headers=headers)
    assert reply.headers["content-type"] == JSON
    ticket_id = reply.json()["ticket"]["ticket_id"]
    for path, body in BODIES.items():
        address = path.replace("{ticket_id}", ticket_id)
        answer = client.post(address, json={"request_id": str(uuid4()), **body}, headers=headers)
        assert answer.status_code == 200, path


def test_an_id_used_for_something_else_and_a_ticket_that_is_none_have_their_codes(
    client: TestClient, small_house: House
) -> None:
    """What the runner refuses reaches the device as a code."""
    token = small_house.device()
    body = {"request_id": str(uuid4())}
    assert send(client, "/api/v1/walk-ins", body, token)[0] == 200
    other = {**body, "language": "ko"}
    assert send(client, "/api/v1/walk-ins", other, token) == (422, "request_id_reused")
    unknown = {"request_id": str(uuid4()), "state": "printed"}
    assert send(client, "/api/v1/tickets/{ticket_id}/print-reports", unknown, token) == (404, "not_found")
    assert send(client, "/api/v1/tickets/no-id/print-reports", unknown, token) == (422, "invalid_request")


def test_the_interface_is_described_as_before(client: TestClient) -> None:
    """Whoever writes another device reads body, reply and refusals of every command in the description."""
    described = client.app.openapi()  # type: ignore[attr-defined] # the application of the framework
    assert {route.path for route in ROUTES} == set(BODIES)
    for route in ROUTES:
        post = described["paths"][route.path]["post"]
        for part in (post["requestBody"], post["responses"]["200"]):
            assert "$ref" in part["content"][JSON]["schema"], route.path
        assert {"401", "403", "409", "422", "503", "507"} <= set(post["responses"])
        named = [one["name"] for one in post.get("parameters", [])]
        assert named == (["ticket_id"] if "ticket_id" in route.path else [])
