"""A running session of a kiosk with its fakes: server, printer and camera in memory."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from structlog.testing import capture_logs
from structlog.typing import EventDict

from backend.client.fake import FakeBackend, FakeNotice
from backend.wire.codes import (
    PrintState,
)
from backend.wire.messages import (
    OfficeInfo,
)
from kiosk.paper.printer import PrintResult
from kiosk.session.session import KioskSession
from kiosk.session.watch import Rhythm
from kiosk.visit.effects import PrintList, PrintTicket
from kiosk.visit.flow import Flow
from kiosk.visit.presentation import View
from kiosk.visit.screens import (
    OutOfService,
    Screen,
)
from kiosk.visit.transition import Durations

SEEN_AT = datetime(2026, 11, 24, 1, 20, 59, 500_000, tzinfo=UTC)
WRITTEN_AT = datetime(2026, 11, 24, 1, 21, 0, 250_000, tzinfo=UTC)
QUICK = Rhythm(office=0.02, office_away=0.01, camera=0.01, bring=0.02, calls=0.01, report=(0.01,))
CODE = "NOTICE-CODE-7F3A"


@dataclass
class FakePaper:
    """A printer in memory."""

    outcome: PrintResult = field(
        default_factory=lambda: PrintResult(PrintState.PRINTED, last_byte_wall=WRITTEN_AT)
    )
    error: Exception | None = None
    orders: list[PrintTicket] = field(default_factory=list)
    lists: list[PrintList] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)
    running: int = 0
    most_at_once: int = 0

    def __call__(self, order: PrintTicket, office: OfficeInfo | None) -> PrintResult:
        """Print."""
        assert office is not None
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        self.threads.add(threading.get_ident())
        self.orders.append(order)
        self.running -= 1
        return self._result()

    def print_list(self, order: PrintList, office: OfficeInfo | None) -> PrintResult:
        """Print what to bring."""
        assert office is not None
        self.lists.append(order)
        return self._result()

    def _result(self) -> PrintResult:
        if self.error is not None:
            raise self.error
        return self.outcome


@dataclass
class Bench:
    """A running session with its fakes."""

    session: KioskSession
    backend: FakeBackend
    paper: FakePaper
    views: list[View]
    logs: list[EventDict]
    camera: dict[str, bool]

    async def until(self, condition: Callable[[], object]) -> None:
        """Let the loop turn until a condition holds; the deadline is only a limit for failures."""
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, f"still {self.session.state.screen}"
            await asyncio.sleep(0)

    async def see(self, kind: type[Screen]) -> None:
        """Wait for a screen."""
        await self.until(lambda: isinstance(self.session.state.screen, kind))

    def logged(self, event: str) -> list[EventDict]:
        """The log lines of one event."""
        return [line for line in self.logs if line["event"] == event]


@asynccontextmanager
async def bench(durations: Durations | None = None, flow: Flow | None = None) -> AsyncIterator[Bench]:
    """A running session with fakes, with the first screen shown."""
    backend, paper, camera = FakeBackend({CODE: FakeNotice()}), FakePaper(), {"works": True}
    views: list[View] = []
    with capture_logs() as logs:
        session = KioskSession(
            flow or Flow(durations),
            backend,
            paper,
            on_view=views.append,
            camera_works=lambda: camera["works"],
            rhythm=QUICK,
        )
        running = asyncio.create_task(session.run())
        made = Bench(session, backend, paper, views, logs, camera)
        try:
            await made.until(lambda: not isinstance(session.state.screen, OutOfService))
            yield made
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
