"""Event streams and what wakes them while the database is away, and when it is back."""

from typing import Any

import httpx2
import pytest

from backend.protection.device_tokens import find_device
from backend.protection.roles import DeviceKind
from backend.storage.errors import StorageBusyError, StorageMissingError
from backend.web.devices import device_routes
from tests.support import House, serving


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
