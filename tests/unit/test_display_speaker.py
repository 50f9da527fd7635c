"""The speaker: one sound after another, silence without a sound card, and a chime of our own."""

import asyncio
import itertools
import sys
import wave
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from backend.common.device_kit.sound_player import CommandPlayer, SilentPlayer, find_player
from queue_display.announce import LARGE_SECONDS
from queue_display.chime import TONE_SECONDS, TONES_HZ, write_chime
from queue_display.speaker import Speaker
from tests.fake_player import FakePlayer
from tests.hall_support import a_call

CHIME = Path("chime.wav")


def hours() -> Callable[[], float]:
    """A clock that moves by an hour at each look, so that the time of every call is over."""
    return itertools.count(0.0, 3600.0).__next__


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition, at most five seconds."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - a condition of any kind has nobody to announce it
            await asyncio.sleep(0)


async def test_calls_sound_one_after_another() -> None:
    """Protects that chimes never overlap and the flash follows its own chime."""
    player, flashed = FakePlayer(), list[str]()
    speaker = Speaker(
        player, CHIME, lambda call: flashed.append(call.number), pause_seconds=0, monotonic=hours()
    )
    task = asyncio.create_task(speaker.run())
    calls = [a_call(1), a_call(2), a_call(3, count=2)]
    speaker.announce(calls, calls)
    await until(lambda: len(flashed) == 3)
    task.cancel()
    assert flashed == ["M-001", "M-002", "M-003"]
    assert player.played == [CHIME] * 4
    assert player.most_at_once == 1


async def test_a_call_that_is_over_before_its_turn_is_not_heard() -> None:
    """Protects that the hall is not called to a window where the visitor already stands."""
    player, flashed = FakePlayer(), list[str]()
    player.gate = asyncio.Event()
    speaker = Speaker(
        player, CHIME, lambda call: flashed.append(call.number), pause_seconds=0, monotonic=hours()
    )
    task = asyncio.create_task(speaker.run())
    speaker.announce([a_call(1), a_call(2)], [a_call(1), a_call(2)])
    await until(lambda: player.sounding == 1)
    speaker.announce([a_call(3)], [a_call(1), a_call(3)])
    player.gate.set()
    await until(lambda: len(flashed) == 2)
    task.cancel()
    assert flashed == ["M-001", "M-003"]


async def test_a_call_keeps_the_large_place_for_its_time() -> None:
    """Protects each call of a burst: the next chime and the next large number wait until this one had its seconds."""
    seconds, turns = 100.0, list[str]()
    player = FakePlayer()

    def turn() -> None:
        """Note who has the large place."""
        large = speaker.line.large
        turns.append(large.number if large else "-")

    speaker = Speaker(player, CHIME, lambda _: None, on_turn=turn, pause_seconds=0, monotonic=lambda: seconds)
    task = asyncio.create_task(speaker.run())
    calls = [a_call(1), a_call(2), a_call(3)]
    speaker.announce(calls, calls)
    await until(lambda: not speaker.line.sounding and speaker.line.playing == calls[0])
    seconds += LARGE_SECONDS - 0.1
    speaker.look()
    for _ in range(5):
        await asyncio.sleep(0)
    assert (speaker.line.playing, len(player.played)) == (calls[0], 1)
    seconds += 0.2
    speaker.look()
    await until(lambda: not speaker.line.sounding and speaker.line.playing == calls[1])
    speaker.announce([], [calls[0], a_call(3)])
    await until(lambda: speaker.line.playing == calls[2])
    seconds += LARGE_SECONDS
    speaker.look()
    await until(lambda: speaker.line.front is None)
    task.cancel()
    assert turns == ["M-001", "M-001", "M-002", "M-002", "M-003", "-"]
    assert len(player.played) == 3


async def test_a_player_that_fails_is_told_of_once_and_stops_nothing() -> None:
    """Protects a display on a machine without a sound card from dying, and its log from filling."""
    broken = CommandPlayer([sys.executable, "-c", "raise SystemExit(3)"])
    missing = CommandPlayer(["/nonexistent/player"])
    with capture_logs() as logs:
        for player in (broken, broken, missing, missing):
            await player.play(CHIME)
    assert [(line["event"], line["reason"]) for line in logs] == [
        ("sound_failed", "exit_3"),
        ("sound_failed", "FileNotFoundError"),
    ]


async def test_a_player_is_heard_to_its_end(tmp_path: Path) -> None:
    """Protects that the next announcement waits for the program that plays, and that the file is handed over."""
    done = tmp_path / "done"
    script = f"import pathlib, sys; pathlib.Path({str(done)!r}).write_text(sys.argv[1])"
    await CommandPlayer([sys.executable, "-c", script]).play(CHIME)
    assert done.read_text() == str(CHIME)


def test_a_machine_without_a_player_is_silent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Protects that a missing program means silence and a line in the log, not an error."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with capture_logs() as logs:
        player = find_player()
    assert isinstance(player, SilentPlayer)
    assert [line["event"] for line in logs] == ["sound_player_missing"]


def test_the_chime_is_long_enough_and_never_clips(tmp_path: Path) -> None:
    """Protects the guidance of at least one second of sound, and ears from crackling."""
    with wave.open(str(write_chime(tmp_path / "chime.wav")), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        assert file.getnframes() / file.getframerate() == pytest.approx(
            TONE_SECONDS * len(TONES_HZ), abs=0.01
        )
        frames = file.readframes(file.getnframes())
    samples = [int.from_bytes(frames[at : at + 2], "little", signed=True) for at in range(0, len(frames), 2)]
    assert TONE_SECONDS * len(TONES_HZ) >= 1.0
    assert 8_000 < max(map(abs, samples)) < 32_000
    assert abs(samples[0]) < 50
    assert abs(samples[-1]) < 400
