"""The event reader against a real server over a real socket: cuts, silence, restarts, refusals."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from backend.client.stream import EventReader, Link, LinkHealth
from backend.protection.roles import DeviceKind
from backend.wire.messages import Board, EventMessage, WalkInRequest
from queue_display.board import BoardState, apply
from tests.counter import actor_of, kiosk_at
from tests.ports import free_port
from tests.support import House

HEARTBEAT = 0.3
START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for a condition; the deadline only bounds a failure."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - a condition of any kind has nobody to announce it
            await asyncio.sleep(0.005)


class Hall:
    """A small server of one office's events, with the manners of the real one and a few bad ones on demand."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.first = 1
        self.at = START
        self.asked: list[str | None] = []
        self.tokens: list[str | None] = []
        self.status = 200
        self.mute = False
        self.extra = ""
        self.changed = asyncio.Condition()
        self.generation = 0
        self.repeat = 0
        self.believes = False

    @property
    def seq(self) -> int:
        """The last event's place."""
        return self.first + len(self.log) - 1

    async def say(self, **values: Any) -> None:
        """Append one event to the log."""
        self.at += timedelta(seconds=1)
        event = {
            "seq": self.seq + 1,
            "kind": "ticket_issued",
            "at": self.at.isoformat(),
            "office_id": "00",
            "business_day": "2026-11-24",
            "ticket_id": str(UUID(int=self.seq + 1)),
            "waiting": self.seq + 1,
        }
        self.log.append(json.dumps(event | values))
        async with self.changed:
            self.changed.notify_all()

    async def end_streams(self) -> None:
        """End every open stream cleanly, as a server does that shuts down."""
        self.generation += 1
        async with self.changed:
            self.changed.notify_all()

    def board(self) -> str:
        """A snapshot at the last event."""
        return json.dumps(
            {
                "office_id": "00",
                "business_day": "2026-11-24",
                "at": self.at.isoformat(),
                "seq": self.seq,
                "waiting": self.seq,
            }
        )

    async def events(self, request: Request) -> Response:
        """The stream."""
        last = request.headers.get("Last-Event-ID")
        self.asked.append(last)
        self.tokens.append(request.headers.get("Authorization"))
        if self.status != 200:
            return JSONResponse({"code": "device_unknown"}, self.status)
        extra, self.extra = self.extra, ""
        return StreamingResponse(self._stream(last, extra), media_type="text/event-stream")

    async def _stream(self, last: str | None, extra: str) -> AsyncIterator[str]:
        generation = self.generation
        if last is not None and self.believes:
            place = self.seq
        elif last is None or not self.first - 1 <= int(last) <= self.seq:
            place = self.seq
            yield f"event: snapshot\nid: {place}\ndata: {self.board()}\n\n"
        else:
            place = int(last) - self.repeat
        if extra:
            yield extra
        while generation == self.generation:
            while place < self.seq:
                place += 1
                yield f"event: event\nid: {place}\ndata: {self.log[place - self.first]}\n\n"
            async with self.changed:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.changed.wait(), HEARTBEAT)
            if not self.mute:
                yield ": beat\n\n"


@asynccontextmanager
async def serve(hall: Hall, port: int) -> AsyncIterator[None]:
    """Serve a hall on a port for as long as the block lasts."""
    app = Starlette(routes=[Route("/api/v1/events", hall.events)])
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    )
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        await hall.end_streams()
        await task


class Wire:
    """A stretch of network between reader and server that can be cut, closed, or made to swallow everything."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.up = True
        self.swallow = False
        self._writers: set[asyncio.StreamWriter] = set()

    @asynccontextmanager
    async def laid(self) -> AsyncIterator[None]:
        """Carry bytes for as long as the block lasts."""
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()
            self.cut()

    def cut(self) -> None:
        """Break every connection without a farewell."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.up:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if not self.swallow:
                    writer.write(data)
                    await writer.drain()
        writer.close()


class Ear:
    """A reader with everything that it handed on."""

    def __init__(self, port: int, **options: Any) -> None:
        self.boards: list[Board] = []
        self.events: list[EventMessage] = []
        self.health: list[LinkHealth] = []
        self.reader = EventReader(
            f"http://127.0.0.1:{port}",
            "a-token",
            self.boards.append,
            self.events.append,
            self.health.append,
            heartbeat_seconds=HEARTBEAT,
            **options,
        )

    @property
    def seqs(self) -> list[int]:
        """Places of the events that came in."""
        return [event.seq for event in self.events]

    @property
    def links(self) -> list[Link]:
        """How the link changed."""
        return [health.link for health in self.health]

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Ear"]:
        """Read for as long as the block lasts; an error of the reader is an error of the test."""
        task = asyncio.create_task(self.reader.run())
        try:
            yield self
            assert not task.done()
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.fixture
async def hall() -> Hall:
    """A hall with three events in its log."""
    made = Hall()
    for _ in range(3):
        await made.say()
    return made


