"""kill -9 in the middle of issuing and calling: nothing that was answered is lost, nothing is half done."""

import json
import os
import signal
import threading
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import func, select

from backend.reception.tables import tickets
from backend.storage import event_log
from backend.wire.codes import CheckInReason, ErrorCode
from tests.proof import examples
from tests.support import PASSWORD, House, real_time_house, server_process, wait_until


@pytest.mark.dialect
@pytest.mark.parametrize("kill", range(examples(1)))
def test_what_was_answered_survives_kill_9_while_issuing_and_calling(
    migrated_url: str, kill: int, tmp_path: Path
) -> None:
    """The server is killed in mid-work: every answered number and call is there, a retry gets the same answer."""
    house = real_time_house(migrated_url, tmp_path)
    token = house.device()
    house.person("clerk01")
    answered: dict[str, str] = {}
    unanswered: list[str] = []
    called: list[str] = []
    with server_process(migrated_url, tmp_path) as (process, address):
        enough = threading.Event()
        kiosk = threading.Thread(
            target=_issue_until_killed, args=(address, token, answered, unanswered, enough)
        )
        clerk = threading.Thread(target=_call_until_killed, args=(address, called))
        kiosk.start()
        clerk.start()
        assert enough.wait(60)
        wait_until(lambda: len(called) >= 5, 60)
        os.kill(process.pid, signal.SIGKILL)
        kiosk.join(30)
        clerk.join(30)
    assert not kiosk.is_alive()
    assert not clerk.is_alive()
    with server_process(migrated_url, tmp_path) as (_process, address), _kiosk(address, token) as client:
        # What was never answered is asked again with the same id: one ticket comes of it, not two.
        retried = {request_id: _walk_in(client, request_id) for request_id in unanswered}
        for request_id, number in answered.items():
            assert _walk_in(client, request_id) == number
    numbers = [*answered.values(), *(number for number in retried.values() if number is not None)]
    with house.database.read() as connection:
        rows = connection.execute(select(tickets.c.label, tickets.c.state, tickets.c.window)).all()
        issued = [one.facts["number"] for one in _events(house) if one.kind == "ticket_issued"]
        assert connection.execute(select(func.count()).select_from(tickets)).scalar_one() == len(numbers)
    assert sorted(numbers) == sorted(row.label for row in rows) == sorted(issued)
    assert set(called) <= {row.label for row in rows if row.state != "waiting"}
    assert len([row for row in rows if row.window is not None]) <= 1
    house.database.dispose()


def _events(house: House) -> list[event_log.LoggedEvent]:
    with house.database.read() as connection:
        return list(event_log.events_after(connection, 0, limit=100_000))


def _kiosk(address: str, token: str) -> httpx2.Client:
    return httpx2.Client(base_url=address, timeout=10, headers={"Authorization": f"Bearer {token}"})


def _walk_in(client: httpx2.Client, request_id: str) -> str | None:
    """The number, or none where all of the series are given: a busy clerk may be slower than the kiosk."""
    reply = client.post("/api/v1/walk-ins", json={"request_id": request_id})
    assert reply.status_code == 200, reply.text
    told = reply.json()
    if told["ticket"] is None:
        assert told["reason"] == CheckInReason.NUMBERS_EXHAUSTED, told
        return None
    number: str = told["ticket"]["number"]
    return number


def _issue_until_killed(
    address: str, token: str, answered: dict[str, str], unanswered: list[str], enough: threading.Event
) -> None:
    with _kiosk(address, token) as client:
        while True:
            request_id = str(uuid4())
            try:
                number = _walk_in(client, request_id)
            except httpx2.TransportError:
                unanswered.append(request_id)
                return
            if number is not None:
                answered[request_id] = number
            if len(answered) >= 25:
                enough.set()


def _call_until_killed(address: str, called: list[str]) -> None:
    with httpx2.Client(base_url=address, timeout=10, headers={"Accept": "application/json"}) as client:
        try:
            signed = client.post(
                "/sign-in", data={"login": "clerk01", "password": PASSWORD}, headers={"Origin": address}
            )
            client.headers["X-CSRF-Token"] = signed.json()["csrf"]
            _command(client, "/clerk/window", label="1")
            while True:
                reply = _command(client, "/clerk/call-next")
                if reply.get("code") == ErrorCode.NOBODY_WAITING:
                    continue
                called.append(reply["number"])
                _command(client, f"/clerk/tickets/{reply['ticket_id']}/start")
                _command(client, f"/clerk/tickets/{reply['ticket_id']}/incomplete")
        except (httpx2.TransportError, json.JSONDecodeError):
            return


def _command(client: httpx2.Client, path: str, **fields: str) -> dict[str, str]:
    reply: dict[str, str] = client.post(path, data={"request_id": str(uuid4()), **fields}).json()
    return reply
