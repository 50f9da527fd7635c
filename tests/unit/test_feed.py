"""The feed: board, age of the picture, the server's clock, and when a new snapshot is asked for."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

from backend.client.errors import BackendUnavailableError
from backend.client.stream import Link, LinkHealth
from backend.wire.codes import EventKind
from backend.wire.heard import hear
from backend.wire.messages import Board, EventMessage, OfficeInfo
from queue_display.feed import BoardChange, Feed
from tests.hall_support import NOON


class HandReader:
    """A reader whose messages come from the test."""

    def __init__(
        self,
        on_snapshot: Callable[[Board], None],
        on_event: Callable[[EventMessage], None],
        on_health: Callable[[LinkHealth], None],
    ) -> None:
        self.on_snapshot = on_snapshot
        self.on_event = on_event
        self.on_health = on_health
        self.heard_at: float | None = None
        self.snapshots_wanted = 0

    def request_snapshot(self) -> None:
        """Count the request."""
        self.snapshots_wanted += 1

    async def run(self) -> None:
        """Never end."""
        await asyncio.Event().wait()


class Bench:
    """A feed whose surroundings (reader, server, clock) the test controls."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.changes: list[BoardChange] = []
        self.offices: list[OfficeInfo | None] = []
        self.asked = 0
        self.feed = Feed(
            self._make,
            self._office,
            self.changes.append,
            monotonic=lambda: self.seconds,
            heartbeat_seconds=5.0,
            office_seconds=0.0,
        )

    def _make(
        self,
        on_snapshot: Callable[[Board], None],
        on_event: Callable[[EventMessage], None],
        on_health: Callable[[LinkHealth], None],
    ) -> HandReader:
        self.reader = HandReader(on_snapshot, on_event, on_health)
        return self.reader

    async def _office(self) -> OfficeInfo:
        self.asked += 1
        if not self.offices:
            await asyncio.Event().wait()
        answer = self.offices.pop(0)
        if answer is None:
            raise BackendUnavailableError("no answer")
        return answer

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the feed for as long as the block lasts."""
        task = asyncio.create_task(self.feed.run())
        try:
            yield
        finally:
            task.cancel()

    async def until_asked(self, times: int) -> None:
        """Wait until the office has been asked for so often."""
        async with asyncio.timeout(5):
            while self.asked < times:  # noqa: ASYNC110 - the counter announces nothing
                await asyncio.sleep(0)


def a_board(seq: int = 1, **values: object) -> Board:
    """A snapshot."""
    base: dict[str, object] = {"office_id": "honcho", "business_day": "2026-11-24", "at": NOON, "seq": seq}
    return Board.model_validate(base | values)


def an_office(*, open_now: bool = True, at: datetime = NOON) -> OfficeInfo:
    """The device's office."""
    return OfficeInfo(office_id="honcho", name={"ja": "本庁舎"}, open_now=open_now, server_time=at)


def test_snapshot_and_event_become_a_board_and_news() -> None:
    """Protects the path from the stream to what is shown and announced."""
    bench = Bench()
    bench.reader.on_snapshot(a_board(waiting=2))
    bench.reader.on_event(
        EventMessage(
            seq=2,
            kind=EventKind.TICKET_CALLED,
            at=NOON,
            office_id="honcho",
            business_day=NOON.date(),
            ticket_id=UUID(int=1),
            number="M-001",
            window="3",
            waiting=1,
        )
    )
    board = bench.feed.picture().board
    assert board is not None
    assert (board.seq, board.waiting) == (2, 1)
    assert [[call.number for call in change.new] for change in bench.changes] == [[], ["M-001"]]


def test_a_picture_grows_old_and_recovers_by_itself() -> None:
    """Protects the hall from a frozen screen that looks alive: more than three heartbeats, and not before."""
    bench = Bench()
    assert bench.feed.picture().age_seconds is None
    bench.reader.heard_at = bench.seconds
    bench.reader.on_snapshot(a_board())
    bench.seconds += 15
    assert not bench.feed.picture().stale
    bench.seconds += 106
    picture = bench.feed.picture()
    assert (picture.stale, picture.age_seconds) == (True, 121)
    bench.reader.heard_at = bench.seconds
    assert not bench.feed.picture().stale


