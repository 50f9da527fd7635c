"""What stands still, a database or another server in mid-transaction, binds nobody: everything is answered in time."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import httpx2
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import select

from backend.protection.roles import DeviceKind, Role
from backend.reception.storing.tables import tickets
from backend.web.app import PAGE_ROUTERS
from backend.web.desk.people import SESSION_COOKIE
from backend.web.devices import device_commands, device_routes
from backend.wire.codes import ErrorCode
from tests.architecture.papers import ROOT
from tests.frozen import postgres_processes, standing_still
from tests.migrated import migrated_postgres
from tests.support import PASSWORD, House, events_of, real_time_house, server_process, wait_until

LIMIT = 5.0
"""Whoever asks has an answer by then, whatever stands still: after four seconds, and later on a machine with much else to do."""
TICKET = "0" * 32
NEEDS_NO_DATABASE = {("POST", "/language"): 303, ("GET", "/about"): 200}


@pytest.fixture
def url(postgres_url: str) -> Iterator[str]:
    """A migrated database on PostgreSQL."""
    with migrated_postgres(postgres_url) as made:
        yield made


HOLDING = """
import sys
from backend.storage.errors import StorageError
from backend.storage.database import Database

try:
    with Database(sys.argv[1], patience=4).write() as work:
        work.record("ticket_issued", office_id="00", business_day=work.now.date(), facts={"number": "M-999"})
        print("holding", flush=True)
        sys.stdin.readline()
        work.record("ticket_issued", office_id="00", business_day=work.now.date(), facts={"number": "M-998"})
    print("done", flush=True)
except StorageError as error:
    print("lost", type(error).__name__, flush=True)
"""
"""Another program of ours in mid-transaction, with the lock of the events: what a server holds while it writes."""


class Holder:
    """A process that holds the lock until it is told to go on."""

    def __init__(self, url: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDING, url],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._line() == "holding"

    def go_on(self) -> str:
        """Let it end its transaction; what became of it."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.close()
        return self._line()

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@pytest.fixture
def holder(url: str) -> Iterator[Holder]:
    """A second program in mid-transaction on the PostgreSQL database."""
    held = Holder(url)
    with held.process:
        yield held
        held.process.kill()


class Asking:
    """A kiosk and people at a server, each with what opens every route."""

    def __init__(self, house: House, address: str) -> None:
        self._client = httpx2.Client(
            base_url=address, timeout=LIMIT, limits=httpx2.Limits(max_connections=200)
        )
        self._tokens = {kind: house.device(kind) for kind in (DeviceKind.KIOSK, DeviceKind.DISPLAY)}
        self._people = {role: house.signed_in(role.value, role) for role in (Role.CLERK, Role.STAFF)}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(self, method: str, path: str) -> httpx2.Response:
        """Ask one route, rightly; an answer that takes longer than the limit raises."""
        address = path.replace("{ticket_id}", TICKET)
        if address.startswith("/api/"):
            headers = {"Authorization": f"Bearer {self._tokens[DeviceKind.KIOSK]}"}
            return self._client.request(method, address, headers=headers, json=_body(address))
        _, cookie, csrf = self._people[Role.STAFF if address.startswith("/staff") else Role.CLERK]
        form = {
            "csrf": csrf, "request_id": str(uuid4()), "label": "1", "language": "ja",
            "login": Role.CLERK.value, "password": PASSWORD,
        }  # fmt: skip
        headers = {"Cookie": f"{SESSION_COOKIE}={cookie}", "Accept": "application/json"}
        return self._client.request(method, address, headers=headers, data=form if method == "POST" else None)

    def walk_in(self) -> httpx2.Response:
        """A visitor without a reservation."""
        return self.ask("POST", "/api/v1/walk-ins")


def _body(address: str) -> dict[str, Any] | None:
    bodies: dict[str, dict[str, Any]] = {
        "/check-ins": {"number": "12345678"},
        "/walk-ins": {},
        "/refusals": {"kind": "my_number"},
        "/device-reports": {},
        "/print-reports": {"state": "printed"},
    }
    found = next((body for end, body in bodies.items() if address.endswith(end)), None)
    return None if found is None else {"request_id": str(uuid4()), **found}


def routes() -> list[tuple[str, str]]:
    """Every route of the server but that of its health."""
    routers = (
        device_routes.router,
        device_commands.router,
        *PAGE_ROUTERS,
    )
    return [
        (method, route.path)
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
    ]


