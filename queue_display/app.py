"""The hall display's Kivy application: one asyncio loop runs the feed, the speakers and the screen.

``board_shown``, ``call_shown`` and ``waiting_shown`` are logged when the frame that shows them has been drawn and
handed to the window system, not when the message came in.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from kivy.app import App
from kivy.clock import Clock
from kivy.core.text import LabelBase
from kivy.core.window import Window

from backend.client import BackendClient
from backend.common.device_kit import (
    Player,
    SilentPlayer,
    device_now,
    find_player,
    let_clock_wait,
    register_faces,
    stamp,
)
from backend.wire import CallMessage, OfficeInfo
from queue_display.announce import FLASH_HALF_PERIOD_SECONDS, FLASH_SECONDS, LARGE_SECONDS
from queue_display.board import BoardState, CallKey, key_of
from queue_display.board_view import BoardView
from queue_display.config import DisplayConfig
from queue_display.feed import BoardChange, Feed, ReaderMaker, reader_maker
from queue_display.hall_look import HALL
from queue_display.hall_screen import ScreenMode, compose
from queue_display.speaker import Speaker

REFRESH_SECONDS = 1.0
"""How often the screen is updated for the clock, the age of the board, and the pages of long lists."""

_A_MOMENT = 0.05

log = structlog.get_logger()


class Reports:
    """Logs what has been drawn. ``expect`` is called when the widgets have changed, ``drawn`` after a frame.

    Args:
        emit: logs an event, by its name and values.
        now: returns the present moment, an aware time.
    """

    def __init__(self, emit: Callable[..., object], now: Callable[[], datetime] = device_now) -> None:
        self._emit = emit
        self._now = now
        self._ready = False
        self._board: BoardState | None = None
        self._told: BoardState | None = None
        self._issued: list[str] = []
        self._calls: dict[CallKey, CallMessage] = {}

    @property
    def pending(self) -> bool:
        """Whether there will be something to log after the next frame."""
        return not self._ready or self._board is not self._told

    def expect(self, board: BoardState | None, issued: Iterable[str] = ()) -> None:
        """Note that the widgets show this board from the next frame on.

        Args:
            board: the board; None if it stays the same.
            issued: numbers that joined the queue.
        """
        self._issued.extend(issued)
        if board is not None:
            self._board = board

    def drawn(self) -> None:
        """Log what is on the screen now that a frame has been drawn."""
        at = stamp(self._now())
        if not self._ready:
            self._ready = True
            self._emit("display_ready", at=at)
        board, told = self._board, self._told
        if board is None or board is told:
            return
        self._told = board
        for call in reversed(board.calls):
            if key_of(call) not in self._calls:
                self._emit(
                    "call_shown",
                    ticket=call.number,
                    ticket_id=str(call.ticket_id),
                    window=call.window,
                    kind=call.kind.value,
                    seq=board.seq,
                    at=at,
                )
        self._calls = {key_of(call): call for call in board.calls}
        if told is None or told.waiting != board.waiting:
            self._emit("waiting_shown", waiting=board.waiting, seq=board.seq, at=at, tickets=self._issued)
        self._issued = []
        if told is None or told.seq != board.seq:
            calls = [call.number for call in board.calls]
            self._emit("board_shown", seq=board.seq, waiting=board.waiting, calls=calls, at=at)


class DisplayApp(App):
    """The window of a hall display.

    Args:
        config: the settings.
        make_reader: makes the event reader; the feed calls it.
        office: asks the server for the device's office.
        player: plays sound files.
        chime: the sound file of the chime.
        emit: logs an event, by its name and values.
        monotonic: seconds on a clock that never jumps.
    """

    title = "受付 Uketsuke"

    def __init__(
        self,
        config: DisplayConfig,
        *,
        make_reader: ReaderMaker,
        office: Callable[[], Awaitable[OfficeInfo]],
        player: Player,
        chime: Path,
        emit: Callable[..., object] = log.info,
        monotonic: Callable[[], float] = time.monotonic,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._config = config
        self._monotonic = monotonic
        self._flash_until: dict[CallKey, float] = {}
        self._flash_began: float | None = None
        self._flasher: Any = None
        self._silent, self._loud = (
            Speaker(one, chime, self._flash, on_turn=self._take_turn, monotonic=monotonic)
            for one in (SilentPlayer(), player)
        )
        self.reports = Reports(emit)
        self.feed = Feed(
            make_reader,
            office,
            self._changed,
            monotonic=monotonic,
            heartbeat_seconds=config.heartbeat_seconds,
            office_seconds=config.office_seconds,
        )
        self.view: BoardView | None = None

    @property
    def speaker(self) -> Speaker:
        """The speaker to use: with chimes, or, where the settings say so for this office, silent."""
        board = self.feed.picture().board
        return self._loud if self._config.sounds_in(board.office_id if board else None) else self._silent

    def build(self) -> BoardView:
        """Make the screen; called by Kivy."""
        register_faces(LabelBase)
        if self._config.fullscreen:
            Window.show_cursor = False
        HALL.wear(self._config.theme_at(None))
        self.view = BoardView(self._config.languages)
        self.view.bind(size=lambda *_: self.refresh())
        Window.bind(on_flip=self._flipped)
        Clock.schedule_interval(lambda _: self.refresh(), REFRESH_SECONDS)
        self.refresh()
        return self.view

    def open_settings(self, *_: object) -> bool:
        """Do nothing; otherwise the key F1 would open Kivy's own settings over the calls."""
        return False

    async def run_all(self) -> None:
        """Show the hall until the window is closed or ``stop`` is called."""
        async with asyncio.TaskGroup() as tasks:
            helpers = [
                tasks.create_task(self.feed.run()),
                tasks.create_task(self._loud.run()),
                tasks.create_task(self._silent.run()),
            ]
            let_clock_wait(Clock)
            await self.async_run()
            Window.unbind(on_flip=self._flipped)
            for helper in helpers:
                helper.cancel()

    def refresh(self) -> None:
        """Show what is known now; nothing is drawn if nothing has changed."""
        if self.view is None:
            return
        now = self._monotonic()
        picture = self.feed.picture()
        self._flash_until = {key: until for key, until in self._flash_until.items() if until > now}
        speaker = self.speaker
        speaker.look()
        screen = compose(
            picture,
            shape=self.view.shape,
            flashing=frozenset(self._flash_until),
            line=speaker.line,
            monotonic=now,
        )
        self._wear(picture.now)
        self.view.show(screen)
        self._keep_flashing()
        if screen.mode not in {ScreenMode.STARTING, ScreenMode.TROUBLE}:
            self.reports.expect(picture.board)
        if self.reports.pending:
            # Draw a frame even if it looks the same, so that the logged time is true.
            Window.canvas.ask_update()

    def _wear(self, now: datetime | None) -> None:
        """Use the theme of this time of day."""
        theme = self._config.theme_at(now)
        if theme is not HALL.theme and self.view is not None:
            HALL.wear(theme)
            self.view.renew()

    def _changed(self, change: BoardChange) -> None:
        """Show and announce what a message brought."""
        until = self._monotonic() + FLASH_SECONDS
        for call in change.new:
            self._flash_until[key_of(call)] = until
        self.reports.expect(None, change.issued)
        board = self.feed.picture().board
        if board is not None:
            self.speaker.announce(change.new, board.calls)
        self.refresh()

    def _flash(self, call: CallMessage) -> None:
        """Let a call flash again after its chime, because people look up then."""
        self._flash_until[key_of(call)] = self._monotonic() + FLASH_SECONDS
        self.refresh()

    def _take_turn(self) -> None:
        """Show the new call in the large place, and update the screen again when its time there is over."""
        self.refresh()
        Clock.schedule_once(lambda _: self.refresh(), LARGE_SECONDS + _A_MOMENT)

    def _keep_flashing(self) -> None:
        """Flash the new calls, half a second on and half a second off, until none is new."""
        if self._flasher is not None:
            self._flasher.cancel()
            self._flasher = None
        if not self._flash_until:
            self._flash_began = None
            self._set_phase(on=False)
            return
        now = self._monotonic()
        if self._flash_began is None:
            self._flash_began = now
        halves, since = divmod(now - self._flash_began, FLASH_HALF_PERIOD_SECONDS)
        self._set_phase(on=halves % 2 == 0)
        self._flasher = Clock.schedule_once(lambda _: self.refresh(), FLASH_HALF_PERIOD_SECONDS - since)

    def _set_phase(self, *, on: bool) -> None:
        if self.view is not None:
            self.view.phase = on

    def _flipped(self, *_: object) -> None:
        """A frame is being handed to the window system; log it when the current turn of the loop has ended."""
        if self.reports.pending:
            asyncio.get_running_loop().call_soon(self.reports.drawn)


def make_app(config: DisplayConfig, client: BackendClient, token: str, chime: Path) -> DisplayApp:
    """Make the application, connected to the server and to this machine's sound."""
    return DisplayApp(
        config,
        make_reader=reader_maker(
            config.server_url, token, heartbeat_seconds=config.heartbeat_seconds, monotonic=time.monotonic
        ),
        office=client.office,
        player=find_player() if config.sound else SilentPlayer(),
        chime=chime,
    )
