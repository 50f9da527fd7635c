"""Plays announcements one after another; a machine without sound stays silent and goes on.

Which pieces are played, and in which order, is decided in :mod:`queue_display.announce`.
"""

import asyncio
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

import structlog

from queue_display import announce
from queue_display.announce import AnnouncementQueue, Cue
from queue_display.board import Call

PLAYERS: tuple[tuple[str, ...], ...] = (("pw-play",), ("paplay",), ("aplay", "-q"))
"""Programs that play a WAV file, best first: PipeWire, PulseAudio, plain ALSA."""
LONGEST_PLAY_SECONDS = 10.0
PAUSE_SECONDS = 0.4
"""Silence between two announcements, so that two chimes are heard as two."""

log = structlog.get_logger()


class Player(Protocol):
    """Something that makes a sound file heard."""

    async def play(self, sound: Path) -> None:
        """Return when the sound has ended; never raise because of a missing or broken sound card."""
        ...


class SilentPlayer:
    """Plays nothing: the office's policy is silence, or the machine has no way to make a sound."""

    async def play(self, sound: Path) -> None:
        """Return at once."""


class CommandPlayer:
    """Plays through a program of the machine.

    Args:
        command: the program and its options; the file's path is added. A failure is logged once.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)
        self._failed = False

    async def play(self, sound: Path) -> None:
        """Run the program to its end, at most ten seconds."""
        reason = await self._run(sound)
        if reason is None:
            self._failed = False
        elif not self._failed:
            self._failed = True
            log.warning("sound_failed", player=self._command[0], reason=reason)

    async def _run(self, sound: Path) -> str | None:
        """What went wrong, or None."""
        nothing = asyncio.subprocess.DEVNULL
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, str(sound), stdin=nothing, stdout=nothing, stderr=nothing
            )
        except OSError as error:
            return type(error).__name__
        try:
            async with asyncio.timeout(LONGEST_PLAY_SECONDS):
                code = await process.wait()
        except TimeoutError:
            return "too_long"
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return None if code == 0 else f"exit_{code}"


class FakePlayer:
    """Remembers what it was asked to play, and how many sounds overlapped (none must)."""

    def __init__(self) -> None:
        self.played: list[Path] = []
        self.sounding = 0
        self.most_at_once = 0
        self.gate: asyncio.Event | None = None

    async def play(self, sound: Path) -> None:
        """Sound until ``gate`` is set, or for one turn of the loop."""
        self.played.append(sound)
        self.sounding += 1
        self.most_at_once = max(self.most_at_once, self.sounding)
        try:
            if self.gate is not None:
                await self.gate.wait()
            else:
                await asyncio.sleep(0)
        finally:
            self.sounding -= 1


def find_player() -> Player:
    """The first program of this machine that can play, or silence, logged."""
    for command in PLAYERS:
        if shutil.which(command[0]):
            return CommandPlayer(command)
    log.warning("sound_player_missing", looked_for=[command[0] for command in PLAYERS])
    return SilentPlayer()


class Speaker:
    """Announces calls in line.

    Args:
        player: makes a sound heard.
        chime: the sound file of the chime.
        on_flash: told which call is being announced, after its chime.
        on_turn: told that another call has, or leaves, the large place.
        pause_seconds: silence between two announcements.
        monotonic: seconds on a clock that never jumps.
    """

    def __init__(
        self,
        player: Player,
        chime: Path,
        on_flash: Callable[[Call], None],
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
        self._current: tuple[Call, ...] = ()
        self._woken = asyncio.Event()

    @property
    def line(self) -> AnnouncementQueue:
        """Who is being announced and who waits for it."""
        return self._line

    def announce(self, calls: Iterable[Call], current: Iterable[Call]) -> None:
        """Add new calls, and drop waiting ones that are not among the ``current`` calls any more."""
        self._current = tuple(current)
        self._line = announce.withdraw(self._line, self._current)
        for call in calls:
            self._line = announce.enqueue(self._line, call)
        self._woken.set()

    def look(self) -> None:
        """Look whether the call in the large place has had its time; called now and then."""
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
