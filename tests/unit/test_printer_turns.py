"""The turns at the printer: print jobs first, status checks (looks) between them, never both at once."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from kiosk.paper.printer_turns import PATIENCE, PrinterTurns


class Held:
    """Work in a thread that ends when it is let."""

    def __init__(self, said: str) -> None:
        self.begun, self.let = threading.Event(), threading.Event()
        self._said = said

    def __call__(self) -> str:
        """Begin, wait, answer."""
        self.begun.set()
        assert self.let.wait(10)
        return self._said

    async def has_begun(self) -> None:
        """Wait until the thread is at work."""
        assert await asyncio.to_thread(self.begun.wait, 10)


@asynccontextmanager
async def running(turns: PrinterTurns, kind: str, work: Held) -> AsyncIterator[asyncio.Task[str | None]]:
    """A job or a look that has begun; it is let go in the end."""
    task: asyncio.Task[str | None] = asyncio.ensure_future(getattr(turns, kind)(work))
    await work.has_begun()
    try:
        yield task
    finally:
        work.let.set()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_look_is_left_out_while_a_ticket_is_printed_and_once_after_it() -> None:
    """Protects the job's only connection, and a printer that refuses the next one for a moment after it."""
    turns, work = PrinterTurns(), Held("printed")
    assert await turns.look(lambda: "ready") == "ready"
    async with running(turns, "job", work):
        assert await turns.look(lambda: "ready") is None
        assert await turns.look(lambda: "ready") is None
    assert [await turns.look(lambda: "ready") for _ in range(3)] == [None, "ready", "ready"]
    assert await turns.job(lambda: "printed") == "printed"
    assert [await turns.look(lambda: "ready") for _ in range(3)] == [None, "ready", "ready"]


async def test_a_ticket_waits_for_a_look_that_ends_soon() -> None:
    """Protects printers that serve one connection at a time from two; what the look says then is dropped as older."""
    turns, look, job = PrinterTurns(patience=10), Held("paper_out"), Held("printed")
    async with running(turns, "look", look) as looking:
        printing = asyncio.ensure_future(turns.job(job))
        await asyncio.wait({printing}, timeout=0.05)
        assert not job.begun.is_set()
        look.let.set()
        await job.has_begun()
        job.let.set()
        assert await printing == "printed"
        assert await looking is None


async def test_a_ticket_does_not_wait_for_a_look_that_hangs() -> None:
    """Protects a visitor from a question for an address that nobody answers; the late word counts for nothing."""
    turns, look = PrinterTurns(patience=0.01), Held("unreachable")
    async with running(turns, "look", look) as looking:
        async with asyncio.timeout(5):
            assert await turns.job(lambda: "printed") == "printed"
        assert not looking.done()
        look.let.set()
        assert await looking is None


async def test_jobs_follow_each_other_and_a_broken_one_lets_the_next_in() -> None:
    """Protects the second visitor from what befell the first one's ticket, and the look from both."""
    turns, first = PrinterTurns(), Held("first")

    def broken() -> str:
        """Fail."""
        raise OSError("the cable is gone")

    async with running(turns, "job", first):
        second = asyncio.ensure_future(turns.job(broken))
        third = asyncio.ensure_future(turns.job(lambda: "third"))
        first.let.set()
        with pytest.raises(OSError, match="cable"):
            await second
        assert await third == "third"
    with pytest.raises(OSError, match="cable"):
        for _ in range(2):
            await turns.look(broken)
    assert await turns.look(lambda: "ready") == "ready"


def test_a_ticket_waits_for_a_look_no_longer_than_a_second() -> None:
    """Protects a visitor from waiting longer than a second because the printer is being asked for its status."""
    assert PATIENCE == 1.0
