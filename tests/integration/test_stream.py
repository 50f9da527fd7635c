"""The event stream of a real server: snapshot, tail, resuming, heartbeats, ending."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from backend.protection.device_tokens import enrol, revoke
from backend.protection.roles import DeviceKind
from backend.storage import event_log
from backend.storage.listening import Listener
from backend.wire.messages import WalkInRequest
from tests.counter import kiosk_at
from tests.migrated import closing_database, migrated_postgres
from tests.support import KIOSK, HandClock, House, make_house, serving


@dataclass
class Message:
    """One server-sent message; a comment has no event."""

    event: str
    id: int | None
    data: Any


class Reader:
    """Reads a stream of the server line by line."""

    def __init__(self, address: str, token: str, last_event_id: int | str | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        if last_event_id is not None:
            headers["Last-Event-ID"] = str(last_event_id)
        self._client = httpx2.Client(base_url=address, headers=headers, timeout=15)
        self._stream = self._client.stream("GET", "/api/v1/events")
        self.response = self._stream.__enter__()
        self._lines = self.response.iter_lines()

    def close(self) -> None:
        """Hang up."""
        self._stream.__exit__(None, None, None)
        self._client.close()

    def next(self) -> Message | None:
        """The next message, or none when the stream has ended."""
        event, ident, data = "comment", None, ""
        for line in self._lines:
            if not line:
                return Message(event, ident, json.loads(data) if data else None)
            name, _, value = line.partition(":")
            if name == "event":
                event = value.strip()
            elif name == "id":
                ident = int(value)
            elif name == "data":
                data += value.strip()
        return None

    def next_event(self) -> Message:
        """The next message that is not a comment."""
        while True:
            message = self.next()
            assert message is not None
            if message.event != "comment":
                return message


@pytest.fixture
def lively_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A server whose heart beats fast, so that a test sees it."""
    folder = tmp_path_factory.mktemp("stream")
    house = make_house(f"sqlite:///{folder}/u.db", folder / "var", HandClock(), heartbeat_seconds=0.05)
    yield house
    house.database.dispose()


@pytest.fixture
def lively(lively_house: House) -> Iterator[str]:
    """Its address."""
    with serving(lively_house) as url:
        yield url


def walk_in(house: House) -> str:
    """A visitor comes; returns the number."""
    ticket = house.counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK).ticket
    assert ticket is not None
    return ticket.number


def test_a_new_reader_gets_a_snapshot_and_then_what_happens(address: str, small_house: House) -> None:
    """The picture first, then every event after it, each with its number."""
    walk_in(small_house)
    reader = Reader(address, small_house.device(DeviceKind.DISPLAY))
    snapshot = reader.next_event()
    assert (snapshot.event, snapshot.data["waiting"]) == ("snapshot", 1)
    number = walk_in(small_house)
    event = reader.next_event()
    assert (event.event, event.data["kind"], event.data["number"], event.data["waiting"]) == (
        "event", "ticket_issued", number, 2,
    )  # fmt: skip
    assert snapshot.id is not None
    assert event.id == snapshot.id + 1
    reader.close()


@pytest.mark.dialect
def test_a_reader_that_comes_back_gets_exactly_what_it_missed(house: House) -> None:
    """With its last id, a reader gets the events since then, no snapshot, none twice."""
    token = house.device(DeviceKind.DISPLAY)
    with serving(house) as address:
        reader = Reader(address, token)
        seen = reader.next_event().id
        reader.close()
        missed = [walk_in(house) for _ in range(3)]
        back = Reader(address, token, seen)
        got = [back.next_event() for _ in missed]
        assert [message.data["number"] for message in got] == missed
        back.close()


@pytest.mark.parametrize("last", [10**9, "abc", "-1", "9" * 40, ""])
def test_an_impossible_last_id_gets_a_fresh_snapshot(
    address: str, small_house: House, last: int | str
) -> None:
    """An id that is not of this log (a restored backup, a mistake) heals by a new picture."""
    reader = Reader(address, small_house.device(DeviceKind.DISPLAY), last)
    assert reader.next_event().event == "snapshot"
    reader.close()


def test_an_id_older_than_the_log_gets_a_fresh_snapshot(address: str, small_house: House) -> None:
    """After old events were dropped, a long absent reader starts from a picture."""
    for _ in range(4):
        walk_in(small_house)
        small_house.clock.advance(seconds=1)
    with small_house.database.write() as work:
        event_log.prune_events(work.connection, small_house.clock.now)
    reader = Reader(address, small_house.device(DeviceKind.DISPLAY), 1)
    assert reader.next_event().event == "snapshot"
    reader.close()


