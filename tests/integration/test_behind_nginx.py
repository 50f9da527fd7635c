"""A ward's nginx with TLS before the server, as the papers show it: sign in, pages, event streams, a kiosk."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from backend.client.http import BackendClient
from backend.protection.roles import DeviceKind
from backend.web.desk.people import SESSION_COOKIE
from backend.web.http.middleware import BodyLimit
from backend.wire.messages import CheckInRequest
from tests.nginx_support import Proxy, nginx_before
from tests.ports import free_port
from tests.support import PASSWORD, HandClock, House, make_house, serving


@pytest.fixture
def ports() -> tuple[int, int]:
    """Where nginx listens, with and without TLS."""
    return free_port(), free_port()


@pytest.fixture
def house(tmp_path: Path, clock: HandClock, ports: tuple[int, int]) -> Iterator[House]:
    """A server that is told of its proxy, as the papers tell it."""
    built = make_house(
        f"sqlite:///{tmp_path}/u.db", tmp_path / "var", clock,
        public_url=f"https://localhost:{ports[0]}", trusted_proxies=["127.0.0.1"], heartbeat_seconds=0.2,
    )  # fmt: skip
    yield built
    built.database.dispose()


@pytest.fixture
def proxy(house: House, ports: tuple[int, int], tmp_path: Path) -> Iterator[Proxy]:
    """The server with nginx before it."""
    folder = tmp_path / "nginx"
    folder.mkdir()
    with serving(house) as address, nginx_before(address, *ports, folder) as standing:
        yield standing


def test_a_day_behind_nginx(proxy: Proxy, house: House) -> None:
    """A clerk signs in as with a browser, a kiosk receives a visitor, the page and both streams tell of it at once."""
    house.person("suzuki")
    house.reserve("12345678")
    with httpx2.Client(base_url=proxy.address, verify=proxy.trust, timeout=10) as browser:
        led = browser.get("/")
        assert (led.status_code, led.headers["location"]) == (303, f"{proxy.address}/sign-in")
        form = {"login": "suzuki", "password": PASSWORD}
        told = {"Origin": proxy.address, "Sec-Fetch-Site": "same-origin"}
        signed = browser.post("/sign-in", data=form, headers=told)
        assert (signed.status_code, signed.headers["location"]) == (303, "/clerk")
        cookie = signed.headers["set-cookie"]
        assert cookie.startswith(f"__Host-{SESSION_COOKIE}=")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))
        page = browser.get("/clerk")
        assert page.status_code == 200
        assert page.headers["strict-transport-security"] == "max-age=31536000"
        display = {"Authorization": f"Bearer {house.device(DeviceKind.DISPLAY)}"}
        with (
            browser.stream("GET", "/pages/events") as desk,
            browser.stream("GET", "/api/v1/events", headers=display) as hall,
        ):
            heard = [stream.iter_lines() for stream in (desk, hall)]
            for lines in heard:
                assert "event: snapshot" in next(line for line in lines if line)
            number = asyncio.run(check_in(proxy, house))
            for lines in heard:
                assert f'"number":"{number}"' in next(line for line in lines if "ticket_issued" in line)
        csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert csrf is not None
        sat = browser.post(
            "/clerk/window", data={"csrf": csrf[1], "request_id": str(uuid4()), "label": "1"}, headers=told
        )
        assert (sat.status_code, sat.headers["location"]) == (303, "/clerk")
        assert f'data-number="{number}"' in browser.get("/clerk").text


async def check_in(proxy: Proxy, house: House) -> str:
    """A kiosk's own client, on a machine that knows the certificate."""
    line = httpx2.AsyncHTTPTransport(verify=proxy.trust)
    async with BackendClient(proxy.address, house.device(), transport=line) as kiosk:
        reply = await kiosk.check_in(CheckInRequest(request_id=uuid4(), number="12345678"))
    assert reply.ticket is not None
    return reply.ticket.number


def test_what_somebody_claims_before_nginx_is_not_believed(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes addresses, a scheme or a host into the headers is still who nginx saw, over TLS, at our name."""
    seen: list[tuple[str, str, str]] = []
    answer = BodyLimit.__call__

    async def look(self: BodyLimit, scope: Scope, receive: Receive, send: Send) -> None:
        """Note who asks, then answer as always."""
        if scope["type"] == "http":
            request = Request(scope)
            assert request.client is not None
            seen.append((request.client.host, request.url.scheme, request.headers["host"]))
            assert not [name for name in request.headers if "forwarded" in name]
        await answer(self, scope, receive, send)

    monkeypatch.setattr(BodyLimit, "__call__", look)
    forged = {
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "for=203.0.113.7;host=evil.example",
    }
    # Another address of this machine than that of nginx: a visitor is no proxy of ours.
    line = httpx2.HTTPTransport(verify=proxy.trust, local_address="127.0.0.2")
    with httpx2.Client(base_url=proxy.address, transport=line, timeout=10) as browser:
        assert browser.get("/", headers=forged).headers["location"] == f"{proxy.address}/sign-in"
        told = {**forged, "Origin": "https://evil.example"}
        assert browser.post("/sign-in", data={}, headers=told).status_code == 403
        assert browser.post("/api/v1/check-ins", content=b"x" * 300_000).status_code == 413
    assert set(seen) == {("127.0.0.2", "https", proxy.address.removeprefix("https://"))}
    with pytest.raises(httpx2.TransportError):
        # Another name than ours: nginx ends it before a certificate is shown.
        httpx2.get(proxy.address.replace("localhost", "127.0.0.1"), verify=proxy.trust, timeout=10)
    plain = httpx2.get(f"{proxy.plain_address}/clerk", timeout=10)
    assert (plain.status_code, plain.headers["location"]) == (301, f"{proxy.address}/clerk")
