"""The hub: gets each event once, for each office in order, and passes it on to the open streams.

A commit of this process brings its events along. The hub also reads the log: if an event is missing in between, if
PostgreSQL reports a commit of another process, and every second. So events of other processes (an import, a second
server) arrive, too, and all in order. A reader that is too slow is dropped, and comes back with its last id.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

import structlog

from backend.storage import Database, LoggedEvent, StorageError, heads, office_events_after
from backend.wire import Farewell

_LOOK_EVERY_SECONDS = 1.0
_BATCH = 1000
log = structlog.get_logger("uketsuke.hub")

StreamFrame = tuple[int, bytes]
Serialise = Callable[[LoggedEvent], bytes | None]


class Subscription:
    """One open stream of one office; messages wait here until the reader takes them."""

    def __init__(self, limit: int) -> None:
        self._frames: asyncio.Queue[StreamFrame | None] = asyncio.Queue(limit + 1)
        self._limit = limit
        self._ended = False
        self.farewell: Farewell | None = None
        """Why the stream was ended early, if the reader should know; else None."""

    def offer(self, frame: StreamFrame) -> None:
        """Add a frame, or end the stream if its reader is too slow."""
        if self._ended:
            return
        if self._frames.qsize() >= self._limit:
            log.warning("stream_reader_too_slow")
            self.end()
            return
        self._frames.put_nowait(frame)

    def end(self, farewell: Farewell | None = None) -> None:
        """End the stream after the frames that are waiting."""
        if not self._ended:
            self._ended = True
            self.farewell = farewell
            self._frames.put_nowait(None)

    async def take(self, seconds: float) -> StreamFrame | None:
        """The next frame; None once the stream has ended.

        Raises:
            TimeoutError: nothing came within ``seconds``.
        """
        async with asyncio.timeout(seconds):
            return await self._frames.get()


class Hub:
    """Passes events from the log to streams.

    Args:
        database: the database whose event log is read.
        serialise: makes the bytes of one event, for all readers; None for events that are not sent.
        limit: how many frames may wait for one reader.
        per_reader: how many streams one session or device may have; one more ends the oldest.
    """

    def __init__(self, database: Database, serialise: Serialise, *, limit: int, per_reader: int) -> None:
        self._database = database
        self._serialise = serialise
        self._limit = limit
        self._per_reader = per_reader
        self._of_reader: defaultdict[str, list[Subscription]] = defaultdict(list)
        self._subscriptions: defaultdict[str, set[Subscription]] = defaultdict(set)
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._heads: dict[str, int] = {}

    @property
    def readers(self) -> int:
        """How many streams are open."""
        return sum(len(group) for group in self._subscriptions.values())

    @property
    def closed(self) -> bool:
        """Whether the server is stopping."""
        return self._closed

    def notify(self, news: Sequence[LoggedEvent] = ()) -> None:
        """Report a commit with its events; none if another process committed. May be called from any thread."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._hear, news)

    def _hear(self, news: Sequence[LoggedEvent]) -> None:
        """Pass on the events that directly follow the last ones; anything else is read from the log."""
        following = bool(news)
        for event in news:
            if event.seq == self._heads.get(event.office_id, 0) + 1:
                self._tell(event)
            else:
                following = False
        if not following:
            self._wake.set()

    def _tell(self, event: LoggedEvent) -> None:
        self._heads[event.office_id] = event.seq
        readers = self._subscriptions.get(event.office_id)
        if not readers:
            return
        frame = self._serialise(event)
        if frame is not None:
            for subscription in tuple(readers):
                subscription.offer((event.seq, frame))

    def close(self) -> None:
        """End every stream; may be called from a signal handler in the loop's thread, or from any other thread."""
        self._closed = True
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._end_all)

    def _end_all(self) -> None:
        for group in self._subscriptions.values():
            for subscription in group:
                subscription.end()
        self._wake.set()

    @contextlib.asynccontextmanager
    async def subscribe(self, office_id: str, reader: str) -> AsyncIterator[Subscription]:
        """Listen to one office; frames are kept from the moment the block is entered.

        Args:
            office_id: the office whose events are wanted.
            reader: the session or device; if it has too many streams, its oldest is ended.
        """
        subscription = Subscription(self._limit)
        self._subscriptions[office_id].add(subscription)
        mine = self._of_reader[reader]
        mine.append(subscription)
        for oldest in mine[: -self._per_reader]:
            oldest.end(Farewell.TOO_MANY_STREAMS)
        if self._closed:
            subscription.end()
        try:
            yield subscription
        finally:
            self._subscriptions[office_id].discard(subscription)
            mine.remove(subscription)
            if not mine:
                self._of_reader.pop(reader, None)

    async def start(self) -> None:
        """Remember where the log ends; from then on no event is missed. Call this before the first stream is opened.

        Raises:
            StorageError: the log cannot be read.
        """
        self._loop = asyncio.get_running_loop()
        self._heads = await asyncio.to_thread(self._read_heads)

    async def run(self) -> None:
        """Pass events on until closed; if the database cannot be reached for a while, go on afterwards."""
        unreadable = False
        while not self._closed:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_EVERY_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self._pass_on()
            except StorageError as error:
                # Logged once, not every second of a night without a database.
                if not unreadable:
                    log.warning("event_log_unreadable", reason=error.word)
                unreadable = True
            else:
                if unreadable:
                    log.info("event_log_readable")
                unreadable = False

    async def _pass_on(self) -> None:
        more = True
        while more:
            known = dict(self._heads)
            batch, reached, more = await asyncio.to_thread(self._read_news, known)
            self._end_where_the_log_is_another(known, reached)
            # Some of these events may have been passed on meanwhile.
            for event in batch:
                if event.seq > self._heads.get(event.office_id, 0):
                    self._tell(event)
            for office_id, last in reached.items():
                self._heads[office_id] = max(last, self._heads.get(office_id, 0))

    def _end_where_the_log_is_another(self, known: Mapping[str, int], reached: Mapping[str, int]) -> None:
        """End the streams of offices whose log was replaced by a restore, so that readers come back for a snapshot."""
        for office_id, before in known.items():
            if reached.get(office_id, 0) < before:
                self._heads[office_id] = reached.get(office_id, 0)
                for subscription in tuple(self._subscriptions[office_id]):
                    subscription.end()

    def _read_heads(self) -> dict[str, int]:
        with self._database.read() as connection:
            return heads(connection)

    def _read_news(self, known: dict[str, int]) -> tuple[list[LoggedEvent], dict[str, int], bool]:
        """The new events of each office, the newest number by office, and whether there are more."""
        news: list[LoggedEvent] = []
        reached = {}
        more = False
        with self._database.read() as connection:
            for office_id, last in heads(connection).items():
                before = known.get(office_id, 0)
                reached[office_id] = last
                if before >= last:
                    continue
                found = office_events_after(connection, office_id, before, limit=_BATCH)
                news.extend(found)
                if len(found) == _BATCH:
                    reached[office_id], more = found[-1].seq, True
        return news, reached, more
