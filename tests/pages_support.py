"""Helpers that tests of pages share: people with a browser without scripts, and visitors to call."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from httpx2 import Response

from backend.protection.roles import Role
from backend.web.app import PAGE_ROUTERS
from backend.web.desk.people import SESSION_COOKIE
from backend.wire.messages import CheckInRequest, TicketMessage, WalkInRequest
from tests.support import KIOSK, PASSWORD, House, Roles

JSON = {"Accept": "application/json"}
HTML = {"Accept": "text/html"}
FRAGMENT = {"X-Fragment": "page"}


@dataclass
class Somebody:
    """A person who is signed in with their own browser."""

    client: TestClient
    csrf: str

    def get(self, address: str, **more: Any) -> Response:
        """Open a page."""
        return self.client.get(address, **more)

    def post(self, address: str, headers: dict[str, str] | None = None, **fields: Any) -> Response:
        """Send a form as our pages do, with a new request id unless one is given."""
        data = {"csrf": self.csrf, "request_id": str(uuid4()), **fields}
        return self.client.post(address, data=data, headers=headers or {})

    def ask(self, address: str, **fields: Any) -> Response:
        """Send a form as a program does, which wants JSON."""
        return self.post(address, JSON, **fields)


def browser(app: FastAPI) -> TestClient:
    """A browser that does not follow redirects by itself."""
    return TestClient(app, follow_redirects=False, raise_server_exceptions=False)


def somebody(
    app: FastAPI, house: House, login: str, role: Role | Roles = Role.CLERK, *, office_id: str = "00"
) -> Somebody:
    """A person with a session."""
    _, token, csrf = house.signed_in(login, role, office_id)
    client = browser(app)
    client.cookies.set(SESSION_COOKIE, token)
    return Somebody(client, csrf)


def at_window(
    app: FastAPI, house: House, login: str, window: str, role: Role | Roles = Role.CLERK
) -> Somebody:
    """Somebody at a window."""
    person = somebody(app, house, login, role)
    home = "/clerk" if role is Role.CLERK else "/staff"
    assert person.ask(f"{home}/window", label=window).status_code == 200
    return person


def sign_in(client: TestClient, login: str, password: str = PASSWORD, **headers: str) -> Response:
    """Send the form of the sign-in."""
    return client.post("/sign-in", data={"login": login, "password": password}, headers=headers)


def walk_in(house: House, language: str = "ja") -> TicketMessage:
    """Take a number for a visitor without a reservation."""
    request = WalkInRequest(request_id=uuid4(), language=language)
    ticket = house.counter.walk_in(request, KIOSK).ticket
    assert ticket is not None
    return ticket


def arrive(house: House, number: str) -> TicketMessage:
    """Check in a visitor with a reservation."""
    request = CheckInRequest(request_id=uuid4(), number=number)
    ticket = house.counter.check_in(request, KIOSK).ticket
    assert ticket is not None
    return ticket


def banner_of(text: str) -> str:
    """Key of the banner at the top of a page, or an empty text."""
    found = re.search(r'data-banner="([^"]*)"', text)
    return found.group(1) if found else ""


def addresses(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of every route of the application, from all routers."""
    found = [
        (method, re.sub(r"\{\w+\}", str(uuid4()), path))
        for path, methods in app.openapi()["paths"].items()
        for method in (one.upper() for one in methods)
    ]
    nobody = uuid4().hex  # the same everywhere: a form and its page have one address
    for router in PAGE_ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            found.extend((method, re.sub(r"\{\w+\}", nobody, route.path)) for method in route.methods or ())
    return found


def serve(clerk: Somebody) -> str:
    """Call the next visitor and begin; returns the ticket's id."""
    ticket_id = str(clerk.ask("/clerk/call-next").json()["ticket_id"])
    assert clerk.ask(f"/clerk/tickets/{ticket_id}/start").status_code == 200
    return ticket_id


def begin_check(app: FastAPI, house: House, number: str) -> tuple[Somebody, str]:
    """A clerk who has begun to check the papers of the only visitor, and the address of the ticket's page."""
    house.reserve(number)
    arrive(house, number)
    clerk = at_window(app, house, "clerk01", "1")
    return clerk, f"/clerk/tickets/{serve(clerk)}"
