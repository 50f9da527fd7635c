"""Turns at the printer: print jobs go first; a status check ("look") is skipped while a job runs.

A ticket printer serves one connection at a time, so the two must not overlap. A job waits for a look that has begun,
but only for a moment: a look may hang, for example in a name lookup, when the printer cannot be reached anyway. The
result of such a look is older than the job and is dropped.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final, TypeVar

PATIENCE: Final = 1.0
"""How many seconds a job waits at most for a look to end; with a printer that answers, a look takes milliseconds."""

Said = TypeVar("Said")


class PrinterTurns:
    """Runs jobs and looks one at a time, in threads. Used on one asyncio loop.

    Args:
        patience: how many seconds a job waits at most for a look to end.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._one_job = asyncio.Lock()
        self._look: asyncio.Future[Any] | None = None
        self._turn = 0  # moves when a job begins and when it ends
        self._turn_of_look = 0

    async def job(self, work: Callable[[], Said]) -> Said:
        """Carry out a print job in a thread, after the jobs before it.

        Raises:
            Exception: whatever the work raises.
        """
        async with self._one_job:
            self._turn += 1
            try:
                if self._look is not None:
                    await asyncio.wait({self._look}, timeout=self._patience)
                return await asyncio.to_thread(work)
            finally:
                self._turn += 1

    async def look(self, ask: Callable[[], Said]) -> Said | None:
        """Ask the printer in a thread, unless a job runs or ran since the last look.

        Returns:
            The answer; None if the printer was not asked, or if a job began meanwhile, whose result is newer.

        Raises:
            Exception: whatever the question raises.
        """
        turn, before = self._turn, self._turn_of_look
        self._turn_of_look = turn
        if turn != before or self._one_job.locked():
            return None
        looking = asyncio.ensure_future(asyncio.to_thread(ask))
        self._look = looking
        try:
            said = await looking
        finally:
            self._look = None
        return said if self._turn == turn else None
