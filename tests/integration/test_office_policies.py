"""Two offices of one server, each with its own rules: order, waiting time, board, check-in, calls, pages, devices."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from backend.protection.roles import DeviceKind
from backend.web.app import create_app
from backend.wire.messages import Board, CheckInReply, OfficeInfo, TicketMessage
from tests.pages_support import Somebody, browser, somebody
from tests.support import MORNING, HandClock, House, make_house

OWN: dict[str, Any] = {
    "code_stands_on": "postcard",
    "early_open_minutes": 30,
    "late_grace_minutes": 20,
    "kiosk_lead_minutes": 5,
    "minutes_per_visit": 30,
    "return_minutes": 40,
    "away_minutes": 10,
    "absent_after_calls": 1,
    "absent_returns_at_kiosk": False,
    "recent_calls": 12,
}
"""What office 01 has of its own; office 00 has what the ward has."""
WARDS, OFFICE = "00", "01"
BOTH = (WARDS, OFFICE)


@dataclass
class Counter:
    """One office: its kiosk, its display, and one clerk at window 1."""

    office_id: str
    house: House
    kiosk: TestClient
    clerk: Somebody

    @classmethod
    def of(cls, app: FastAPI, house: House, office_id: str) -> "Counter":
        """Set it up."""
        kiosk = browser(app)
        kiosk.headers["Authorization"] = f"Bearer {house.device(DeviceKind.KIOSK, office_id)}"
        clerk = somebody(app, house, f"clerk{office_id}", office_id=office_id)
        assert clerk.ask("/clerk/window", label="1").status_code == 200
        return cls(office_id, house, kiosk, clerk)

    def reserve(self, number: str, at: datetime) -> None:
        """A reservation at this office."""
        self.house.reserve(number, at, office_id=self.office_id)

    def show(self, number: str) -> CheckInReply:
        """Show a notice at the kiosk."""
        request = {"request_id": str(uuid4()), "number": number}
        return CheckInReply.model_validate(self.kiosk.post("/api/v1/check-ins", json=request).json())

    def arrive(self, number: str | None = None) -> TicketMessage:
        """Get a number, with a notice or without."""
        if number is not None:
            reply = self.show(number)
        else:
            request = {"request_id": str(uuid4())}
            reply = CheckInReply.model_validate(self.kiosk.post("/api/v1/walk-ins", json=request).json())
        assert reply.ticket is not None, reply.reason
        return reply.ticket

    def call(self) -> str:
        """Call the next visitor; returns the number."""
        return str(self.clerk.ask("/clerk/call-next").json()["number"])

    def waiting(self) -> list[str]:
        """The numbers that the clerk's page lists, in order."""
        page = self.clerk.get("/clerk").text
        rows = page.partition('id="waiting-rows"')[2].partition("</ol>")[0]
        return re.findall(r'data-number="([^"]+)"', rows)

    def board(self) -> Board:
        """What a display gets."""
        return Board.model_validate(self.kiosk.get("/api/v1/board").json())

    def info(self) -> OfficeInfo:
        """What a device learns of its office."""
        return OfficeInfo.model_validate(self.kiosk.get("/api/v1/office").json())


@pytest.fixture
def counters(tmp_path: Path, clock: HandClock) -> Iterator[tuple[Counter, Counter]]:
    """Both offices of one server: that with the ward's rules, and that with its own."""
    house = make_house(f"sqlite:///{tmp_path}/u.db", tmp_path / "var", clock, office={OFFICE: OWN})
    app = create_app(house.graph)
    yield Counter.of(app, house, WARDS), Counter.of(app, house, OFFICE)
    house.database.dispose()


def test_each_office_calls_and_lists_in_its_own_order(counters: tuple[Counter, Counter]) -> None:
    """Half an hour early counts as on time in one office and not in the other; the page says what the call does."""
    for counter, number in zip(counters, ("12345679", "23456782"), strict=True):
        counter.reserve(number, MORNING + timedelta(minutes=25))
        first, reserved = counter.arrive().number, counter.arrive(number).number
        turn = [first, reserved] if counter.office_id == WARDS else [reserved, first]
        assert (counter.waiting(), counter.call()) == (turn, turn[0])


