"""The display's application in its window: flash, sound, age of the picture, reports, and rest while idle."""

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from backend.client.stream import Link, LinkHealth
from backend.common.catalogue import Catalogue
from backend.common.design import Theme
from backend.wire.codes import EventKind
from backend.wire.messages import Board, EventMessage, OfficeInfo
from queue_display.announce import LARGE_SECONDS, AnnouncementQueue
from queue_display.config import DisplayConfig, HallTheme
from queue_display.hall_look import HALL
from queue_display.pieces import Ground
from tests.fake_player import FakePlayer

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
JA = Catalogue("display")

pytestmark = pytest.mark.parametrize("screen_size", [(1920, 1080)])


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

    def request_snapshot(self) -> None:
        """Nothing to do: the test sends what it wants."""

    async def run(self) -> None:
        """Never end."""
        import asyncio

        await asyncio.Event().wait()


class Hall:
    """A running display with its stream, clock, ears and reports in the test's hand."""

    def __init__(self, ui: Any, config: DisplayConfig) -> None:
        from queue_display.app import DisplayApp

        self.ui = ui
        self.seconds = 1000.0
        self.seq = 0
        self.player = FakePlayer()
        self.reports: list[tuple[str, dict[str, Any]]] = []
        self.app = DisplayApp(
            config,
            make_reader=self._make,
            office=self._office,
            player=self.player,
            chime=Path("chime.wav"),
            emit=lambda name, **values: self.reports.append((name, values)),
            monotonic=lambda: self.seconds,
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
        return OfficeInfo(
            office_id="00", name={"ja": "本庁舎", "en": "Main office"}, open_now=True, server_time=NOW
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Hall"]:
        """Show the hall with an empty board for as long as the block lasts."""
        async with self.ui.running(self.app):
            self.reader.heard_at = self.seconds
            self.reader.on_health(LinkHealth(Link.LIVE))
            self.reader.on_snapshot(
                Board(office_id="00", business_day=NOW.date(), at=NOW, seq=self.seq, waiting=0)
            )
            await self.ui.until(lambda: "board_shown" in self.names, "the board was shown")
            await self.ui.until(
                lambda: "本庁舎" in self.ui.texts(self.app.view), "the office's name is shown"
            )
            yield self

    @property
    def names(self) -> list[str]:
        """Names of the reports so far."""
        return [name for name, _ in self.reports]

    def say(self, kind: EventKind, ticket: int = 1, **values: Any) -> None:
        """Send one event."""
        self.seq += 1
        self.reader.on_event(
            EventMessage(
                seq=self.seq,
                kind=kind,
                at=NOW,
                office_id="00",
                business_day=NOW.date(),
                ticket_id=UUID(int=ticket),
                number=f"M-{ticket:03d}",
                **values,
            )
        )

    def pass_time(self, seconds: float) -> None:
        """Move the clock on while the server is heard, and look at it as the display does every second."""
        self.seconds += seconds
        self.reader.heard_at = self.seconds
        self.app.refresh()


@pytest.fixture
async def hall(ui: Any) -> AsyncIterator[Hall]:
    """A running display."""
    async with Hall(ui, DisplayConfig(token=None)).running() as made:
        yield made


async def test_a_call_is_new_for_its_time_and_is_heard(hall: Hall) -> None:
    """Protects eye and ear: a call is yellow, flashes, sounds once, and is white and still after ten seconds."""
    view = hall.app.view
    assert view is not None

    def yellow() -> bool:
        return any(isinstance(piece, Ground) and piece.colour == "call" for piece, _ in view.pieces)

    assert not yellow()
    hall.say(EventKind.TICKET_CALLED, window="3")
    assert view.phase
    assert yellow()
    assert {"M-001", "3", JA.text("call.to_number")} <= set(hall.ui.texts(view))
    await hall.ui.until(lambda: hall.player.played, "the chime was played")
    hall.pass_time(9.9)
    assert yellow()
    hall.pass_time(0.2)
    assert not view.phase
    assert not yellow()
    assert len(hall.player.played) == 1


async def test_the_flash_is_never_faster_than_once_a_second(hall: Hall) -> None:
    """Protects whoever a flicker harms: in the ten seconds of a call, its frame comes at most once in each."""
    view = hall.app.view
    assert view is not None
    hall.say(EventKind.TICKET_CALLED, window="3")
    phases = [view.phase]
    for _ in range(100):
        hall.pass_time(0.1)
        await hall.ui.frames(1)
        grounds = [
            (piece, widget) for piece, widget in view.pieces if isinstance(piece, Ground) and piece.ring
        ]
        assert all(widget.lit == view.phase for _, widget in grounds)
        phases.append(view.phase)
    began = [at for at, (before, now) in enumerate(itertools.pairwise(phases)) if now and not before]
    assert 8 <= len(began) <= 10
    assert all(after - before >= 9 for before, after in itertools.pairwise(began))


async def test_the_hall_is_dark_from_dusk_to_dawn(ui: Any) -> None:
    """Protects a dim hall from a white wall of light, and the morning from a black one; the calls stay."""
    async with Hall(ui, DisplayConfig(theme=HallTheme.DUSK, dusk_at=time(10, 31))).running() as hall:
        hall.say(EventKind.TICKET_CALLED, window="3")
        try:
            themes = [HALL.theme]
            hall.pass_time(120)
            themes.append(HALL.theme)
            assert themes == [Theme.LIGHT, Theme.DARK]
            assert hall.app.view is not None
            assert tuple(hall.app.view.paper) == pytest.approx(HALL.colour.paper)
            assert "M-001" in ui.texts(hall.app.view)
        finally:
            HALL.wear(Theme.LIGHT)


async def test_a_visitor_who_comes_is_not_asked_to_come_any_more(hall: Hall) -> None:
    """Protects the visitor at the window from being flashed at, and a recall from being missed by others."""
    hall.say(EventKind.TICKET_CALLED, window="3")
    hall.say(EventKind.SERVICE_STARTED)
    texts = hall.ui.texts(hall.app.view)
    assert JA.text("call.serving") in texts
    assert JA.text("call.to_number") not in texts
    hall.say(EventKind.HANDED_OVER, preparing=1)
    assert JA.text("empty.title") in hall.ui.texts(hall.app.view)


async def test_what_is_reported_was_drawn_before(hall: Hall) -> None:
    """Protects the timeline: nothing is told before a frame with it went out, and everything is told once."""
    told = len(hall.reports)
    hall.say(EventKind.TICKET_ISSUED, waiting=1)
    assert len(hall.reports) == told
    await hall.ui.until(lambda: "waiting_shown" in hall.names[told:], "the waiting was shown")
    hall.say(EventKind.TICKET_CALLED, window="3", waiting=0)
    assert "call_shown" not in hall.names[told:]
    await hall.ui.until(lambda: "call_shown" in hall.names[told:], "the call was shown")
    number = hall.ui.picture().crop((300, 250, 1600, 700)).convert("L")
    assert sum(number.histogram()[:60]) > 40_000, "the number's ink is on the glass"
    await hall.ui.frames(3)
    assert hall.names[told:] == [
        "waiting_shown",
        "board_shown",
        "call_shown",
        "waiting_shown",
        "board_shown",
    ]
    waiting = [values for name, values in hall.reports[told:] if name == "waiting_shown"]
    assert [(values["waiting"], values["tickets"]) for values in waiting] == [(1, ["M-001"]), (0, [])]


async def test_an_event_that_changes_nothing_visible_is_reported_too(hall: Hall) -> None:
    """Protects whoever waits for an event's place: it is on the screen as soon as a frame went out after it."""
    told = len(hall.reports)
    hall.say(EventKind.TICKET_PRINTED)
    await hall.ui.until(lambda: hall.names[told:] == ["board_shown"], "the board was told of")


async def test_an_old_picture_says_so_and_recovers_by_itself(hall: Hall) -> None:
    """Protects the hall from trusting a frozen screen, and from a warning that stays."""
    hall.say(EventKind.TICKET_CALLED, window="3")
    hall.reader.on_health(LinkHealth(Link.LOST, "unreachable"))
    hall.seconds += 130
    hall.app.refresh()
    texts = hall.ui.texts(hall.app.view)
    assert JA.text("stale.minutes", age=2) in texts
    assert "M-001" in texts
    hall.reader.on_health(LinkHealth(Link.LIVE))
    hall.pass_time(1)
    assert not any("職員にお確かめください" in text for text in hall.ui.texts(hall.app.view))


async def test_the_age_of_the_picture_is_true_to_the_second(hall: Hall) -> None:
    """Protects whoever decides by the yellow band: it said 10 seconds at 17; now it tells each second as it passes."""
    hall.say(EventKind.TICKET_CALLED, window="3")
    hall.reader.on_health(LinkHealth(Link.LOST, "unreachable"))
    hall.seconds += 15.0
    for age in (16, 17, 18):
        hall.seconds += 1.0
        await hall.ui.until(
            lambda age=age: JA.text("stale.seconds", age=age) in hall.ui.texts(hall.app.view),
            f"the band says {age} seconds",
        )


async def test_calls_in_quick_succession_are_large_one_after_another(hall: Hall) -> None:
    """Protects each of three calls within a second: its number is large for its time, and the last one stays."""

    def large() -> str:
        """The number in the large place."""
        screen = hall.app.view.screen if hall.app.view is not None else None
        return screen.hero.number if screen is not None and screen.hero is not None else "-"

    def was_heard(number: str) -> bool:
        """Whether a number's chime is over while its time is not."""
        line = hall.app.speaker.line
        return line.playing is not None and line.playing.number == number and not line.sounding

    for ticket in (1, 2, 3):
        hall.say(EventKind.TICKET_CALLED, ticket=ticket, window=str(ticket))
    texts = hall.ui.texts(hall.app.view)
    assert {"M-001", "M-002", "M-003"} <= set(texts), "all are seen at once"
    for number in ("M-001", "M-002", "M-003"):
        await hall.ui.until(lambda number=number: large() == number, f"{number} is large")
        await hall.ui.until(lambda number=number: was_heard(number), "its chime has sounded")
        hall.pass_time(LARGE_SECONDS - 0.5)
        await hall.ui.frames(3)
        assert large() == number
        hall.pass_time(1.0)
    await hall.ui.until(lambda: hall.app.speaker.line == AnnouncementQueue(), "the line is empty")
    assert large() == "M-003"
    assert len(hall.player.played) == 3


async def test_a_refused_token_covers_the_board(hall: Hall) -> None:
    """Protects against numbers on a display that has lost its right to show them."""
    hall.say(EventKind.TICKET_CALLED, window="3")
    hall.reader.on_health(LinkHealth(Link.REFUSED, "status_403"))
    texts = hall.ui.texts(hall.app.view)
    assert JA.text("trouble.title") in texts
    assert "M-001" not in texts
    hall.reader.on_health(LinkHealth(Link.LIVE))
    assert "M-001" in hall.ui.texts(hall.app.view)


async def test_an_idle_display_does_not_draw(hall: Hall) -> None:
    """Protects the idle cost: a frame goes out only when something is different."""
    await hall.ui.frames(5)
    drawn: list[int] = []
    count = lambda *_: drawn.append(1)  # noqa: E731 - Kivy keeps the very function that is unbound again
    hall.ui.window.bind(on_flip=count)
    hall.pass_time(1)
    hall.pass_time(1)
    await hall.ui.frames(10)
    assert drawn == []
    hall.pass_time(60)
    await hall.ui.until(lambda: drawn, "the clock's next minute is drawn")
    hall.ui.window.unbind(on_flip=count)


async def test_a_silent_office_only_flashes(ui: Any) -> None:
    """Protects a quiet branch office: no sound, the same flash."""
    async with Hall(ui, DisplayConfig(silent_offices=("00",))).running() as hall:
        hall.say(EventKind.TICKET_CALLED, window="3")
        assert hall.app.speaker.line.waiting
        await ui.until(lambda: hall.app.speaker.line.playing is not None, "the announcement has begun")
        hall.pass_time(LARGE_SECONDS)
        await ui.until(lambda: hall.app.speaker.line == AnnouncementQueue(), "the announcement is over")
        view = hall.app.view
        assert view is not None
        await ui.until(lambda: view.phase, "the number flashes")
        assert hall.player.played == []


async def test_no_key_opens_a_page_of_the_toolkit(hall: Hall) -> None:
    """Protects the hall from a page of Kivy's settings over the calls, which F1 would open."""
    escape, first, last = 27, 282, 293  # F1 to F12
    before = list(hall.ui.window.children)
    for key in (escape, *range(first, last + 1)):
        hall.ui.window.dispatch("on_keyboard", key, 0, None, [])
    await hall.ui.frames(3)
    assert hall.ui.window.children == before
