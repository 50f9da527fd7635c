"""Any request at all, to every route, from everybody: an answer of ours, never a mistake of the server, nothing repeated."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from backend.offices.day import business_day
from backend.protection.roles import DeviceKind, Role
from backend.protection.sessions import find_session, start_session
from backend.reception.storing.tables import tickets
from backend.web.app import create_app
from backend.web.desk.people import SESSION_COOKIE, spans
from backend.wire.codes import TicketState
from backend.wire.messages import ErrorReply
from tests.counter import actor_of
from tests.invented_number import MY_NUMBER
from tests.pages_support import arrive, walk_in
from tests.proof import examples, some_of
from tests.strange import (
    BODIES,
    CANARY,
    FORMS,
    HEADERS,
    TICKET,
    Answer,
    Person,
    Route,
    Sent,
    leave,
    ordinary,
    routes,
    send,
    strange,
    with_header,
)
from tests.support import House, serving, wait_until

SPREAD = "１２３４５６７８９０１８".encode()


class Counter:
    """A served counter with everybody there, and what it said in its logs."""

    def __init__(self, house: House, address: str, said: list[Any], records: list[logging.LogRecord]) -> None:
        self.house, self.address = house, address
        self._said, self._records = said, records
        self.routes = routes(create_app(house.graph))
        self._accounts = {
            role.value: house.person(f"{role}01", role) for role in (Role.CLERK, Role.STAFF, Role.AUDITOR)
        }
        self._people: dict[str, tuple[Person, str]] = {"nobody": (Person({}), "")}
        for kind in (DeviceKind.KIOSK, DeviceKind.DISPLAY):
            token = house.device(kind)
            self._people[kind.value] = (Person({"Authorization": f"Bearer {token}"}), "")
        house.reserve("10000001")
        self.tickets = [
            arrive(house, "10000001").ticket_id.hex,
            *(walk_in(house).ticket_id.hex for _ in range(3)),
        ]

    def who(self, name: str) -> Person:
        """Somebody; who was signed out meanwhile has signed in again."""
        person, token = self._people.get(name, (None, ""))
        if person is None or (token and not self._is_there(token)):
            with self.house.database.write() as work:
                token, session = start_session(work, self._accounts[name], self._accounts[name].office_id)
            person = Person({"Cookie": f"{SESSION_COOKIE}={token}"}, session.csrf)
            self._people[name] = (person, token)
        return person

    def _is_there(self, token: str) -> bool:
        graph = self.house.graph
        return find_session(graph.database, token, touch=False, **spans(graph.settings)) is not None

    def serve_somebody(self) -> None:
        """Have a visitor at window 1 whose papers are being checked, whatever was asked before."""
        calling, clerk = self.house.counter, actor_of(self._accounts["clerk"])
        with self.house.database.read() as connection:
            mine = tickets.c.window == "1", tickets.c.business_day == business_day(self.house.clock())
            at_window = connection.execute(select(tickets.c.id, tickets.c.state).where(*mine)).one_or_none()
        if at_window is not None and at_window.state == TicketState.SERVING:
            return
        calling.take_window(uuid4(), clerk, "1")
        if at_window is None:
            self.tickets[1:] = [*self.tickets[2:], walk_in(self.house).ticket_id.hex]
            self.tickets[0] = str(calling.call_next(uuid4(), clerk)["ticket_id"])
        calling.start(uuid4(), clerk, self.tickets[0])

    def ask(self, sent: Sent) -> Answer:
        """Send a request, and hold what came back against what is always true."""
        answer = send(self.address, sent)
        told = answer.head + answer.body
        assert answer.status < 500, told[:500]
        assert MY_NUMBER.encode() not in told
        assert SPREAD not in told
        assert b"Traceback" not in told
        if answer.status != 400 or answer.has(
            b"X-Frame-Options"
        ):  # 400 alone: refused before anything of ours saw it
            assert answer.has(b"X-Content-Type-Options")
            assert answer.has(b"Content-Security-Policy")
        if sent.target.startswith(b"/api/") and answer.status >= 400 and answer.body:
            assert ErrorReply.model_validate_json(answer.body).code
        self.is_silent()
        return answer

    def is_silent(self) -> None:
        """No mistake and nothing that was sent stands in a log."""
        said, records = self._said[:], self._records[:]
        self._said.clear()
        self._records.clear()
        wrong = [one for one in said if one["log_level"] in {"error", "critical"}]
        assert wrong == []
        assert [one.getMessage() for one in records if one.levelno >= logging.WARNING] == []
        written = f"{said}{[(one.getMessage(), one.exc_text) for one in records]}"
        assert CANARY not in written
        assert MY_NUMBER not in written


@pytest.fixture
def counter(small_house: House, caplog: pytest.LogCaptureFixture) -> Iterator[Counter]:
    """The counter on a real socket."""
    with (
        caplog.at_level(logging.INFO),
        structlog.testing.capture_logs() as said,
        serving(small_house) as address,
    ):
        opened = Counter(small_house, address, said, caplog.records)
        yield opened
    opened.is_silent()


def whose(route: Route) -> str:
    """Whose work a route is."""
    if route.of_device:
        return "kiosk"
    beginnings = {"/staff": "staff", "/copy": "staff", "/trail": "auditor"}
    return next((who for begin, who in beginnings.items() if route.path.startswith(begin)), "clerk")


def test_every_route_has_an_ordinary_request_to_begin_with(counter: Counter) -> None:
    """Protects the proof itself: what is turned into something strange was read and understood before."""
    posts = {route.path for route in counter.routes if route.method == "POST"}
    assert posts == {*BODIES, *FORMS}
    others = {
        Route("GET", "/none"): 404,
        Route("POST", "/sign-in"): 401,
        Route("GET", f"/staff/tickets/{TICKET}"): 409,  # not handed over yet
        Route("POST", "/account/password"): 409,  # not the present one
        **{Route(method, "/first-password/{link}"): 410 for method in ("GET", "POST")},
        # A clerk keeps no roster; tests/integration/test_pages_roster.py reads what a responsible person sends.
        **{route: 403 for route in counter.routes if route.path.startswith("/roster")},
    }
    for route in counter.routes:
        counter.serve_somebody()
        answer = counter.ask(ordinary(route, counter.who(whose(route)), counter.tickets[0]))
        assert answer.status in {others.get(route, 200), 303}, route


STREAMS = (("display", Route("GET", "/api/v1/events")), ("clerk", Route("GET", "/pages/events")))
FORM = ("nobody", Route("POST", "/sign-in"))
READ_BY = (
    ("nobody", Route("GET", "/static/app.css")),
    ("kiosk", Route("GET", "/api/v1/events")),
    ("clerk", Route("GET", "/clerk")),
    ("nobody", Route("GET", "/none")),
)
"""Who asks where: between them they read every header, for whom it is, what it wants and how far somebody had read."""


def test_no_header_breaks_a_route(counter: Counter) -> None:
    """Each odd value of each header at the form of strangers and elsewhere: an `Origin` of half an address was a 500."""
    pairs = [(name, value) for name, values in HEADERS.items() for value in values]
    for place, (name, value) in enumerate(pairs):
        for who, route in (FORM, *some_of(READ_BY[place % 4 :][:1], everything=READ_BY)):
            counter.ask(with_header(ordinary(route, counter.who(who), ""), name, value))


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Length": "3"}, b"\0\0\0", 422),
        ({"Content-Length": "8"}, b'"\\u0000"', 422),
        ({"Content-Length": "3", "Content-Type": "application/x-www-form-urlencoded"}, b"%00", 422),
        ({"Transfer-Encoding": "chunked"}, b"60000\r\n" + b"x" * 0x60000 + b"\r\n0\r\n\r\n", 413),
        ({"Content-Length": "3"}, b"abc", 200),
    ],
    ids=["nul", "json", "form", "large", "harmless"],
)
def test_a_body_that_comes_with_a_stream_is_no_mistake_of_ours(
    counter: Counter, headers: dict[str, str], body: bytes, status: int
) -> None:
    """Who asks for a stream and sends a body along is refused as anywhere else: no stream is begun and broken off."""
    more = tuple((name.encode(), value.encode()) for name, value in headers.items())
    for who, route in STREAMS:
        asked = ordinary(route, counter.who(who), "")
        assert counter.ask(Sent(asked.method, asked.target, (*asked.headers, *more), body)).status == status
        wait_until(lambda: counter.house.graph.hub.readers == 0)


def test_half_a_body_and_a_stream_is_no_mistake_of_ours(counter: Counter) -> None:
    """Who asks for a stream, promises a body and goes away leaves no reader and no line of an error behind."""
    for who, route in STREAMS:
        asked = ordinary(route, counter.who(who), "")
        promised = Sent(asked.method, asked.target, (*asked.headers, (b"Content-Length", b"9")), b"half")
        assert leave(counter.address, promised) == b""
    counter.ask(ordinary(Route("GET", "/api/v1/health"), counter.who("nobody"), ""))
    assert counter.house.graph.hub.readers == 0


def test_no_request_is_answered_by_a_mistake_or_repeated_in_a_log(counter: Counter, tmp_path: Path) -> None:
    """Whatever is sent by whomever: an answer of ours with its headers, one shape of refusals, silent logs, no number kept."""

    @settings(
        max_examples=examples(200),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
    )
    @given(strange(counter.routes, counter.who, lambda: counter.tickets))
    def ask(sent: Sent) -> None:
        counter.serve_somebody()
        counter.ask(sent)

    ask()
    counter.is_silent()
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("uketsuke.db*"))
    assert MY_NUMBER.encode() not in kept
    assert CANARY.encode() not in kept