def test_an_idle_stream_has_a_heartbeat(lively: str, lively_house: House) -> None:
    """A reader can tell a quiet hall from a dead line."""
    reader = Reader(lively, lively_house.device(DeviceKind.DISPLAY))
    assert reader.next_event().event == "snapshot"
    beat = reader.next()
    assert beat is not None
    assert beat.event == "comment"
    reader.close()


def test_the_stream_of_a_revoked_device_ends(lively: str, lively_house: House) -> None:
    """Taking a device away also closes what it has open."""
    with lively_house.database.write() as work:
        token, _ = enrol(work, "hall", DeviceKind.DISPLAY, "00")
    reader = Reader(lively, token)
    assert reader.next_event().event == "snapshot"
    with lively_house.database.write() as work:
        revoke(work, "hall")
    while reader.next() is not None:
        pass
    reader.close()


def test_events_of_another_office_are_not_heard(address: str, small_house: House) -> None:
    """A display hears its own office only."""
    reader = Reader(address, small_house.device(DeviceKind.DISPLAY, "05"))
    assert reader.next_event().data["office_id"] == "05"
    walk_in(small_house)
    elsewhere = small_house.counter.walk_in(WalkInRequest(request_id=uuid4()), kiosk_at("05", "kiosk-5"))
    assert elsewhere.ticket is not None
    assert reader.next_event().data["ticket_id"] == str(elsewhere.ticket.ticket_id)
    reader.close()


def test_events_of_another_process_arrive_too(address: str, small_house: House) -> None:
    """A second program that writes into the database is noticed without a wake."""
    reader = Reader(address, small_house.device(DeviceKind.DISPLAY))
    reader.next_event()
    with closing_database(small_house.database.url) as another, another.write() as work:
        facts = {"number": "M-399", "waiting": 7}
        work.record("ticket_issued", office_id="00", business_day=work.now.date(), facts=facts)
    assert reader.next_event().data["number"] == "M-399"
    reader.close()


def test_shutdown_ends_streams_cleanly_and_quickly(small_house: House) -> None:
    """A server that is told to stop ends its streams itself instead of waiting for readers to leave."""
    token = small_house.device(DeviceKind.DISPLAY)
    ended = threading.Event()
    with serving(small_house) as url:
        reader = Reader(url, token)
        reader.next_event()

        def drain() -> None:
            while reader.next() is not None:
                pass
            ended.set()

        thread = threading.Thread(target=drain, daemon=True)
        thread.start()
        began = time.monotonic()
    assert ended.wait(10)
    assert time.monotonic() - began < 10  # the bound of a failure, not a measurement
    reader.close()


@pytest.mark.dialect
def test_on_postgresql_an_event_of_another_server_arrives_at_once(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """With two servers on one database, the listener wakes the other one long before it would look by itself."""
    folder = tmp_path_factory.mktemp("two")
    with migrated_postgres(postgres_url) as url:
        here, there = (make_house(url, folder / "var", HandClock()) for _ in range(2))
        heard = threading.Event()
        listener = Listener(url, heard.set)
        listener.start()
        assert heard.wait(10)  # the call that covers what came before
        heard.clear()
        with serving(here) as address:
            reader = Reader(address, here.device(DeviceKind.DISPLAY))
            reader.next_event()
            number = walk_in(there)
            assert heard.wait(10)
            assert reader.next_event().data["number"] == number
            reader.close()
        listener.stop()
        for one in (here, there):
            one.database.dispose()


@pytest.mark.dialect
def test_housekeeping_drops_what_is_old_and_keeps_every_place_in_the_log(house: House) -> None:
    """Old events, request ids, sessions, browsers and wrong passwords go; a reader's place in the log stays meaningful."""
    walk_in(house)
    house.signed_in("clerk01")
    house.clock.advance(days=41)
    swept = house.graph.housekeeping.sweep()
    assert swept == {
        "events": 1,
        "requests": 1,
        "sessions": 1,
        "tries": 0,
        "browsers": 0,
        "keys": 0,
        "pages": 0,
    }
    with house.database.read() as connection:
        assert event_log.last_event_seq(connection, "00") == 1
        assert event_log.tail(connection, "00", 0, limit=10) is None, "what was dropped cannot be told"
        assert event_log.tail(connection, "00", 1, limit=10) == []
    walk_in(house)
    with house.database.read() as connection:
        assert [one.seq for one in event_log.tail(connection, "00", 1, limit=10) or ()] == [2, 3], (
            "what was left open is closed first"
        )
    assert house.graph.housekeeping.sweep()["events"] == 0
