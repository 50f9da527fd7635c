"""Whose turn it is at the printer: a visitor's ticket goes first; a look at the printer waits, or is forgotten.

A ticket printer serves one connection at a time, so the two must not meet. A job waits for a look that has begun, but
no longer than a moment: a look may hang where nothing is to be had from the printer anyway, in the question for its
address. What such a look says in the end is older than the job and is dropped.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final, TypeVar

PATIENCE: Final = 1.0
"""So many seconds a ticket waits at most for a look to end; one at a printer that answers takes milliseconds."""

Said = TypeVar("Said")


class PrinterTurns:
    """Jobs and looks, one at a time; both run in threads. Used on one asyncio loop.

    Args:
        patience: seconds that a job waits for a look at most.
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
        """Ask the printer in a thread, unless a job has it or had it since the last look.

        Returns:
            What it said; None where it was not asked, or a job came between: that knows more.

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
