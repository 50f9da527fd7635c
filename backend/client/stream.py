"""The reconnecting reader of an office's event stream: snapshot, then every event once, in order.

A reader uses one connection after another. When one is cut, it reconnects with ``Last-Event-ID``. It treats a long
silence as a dead connection, and asks for a new snapshot whenever it may have missed something. It passes on typed
messages; an entry that it cannot read is logged and left out, so that one bad entry never stops a display.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import httpx2
import structlog

from backend.client.stream_messages import DoubtError, read_board, read_event
from backend.wire import Board, EventMessage

EVENTS_PATH = "/api/v1/events"
MISSED_HEARTBEATS = 2
"""After this many missed heartbeats the connection counts as dead."""
BACKOFF_FIRST_SECONDS = 0.1
BACKOFF_MAX_SECONDS = 0.8
"""Together with the connect timeout below, this notices a network that is back within two seconds."""
CONNECT_SECONDS = 1.0
REFUSED_SECONDS = 30.0
"""Seconds between attempts while the server does not accept the token."""

_REFUSALS = frozenset({401, 403})

log = structlog.get_logger()


class Link(StrEnum):
    """The state of the reader's connection to the server."""

    CONNECTING = "connecting"
    LIVE = "live"
    LOST = "lost"
    REFUSED = "refused"


@dataclass(frozen=True)
class LinkHealth:
    """The state of the link. ``reason`` is a code: unreachable, silent, ended, cut, not_a_stream or status_503."""

    link: Link
    reason: str | None = None


@dataclass(frozen=True)
class Backoff:
    """How long to wait before attempt ``n`` (from 0), in seconds; half of it is random."""

    first: float = BACKOFF_FIRST_SECONDS
    most: float = BACKOFF_MAX_SECONDS
    chance: Callable[[], float] = random.random

    def seconds(self, attempt: int) -> float:
        """The wait doubles up to ``most``; the random half keeps displays from reconnecting all at once."""
        full = min(self.most, self.first * 2.0 ** min(attempt, 30))
        return full * (0.5 + 0.5 * self.chance())


class _HeardStream(httpx2.AsyncByteStream):
    """A response body that reports every chunk, including comments, which are the server's heartbeat."""

    def __init__(self, inner: httpx2.AsyncByteStream, heard: Callable[[], None]) -> None:
        self._inner = inner
        self._heard = heard

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            self._heard()
            yield chunk

    async def aclose(self) -> None:
        """Close the connection's body."""
        await self._inner.aclose()


