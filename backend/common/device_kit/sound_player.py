"""Sounds of a device: computed samples are written to a file, and a program of the machine plays it.

A machine without sound stays silent and works on: everything that a sound tells is also on the screen.
"""

import asyncio
import shutil
import struct
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

import structlog

PLAYERS: Final[tuple[tuple[str, ...], ...]] = (("pw-play",), ("paplay",), ("aplay", "-q"))
"""Programs that play a WAV file, best first: PipeWire, PulseAudio, plain ALSA."""

LONGEST_PLAY_SECONDS: Final = 10.0

log = structlog.get_logger()


def write_sound(path: Path, samples: Sequence[int], rate_hz: int) -> Path:
    """Write signed 16-bit samples, mono, as a WAV file and return its path; the folder must exist."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return path


class Player(Protocol):
    """Something that makes a sound file heard."""

    async def play(self, sound: Path) -> None:
        """Return when the sound has ended; never raise because of a missing or broken sound card."""
        ...


class SilentPlayer:
    """Plays nothing: the office wants silence, or the machine cannot play sounds."""

    async def play(self, sound: Path) -> None:
        """Return at once."""


class CommandPlayer:
    """Plays through a program of the machine.

    Args:
        command: the program and its options; the file's path is added. A failure is logged once, until a sound
            succeeds again.
        longest: seconds after which a sound is cut off.
    """

    def __init__(self, command: Sequence[str], longest: float = LONGEST_PLAY_SECONDS) -> None:
        self._command = tuple(command)
        self._longest = longest
        self._failed = False

    async def play(self, sound: Path) -> None:
        """Run the program to its end, or until the sound is cut off."""
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
            async with asyncio.timeout(self._longest):
                code = await process.wait()
        except TimeoutError:
            return "too_long"
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return None if code == 0 else f"exit_{code}"


def find_player(longest: float = LONGEST_PLAY_SECONDS) -> Player:
    """The first program of this machine that can play, or silence, logged.

    Args:
        longest: seconds after which a sound is cut off.
    """
    for command in PLAYERS:
        if shutil.which(command[0]):
            return CommandPlayer(command, longest)
    log.warning("sound_player_missing", looked_for=[command[0] for command in PLAYERS])
    return SilentPlayer()
