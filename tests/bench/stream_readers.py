"""Many readers of an event stream in one process, run as ``python -m tests.bench.stream_readers``.

It reads address, token and number of readers from standard input, as one line of JSON, and writes ``ready`` when every
reader has its snapshot. Then it reads how many calls there were, waits until every reader has them, and writes when
each reader got each call: lists of ticket and nanoseconds on the monotonic clock, which is the same for all processes
of a machine.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Sequence
from functools import partial
from urllib.parse import urlsplit

import click

_SNAPSHOT = b"event: snapshot"
_CALL = "ticket_called"
_PATIENCE_SECONDS = 3.0
_LOOK_EVERY_SECONDS = 0.1
_DATA = re.compile(rb"data: (\{.*?\})\r?\n")


class Reader(asyncio.Protocol):
    """One stream. Data is only kept with a time stamp; it is parsed later.

    Args:
        request: the bytes that open the stream.
        opened: a future that is resolved when the snapshot has arrived.
    """

    def __init__(self, request: bytes, opened: "asyncio.Future[None]") -> None:
        self._request = request
        self._opened = opened
        self._chunks: list[tuple[int, bytes]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Request the stream."""
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Keep the data with a time stamp."""
        self._chunks.append((time.monotonic_ns(), data))
        if not self._opened.done() and any(_SNAPSHOT in chunk for _, chunk in self._chunks):
            self._opened.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """If the stream ends before its snapshot, fail; if it ends later, it has had its events."""
        if not self._opened.done():
            self._opened.set_exception(exc or ConnectionError("the stream ended before its snapshot"))

    def calls(self) -> list[tuple[str, int]]:
        """Ticket and arrival time of every call."""
        return calls_in(self._chunks)


def calls_in(chunks: Sequence[tuple[int, bytes]]) -> list[tuple[str, int]]:
    """Ticket and arrival time of every call in pieces with time stamps; an event has arrived with its last byte."""
    whole = b"".join(data for _, data in chunks)
    found = []
    ends: list[int] = []
    position = 0
    for _, data in chunks:
        position += len(data)
        ends.append(position)
    piece = 0
    for match in _DATA.finditer(whole):
        while ends[piece] < match.end():
            piece += 1
        message = json.loads(match.group(1))
        if message.get("kind") == _CALL:
            found.append((str(message["ticket_id"]), chunks[piece][0]))
    return found


def _same(reader: Reader) -> Reader:
    return reader


async def _read(address: str, token: str, count: int) -> None:
    place = urlsplit(address)
    request = (
        f"GET /api/v1/events HTTP/1.1\r\nHost: {place.netloc}\r\nAccept: text/event-stream\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    readers: list[Reader] = []
    for _ in range(count):
        opened: asyncio.Future[None] = loop.create_future()
        reader = Reader(request, opened)
        await loop.create_connection(partial(_same, reader), place.hostname or "127.0.0.1", place.port or 80)
        await opened
        readers.append(reader)
    click.echo("ready")
    expected = int(await asyncio.to_thread(sys.stdin.readline))
    deadline = loop.time() + _PATIENCE_SECONDS
    # Checked rarely and only now: handling every arrival would take the time that the readers measure.
    while any(len(reader.calls()) < expected for reader in readers):
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
        if loop.time() > deadline:
            break
    click.echo(json.dumps([call for reader in readers for call in reader.calls()]))


def main() -> None:
    """Read streams until standard input tells how many calls there were, then write when each reader got them."""
    wanted = json.loads(sys.stdin.readline())
    asyncio.run(_read(wanted["address"], wanted["token"], wanted["readers"]))


if __name__ == "__main__":
    main()
