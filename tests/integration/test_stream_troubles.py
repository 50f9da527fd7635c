"""Event streams and what wakes them while the database is away, and when it is back."""

import threading
from functools import partial
from typing import Any

import httpx2
import psycopg
import pytest
import structlog
from sqlalchemy import make_url

from backend.protection.device_tokens import DeviceKind, find_device
from backend.storage.engine import psycopg_url
from backend.storage.errors import StorageBusyError, StorageMissingError
from backend.storage.listening import Listener
from backend.web.devices import device_routes
from tests.migrated import fresh_postgres
from tests.support import House, serving, wait_until


def test_there_is_no_heartbeat_while_nobody_knows(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A display that hears no heart beat shows the age of its picture; the stream lives on and beats again by itself."""
    looks: list[int] = []

    def find(*told: Any) -> Any:
        looks.append(1)
        if 2 <= len(looks) <= 4:
            raise StorageMissingError("the database cannot be reached")
        return find_device(*told)

    monkeypatch.setattr(device_routes, "find_device", find)
    small_house.graph.streams._heartbeat = 0.05
    token = small_house.device(DeviceKind.DISPLAY)
    with (
        serving(small_house) as address,
        httpx2.stream(
            "GET", f"{address}/api/v1/events", headers={"Authorization": f"Bearer {token}"}, timeout=10
        ) as stream,
    ):
        assert next(line for line in stream.iter_lines() if line == ": beat")
    assert len(looks) >= 5


def test_a_stream_that_cannot_begin_is_refused_like_any_other_route(
    address: str, small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No stream begins and breaks off: its reader is told that the database is busy, and nothing stays behind."""

    def away(*_told: Any) -> Any:
        raise StorageBusyError("the database is busy")

    monkeypatch.setattr(type(small_house.graph.boards), "snapshot", away)
    headers = {"Authorization": f"Bearer {small_house.device(DeviceKind.DISPLAY)}"}
    reply = httpx2.get(f"{address}/api/v1/events", headers=headers, timeout=10)
    assert (reply.status_code, reply.json()["code"]) == (503, "storage_busy")
    assert small_house.graph.hub.readers == 0


def test_the_listener_comes_back_each_time_and_tells_of_each_loss(postgres_url: str) -> None:
    """A connection that PostgreSQL ended is opened again, twice as well as once, and what was missed is looked for."""
    heard = threading.Event()
    with fresh_postgres(postgres_url) as url, structlog.testing.capture_logs() as told:
        listener = Listener(url, heard.set)
        listener.start()
        try:
            for _ in range(2):
                assert heard.wait(10)
                heard.clear()
                with psycopg.connect(psycopg_url(make_url(url)), autocommit=True) as other:
                    wait_until(partial(_ends_others, other))
            assert heard.wait(10)
        finally:
            listener.stop()
    events = [line["event"] for line in told]
    assert events == ["commit_listener_lost", "commit_listener_recovered"] * 2


def _ends_others(connection: psycopg.Connection[Any]) -> bool:
    """Whether PostgreSQL has ended somebody else's connection to this database."""
    ended = connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    return bool(ended.fetchall())