@pytest.fixture
async def wire(hall: Hall) -> AsyncIterator[Wire]:
    """A served hall behind a stretch of network."""
    port = free_port()
    made = Wire(port)
    async with serve(hall, port), made.laid():
        yield made


async def test_a_snapshot_comes_first_and_then_every_event(hall: Hall, wire: Wire) -> None:
    """Protects the ground of every display: the whole picture, then each change once, with the device's token."""
    async with Ear(wire.port).listening() as ear:
        await until(lambda: len(ear.boards) == 1)
        await hall.say()
        await hall.say()
        await until(lambda: len(ear.events) == 2)
    assert [board.seq for board in ear.boards] == [3]
    assert ear.seqs == [4, 5]
    assert (hall.asked, hall.tokens) == ([None], ["Bearer a-token"])
    assert ear.links == [Link.LIVE]


async def test_a_cut_line_is_resumed_without_loss_or_repetition(hall: Hall, wire: Wire) -> None:
    """Protects against missed and doubled calls: after a cut the tail follows the last event that came in."""
    async with Ear(wire.port).listening() as ear:
        await until(lambda: len(ear.boards) == 1)
        await hall.say()
        await until(lambda: ear.seqs == [4])
        hall.repeat = 2  # A server that repeats what it said before must not double anything either.
        wire.cut()
        await hall.say()
        await hall.say()
        await until(lambda: len(ear.seqs) == 3)
    assert ear.seqs == [4, 5, 6]
    assert hall.asked == [None, "4"]
    assert len(ear.boards) == 1
    assert ear.links == [Link.LIVE, Link.LOST, Link.LIVE]


async def test_a_clean_end_of_the_stream_is_resumed(hall: Hall, wire: Wire) -> None:
    """Protects displays from a server that is updated: its clean farewell is followed by a new connection."""
    async with Ear(wire.port).listening() as ear:
        await until(lambda: len(ear.boards) == 1)
        await hall.end_streams()
        await until(lambda: len(hall.asked) == 2)
        await hall.say()
        await until(lambda: ear.seqs == [4])
    assert LinkHealth(Link.LOST, "ended") in ear.health


async def test_silence_is_a_dead_line_and_ends_in_a_new_snapshot(hall: Hall, wire: Wire) -> None:
    """Protects against a line that looks open and carries nothing: two missed heartbeats, then all anew."""
    async with Ear(wire.port).listening() as ear:
        await until(lambda: len(ear.boards) == 1)
        began = time.monotonic()
        wire.swallow = True
        await until(lambda: LinkHealth(Link.LOST, "silent") in ear.health)
        assert HEARTBEAT < time.monotonic() - began < 4 * HEARTBEAT
        await hall.say()
        wire.swallow = False
        wire.cut()
        await until(lambda: len(ear.boards) == 2)
    assert ear.boards[1].seq == 4
    assert ear.events == []
    assert set(hall.asked) == {None}


async def test_heartbeats_keep_a_quiet_line_alive_and_the_picture_young(hall: Hall, wire: Wire) -> None:
    """Protects a quiet hall from needless reconnections, and its picture from being called old."""
    async with Ear(wire.port).listening() as ear:
        await until(lambda: len(ear.boards) == 1)
        first = ear.reader.heard_at
        assert first is not None
        await until(lambda: (ear.reader.heard_at or 0) - first > 3 * HEARTBEAT)
    assert len(hall.asked) == 1


async def test_a_line_without_a_snapshot_does_not_make_the_picture_young(hall: Hall, wire: Wire) -> None:
    """Protects the age of the picture: a server that answers but does not speak is not a sign of life."""
    hall.mute = True
    async with Ear(wire.port).listening() as ear:
        await until(lambda: len(ear.boards) == 1)
        heard = ear.reader.heard_at
        await until(lambda: LinkHealth(Link.LOST, "silent") in ear.health)
        assert ear.reader.heard_at == heard


async def test_the_picture_is_true_again_within_two_seconds_of_the_networks_return(hall: Hall) -> None:
    """Protects the product's figure: however long the server was away, two seconds after its return all is well."""
    port = free_port()
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        """Note how long was waited."""
        slept.append(seconds)
        await asyncio.sleep(seconds)

    ear = Ear(port, sleep=sleep)
    async with ear.listening():
        async with serve(hall, port):
            await until(lambda: len(ear.boards) == 1)
        await until(lambda: LinkHealth(Link.LOST, "unreachable") in ear.health)
        await asyncio.sleep(
            1.2
        )  # Long enough that the reader waits as long as it ever does between attempts.
        await hall.say()
        async with serve(hall, port):
            returned = time.monotonic()
            await until(lambda: 4 in {*ear.seqs, *(board.seq for board in ear.boards)})
            assert time.monotonic() - returned < 2.0


