"""Kiosks and clerks as HTTP clients: each has one connection, and does one thing after the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx2

from backend.wire.codes import ErrorCode, PrintState
from tests.bench.counter import PASSWORD
from tests.bench.line import Exchange, Line
from tests.bench.measurement import BenchError

_OK = 200
ENDING = ("start", "incomplete")
"""What a clerk does with a visitor who lacks a paper, after the call."""


class Kiosk:
    """Receives visitors over HTTP.

    Args:
        address: address of the server.
        token: the device's token.
    """

    def __init__(self, address: str, token: str) -> None:
        self._line = Line(address, {"Authorization": f"Bearer {token}"})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.close()

    def check_in(self, number: str) -> tuple[Exchange, dict[str, Any]]:
        """Receive the visitor of a reservation; returns the exchange and the ticket."""
        return _ticket(self._line.post_json("/api/v1/check-ins", {"number": number}))

    def walk_in(self) -> tuple[Exchange, dict[str, Any]]:
        """Receive a visitor without reservation; returns the exchange and the ticket."""
        return _ticket(self._line.post_json("/api/v1/walk-ins", {}))

    def hold_up(self, code: str) -> tuple[Exchange, dict[str, Any]]:
        """Receive a visitor with a notice, by the text of its code; returns the exchange and the ticket."""
        return _ticket(self._line.post_json("/api/v1/check-ins", {"code": code}))

    def look(self) -> Exchange:
        """Fetch the snapshot of the hall."""
        exchange = self._line.get("/api/v1/board")
        _need_ok(exchange, "GET /api/v1/board")
        return exchange

    def report_print(self, ticket: dict[str, Any]) -> Exchange:
        """Report that a ticket was printed."""
        place = f"/api/v1/tickets/{ticket['ticket_id']}/print-reports"
        exchange = self._line.post_json(place, {"state": PrintState.PRINTED.value})
        _need_ok(exchange, "a print report")
        return exchange


@dataclass(frozen=True)
class Pass:
    """What somebody who has signed in sends with every request, to any server of the same database.

    Attributes:
        cookies: cookies of the session and the browser.
        csrf: the CSRF value for forms of that session.
    """

    cookies: str
    csrf: str

    def line(self, address: str) -> Line:
        """A connection that sends it."""
        return Line(address, {"Origin": address, "Cookie": self.cookies, "X-CSRF-Token": self.csrf})


class Clerk:
    """Takes a window, works through the queue, and leaves the window at the end.

    Args:
        address: address of the server.
        who: the login of an account with ``PASSWORD``, to sign in with the form, or a ``Pass`` from an earlier sign-in.
        window: label of a free reception window.

    Raises:
        BenchError: the server does not let the clerk in.
    """

    def __init__(self, address: str, who: str | Pass, window: str) -> None:
        self._line = (sign_in(address, who) if isinstance(who, str) else who).line(address)
        _need_ok(self._line.post_form("/clerk/window", label=window), "POST /clerk/window")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                _need_ok(self._line.post_form("/clerk/leave"), "POST /clerk/leave")
        finally:
            self._line.close()

    def call_next(self) -> tuple[Exchange, dict[str, Any] | None]:
        """Call the next visitor; returns the exchange, and the ticket or None if nobody waits."""
        exchange = self._line.post_form("/clerk/call-next")
        if exchange.status != _OK and exchange.json().get("code") == ErrorCode.NOBODY_WAITING:
            return exchange, None
        _need_ok(exchange, "POST /clerk/call-next")
        return exchange, exchange.json()

    def step(self, ticket: dict[str, Any], name: str, **fields: str | list[str]) -> Exchange:
        """Do one thing with a visitor, by the last word of its address."""
        return _step(self._line, "clerk", ticket, name, fields)

    def finish(self, ticket: dict[str, Any]) -> None:
        """Note that the visitor came to the window, lacks a paper and left: the window is free again."""
        for name in ENDING:
            self.step(ticket, name)


class Staff:
    """Signs in with the form, takes an issuance window, and hands cards out.

    Args:
        address: address of the server.
        login: login of an account with ``PASSWORD``.
        window: label of a free issuance window.

    Raises:
        BenchError: the server does not let the person in.
    """

    def __init__(self, address: str, login: str, window: str) -> None:
        self._line = sign_in(address, login).line(address)
        _need_ok(self._line.post_form("/staff/window", label=window), "POST /staff/window")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.close()

    def step(self, ticket: dict[str, Any], name: str) -> Exchange:
        """Do one thing with a visitor, by the last word of its address."""
        return _step(self._line, "staff", ticket, name, {})


def sign_in(address: str, login: str) -> Pass:
    """Sign in with the form, with ``PASSWORD``.

    Raises:
        BenchError: the server does not let the person in.
    """
    headers = {"Accept": "application/json", "Origin": address}
    with httpx2.Client(base_url=address, headers=headers, trust_env=False, timeout=30) as client:
        signed = client.post("/sign-in", data={"login": login, "password": PASSWORD})
        if signed.status_code != _OK:
            raise BenchError(f"POST /sign-in answered {signed.status_code}")
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        csrf = str(signed.json()["csrf"])
    return Pass(cookies, csrf)


def _step(
    line: Line, who: str, ticket: dict[str, Any], name: str, fields: Mapping[str, str | list[str]]
) -> Exchange:
    exchange = line.post_form(f"/{who}/tickets/{ticket['ticket_id']}/{name}", **fields)
    _need_ok(exchange, f"POST /{who}/tickets/…/{name}")
    return exchange


def _ticket(exchange: Exchange) -> tuple[Exchange, dict[str, Any]]:
    _need_ok(exchange, "a check-in")
    reply = exchange.json()
    ticket = reply.get("ticket")
    if not isinstance(ticket, dict):
        raise BenchError(f"a check-in gave no ticket: {reply.get('reason')}")
    return exchange, ticket


def _need_ok(exchange: Exchange, what: str) -> None:
    if exchange.status != _OK:
        try:
            code = exchange.json().get("code", "no code")
        except BenchError:
            code = "no code"
        raise BenchError(f"{what} answered {exchange.status} ({code})")
