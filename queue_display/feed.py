"""Snapshot and stream become a board, with the age of the picture and the server's clock beside it.

The age is counted on a monotonic clock since the server last showed that it lives, so that a jump of the
machine's clock neither hides nor invents it. The time of day is the server's, carried on by the same clock.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from backend.client import BackendError, EventReader, Link, LinkHealth
from backend.common import TOKYO
from backend.common.device_kit import OfficePoll, ServerClock
from backend.wire import Board, CallMessage, EventMessage, OfficeInfo
from queue_display import board as boards
from queue_display.board import BoardState

STALE_HEARTBEATS = 3
"""A picture is old when nothing was heard for this many heartbeats."""
OFFICE_SECONDS = 60.0
OFFICE_RETRY_SECONDS = 5.0

log = structlog.get_logger()


@dataclass(frozen=True)
class BoardPicture:
    """All that is known at one moment. ``age_seconds`` is None before the first board; ``now`` is aware, UTC."""

    board: BoardState | None
    office: OfficeInfo | None
    link: Link
    reason: str | None
    age_seconds: float | None
    stale: bool
    now: datetime | None


@dataclass(frozen=True)
class BoardChange:
    """What a message brought: calls to announce, oldest first, and numbers that joined the queue."""

    new: tuple[CallMessage, ...] = ()
    issued: tuple[str, ...] = ()


class Reader(Protocol):
    """What the feed needs of an event reader."""

    @property
    def heard_at(self) -> float | None:
        """Monotonic seconds of the last sign that the picture is true."""
        ...

    def request_snapshot(self) -> None:
        """Fetch the whole picture again."""
        ...

    async def run(self) -> None:
        """Read until cancelled."""
        ...


ReaderMaker = Callable[
    [Callable[[Board], None], Callable[[EventMessage], None], Callable[[LinkHealth], None]], Reader
]


def reader_maker(
    server_url: str, token: str, *, heartbeat_seconds: float, monotonic: Callable[[], float]
) -> ReaderMaker:
    """How to make the real reader once the feed's callbacks are known."""

    def make(
        on_snapshot: Callable[[Board], None],
        on_event: Callable[[EventMessage], None],
        on_health: Callable[[LinkHealth], None],
    ) -> Reader:
        return EventReader(
            server_url,
            token,
            on_snapshot,
            on_event,
            on_health,
            heartbeat_seconds=heartbeat_seconds,
            monotonic=monotonic,
        )

    return make


class Feed:
    """Keeps the board of one office.

    Args:
        make_reader: makes the event reader from the three callbacks.
        office: asks the server for the device's office; a ``BackendError`` is waited out.
        on_change: called after every message and every change of the link, with what is new.
        monotonic: seconds on a clock that never jumps; the reader's ``heard_at`` is on the same one.
        heartbeat_seconds: how often the server sends at least something.
        office_seconds: how often the office's opening and the server's clock are asked for.
    """

    def __init__(
        self,
        make_reader: ReaderMaker,
        office: Callable[[], Awaitable[OfficeInfo]],
        on_change: Callable[[BoardChange], None],
        *,
        monotonic: Callable[[], float],
        heartbeat_seconds: float = 5.0,
        office_seconds: float = OFFICE_SECONDS,
    ) -> None:
        self._reader = make_reader(self._take, self._take, self._link_changed)
        self._on_change = on_change
        self._monotonic = monotonic
        self._stale_after = STALE_HEARTBEATS * heartbeat_seconds
        self._board: BoardState | None = None
        self._office: OfficeInfo | None = None
        self._health = LinkHealth(Link.CONNECTING)
        self._clock = ServerClock(monotonic)
        self._poll = OfficePoll(
            office,
            self._clock,
            expected=BackendError,
            on_office=self._take_office,
            on_error=lambda error: log.info("office_not_fetched", error=type(error).__name__),
            every=office_seconds,
            after_error=OFFICE_RETRY_SECONDS,
        )
        self._live = asyncio.Event()

    async def run(self) -> None:
        """Follow the server until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._reader.run())
            tasks.create_task(self._keep_office())

    def picture(self) -> BoardPicture:
        """What is known now."""
        heard = self._reader.heard_at
        age = self._monotonic() - heard if heard is not None and self._board is not None else None
        return BoardPicture(
            board=self._board,
            office=self._office,
            link=self._health.link,
            reason=self._health.reason,
            age_seconds=age,
            stale=age is not None and age > self._stale_after,
            now=self._clock.now() if self._clock.known else None,
        )

    def _take(self, message: Board | EventMessage) -> None:
        """Carry the board on and tell what is new."""
        if isinstance(message, Board) and not self._clock.known:
            self._clock.set(message.at)
        step = boards.apply(self._board, message)
        self._board = step.state
        if step.snapshot_wanted:
            self._reader.request_snapshot()
        self._on_change(BoardChange(step.new, step.issued))

    def _link_changed(self, health: LinkHealth) -> None:
        self._health = health
        if health.link is Link.LIVE:
            self._live.set()
        else:
            self._live.clear()
        self._on_change(BoardChange())

    async def _keep_office(self) -> None:
        """Ask for the office at once and then now and again, while the server is there."""
        while True:
            await self._live.wait()
            await self._poll.turn()

    def _take_office(self, office: OfficeInfo) -> None:
        """Fetch the board again where the day or the opening changed."""
        before, self._office = self._office, office
        if before is not None and (
            before.open_now != office.open_now
            or before.server_time.astimezone(TOKYO).date() != office.server_time.astimezone(TOKYO).date()
        ):
            self._reader.request_snapshot()
        self._on_change(BoardChange())