async def test_the_time_of_day_is_the_servers() -> None:
    """Protects the clock on the wall from the machine's own: it is set by the server and carried on from there."""
    bench = Bench()
    assert bench.feed.picture().now is None
    async with bench.running():
        bench.offices = [an_office(at=NOON)]
        bench.reader.on_health(LinkHealth(Link.LIVE))
        await bench.until_asked(2)
    bench.seconds += 90
    assert bench.feed.picture().now == NOON + timedelta(seconds=90)


async def test_a_closing_or_a_new_day_asks_for_a_snapshot() -> None:
    """Protects the board at closing time and at midnight in Asia/Tokyo, when no event comes."""
    bench = Bench()
    late = datetime(2026, 11, 24, 14, 59, tzinfo=UTC)
    async with bench.running():
        bench.offices = [an_office(), an_office(open_now=False, at=late)]
        bench.reader.on_health(LinkHealth(Link.LIVE))
        await bench.until_asked(3)
        assert bench.reader.snapshots_wanted == 1
    bench = Bench()
    async with bench.running():
        bench.offices = [an_office(at=late), an_office(at=late + timedelta(minutes=1))]
        bench.reader.on_health(LinkHealth(Link.LIVE))
        await bench.until_asked(3)
        assert bench.reader.snapshots_wanted == 1


async def test_an_office_is_not_asked_for_while_the_line_is_down() -> None:
    """Protects a server that comes back from being asked twice as much, and the display from waiting on it."""
    bench = Bench()
    async with bench.running():
        bench.reader.on_health(LinkHealth(Link.LOST, "unreachable"))
        for _ in range(5):
            await asyncio.sleep(0)
        assert bench.asked == 0
        assert (bench.feed.picture().link, bench.feed.picture().reason) == (Link.LOST, "unreachable")


async def test_an_office_that_does_not_answer_leaves_the_board_alone() -> None:
    """Protects the board from a failed question for the office."""
    bench = Bench()
    async with bench.running():
        bench.offices = [None]
        bench.reader.on_health(LinkHealth(Link.LIVE))
        bench.reader.on_snapshot(a_board(waiting=3))
        await bench.until_asked(1)
        await asyncio.sleep(0)
    picture = bench.feed.picture()
    assert picture.office is None
    assert picture.board is not None
    assert picture.now == NOON


def test_an_event_of_a_new_day_makes_the_reader_fetch_again() -> None:
    """Protects against carrying yesterday's board into today."""
    bench = Bench()
    bench.reader.on_snapshot(a_board())
    bench.reader.on_event(
        EventMessage(
            seq=2,
            kind=EventKind.TICKET_ISSUED,
            at=NOON,
            office_id="honcho",
            business_day=NOON.date() + timedelta(days=1),
        )
    )
    assert bench.reader.snapshots_wanted == 1


def test_an_event_that_only_a_newer_server_knows_makes_the_reader_fetch_again() -> None:
    """Protects a hall from a number that stands where it no longer is; until then counts are shown as told."""
    bench = Bench()
    bench.reader.on_snapshot(a_board(waiting=2))
    told = {
        "seq": 2,
        "kind": "ticket_blessed",
        "at": NOON,
        "office_id": "honcho",
        "business_day": NOON.date(),
    }
    bench.reader.on_event(hear(EventMessage, told | {"waiting": 5}))
    assert bench.reader.snapshots_wanted == 0
    bench.reader.on_event(hear(EventMessage, told | {"seq": 3, "ticket_id": UUID(int=1), "waiting": 6}))
    assert bench.reader.snapshots_wanted == 1
    board = bench.feed.picture().board
    assert board is not None
    assert (board.seq, board.waiting) == (3, 6)
