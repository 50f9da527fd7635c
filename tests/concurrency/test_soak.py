"""A server in use round after round: what it holds of the machine at the end is what it held after the first rounds."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx2
import psutil

from backend.protection.roles import DeviceKind
from tests.migrated import migrated_sqlite
from tests.proof import examples
from tests.support import PASSWORD, House, real_time_house, server_process, wait_until

WARM = 10
"""Rounds until threads, connections and caches are there."""
ROUNDS = examples(15)
MOST_MEMORY = 8 * 2**20
"""Bytes that an allocator and the caches of SQLite may take beside what a round leaves behind."""
MORE = 8
"""Files and threads that may be open at one moment and not at another."""
MOST_WAL = 8 * 2**20
"""Twice of where SQLite begins its write-ahead log anew."""
PER_SIGN_IN = 5
"""A sign-in costs what fifty other requests cost."""


@dataclass(frozen=True)
class Held:
    """What a process holds of its machine."""

    memory: int
    files: int
    threads: int

    @classmethod
    def of(cls, process: psutil.Process) -> "Held":
        """What it holds now."""
        with process.oneshot():
            return cls(process.memory_info().rss, process.num_fds(), process.num_threads())


class Counter:
    """A kiosk, a display and two clerks at a server process."""

    def __init__(self, house: House, address: str) -> None:
        self._address = address
        token, display = house.device(), house.device(DeviceKind.DISPLAY)
        self._kiosk = httpx2.Client(
            base_url=address, timeout=30, headers={"Authorization": f"Bearer {token}"}
        )
        self._display = {"Authorization": f"Bearer {display}"}
        for login in ("clerk01", "clerk02"):
            house.person(login)
        self._clerk = self._signed_in("clerk01")
        _send(self._clerk, "/clerk/window", label="1")
        self._seq = "0"

    def close(self) -> None:
        """Leave the server alone."""
        self._kiosk.close()
        self._clerk.close()

    def round(self, number: int) -> None:
        """A visitor from the kiosk to the end, a display that was cut off, and now and then somebody who signs in and out."""
        ticket = self._kiosk.post("/api/v1/walk-ins", json={"request_id": str(uuid4())}).json()["ticket"]
        report = {"request_id": str(uuid4()), "state": "printed"}
        printed = self._kiosk.post(f"/api/v1/tickets/{ticket['ticket_id']}/print-reports", json=report)
        assert printed.status_code == 200
        called = _send(self._clerk, "/clerk/call-next").json()
        assert called["number"] == ticket["number"]
        for step in ("recall", "start", "incomplete", "cancel"):
            assert _send(self._clerk, f"/clerk/tickets/{called['ticket_id']}/{step}").status_code == 200
        assert self._clerk.get("/clerk/panel").status_code == 200
        assert self._kiosk.post("/api/v1/walk-ins", content=b"{").status_code == 422
        self._look(number)
        if number % PER_SIGN_IN == 0:
            other = self._signed_in("clerk02")
            assert _send(other, "/sign-out").status_code == 200
            other.close()

    def _look(self, number: int) -> None:
        """A display comes back with its last event, every third time without one, and is cut off in the middle."""
        last = {} if number % 3 == 0 else {"Last-Event-ID": self._seq}
        with httpx2.stream("GET", f"{self._address}/api/v1/events", headers={**self._display, **last}, timeout=30) as stream:  # fmt: skip
            assert stream.status_code == 200
            for line in stream.iter_lines():
                if line.startswith("id: "):
                    self._seq = line.removeprefix("id: ")
                if line.startswith("data: "):
                    assert json.loads(line.removeprefix("data: "))["office_id"] == "00"
                    break

    def _signed_in(self, login: str) -> httpx2.Client:
        client = httpx2.Client(base_url=self._address, timeout=30, headers={"Accept": "application/json"})
        signed = client.post("/sign-in", data={"login": login, "password": PASSWORD})
        assert signed.status_code == 200, signed.text
        client.headers["X-CSRF-Token"] = signed.json()["csrf"]
        return client


def _send(client: httpx2.Client, path: str, **fields: str) -> httpx2.Response:
    return client.post(path, data={"request_id": str(uuid4()), **fields})


@contextmanager
def in_use(folder: Path) -> Iterator[tuple[Counter, psutil.Process]]:
    """A counter with its server process, warm."""
    url = migrated_sqlite(folder / "uketsuke.db")
    house = real_time_house(url, folder)
    with server_process(url, folder) as (process, address):
        counter = Counter(house, address)
        for number in range(WARM):
            counter.round(number)
        yield counter, psutil.Process(process.pid)
        counter.close()
    house.database.dispose()


def test_a_server_in_use_holds_no_more_after_many_rounds(tmp_path: Path) -> None:
    """Memory, files, threads, streams and the write-ahead log of a server are bounded however long it is in use."""
    log = tmp_path / "uketsuke.db-wal"
    longest_log = 0
    with in_use(tmp_path) as (counter, server):
        before = Held.of(server)
        for number in range(ROUNDS):
            counter.round(number)
            longest_log = max(longest_log, log.stat().st_size)
        # What a cut connection held is given back when the server has noticed.
        wait_until(lambda: Held.of(server).files <= before.files + MORE, 30)
        after = Held.of(server)
    assert after.memory - before.memory < MOST_MEMORY, (before, after)
    assert after.threads <= before.threads + MORE, (before, after)
    assert longest_log < MOST_WAL
