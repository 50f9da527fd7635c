"""Every address names its methods, and HEAD is answered wherever GET is."""

from collections import defaultdict

import httpx2
import pytest
from fastapi import FastAPI

from backend.protection.roles import Role
from backend.web.desk.people import SESSION_COOKIE
from tests.pages_support import Somebody, addresses, browser, somebody
from tests.support import House, wait_until

STREAMS = {"/api/v1/events", "/pages/events"}
OF_NO_ROUTER = ("/api/v1/openapi.json", "/static/app.css")


def methods(app: FastAPI) -> dict[str, set[str]]:
    """The methods of every address, all its routes together."""
    found = defaultdict(set)
    for method, path in addresses(app):
        found[path].add(method)
    for path in OF_NO_ROUTER:
        found[path].add("GET")
    for known in found.values():
        if "GET" in known:
            known.add("HEAD")
    return found


def test_a_refused_method_is_told_all_that_there_are(app: FastAPI) -> None:
    """Whatever route of an address is met first: what it names is what works there, no more and no less."""
    client = browser(app)
    known = methods(app)
    assert known["/sign-in"] == {"GET", "HEAD", "POST"}
    for path, there in known.items():
        for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "FOO"} - there:
            reply = client.request(method, path)
            assert reply.status_code == 405, (method, path)
            assert set(reply.headers["Allow"].split(", ")) == there, (method, path)


@pytest.mark.parametrize("signed_in", [True, False])
def test_head_is_get_without_a_body(app: FastAPI, small_house: House, *, signed_in: bool) -> None:
    """Pages, panels, health and files answer a HEAD with the status and headers of a GET, and with nothing behind them."""
    people = {role: somebody(app, small_house, f"{role}01", role) for role in (Role.CLERK, Role.STAFF)}
    token = {"Authorization": f"Bearer {small_house.device()}"}
    nobody = Somebody(browser(app), "")
    for path, there in methods(app).items():
        if "GET" not in there or path in STREAMS:
            continue
        person = people[Role.STAFF if path.startswith("/staff") else Role.CLERK] if signed_in else nobody
        headers = token if signed_in else {}
        get, head = (person.client.request(method, path, headers=headers) for method in ("GET", "HEAD"))
        assert (head.status_code, head.content) == (get.status_code, b""), path
        assert head.headers.get("Content-Type") == get.headers.get("Content-Type"), path
        assert set(head.headers) == set(get.headers), path


@pytest.mark.parametrize("path", sorted(STREAMS))
def test_a_stream_that_is_only_looked_at_ends(address: str, small_house: House, path: str) -> None:
    """HEAD of a stream is answered at once and leaves no reader behind, on a real connection that goes on."""
    _, cookie, _ = small_house.signed_in("clerk01")
    headers = {
        "Authorization": f"Bearer {small_house.device()}",
        "Cookie": f"{SESSION_COOKIE}={cookie}",
    }
    with httpx2.Client(base_url=address, headers=headers, timeout=10) as client:
        for _ in range(2):
            reply = client.head(path)
            assert (reply.status_code, reply.content) == (200, b"")
            assert reply.headers["Content-Type"].startswith("text/event-stream")
        assert client.get("/api/v1/health").json()["status"] == "ok"
    wait_until(lambda: small_house.graph.hub.readers == 0)


def test_head_of_a_real_server(address: str) -> None:
    """What looks whether a server is there may ask without wanting the page, and the length is told."""
    for path in ("/", "/sign-in", "/api/v1/health", "/static/app.css"):
        get, head = httpx2.get(f"{address}{path}"), httpx2.head(f"{address}{path}")
        assert (head.status_code, head.content) == (get.status_code, b"")
        assert head.headers.get("Content-Length") == get.headers.get("Content-Length")
