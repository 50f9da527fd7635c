"""Three short computed sounds: a number was given, a code was refused, a button was pressed.

The tones are between 400 and 1,000 Hz, so that most people who no longer hear high tones can hear them. Everything that
they tell is also on the screen. A machine without sound stays silent.
"""

import asyncio
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from backend.common.device_kit import Player, find_player, write_sound
from kiosk.visit import Tone

RATE_HZ: Final = 22_050
LOUDNESS: Final = 0.35
LONGEST_SECONDS: Final = 5.0

MELODIES: Final[Mapping[Tone, tuple[tuple[float, float], ...]]] = {
    Tone.ACCEPTED: ((659.26, 0.12), (880.0, 0.28)),
    Tone.REFUSED: ((440.0, 0.16), (440.0, 0.16)),
    Tone.PRESSED: ((880.0, 0.06),),
}
"""Hertz and seconds of each note: rising for yes, the same note twice for no, a click for a press."""


def samples(tone: Tone) -> list[int]:
    """A tone as signed 16-bit samples, mono, at ``RATE_HZ``; every note begins and ends in silence."""
    values: list[int] = []
    for hertz, seconds in MELODIES[tone]:
        count = int(RATE_HZ * seconds)
        for place in range(count):
            at = place / RATE_HZ
            envelope = min(1.0, at / 0.01, (seconds - at) / 0.04)
            values.append(round(32_767 * LOUDNESS * envelope * math.sin(2 * math.pi * hertz * at)))
    return values


def write_tone(folder: Path) -> dict[Tone, Path]:
    """Write every tone as a WAV file into an existing folder, and return the files."""
    return {tone: write_sound(folder / f"{tone}.wav", samples(tone), RATE_HZ) for tone in Tone}


class TonePlayer:
    """Plays tones in the background; a tone is skipped while another one plays, unless that one is a click.

    Args:
        paths: the sound file of each tone.
        player: plays a sound file; by default whatever player this machine has.
    """

    def __init__(self, paths: Mapping[Tone, Path], player: Player | None = None) -> None:
        self._paths = paths
        self._player = player or find_player(LONGEST_SECONDS)
        self._playing: asyncio.Task[None] | None = None
        self._clicks: set[asyncio.Task[None]] = set()

    def __call__(self, tone: Tone) -> None:
        """Start a tone; returns at once."""
        if self._playing is not None and not self._playing.done():
            return
        playing = asyncio.create_task(self._player.play(self._paths[tone]))
        if tone is Tone.PRESSED:
            self._clicks.add(playing)
            playing.add_done_callback(self._clicks.discard)
        else:
            self._playing = playing
