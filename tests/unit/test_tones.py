"""The three sounds of a kiosk: gentle, and never in the way."""

import asyncio
import wave
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from backend.common.device_kit.sound_player import CommandPlayer
from kiosk.session import tones
from kiosk.visit import Tone


@pytest.mark.parametrize("tone", list(Tone))
def test_a_sound_is_short_soft_at_its_ends_and_heard_by_old_ears(tone: Tone, tmp_path: Path) -> None:
    """Protects ears: under half a second, soft at both ends, between 400 and 1 000 Hz, never at full strength."""
    with wave.open(str(tones.write_tone(tmp_path)[tone]), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        assert (0.05 if tone is Tone.PRESSED else 0.2) <= file.getnframes() / file.getframerate() <= 0.5
    values = tones.samples(tone)
    assert max(abs(values[0]), abs(values[-1])) < 1500
    assert 5_000 < max(values) < 20_000
    assert all(400 <= hertz <= 1000 for hertz, _ in tones.MELODIES[tone])


async def test_a_machine_without_sound_goes_on(tmp_path: Path) -> None:
    """Protects reception from a missing or broken sound card: said once, nothing else happens."""
    with capture_logs() as logs:
        for command in (("no-such-player",), ("false",)):
            player = tones.TonePlayer(tones.write_tone(tmp_path), CommandPlayer(command))
            for _ in range(2):
                player(Tone.ACCEPTED)
                assert player._playing is not None
                async with asyncio.timeout(10):
                    await player._playing
    assert [line["event"] for line in logs] == ["sound_failed", "sound_failed"]
