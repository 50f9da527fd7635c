"""The event stream: a snapshot, then every event after it, as server-sent events."""

import asyncio
from collections.abc import AsyncIterator, Callable

from starlette.responses import StreamingResponse

from backend.reception.board import Boards, message_of
from backend.storage import event_log
from backend.storage.event_log import LoggedEvent
from backend.storage.unit_of_work import Database
from backend.web.hub import Hub

_TAIL_LIMIT = 500
_BEAT = b": beat\n\n"
_BEAT_FOR_PAGES = b"event: beat\ndata: {}\n\n"
"""A browser's EventSource hides comments from the page, so a page gets a beat that it can hear."""


def serialise(event: LoggedEvent) -> bytes | None:
    """The bytes of one event, made once for all readers."""
    message = message_of(event)
    if message is None:
        return None
    return _frame("event", event.seq, message.model_dump_json(exclude_none=True))


def _frame(name: str, seq: int, data: str) -> bytes:
    return f"event: {name}\nid: {seq}\ndata: {data}\n\n".encode()


class Streams:
    """Opens event streams.

    Args:
        database: for the tail after a known event.
        boards: for the snapshot.
        hub: for what comes.
        heartbeat_seconds: a comment is sent when nothing else was for this long.
    """

    def __init__(self, database: Database, boards: Boards, hub: Hub, heartbeat_seconds: float) -> None:
        self._database = database
        self._boards = boards
        self._hub = hub
        self._heartbeat = heartbeat_seconds

    def open(
        self,
        office_id: str,
        last_event_id: str | None,
        still_welcome: Callable[[], bool],
        *,
        for_page: bool = False,
    ) -> StreamingResponse:
        """A stream for one office.

        Args:
            office_id: whose events.
            last_event_id: the reader's last event, as its ``Last-Event-ID`` says; with a good one the stream
                begins after it, otherwise with a snapshot.
            still_welcome: asked at every heartbeat, in a thread; when it says no, the stream ends.
            for_page: the reader is a browser's EventSource; its heartbeats are events.
        """
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(
            self._frames(office_id, last_event_id, still_welcome, _BEAT_FOR_PAGES if for_page else _BEAT),
            media_type="text/event-stream",
            headers=headers,
        )

    async def _frames(
        self,
        office_id: str,
        last_event_id: str | None,
        still_welcome: Callable[[], bool],
        beat: bytes,
    ) -> AsyncIterator[bytes]:
        async with self._hub.subscribe(office_id) as subscription:
            seq, opening = await asyncio.to_thread(self._opening, office_id, last_event_id)
            yield opening
            while True:
                try:
                    frame = await subscription.take(self._heartbeat)
                except TimeoutError:
                    if not await asyncio.to_thread(still_welcome):
                        return
                    yield beat
                    continue
                if frame is None:
                    return
                if frame[0] > seq:
                    seq = frame[0]
                    yield frame[1]

    def _opening(self, office_id: str, last_event_id: str | None) -> tuple[int, bytes]:
        """What a reader gets first, and up to which event that goes."""
        if last_event_id is not None and last_event_id.isascii() and last_event_id.isdigit():
            tail = self._tail(office_id, int(last_event_id[:18]))
            if tail is not None:
                return tail
        board = self._boards.snapshot(office_id)
        return board.seq, _frame("snapshot", board.seq, board.model_dump_json())

    def _tail(self, office_id: str, seq: int) -> tuple[int, bytes] | None:
        """The events after ``seq``; none where it is unknown, too old, or a snapshot is shorter."""
        with self._database.read() as connection:
            last = event_log.last_seq(connection)
            if seq > last or seq < event_log.first_seq(connection) - 1:
                return None
            events = event_log.read_office_after(connection, office_id, seq, limit=_TAIL_LIMIT + 1)
        if len(events) > _TAIL_LIMIT:
            return None
        return last, b": resumed\n\n" + b"".join(filter(None, map(serialise, events)))
