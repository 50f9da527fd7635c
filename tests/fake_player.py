"""A sound player that plays nothing."""

import asyncio
from pathlib import Path


class FakePlayer:
    """Remembers what it was asked to play, and how many sounds overlapped (there must be none)."""

    def __init__(self) -> None:
        self.played: list[Path] = []
        self.sounding = 0
        self.most_at_once = 0
        self.gate: asyncio.Event | None = None

    async def play(self, sound: Path) -> None:
        """Pretend to play until ``gate`` is set, or for one turn of the loop."""
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
