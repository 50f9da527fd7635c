"""The board from snapshots and events of the server, with its age and the server's time.

The age is measured with a monotonic clock from the server's last sign of life, so that a jump of the machine's clock
does not change it. The time of day is the server's; the same clock continues it between two answers.
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
"""A board counts as old when nothing has come from the server for the time of this many heartbeats."""
OFFICE_SECONDS = 60.0
OFFICE_RETRY_SECONDS = 5.0

log = structlog.get_logger()


@dataclass(frozen=True)
class BoardPicture:
    """All that is known at one moment.

    Attributes:
        board: the board; None before the first one.
        office: the office; None before the server's first answer.
        link: the state of the connection.
        reason: why the connection is refused or lost, as a code.
        age_seconds: seconds since the server's last sign of life; None before the first board.
        stale: whether the board counts as old.
        now: the server's time, aware, in UTC; None before it is known.
        message: the office's message for its hall, as pairs of a language's tag and the text.
    """

    board: BoardState | None
    office: OfficeInfo | None
    link: Link
    reason: str | None
    age_seconds: float | None
    stale: bool
    now: datetime | None
    message: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class BoardChange:
    """What a message brought: calls to announce, oldest first, and numbers that joined the queue."""

    new: tuple[CallMessage, ...] = ()
    issued: tuple[str, ...] = ()


class Reader(Protocol):
    """The part of an event reader that the feed uses."""

    @property
    def heard_at(self) -> float | None:
        """When the server last gave a sign of life, in monotonic seconds; None before that."""
        ...

    def request_snapshot(self) -> None:
        """Fetch a new snapshot."""
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
    """Return a function that makes the event reader from the feed's three callbacks.

    Args:
        server_url: address of the server.
        token: the device's token.
        heartbeat_seconds: the server sends something at least this often.
        monotonic: seconds on a clock that never jumps.
    """

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
    """Keeps the board of one office up to date.

    Args:
        make_reader: makes the event reader from the three callbacks.
        office: asks the server for the device's office; after a ``BackendError`` it is asked again.
        on_change: called after every message and every change of the connection, with what is new.
        monotonic: seconds on a clock that never jumps; the reader's ``heard_at`` uses the same clock.
        heartbeat_seconds: the server sends something at least this often.
        office_seconds: how often to ask for opening hours and the server's time.
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
        """Apply a message to the board and report what is new."""
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
        """Ask for the office at once and then regularly, while the connection works."""
        while True:
            await self._live.wait()
            await self._poll.turn()

    def _take_office(self, office: OfficeInfo) -> None:
        """Keep the office; fetch the board again if the day changed, or the office opened or closed."""
        before, self._office = self._office, office
        if before is not None and (
            before.open_now != office.open_now
            or before.server_time.astimezone(TOKYO).date() != office.server_time.astimezone(TOKYO).date()
        ):
            self._reader.request_snapshot()
        self._on_change(BoardChange())