class EventReader:
    """Follows one office's events for as long as ``run`` runs.

    Args:
        base_url: address of the server, for example ``http://127.0.0.1:8710``.
        token: the device's token; the server knows the office by it.
        on_snapshot: called with every snapshot: at the beginning, and whenever events may have been missed.
        on_event: called with every later event exactly once, ``seq`` rising.
        on_health: called when the link changes, not on every attempt.
        heartbeat_seconds: the server sends something at least this often.
        backoff: how long to wait between attempts.
        refused_seconds: how long to wait after the server refused the token.
        sleep: how to wait; tests pass their own.
        monotonic: seconds on a clock that never jumps.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        on_snapshot: Callable[[Board], None],
        on_event: Callable[[EventMessage], None],
        on_health: Callable[[LinkHealth], None],
        *,
        heartbeat_seconds: float = 5.0,
        backoff: Backoff | None = None,
        refused_seconds: float = REFUSED_SECONDS,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._on_snapshot = on_snapshot
        self._on_event = on_event
        self._on_health = on_health
        self._heartbeat = heartbeat_seconds
        self._silence = MISSED_HEARTBEATS * heartbeat_seconds
        self._backoff = backoff or Backoff()
        self._refused_seconds = refused_seconds
        self._sleep = sleep
        self._monotonic = monotonic
        self._health = LinkHealth(Link.CONNECTING)
        self._deadline: asyncio.Timeout | None = None
        self._wanted = False
        self._trusted = False
        self._last_seq: int | None = None
        self._last_at: datetime | None = None
        self._heard_at: float | None = None

    @property
    def heard_at(self) -> float | None:
        """When the server last confirmed the picture, on the monotonic clock; None before the first snapshot."""
        return self._heard_at

    @property
    def health(self) -> LinkHealth:
        """The state of the link now."""
        return self._health

    def request_snapshot(self) -> None:
        """Close the present connection and reconnect for a new snapshot; may be called at any time."""
        self._wanted = True
        self._last_seq = None
        if self._deadline is not None:
            self._deadline.reschedule(asyncio.get_running_loop().time())

    async def run(self) -> None:
        """Read until cancelled. Network errors are handled here; exceptions of the callbacks are raised."""
        attempt = 0
        async with self._client() as client:
            while True:
                began = self._monotonic()
                health = await self._once(client)
                if self._monotonic() - began > self._heartbeat:
                    attempt = 0
                if health is not None:
                    self._tell(health)
                refused = health is not None and health.link is Link.REFUSED
                await self._sleep(self._refused_seconds if refused else self._backoff.seconds(attempt))
                attempt += 1

    def _client(self) -> httpx2.AsyncClient:
        # The counter's network is closed, so a proxy that the environment names must not be used.
        return httpx2.AsyncClient(
            base_url=self._base_url,
            headers=self._headers,
            timeout=httpx2.Timeout(self._silence, connect=CONNECT_SECONDS, read=None),
            trust_env=False,
        )

    def _tell(self, health: LinkHealth) -> None:
        """Report and log the link's state, but only if it has changed."""
        if health != self._health:
            self._health = health
            log.info("stream_link", link=health.link.value, reason=health.reason)
            self._on_health(health)

    def _heard(self) -> None:
        """A byte came in: the connection is alive, and the picture is confirmed once a snapshot is there."""
        if self._trusted:
            self._heard_at = self._monotonic()
        if self._deadline is not None and not self._wanted:
            self._deadline.reschedule(asyncio.get_running_loop().time() + self._silence)

    async def _once(self, client: httpx2.AsyncClient) -> LinkHealth | None:
        """Open one connection and read it to its end; return why it ended, or None if a new snapshot was wanted."""
        heard = self._heard_at
        if heard is None or self._monotonic() - heard > self._heartbeat:
            # After a long absence a new snapshot is cheaper and safer than all the events in between.
            self._last_seq = None
        self._wanted = False
        self._trusted = self._last_seq is not None
        try:
            async with asyncio.timeout(self._silence) as self._deadline:
                health = await self._follow(client)
        except TimeoutError:
            health = LinkHealth(Link.LOST, "silent")
        except (httpx2.ConnectError, httpx2.ConnectTimeout):
            health = LinkHealth(Link.LOST, "unreachable")
        except (httpx2.SSEError, DoubtError) as error:
            self._last_seq = None
            log.warning("stream_doubt", error=str(error))
            return None if isinstance(error, DoubtError) else LinkHealth(Link.LOST, "not_a_stream")
        except httpx2.HTTPError:
            health = LinkHealth(Link.LOST, "cut")
        finally:
            self._deadline = None
        return None if self._wanted else health

    async def _follow(self, client: httpx2.AsyncClient) -> LinkHealth:
        """Read one connection to its end."""
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        if self._last_seq is not None:
            headers["Last-Event-ID"] = str(self._last_seq)
        async with client.stream("GET", EVENTS_PATH, headers=headers) as response:
            if response.status_code in _REFUSALS:
                return LinkHealth(Link.REFUSED, f"status_{response.status_code}")
            if response.status_code != httpx2.codes.OK:
                return LinkHealth(Link.LOST, f"status_{response.status_code}")
            if self._trusted:
                self._tell(LinkHealth(Link.LIVE))
            if isinstance(response.stream, httpx2.AsyncByteStream):
                response.stream = _HeardStream(response.stream, self._heard)
            async for message in httpx2.EventSource(response):
                self._take(message)
                if self._wanted:
                    break
        return LinkHealth(Link.LOST, "ended")

    def _take(self, message: httpx2.ServerSentEvent) -> None:
        """Pass one message on, unless it is old, unknown or unreadable.

        Raises:
            DoubtError: the reader may have missed something.
        """
        if message.event == "snapshot":
            board = read_board(message.data)
            self._last_seq, self._last_at = board.seq, board.at
            self._trusted = True
            self._heard()
            self._tell(LinkHealth(Link.LIVE))
            self._on_snapshot(board)
        elif message.event == "event":
            self._take_event(message)
        elif message.event == "end":
            log.warning("stream_farewell", said=message.data[:60])
        else:
            log.info("stream_message_unknown", name=message.event[:40])

    def _take_event(self, message: httpx2.ServerSentEvent) -> None:
        """Pass one event on if it is the next one."""
        if self._last_seq is None:
            raise DoubtError("an event came before any snapshot")
        event = read_event(message.data)
        if event.seq <= self._last_seq:
            if self._last_at is not None and event.at > self._last_at:
                # A newer event with a lower ``seq``: the server has a new log.
                raise DoubtError("the order of events began anew")
            return
        self._last_seq = event.seq
        self._last_at = event.at if self._last_at is None else max(self._last_at, event.at)
        self._on_event(event)
