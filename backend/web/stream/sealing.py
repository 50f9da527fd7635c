"""Seals the trail once a second while the server runs, and a last time when it stops."""

import asyncio
import contextlib
from typing import Final

import structlog

from backend.protection import TrailSealer
from backend.storage import StorageError

_EVERY_SECONDS: Final = 1.0
_REST_SECONDS: Final = 0.02
log = structlog.get_logger("uketsuke.trail")


class Sealing:
    """The server's part in the sealing of the trail; of several server processes the database lets one seal at a time.

    Args:
        sealer: seals what was committed.
        every: seconds from one round to the next.
    """

    def __init__(self, sealer: TrailSealer, every: float = _EVERY_SECONDS) -> None:
        self._sealer = sealer
        self._every = every
        self._failing = False

    def seal(self) -> None:
        """Seal everything that is committed; a failure is told to the log when it begins and when it ends."""
        try:
            self._sealer.seal_all(rest=_REST_SECONDS)
        except StorageError as error:
            if not self._failing:
                log.warning("trail_not_sealed", reason=error.word)
            self._failing = True
            return
        if self._failing:
            log.info("trail_sealed_again")
        self._failing = False

    async def run(self) -> None:
        """Seal now and then every second, until cancelled."""
        with contextlib.suppress(asyncio.CancelledError):
            while True:
                await asyncio.to_thread(self.seal)
                await asyncio.sleep(self._every)
