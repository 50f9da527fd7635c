"""The event stream: a snapshot, then every event after it, as server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from backend.reception import Boards, message_of
from backend.storage import (
    Database,
    LoggedEvent,
    StorageError,
    tail,
)
from backend.web.http.errors import reply_for, reply_to
from backend.web.stream.hub import Hub, Subscription
from backend.wire import Farewell

_TAIL_LIMIT = 500
_BEAT = b": beat\n\n"
_BEAT_FOR_PAGES = b"event: beat\ndata: {}\n\n"
"""The heartbeat for pages: a browser's EventSource hides comments from the page, so they get an event instead."""
_RETRY_MS = {Farewell.TOO_MANY_STREAMS: 30_000, Farewell.TROUBLE: 3000}
"""How long a browser waits before it reconnects after a stream was ended, so that it never does so at once."""
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def serialise(event: LoggedEvent) -> bytes | None:
    """The bytes of one event, made once for all readers; None if the event is not sent."""
    message = message_of(event)
    if message is None:
        return None
    return _frame("event", event.seq, message.model_dump_json(exclude_none=True))


def _frame(name: str, seq: int, data: str) -> bytes:
    return f"event: {name}\nid: {seq}\ndata: {data}\n\n".encode()


def _farewell(why: Farewell, **facts: str) -> bytes:
    """The last message of a stream, which says why it ends."""
    data = json.dumps({"code": why.value, **facts}, separators=(",", ":"))
    return f"event: end\nretry: {_RETRY_MS[why]}\ndata: {data}\n\n".encode()


async def _to_the_end(frames: AsyncIterator[bytes], request: Request) -> AsyncIterator[bytes]:
    """A stream that ends with a farewell message on any error, because it is too late for an HTTP status."""
    try:
        async for frame in frames:
            yield frame
    except Exception as error:  # noqa: BLE001 - logged, with the id that the last message has, too
        yield _farewell(Farewell.TROUBLE, **reply_for(request, error).detail)


def _ask(still_welcome: Callable[[], bool]) -> bool | None:
    """Whether a reader may go on; None while that is not known, because the database cannot be reached."""
    try:
        return still_welcome()
    except StorageError:
        return None


class Streams:
    """Opens event streams.

    Args:
        database: the database, for the events after a reader's last one.
        boards: makes snapshots.
        hub: passes on new events.
        heartbeat_seconds: a heartbeat is sent after this long without anything else.
    """

    def __init__(self, database: Database, boards: Boards, hub: Hub, heartbeat_seconds: float) -> None:
        self._database = database
        self._boards = boards
        self._hub = hub
        self._heartbeat = heartbeat_seconds

    def open(
        self,
        office_id: str,
        reader: str,
        last_event_id: str | None,
        still_welcome: Callable[[], bool],
        *,
        for_page: bool = False,
    ) -> Response:
        """A stream for one office.

        Args:
            office_id: the office whose events are wanted.
            reader: the session or device; if it has too many streams, its oldest is ended.
            last_event_id: the reader's ``Last-Event-ID``; with a valid one the stream begins after that event,
                otherwise with a snapshot.
            still_welcome: whether the reader may go on; called in a thread, once per heartbeat. If it may not, the
                stream ends. While this is not known, no heartbeat is sent, so that the reader notices that its
                picture is old.
            for_page: whether the reader is a browser's EventSource, whose heartbeats are events.
        """
        beat = _BEAT_FOR_PAGES if for_page else _BEAT
        return _EventStream(self, office_id, reader, last_event_id, still_welcome, beat)

    async def frames(
        self,
        subscription: Subscription,
        seq: int,
        opening: bytes,
        still_welcome: Callable[[], bool],
        beat: bytes,
    ) -> AsyncIterator[bytes]:
        """The bytes of a stream, from its opening to its end."""
        yield opening
        clock = asyncio.get_running_loop().time
        looked = clock()
        while True:
            try:
                frame = await subscription.take(self._heartbeat)
                quiet = False
            except TimeoutError:
                frame, quiet = None, True
            if quiet or clock() - looked > self._heartbeat:
                looked = clock()
                welcome = await asyncio.to_thread(_ask, still_welcome)
                if welcome is False:
                    return
                if quiet and welcome:
                    yield beat
            if frame is not None and frame[0] > seq:
                seq = frame[0]
                yield frame[1]
            elif frame is None and not quiet:
                break
        if subscription.farewell is not None:
            yield _farewell(subscription.farewell)

    def subscribe(self, office_id: str, reader: str) -> AbstractAsyncContextManager[Subscription]:
        """Subscribe to one office's events; from then on none is missed."""
        return self._hub.subscribe(office_id, reader)

    async def opening(self, office_id: str, last_event_id: str | None) -> tuple[int, bytes]:
        """The beginning of a stream: the number of its last event, and its bytes.

        Raises:
            StorageError: the database cannot be reached.
        """
        return await asyncio.to_thread(self._opening, office_id, last_event_id)

    def _opening(self, office_id: str, last_event_id: str | None) -> tuple[int, bytes]:
        """The same, run in a thread."""
        if last_event_id is not None and last_event_id.isascii() and last_event_id.isdigit():
            resumed = self._tail(office_id, int(last_event_id[:18]))
            if resumed is not None:
                return resumed
        board = self._boards.snapshot(office_id)
        return board.seq, _frame("snapshot", board.seq, board.model_dump_json())

    def _tail(self, office_id: str, seq: int) -> tuple[int, bytes] | None:
        """The events after ``seq``; None if it is unknown or too old, or if a snapshot is shorter."""
        with self._database.read() as connection:
            found = tail(connection, office_id, seq, limit=_TAIL_LIMIT)
        if found is None:
            return None
        last = found[-1].seq if found else seq
        return last, b": resumed\n\n" + b"".join(filter(None, map(serialise, found)))


class _EventStream(Response):
    """A stream as a response: it starts only once its beginning is read, so that errors still get a status."""

    def __init__(
        self,
        streams: Streams,
        office_id: str,
        reader: str,
        last_event_id: str | None,
        still_welcome: Callable[[], bool],
        beat: bytes,
    ) -> None:
        super().__init__()
        self._streams = streams
        self._office_id = office_id
        self._reader = reader
        self._last_event_id = last_event_id
        self._still_welcome = still_welcome
        self._beat = beat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the request's body, which may be refused, and then send the stream to its end."""
        await Request(scope, receive).body()
        async with self._streams.subscribe(self._office_id, self._reader) as subscription:
            try:
                seq, opening = await self._streams.opening(self._office_id, self._last_event_id)
            except StorageError as error:
                await reply_to(Request(scope), error)(scope, receive, send)
                return
            frames = self._streams.frames(subscription, seq, opening, self._still_welcome, self._beat)
            whole = _to_the_end(frames, Request(scope))
            stream = StreamingResponse(whole, media_type="text/event-stream", headers=_HEADERS)
            await stream(scope, receive, send)