async def test_a_log_that_began_anew_is_noticed(hall: Hall, wire: Wire) -> None:
    """Protects against taking a new database's first events for repetitions of the old one's last."""
    hall.first = 1000
    async with Ear(wire.port).listening() as ear:
        await until(lambda: len(ear.boards) == 1)
        hall.first = 1
        hall.believes = True
        hall.extra = f"event: event\nid: 2\ndata: {event_json(2, hall.at + timedelta(minutes=1))}\n\n"
        await hall.end_streams()
        await until(lambda: len(ear.boards) == 2)
        await hall.say()
        await until(lambda: ear.seqs == [4])
    assert hall.asked == [None, "1002", None]
    assert [board.seq for board in ear.boards] == [1002, 3]


def event_json(seq: int, at: datetime, **values: Any) -> str:
    """An event as a server writes it."""
    event = {"seq": seq, "kind": "ticket_issued", "at": at.isoformat()}
    return json.dumps(event | {"office_id": "00", "business_day": "2026-11-24"} | values)


async def test_what_cannot_be_read_leads_to_a_new_snapshot(hall: Hall, wire: Wire) -> None:
    """Protects a display from one bad message: what is unknown in one is handed on as that, broken ones are healed."""
    async with Ear(wire.port).listening() as ear:
        await until(lambda: len(ear.boards) == 1)
        await hall.say(kind="ticket_blessed")
        await hall.say()
        await until(lambda: ear.seqs == [4, 5])
        await hall.say(business_day="yesterday")
        await until(lambda: len(ear.boards) == 2)
        assert ear.boards[1].seq == 6
        await hall.say()
        await until(lambda: ear.seqs == [4, 5, 7])


async def test_a_snapshot_can_be_asked_for_at_any_time(hall: Hall, wire: Wire) -> None:
    """Protects the change of the business day: a display fetches the whole picture when it wants to."""
    async with Ear(wire.port).listening() as ear:
        await until(lambda: len(ear.boards) == 1)
        ear.reader.request_snapshot()
        await until(lambda: len(ear.boards) == 2)
        await hall.say()
        await until(lambda: ear.seqs == [4])
    assert hall.asked == [None, None]
    assert Link.LOST not in ear.links


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_token_is_told_and_asked_again_slowly(hall: Hall, wire: Wire, status: int) -> None:
    """Protects the server from a display that hammers it with a wrong token, and staff from guessing."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        """Note how long was waited."""
        slept.append(seconds)
        await asyncio.sleep(0.01)

    hall.status = status
    async with Ear(wire.port, sleep=sleep).listening() as ear:
        await until(lambda: len(slept) >= 2)
        assert ear.health == [LinkHealth(Link.REFUSED, f"status_{status}")]
        assert set(slept) == {30.0}
        hall.status = 200
        await until(lambda: len(ear.boards) == 1)
    assert ear.links == [Link.REFUSED, Link.LIVE]


async def test_a_busy_server_is_not_a_refusal(hall: Hall, wire: Wire) -> None:
    """Protects the hall from a trouble screen where waiting is enough."""
    hall.status = 503
    async with Ear(wire.port).listening() as ear:
        await until(lambda: LinkHealth(Link.LOST, "status_503") in ear.health)
        hall.status = 200
        await until(lambda: len(ear.boards) == 1)


async def test_waiting_between_attempts_grows_and_stays_short(hall: Hall) -> None:
    """Protects both sides of a long outage: no hammering, and no minute-long wait after it."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        """Note how long was waited."""
        slept.append(seconds)
        await asyncio.sleep(0)

    async with Ear(free_port(), sleep=sleep).listening() as ear:
        await until(lambda: len(slept) >= 8)
    assert slept[0] <= 0.1
    assert 0.4 <= slept[7] <= 0.8
    assert ear.health == [LinkHealth(Link.LOST, "unreachable")]


async def test_a_call_is_the_same_call_in_stream_and_snapshot(small_house: House, address: str) -> None:
    """Protects against announcing every call again after a reconnection to the real server."""
    house = small_house
    token = house.device(DeviceKind.DISPLAY)
    handler = actor_of(house.person("clerk"))
    boards: list[BoardState] = []
    announced: list[str] = []

    def take(message: Board | EventMessage) -> None:
        """Show it as a display does."""
        step = apply(boards[-1] if boards else None, message)
        announced.extend(call.number for call in step.new)
        assert step.state is not None
        boards.append(step.state)

    reader = EventReader(address, token, take, take, lambda _: None)
    task = asyncio.create_task(reader.run())
    await until(lambda: bool(boards))
    house.counter.take_window(uuid4(), handler, "3")
    house.counter.walk_in(WalkInRequest(request_id=uuid4()), kiosk_at("00", "kiosk"))
    house.counter.call_next(uuid4(), handler)
    await until(lambda: bool(boards[-1].calls))
    heard = boards[-1]
    house.clock.advance(seconds=5)
    reader.request_snapshot()
    await until(lambda: boards[-1] is not heard)
    task.cancel()
    assert boards[-1] == heard
    assert len(announced) == 1