@pytest.mark.dialect
def test_every_route_answers_while_postgresql_stands_still_and_afterwards(
    postgres_url: str, url: str, tmp_path: Path
) -> None:
    """A frozen database machine: more requests than threads, each with 503 in time; health answers; then all is well."""
    house = real_time_house(url, tmp_path)
    with (
        server_process(url, tmp_path) as (_process, address),
        Asking(house, address) as asking,
        ThreadPoolExecutor(120) as crowd,
    ):
        assert asking.walk_in().status_code == 200
        with standing_still(postgres_processes(postgres_url)):
            waiting = [crowd.submit(asking.walk_in) for _ in range(60)]
            everything = {route: crowd.submit(asking.ask, *route) for route in routes()}
            # What was known a moment ago may still be told; afterwards nobody is told that all is well.
            assert httpx2.get(f"{address}/api/v1/health", timeout=LIMIT).status_code in {200, 503}
            statuses = {route: answer.result().status_code for route, answer in everything.items()}
            codes = {answer.result().json()["code"] for answer in waiting}
            assert codes <= {ErrorCode.STORAGE_BUSY, ErrorCode.STORAGE_UNAVAILABLE}
            health = httpx2.get(f"{address}/api/v1/health", timeout=LIMIT)
        answered = {route: status for route, status in statuses.items() if status != 503}
        assert answered == NEEDS_NO_DATABASE
        assert health.status_code == 503 or health.json()["status"] == "degraded"
        wait_until(lambda: asking.walk_in().status_code == 200, LIMIT)
    house.database.dispose()


@pytest.mark.dialect
def test_a_server_can_be_stopped_while_postgresql_stands_still(
    postgres_url: str, url: str, tmp_path: Path
) -> None:
    """Nobody has to kill a server whose database is frozen: it ends by itself, with requests that wait and an open stream."""
    house = real_time_house(url, tmp_path)
    with (
        server_process(url, tmp_path) as (process, address),
        Asking(house, address) as asking,
        ThreadPoolExecutor(20) as crowd,
    ):
        headers = {"Authorization": f"Bearer {house.device(DeviceKind.DISPLAY)}"}
        with (
            httpx2.stream("GET", f"{address}/api/v1/events", headers=headers, timeout=LIMIT) as stream,
            standing_still(postgres_processes(postgres_url)),
        ):
            assert next(stream.iter_lines()) == "event: snapshot"
            waiting = [crowd.submit(asking.walk_in) for _ in range(10)]
            process.terminate()
            assert process.wait(2 * LIMIT) is not None
            for answer in waiting:
                with contextlib.suppress(httpx2.TransportError):
                    assert answer.result().status_code == 503
    house.database.dispose()


@pytest.mark.dialect
def test_a_server_that_stands_still_with_locks_frees_them_and_spoils_nothing(
    url: str, tmp_path: Path, holder: Holder
) -> None:
    """Its neighbour says 503 in time, goes on by itself within seconds, and the frozen one's half command is undone."""
    house = real_time_house(url, tmp_path)
    with (
        server_process(url, tmp_path) as (_process, address),
        Asking(house, address) as asking,
        ThreadPoolExecutor(120) as crowd,
    ):
        with standing_still([holder.process.pid]):
            answers = [crowd.submit(asking.walk_in) for _ in range(100)]
            assert httpx2.get(f"{address}/api/v1/health", timeout=LIMIT).status_code in {200, 503}
            assert {answer.result().status_code for answer in answers} <= {200, 503}
            wait_until(lambda: asking.walk_in().status_code == 200, LIMIT + 5)
        assert holder.go_on() == "lost StorageMissingError"
        assert [asking.walk_in().status_code for _ in range(3)] == [200] * 3
    with house.database.read() as connection:
        labels = connection.execute(select(tickets.c.label)).scalars().all()
    told = [event.facts["number"] for event in events_of(house.database)]
    assert len(set(labels)) == len(labels)
    assert sorted(told) == sorted(labels)
    house.database.dispose()


def test_a_command_that_stands_still_with_the_lock_of_sqlite_binds_nobody(tmp_path: Path) -> None:
    """Who writes has 503 in time, a hundred at once too; who only reads does not notice; then all is well."""
    url = f"sqlite:///{tmp_path}/u.db"
    house = real_time_house(url, tmp_path)
    with (
        server_process(url, tmp_path) as (_process, address),
        Asking(house, address) as asking,
        ThreadPoolExecutor(120) as crowd,
    ):
        held = Holder(url)
        with held.process:
            with standing_still([held.process.pid]):
                answers = [crowd.submit(asking.walk_in) for _ in range(100)]
                assert asking.ask("GET", "/api/v1/board").status_code == 200
                assert httpx2.get(f"{address}/api/v1/health", timeout=LIMIT).status_code in {200, 503}
                assert {answer.result().status_code for answer in answers} == {503}
            assert held.go_on() == "done"
        wait_until(lambda: asking.walk_in().status_code == 200, LIMIT)
    house.database.dispose()
