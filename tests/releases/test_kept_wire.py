"""What devices and servers of every released version said, in the ears of today's."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx2
import pytest
from pydantic import BaseModel, ValidationError

from backend.client.errors import BackendRefusedError
from backend.client.http import BackendClient
from backend.client.stream import EventReader
from backend.wire.messages import (
    Board,
    CheckInRequest,
    DeviceReport,
    EventMessage,
    PrintReport,
    RefusalReport,
    WalkInRequest,
)
from tests.releases.kept import Release
from tests.releases.likeness import Likeness
from tests.releases.wire import API, EVENTS, Asked, Exchange, Wire, data_of, name_of, place_of
from tests.support import House, serving

_PRINT_REPORT = re.compile(rf"{API}/tickets/([0-9a-f-]+)/print-reports")
Say = Callable[[BackendClient], Awaitable[BaseModel | None]]


@pytest.mark.dialect
def test_requests_of_a_released_version_are_answered_as_then(release: Release, opened: House) -> None:
    """Kiosks, displays and pages that are older than the server are understood: same status, nothing said that is gone.

    The numbers go on where they were, a number that is held is skipped, and the next day begins with the first one.
    """
    likeness = Likeness(row["id"] for row in release.rows["tickets"])
    with serving(opened) as address, closing(Wire(address, release.house.keys)) as wire:
        for one in release.next:
            opened.clock.now = datetime.fromisoformat(one.asked.at)
            asked = Asked(**{**vars(one.asked), "path": likeness.today(one.asked.path)})
            status, reply = wire.ask(asked)
            differences = likeness.differences(one.reply, reply, path=one.asked.path)
            assert (status, differences) == (one.status, []), one.asked


def test_a_display_comes_back_to_the_new_server(release: Release, opened: House) -> None:
    """With the last event that the old server told, it gets exactly the rest, or a picture that is at least as new."""
    heard = _stream_of(release)
    middle = len(heard) // 2
    asked = Asked(
        release.house.now, "display-1", "GET", EVENTS, {"Last-Event-ID": str(place_of(heard[middle]))}
    )
    with (
        serving(opened) as address,
        closing(Wire(address, release.house.keys)) as wire,
        wire.stream(asked) as stream,
    ):
        first = stream.next()
        if name_of(first) == "snapshot":
            assert data_of(first)["seq"] >= place_of(heard[-1])
            return
        rest = [first, *(stream.next() for _ in heard[middle + 2 :])]
    for kept, today in zip(heard[middle + 1 :], rest, strict=True):
        assert Likeness().differences(data_of(kept), data_of(today)) == []


async def test_answers_of_a_released_server_are_read_without_loss(release: Release) -> None:
    """A device that is newer than the server understands every answer, and asks in words that the old server knows."""
    read = 0
    for one in (*release.day, *release.next):
        say = _said_by_client(one.asked)
        if say is None or one.stream is not None:
            continue
        read += 1
        heard = _Line(one)
        async with BackendClient(
            "http://server", "token", transport=httpx2.MockTransport(heard.answer)
        ) as client:
            if one.status == httpx2.codes.OK:
                got = await say(client)
                told = {} if got is None else got.model_dump(mode="json")
                assert Likeness().differences(one.reply, told) == [], one.asked
            else:
                with pytest.raises(BackendRefusedError) as refused:
                    await say(client)
                assert {"code": refused.value.code, "detail": refused.value.detail} == one.reply
        assert (heard.method, heard.path) == (one.asked.method, one.asked.path)
        assert Likeness().differences(one.asked.body, heard.body) == []
    assert read > len(release.rows["tickets"])


async def test_events_of_a_released_server_are_read_without_loss(release: Release) -> None:
    """A display that is newer than the server shows the same picture: the snapshot and every event in its order."""
    heard = _stream_of(release)
    boards: list[Board] = []
    events: list[EventMessage] = []
    complete = asyncio.Event()

    def take(event: EventMessage) -> None:
        """Note an event."""
        events.append(event)
        if len(events) == len(heard) - 1:
            complete.set()

    text = "".join(f"{message}\n\n" for message in heard).encode()

    async def tell(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Say again what was said."""
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" + text
        )
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(tell, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        reader = EventReader(f"http://127.0.0.1:{port}", "token", boards.append, take, lambda _health: None)
        following = asyncio.create_task(reader.run())
        async with asyncio.timeout(10):
            await complete.wait()
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    messages: list[Board | EventMessage] = [boards[0], *events]
    for kept, told in zip(heard, messages, strict=True):
        assert Likeness().differences(data_of(kept), told.model_dump(mode="json")) == []


class _Line:
    """Answers one request as it was answered then, and notes what was asked."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.method = self.path = ""
        self.body: Any = None

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """The kept answer."""
        self.method, self.path = request.method, request.url.path
        self.body = json.loads(request.content) if request.content else None
        return httpx2.Response(self._exchange.status, json=self._exchange.reply)


def _stream_of(release: Release) -> list[str]:
    """The messages that the display heard."""
    text = next(one.stream for one in release.day if one.stream is not None)
    return text.rstrip("\n").split("\n\n")


def _said_by_client(asked: Asked) -> Say | None:
    """The client's own call for a kept request; none where no client asks so."""
    questions: dict[str, Say] = {
        f"{API}/health": BackendClient.health,
        f"{API}/office": BackendClient.office,
        f"{API}/bring": BackendClient.bring,
        f"{API}/board": BackendClient.board,
    }
    if asked.method == "GET":
        return questions.get(asked.path)
    if asked.body is None:
        return None
    try:
        return _command(asked.path, asked.body)
    except ValidationError:
        return None


def _command(path: str, body: Any) -> Say | None:
    printed = _PRINT_REPORT.fullmatch(path)
    if printed is not None:
        report = PrintReport.model_validate(body)
        return lambda client: client.report_print(UUID(printed[1]), report)
    if path == f"{API}/check-ins":
        check_in = CheckInRequest.model_validate(body)
        return lambda client: client.check_in(check_in)
    if path == f"{API}/walk-ins":
        walk_in = WalkInRequest.model_validate(body)
        return lambda client: client.walk_in(walk_in)
    if path == f"{API}/refusals":
        refusal = RefusalReport.model_validate(body)
        return lambda client: client.report_refusal(refusal)
    if path == f"{API}/device-reports":
        told = DeviceReport.model_validate(body)
        return lambda client: client.report_device(told)
    return None
