"""Plays announcements one after another.

The order, and the pieces of each announcement, are decided in :mod:`queue_display.announce`.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from backend.common.device_kit import Player
from backend.wire import CallMessage
from queue_display import announce
from queue_display.announce import AnnouncementQueue, Cue

PAUSE_SECONDS = 0.4
"""Silence between two announcements, so that two chimes do not sound like one."""


class Speaker:
    """Announces calls one after another.

    Args:
        player: plays a sound file.
        chime: the sound file of the chime.
        on_flash: called with a call after its chime.
        on_turn: called when a call gets or leaves the large place.
        pause_seconds: silence between two announcements.
        monotonic: seconds on a clock that never jumps.
    """

    def __init__(
        self,
        player: Player,
        chime: Path,
        on_flash: Callable[[CallMessage], None],
        *,
        on_turn: Callable[[], None] = lambda: None,
        pause_seconds: float = PAUSE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._player = player
        self._chime = chime
        self._on_flash = on_flash
        self._on_turn = on_turn
        self._pause = pause_seconds
        self._monotonic = monotonic
        self._line = AnnouncementQueue()
        self._current: tuple[CallMessage, ...] = ()
        self._woken = asyncio.Event()

    @property
    def line(self) -> AnnouncementQueue:
        """The call that is being announced, and those that wait."""
        return self._line

    def announce(self, calls: Iterable[CallMessage], current: Iterable[CallMessage]) -> None:
        """Add new calls, and drop waiting ones that are not among the present calls (``current``) any more."""
        self._current = tuple(current)
        self._line = announce.withdraw(self._line, self._current)
        for call in calls:
            self._line = announce.enqueue(self._line, call)
        self._woken.set()

    def look(self) -> None:
        """Check whether the time of the call in the large place is over; call this regularly."""
        if self._line.playing is not None:
            self._woken.set()

    async def run(self) -> None:
        """Play until cancelled."""
        while True:
            self._line = announce.begin_next(self._line, self._monotonic())
            call = self._line.playing
            if call is None:
                self._woken.clear()
                await self._woken.wait()
                continue
            self._on_turn()
            for phrase in announce.phrases(call):
                if phrase.cue is Cue.CHIME:
                    await self._player.play(self._chime)
                else:
                    self._on_flash(phrase.call)
            self._line = announce.fall_silent(self._line)
            while not announce.is_over(self._line, self._monotonic(), self._current):
                self._woken.clear()
                await self._woken.wait()
            self._line = announce.finish(self._line)
            self._on_turn()
            await asyncio.sleep(self._pause)