def test_each_office_has_its_own_idea_of_late(counters: tuple[Counter, Counter]) -> None:
    """A quarter of an hour late is on time where the office says so."""
    reasons = []
    for counter, number in zip(counters, ("12345679", "23456782"), strict=True):
        counter.reserve(number, MORNING - timedelta(minutes=15))
        reasons.append(counter.show(number).reason)
    assert reasons == ["late", "on_time"]


def test_each_office_tells_its_own_waiting_time(counters: tuple[Counter, Counter]) -> None:
    """Ten minutes for a visit in one office and thirty in the other, with the same two before."""
    told = []
    for counter in counters:
        counter.arrive()
        counter.arrive()
        ticket = counter.arrive()
        assert ticket.estimate is not None
        told.append((ticket.waiting_ahead, ticket.estimate.low_minutes, ticket.estimate.high_minutes))
    (ahead, low, high), (other_ahead, other_low, other_high) = told
    assert ahead == other_ahead == 2
    assert low <= 20 <= high
    assert other_low <= 60 <= other_high
    assert high < other_low


def test_each_office_says_when_to_be_back(counters: tuple[Counter, Counter]) -> None:
    """How long somebody may be away depends on the office to which they come back."""
    backs = []
    for counter, number in zip(counters, ("12345679", "23456782"), strict=True):
        counter.reserve(number, MORNING + timedelta(minutes=55))
        backs.append(counter.arrive(number).be_back_at)
    assert backs == [MORNING + timedelta(minutes=45), MORNING + timedelta(minutes=15)]


def test_each_board_tells_as_many_calls_as_its_office_wants(counters: tuple[Counter, Counter]) -> None:
    """A hall with a large display shows more, and gets them; beside those that stand at a window."""
    windows = []
    for counter in counters:
        for _ in range(16):
            counter.arrive()
            counter.call()
            ticket = counter.board().calls[0].ticket_id.hex
            counter.clerk.ask(f"/clerk/tickets/{ticket}/recall")
            assert counter.clerk.ask(f"/clerk/tickets/{ticket}/absent").status_code == 200
        office = counter.house.graph.directory[counter.office_id]
        windows.append(len(office.windows))
    told = [len(counter.board().recent) for counter in counters]
    assert told == [8 + windows[0], 12 + windows[1]]


def test_each_office_calls_as_often_as_it_wants(counters: tuple[Counter, Counter]) -> None:
    """After one call absent is refused in one office and done in the other, and each page says so beforehand."""
    done = []
    for counter in counters:
        counter.arrive()
        counter.call()
        ticket = counter.board().calls[0].ticket_id.hex
        button = re.search(r'<button[^>]*id="do-absent"[^>]*>', counter.clerk.get("/clerk").text)
        assert button is not None
        offered = "disabled" not in button[0]
        answer = counter.clerk.ask(f"/clerk/tickets/{ticket}/absent")
        done.append((offered, answer.status_code == 200, answer.json().get("code")))
    assert done == [(False, False, "too_soon"), (True, True, None)]


def test_who_was_absent_comes_back_by_the_rule_of_the_office(counters: tuple[Counter, Counter]) -> None:
    """At the kiosk in one office, at the counter in the other."""
    states = []
    for counter, number in zip(counters, ("12345679", "23456782"), strict=True):
        counter.reserve(number, MORNING)
        ticket = counter.arrive(number).ticket_id.hex
        counter.call()
        counter.clerk.ask(f"/clerk/tickets/{ticket}/recall")
        assert counter.clerk.ask(f"/clerk/tickets/{ticket}/absent").status_code == 200
        states.append(counter.arrive(number).state)
    assert states == ["waiting", "absent"]


def test_each_kiosk_learns_what_its_office_does(counters: tuple[Counter, Counter], clock: HandClock) -> None:
    """When numbers are given, and on which paper the code is; a number is given exactly when the office says open."""
    clock.now = MORNING - timedelta(minutes=80)  # 8:10 in Tokyo, twenty minutes before both open
    told = [(counter.info().open_now, counter.info().code_stands_on.value) for counter in counters]
    assert told == [(True, "sheet"), (False, "postcard")]
    assert counters[0].arrive().number
    request = {"request_id": str(uuid4())}
    assert counters[1].kiosk.post("/api/v1/walk-ins", json=request).json()["reason"] == "closed"
    clock.advance(minutes=15)
    assert [counter.info().open_now for counter in counters] == [True, True]
    assert counters[1].arrive().number
