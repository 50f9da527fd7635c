"""A 12-digit number does not come in by any request: addresses, forms, names of fields, cookies."""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from backend.web.desk.banner import BANNER_COOKIE
from tests.pages_support import JSON, banner_of, browser, sign_in, somebody
from tests.support import PASSWORD, House

DRESSES = ["123456789018", "１２３４－５６７８－９０１８", "1234:5678:9018", "9123456789018"]


@pytest.fixture
def kiosk(app: FastAPI, small_house: House) -> Iterator[TestClient]:
    """A kiosk's client."""
    with TestClient(app, raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {small_house.device()}"
        yield client


def _refused(reply: Response) -> bool:
    return (reply.status_code, reply.json()["code"]) == (422, "contains_my_number") and _tells_nothing(reply)


def _tells_nothing(reply: Response) -> bool:
    told = reply.text + str(reply.headers)
    return not any(part in told for part in ("9018", "９０１８", "5678"))


@pytest.mark.parametrize("dress", DRESSES)
def test_an_address_with_a_number_is_refused(kiosk: TestClient, dress: str) -> None:
    """In the path or behind the question mark, on routes of devices: refused, not repeated."""
    assert _refused(kiosk.get("/api/v1/board", params={"x": dress}))
    assert _refused(kiosk.get("/api/v1/health", params={dress: ""}))
    assert _refused(kiosk.post(f"/api/v1/tickets/{dress}/print-reports", json={}))
    assert _tells_nothing(kiosk.get(f"/api/v1/{dress}"))


@pytest.mark.parametrize("dress", DRESSES)
def test_a_page_says_it_in_words(app: FastAPI, small_house: House, dress: str) -> None:
    """Who types a number behind an address reads what is wrong, on the page of that address."""
    person = somebody(app, small_house, "suzuki")
    reply = person.get("/clerk", params={"q": dress})
    assert (reply.status_code, banner_of(reply.text)) == (422, "error.contains_my_number")
    assert _tells_nothing(reply)


def test_an_id_with_twelve_digits_is_an_id(kiosk: TestClient, app: FastAPI, small_house: House) -> None:
    """One id in three hundred ends in twelve digits; it must not make a ticket unreachable."""
    ticket = UUID(f"01890a5d-ac96-774b-bcce-{'123456' + '789018'}")
    report = {"request_id": str(uuid4()), "state": "printed"}
    reply = kiosk.post(f"/api/v1/tickets/{ticket}/print-reports", json=report)
    assert reply.json()["code"] == "not_found"
    person = somebody(app, small_house, "suzuki")
    assert person.ask(f"/clerk/tickets/{ticket.hex}/recall").json()["code"] != "contains_my_number"


@pytest.mark.parametrize("dress", DRESSES)
def test_a_name_to_sign_in_with_is_no_number(app: FastAPI, small_house: House, dress: str) -> None:
    """The name is neither looked up nor counted nor repeated; a password may be what it likes."""
    small_house.person("suzuki")
    reply = sign_in(browser(app), dress)
    assert (reply.status_code, banner_of(reply.text)) == (422, "error.contains_my_number")
    assert _tells_nothing(reply)
    assert _refused(browser(app).post("/sign-in", data={"login": dress, "password": PASSWORD}, headers=JSON))
    assert sign_in(browser(app), "suzuki", dress).status_code == 401


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("field", ["label", "answered", "recipient", "papers", "unheard_of"])
def test_no_field_of_a_form_takes_a_number(app: FastAPI, small_house: House, field: str, dress: str) -> None:
    """Whatever the field is for, and whether or not anybody reads it."""
    person = somebody(app, small_house, "suzuki")
    assert _refused(person.ask("/clerk/window", **{field: dress}))


@pytest.mark.parametrize(
    "body",
    [
        {"123456789018": 1},
        {"language": "ja", "1234-5678-9018": ""},
        {"troubles": {"123456789018": "x"}},
    ],
)
def test_a_name_of_a_field_is_not_repeated(kiosk: TestClient, body: dict[str, Any]) -> None:
    """A refusal names the fields that are wrong; a number that stands as a name is not named."""
    for route in ("walk-ins", "device-reports", "check-ins"):
        reply = kiosk.post(f"/api/v1/{route}", json={"request_id": str(uuid4()), **body})
        assert reply.status_code == 422
        assert _tells_nothing(reply)


def test_a_cookie_of_somebody_else_shows_no_number(app: FastAPI, small_house: House) -> None:
    """The line at the top of a page travels in a cookie, which anybody on that machine can write."""
    shape = json.dumps(["done.absent", {"number": "1234 5678 9018"}])
    person = somebody(app, small_house, "suzuki")
    person.client.cookies.set(BANNER_COOKIE, base64.urlsafe_b64encode(shape.encode()).decode())
    # Ids of requests are drawn by chance, and one in some thousands holds these four digits.
    assert "9018" not in re.sub(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", person.get("/clerk").text)
