"""The server on a full disk: said in the wire's words, nothing half written, nothing lost, well again by itself."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
import structlog
from fastapi.testclient import TestClient
from sqlalchemy import Connection, event, func, select

from backend.protection.roles import DeviceKind
from backend.reception.storing.tables import tickets
from backend.storage import event_log
from backend.storage.event_log import events
from backend.storage.requests import requests
from backend.web.app import create_app
from tests.support import House

ENOUGH = 1000
"""Check-ins that certainly need more room than one page."""


class Disk:
    """The room that a database may take; full means: not one page more than now."""

    def __init__(self, house: House) -> None:
        self.full = False
        self._house = house
        event.listen(house.database.engine, "begin", self._limit, insert=True)

    def _limit(self, connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages if self.full else 1_000_000_000}")

    def counts(self) -> tuple[int, int, int]:
        """How many tickets, events and answered requests there are."""
        with self._house.database.read() as connection:
            return (
                connection.execute(select(func.count()).select_from(tickets)).scalar_one(),
                connection.execute(select(func.count()).select_from(events)).scalar_one(),
                connection.execute(select(func.count()).select_from(requests)).scalar_one(),
            )


@pytest.fixture
def client(small_house: House) -> Iterator[TestClient]:
    """A kiosk before a running application."""
    token = small_house.device(DeviceKind.KIOSK)
    with TestClient(create_app(small_house.graph), headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


def test_a_full_disk_is_said_and_no_number_is_lost_or_half_given(
    client: TestClient, small_house: House
) -> None:
    """507 storage_full, the board goes on, and with room again the same request gets the next number."""
    disk = Disk(small_house)
    first = client.post("/api/v1/walk-ins", json={"request_id": str(uuid4())}).json()
    assert first["ticket"]["number"] == "W-400"
    disk.full = True
    with structlog.testing.capture_logs() as logs:
        for _ in range(ENOUGH):
            before = disk.counts()
            request = {"request_id": str(uuid4())}
            reply = client.post("/api/v1/walk-ins", json=request)
            if reply.status_code != 200:
                break
    assert (reply.status_code, reply.json()["code"]) == (507, "storage_full")
    assert disk.counts() == before
    (line,) = [one for one in logs if one["event"] == "storage_failed"]
    assert (line["code"], line["id"]) == ("storage_full", reply.json()["detail"]["log_id"])
    assert [one["trouble"] for one in logs if one["event"] == "storage_degraded"] == ["full"]

    board = client.get("/api/v1/board").json()
    assert board["waiting"] == before[0]
    health = client.get("/api/v1/health").json()
    assert (health["status"], health["parts"]["database"]) == ("degraded", "full")

    disk.full = False
    again = client.post("/api/v1/walk-ins", json=request)
    assert again.status_code == 200
    assert again.json()["ticket"]["number"] == f"W-{400 + before[0]:03}"
    with small_house.database.read() as connection:
        assert event_log.last_event_seq(connection, "00") == before[1] + 1
    assert client.get("/api/v1/health").json()["status"] == "ok"
