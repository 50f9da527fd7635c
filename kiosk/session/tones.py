"""Two short sounds, made by computation: a number was given, a code was refused.

The tones lie between 400 and 1 000 Hz, where most people whose hearing of high tones has faded still hear. They
say nothing that the screen does not say too. A machine without sound stays silent and goes on.
"""

import asyncio
import math
import shutil
import struct
import wave
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import structlog

from kiosk.visit import Tone

RATE_HZ: Final = 22_050
LOUDNESS: Final = 0.35
LONGEST_SECONDS: Final = 5.0

MELODIES: Final[Mapping[Tone, tuple[tuple[float, float], ...]]] = {
    Tone.ACCEPTED: ((659.26, 0.12), (880.0, 0.28)),
    Tone.REFUSED: ((440.0, 0.16), (440.0, 0.16)),
}
"""Hertz and seconds of each note: rising for yes, level and twice for no."""

PLAYERS: Final[tuple[tuple[str, ...], ...]] = (("pw-play",), ("paplay",), ("aplay", "-q"))
"""Programs that play a WAV file, best first: PipeWire, PulseAudio, plain ALSA."""

log = structlog.get_logger()


def samples(tone: Tone) -> list[int]:
    """A sound as signed 16-bit samples, mono; every note begins and ends in silence."""
    values: list[int] = []
    for hertz, seconds in MELODIES[tone]:
        count = int(RATE_HZ * seconds)
        for place in range(count):
            at = place / RATE_HZ
            envelope = min(1.0, at / 0.01, (seconds - at) / 0.04)
            values.append(round(32_767 * LOUDNESS * envelope * math.sin(2 * math.pi * hertz * at)))
    return values


def write_tone(folder: Path) -> dict[Tone, Path]:
    """Write every sound as a WAV file into an existing folder."""
    paths = {}
    for tone in Tone:
        values = samples(tone)
        paths[tone] = folder / f"{tone}.wav"
        with wave.open(str(paths[tone]), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(struct.pack(f"<{len(values)}h", *values))
    return paths


class TonePlayer:
    """Plays sounds beside everything else; a sound is left out while another one plays.

    Args:
        paths: the file of each sound.
        command: the program that plays it; by default the first one of this machine, or none.
    """

    def __init__(self, paths: Mapping[Tone, Path], command: tuple[str, ...] | None = None) -> None:
        self._paths = paths
        self._command = command if command is not None else _find_player()
        self._playing: asyncio.Task[None] | None = None
        self._failed = False

    def __call__(self, tone: Tone) -> None:
        """Start a sound; returns at once."""
        if not self._command or (self._playing is not None and not self._playing.done()):
            return
        self._playing = asyncio.ensure_future(self._play(self._paths[tone]))

    async def _play(self, path: Path) -> None:
        nothing = asyncio.subprocess.DEVNULL
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, str(path), stdin=nothing, stdout=nothing, stderr=nothing
            )
        except OSError as error:
            self._note_failure(type(error).__name__)
            return
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                code = await process.wait()
            if code:
                self._note_failure(f"exit_{code}")
        except TimeoutError:
            self._note_failure("too_long")
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    def _note_failure(self, reason: str) -> None:
        """Log the first failure only."""
        if not self._failed:
            self._failed = True
            log.warning("sound_failed", reason=reason)


def _find_player() -> tuple[str, ...]:
    for command in PLAYERS:
        if shutil.which(command[0]):
            return command
    return ()
