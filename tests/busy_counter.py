"""Kiosks and clerks that all work at the same time until the servers are gone, and note the answers that they got."""

import json
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx2
from sqlalchemy import Connection, select

from backend.reception.storing.tables import tickets
from backend.storage.requests import requests
from backend.wire.codes import ErrorCode
from tests.history import flaws_of
from tests.support import PASSWORD, House

SLOW_DISK = """
import time
from backend.storage import database
carried_out = database.run_together
def run_together(*given):
    work = carried_out(*given)
    time.sleep(0.05)
    return work
database.run_together = run_together
"""
"""Code to run before a server: each commit takes as long as on an old disk, so that many commands share one."""

_TIMEOUT = 20


@dataclass
class Told:
    """The answers that kiosks and clerks got.

    Attributes:
        tickets: ticket id by request id.
        tokens: the kiosk's token by request id; a request must be repeated by the kiosk that made it.
        refused: HTTP status of refused requests, by request id.
        unanswered: ids of requests without an answer.
        calls: ids of tickets that were called, according to the answers to clerks.
    """

    tickets: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)


class Crowd:
    """Kiosks and clerks, each with a thread and a connection of its own.

    Args:
        house: the house in which devices and people are enrolled.
        addresses: the servers' addresses; each kiosk and clerk uses them in turn.
        kiosks: office of each kiosk.
        clerks: office and window of each clerk.
        most: how many numbers each kiosk takes; None for as many as possible while the server runs.
    """

    def __init__(
        self,
        house: House,
        addresses: Sequence[str],
        *,
        kiosks: Sequence[str],
        clerks: Sequence[tuple[str, str]],
        most: int | None = None,
    ) -> None:
        self.told = Told()
        self._addresses = addresses
        self._most = most
        self._kiosks_left = len(kiosks)
        self._guard = threading.Lock()
        self._troubles: list[BaseException] = []
        self._threads = [
            *(
                threading.Thread(target=self._safely, args=(self._kiosk, house.device(office_id=office)))
                for office in kiosks
            ),
            *(
                threading.Thread(
                    target=self._safely, args=(self._clerk, self._person(house, *place), place[1])
                )
                for place in clerks
            ),
        ]

    def begin(self) -> None:
        """Start all threads."""
        for thread in self._threads:
            thread.start()

    def end(self) -> Told:
        """Wait until all threads have ended, and return the answers that they got."""
        for thread in self._threads:
            thread.join(120)
            assert not thread.is_alive()
        if self._troubles:
            raise self._troubles[0]
        return self.told

    def has(self, given: int, calls: int) -> bool:
        """Whether there have been at least this many answers; raises an exception if a thread has failed."""
        assert not self._troubles, self._troubles[0]
        return len(self.told.tickets) >= given and len(self.told.calls) >= calls

    def _person(self, house: House, office_id: str, window: str) -> str:
        login = f"clerk-{office_id}-{window}"
        house.person(login, office_id=office_id)
        return login

    def _safely(self, work: Callable[..., None], *given: str) -> None:
        try:
            work(*given)
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
            self._troubles.append(error)

    def _kiosk(self, token: str) -> None:
        with ExitStack() as stack:
            clients = [stack.enter_context(kiosk(address, token)) for address in self._addresses]
            turn = 0
            while self._most is None or turn < self._most:
                request_id = str(uuid4())
                self.told.tokens[request_id] = token
                try:
                    reply = take_number(clients[turn % len(clients)], request_id)
                except httpx2.TransportError:
                    self.told.unanswered.append(request_id)
                    break
                turn += 1
                if reply.status_code != 200:
                    self.told.refused[request_id] = reply.status_code
                elif reply.json()["ticket"] is not None:
                    self.told.tickets[request_id] = reply.json()["ticket"]["ticket_id"]
        with self._guard:
            self._kiosks_left -= 1

    def _clerk(self, login: str, window: str) -> None:
        with ExitStack() as stack, suppress(httpx2.TransportError, json.JSONDecodeError):
            clients = signed_in(self._addresses, login)
            for client in clients:
                stack.enter_context(closing(client))
            press(clients[0], "/clerk/window", label=window)
            turn = 0
            while True:
                turn += 1
                last = not self._kiosks_left
                called = press(clients[turn % len(clients)], "/clerk/call-next")
                if called.get("code") == ErrorCode.NOBODY_WAITING and last:
                    break
                if "ticket_id" not in called:
                    continue
                self.told.calls.append(called["ticket_id"])
                for step in ("start", "incomplete"):
                    turn += 1
                    press(clients[turn % len(clients)], f"/clerk/tickets/{called['ticket_id']}/{step}")


def kiosk(address: str, token: str) -> httpx2.Client:
    """A kiosk's connection to a server."""
    return httpx2.Client(base_url=address, timeout=_TIMEOUT, headers={"Authorization": f"Bearer {token}"})


def take_number(client: httpx2.Client, request_id: str) -> httpx2.Response:
    """Take a number without a notice."""
    return client.post("/api/v1/walk-ins", json={"request_id": request_id})


def signed_in(addresses: Sequence[str], login: str) -> list[httpx2.Client]:
    """Sign somebody in; returns a browser for each server of the database, all with the same session."""
    clients = [
        httpx2.Client(base_url=address, timeout=_TIMEOUT, headers={"Accept": "application/json"})
        for address in addresses
    ]
    form = {"login": login, "password": PASSWORD}
    signed = clients[0].post("/sign-in", data=form, headers={"Origin": addresses[0]})
    assert signed.status_code == 200, signed.text
    for client in clients:
        client.headers["X-CSRF-Token"] = signed.json()["csrf"]
        client.cookies = httpx2.Cookies(clients[0].cookies)
    return clients


def press(client: httpx2.Client, path: str, **fields: str) -> dict[str, Any]:
    """Press a button of the clerk's page; press it again with the same request id if the server was too busy."""
    form = {"request_id": str(uuid4()), **fields}
    for _ in range(5):
        reply = client.post(path, data=form)
        if reply.status_code != 503:
            break
    body: dict[str, Any] = reply.json()
    return body


def untrue(connection: Connection, told: Told) -> list[str]:
    """What is wrong in the database: answers that it does not contain, incomplete ones, and numbers given twice."""
    rows = {row.id: row for row in connection.execute(select(tickets.c.id, tickets.c.state))}
    kept = {
        str(UUID(row.request_id)): row.reply.get("ticket_id")
        for row in connection.execute(
            select(requests.c.request_id, requests.c.reply).where(requests.c.command == "walk_in")
        )
    }
    given = [UUID(ticket_id).hex for ticket_id in told.tickets.values()]
    return [
        *flaws_of(connection),
        *(f"told and not there: {ticket_id}" for ticket_id in given if ticket_id not in rows),
        *(f"given twice: {ticket_id}" for ticket_id in {*given} if given.count(ticket_id) > 1),
        *(
            f"another ticket was kept for {request_id}"
            for request_id, ticket_id in told.tickets.items()
            if request_id in kept and kept[request_id] != UUID(ticket_id).hex
        ),
        *(
            f"told as called and still waiting: {ticket_id}"
            for ticket_id in told.calls
            if ticket_id not in rows or rows[ticket_id].state == "waiting"
        ),
        *(f"called twice: {ticket_id}" for ticket_id in {*told.calls} if told.calls.count(ticket_id) > 1),
    ]
