"""The whole server at awkward hours, with a wrong clock of the process's zone and of the kiosk."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import httpx2
import pytest
from fastapi.testclient import TestClient

from backend.settings import SpecialOpening
from backend.web.app import create_app
from backend.wire.codes import CheckInReason
from backend.wire.messages import CheckInRequest
from tests.support import KIOSK, HandClock, House, make_house

TOKYO_OFFSET = timedelta(hours=9)
DAY = date(2026, 11, 25)


@pytest.fixture
def around_the_clock(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """A server under TZ=UTC at an office that is open from midnight to midnight for three days."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    folder = tmp_path_factory.mktemp("clock")
    openings = tuple(
        SpecialOpening.model_validate(
            {"office": "00", "on": DAY + timedelta(days=offset), "opens": "00:00", "closes": "23:59"}
        )
        for offset in (-1, 0, 1)
    )
    house = make_house(f"sqlite:///{folder}/u.db", folder / "var", HandClock(), special_openings=openings)
    yield house
    house.database.dispose()


def tokyo(hour: int, minute: int) -> datetime:
    """A time of the day in Tokyo, as UTC."""
    return datetime(DAY.year, DAY.month, DAY.day, hour, minute, tzinfo=UTC) - TOKYO_OFFSET


@pytest.mark.parametrize(("hour", "minute"), [(0, 0), (8, 59), (15, 0), (23, 59)])
def test_a_visit_of_today_is_of_today_at_every_hour(around_the_clock: House, hour: int, minute: int) -> None:
    """A reservation of the same day in Tokyo is on time, called and shown, at the hours where others broke."""
    house = around_the_clock
    house.clock.now = tokyo(hour, minute)
    house.reserve("12345679", house.clock.now)
    reply = house.counter.check_in(CheckInRequest(request_id=uuid4(), number="12345679"), KIOSK)
    assert reply.reason is CheckInReason.ON_TIME
    assert reply.ticket is not None
    assert reply.ticket.business_day == DAY
    board = house.graph.boards.snapshot("00")
    assert (board.business_day, board.waiting) == (DAY, 1)


def test_at_midnight_in_tokyo_the_numbers_and_the_hall_begin_anew(around_the_clock: House) -> None:
    """One minute before midnight is today, midnight is tomorrow: a new first number and an empty hall."""
    house = around_the_clock
    house.clock.now = tokyo(23, 59)
    house.reserve("12345679", house.clock.now)
    house.reserve("12345680", house.clock.now + timedelta(minutes=1))
    check_in = house.counter.check_in
    before = check_in(CheckInRequest(request_id=uuid4(), number="12345679"), KIOSK)
    too_soon = check_in(CheckInRequest(request_id=uuid4(), number="12345680"), KIOSK)
    house.clock.advance(minutes=1)
    assert house.graph.boards.snapshot("00").waiting == 0
    after = check_in(CheckInRequest(request_id=uuid4(), number="12345680"), KIOSK)
    assert too_soon.reason is CheckInReason.ANOTHER_DAY
    assert before.ticket is not None
    assert after.ticket is not None
    assert (before.ticket.number, after.ticket.number) == ("M-001", "M-001")
    assert after.ticket.business_day - before.ticket.business_day == timedelta(days=1)


def test_a_kiosk_with_a_wrong_clock_changes_nothing(around_the_clock: House) -> None:
    """A device whose clock is a day off has no way to say so: times in requests are refused, the server's count."""
    house = around_the_clock
    house.clock.now = tokyo(15, 0)
    house.reserve("12345679", house.clock.now)
    headers = {
        "Authorization": f"Bearer {house.device()}",
        "Date": (house.clock.now - timedelta(days=1)).strftime("%a, %d %b %Y %H:%M:%S GMT"),
    }
    with TestClient(create_app(house.graph)) as client:
        body = {"request_id": str(uuid4()), "number": "12345679"}
        lying: httpx2.Response = client.post(
            "/api/v1/check-ins", json={**body, "at": "2026-11-24T06:00:00Z"}, headers=headers
        )
        reply: httpx2.Response = client.post("/api/v1/check-ins", json=body, headers=headers)
    assert (lying.status_code, lying.json()["code"]) == (422, "invalid_request")
    assert (reply.json()["reason"], reply.json()["ticket"]["business_day"]) == ("on_time", "2026-11-25")
