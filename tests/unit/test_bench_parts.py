"""The parts of the bench that could falsify results: the connection, the reference, the stage, the large day."""

import json
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from backend.protection.roles import DeviceKind
from backend.reception.storing.tables import tickets
from backend.storage.event_log import events
from backend.wire.codes import ScanReason, TicketState
from backend.wire.messages import WalkInRequest
from kiosk.camera.frame import Pixels
from kiosk.reading.ladder import NO_LIMIT, Ladder
from tests.bench.growth import fill
from tests.bench.line import Line
from tests.bench.measurement import BenchError
from tests.bench.people import Kiosk
from tests.bench.pictures import SIZE, Sheets, any_code, empty_desks
from tests.bench.reference import commit_times
from tests.bench.stage import Stage
from tests.counter import kiosk_at
from tests.support import House, serving


@contextmanager
def answering(reply: bytes) -> Iterator[str]:
    """A server that answers one request with these bytes and closes the connection; yields its address."""
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(reply)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    with closing(listening):
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join(5)


def test_a_reply_is_read_to_its_last_byte() -> None:
    """A reply gives status, body and times; names of headers may be in upper or lower case."""
    reply = b'HTTP/1.1 200 OK\r\nCONTENT-LENGTH: 13\r\nConnection: close\r\n\r\n{"number": 1}'
    with answering(reply) as address, Line(address) as line:
        exchange = line.post_json("/", {})
    assert (exchange.status, exchange.json()) == (200, {"number": 1})
    assert exchange.ms == pytest.approx((exchange.ended - exchange.began) * 1000)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", "length"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", "middle"),
        (b"", "before it answered"),
    ],
)
def test_half_a_reply_is_an_error_and_no_fast_answer(reply: bytes, words: str) -> None:
    """A server that breaks off is not counted as having answered."""
    with answering(reply) as address, Line(address) as line, pytest.raises(BenchError, match=words):
        line.get("/")


def test_a_connection_that_rested_too_long_is_made_anew() -> None:
    """If the server has closed an idle connection, a new one is opened, so that a slow machine can go on measuring."""
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    listening = socket.create_server(("127.0.0.1", 0))

    def answer_once_each() -> None:
        for _ in range(2):
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(reply)

    thread = threading.Thread(target=answer_once_each, daemon=True)
    thread.start()
    with closing(listening), Line(f"http://127.0.0.1:{listening.getsockname()[1]}") as line:
        assert [line.get("/").status, line.get("/").status] == [200, 200]
        thread.join(5)


def test_a_refusal_stops_the_measurement(small_house: House) -> None:
    """If the server refuses a kiosk, the measurement stops, instead of measuring the speed of refusals."""
    with (
        serving(small_house) as address,
        Kiosk(address, "kiosk.unknown") as kiosk,
        pytest.raises(BenchError, match="401"),
    ):
        kiosk.walk_in()


def test_a_check_in_over_the_bare_line_is_a_real_one(small_house: House) -> None:
    """A measured check-in really creates a ticket in the database."""
    small_house.reserve("12345679")
    token = small_house.device(DeviceKind.KIOSK)
    with serving(small_house) as address, Kiosk(address, token) as kiosk:
        exchange, ticket = kiosk.check_in("12345679")
        again, same = kiosk.walk_in()
    with small_house.database.read() as connection:
        labels = set(connection.execute(select(tickets.c.label)).scalars())
    assert labels == {ticket["number"], same["number"]}
    assert exchange.ms > 0
    assert exchange.ended <= again.began


def test_the_bare_commit_is_one_durable_row_each(tmp_path: Path) -> None:
    """The reference really writes: as many rows as samples, in a write-ahead log."""
    file = tmp_path / "bare.db"
    assert len(commit_times(file, 7)) == 7
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM bare").fetchone() == (7,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.fixture(scope="module")
def sheets() -> Sheets:
    """The notices."""
    return Sheets()


def read(picture: Pixels) -> str | None:
    """The text that the kiosk's decoders read from a picture."""
    reading = Ladder(budget_ms=NO_LIMIT).read(picture)
    assert reading.reason in {ScanReason.OK, ScanReason.NONE}
    return reading.text


def test_every_visitor_holds_up_their_own_notice(sheets: Sheets) -> None:
    """The pictures are of the camera's size and carry the code that was asked for, not the first sheet's."""
    for seed, code in enumerate((any_code(), any_code())):
        for picture in sheets.held(code, seed=seed):
            assert picture.shape == (SIZE[1], SIZE[0], 3)
            assert read(picture) == code


def test_the_stage_shows_what_is_on_it(sheets: Sheets) -> None:
    """An empty desk, a notice from the next look on, the desk again; two looks are never the same picture."""
    code = any_code()
    stage = Stage()
    assert read(stage.read()) is None
    stage.show(sheets.held(code, seed=1))
    first, second = stage.read(), stage.read()
    assert read(first) == read(second) == code
    assert (first != second).any()
    stage.clear()
    assert read(stage.read()) is None


def test_the_empty_desk_has_a_sensors_noise() -> None:
    """A picture without noise would flatter the decoders."""
    one, other = empty_desks(2)
    assert (one != other).mean() > 0.5


def test_a_large_day_is_made_of_finished_visits(small_house: House, tmp_path: Path) -> None:
    """The filling adds exactly the requested tickets, none of which waits, and the next visitor still gets a number."""
    caller = kiosk_at("00", "kiosk-1")
    request = WalkInRequest.model_validate_json(
        json.dumps({"request_id": "00000000-0000-4000-8000-000000000001"})
    )
    first = small_house.counter.walk_in(request, caller)
    small_house.signed_in("clerk01")
    fill(tmp_path / "uketsuke.db", 1, 500)
    with small_house.database.read() as connection:
        states = connection.execute(select(tickets.c.state, func.count()).group_by(tickets.c.state)).all()
        logged = connection.execute(select(func.count()).select_from(events)).scalar_one()
    assert {(row[0], row[1]) for row in states} == {
        (TicketState.WAITING.value, 1), (TicketState.ISSUED.value, 499),
    }  # fmt: skip
    assert logged >= 500
    other = WalkInRequest.model_validate_json(
        json.dumps({"request_id": "00000000-0000-4000-8000-000000000002"})
    )
    second = small_house.counter.walk_in(other, caller)
    assert first.ticket is not None
    assert second.ticket is not None
    assert second.ticket.number != first.ticket.number
