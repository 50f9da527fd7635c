"""A running kiosk on the fake server, its window driven by touches."""

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from backend.client.fake import FakeBackend, FakeNotice
from backend.wire.codes import (
    CheckInReason,
    PrintState,
    ScanReason,
)
from backend.wire.messages import OfficeInfo
from kiosk.config import KioskConfig
from kiosk.paper.printer import PrintResult
from kiosk.session.session import KioskSession
from kiosk.session.watch import Rhythm
from kiosk.visit.effects import PrintList, PrintTicket
from kiosk.visit.flow import Flow
from kiosk.visit.texts import KioskWords
from kiosk.visit.transition import Durations
from tests.kiosk_support import JA

QUICK = Rhythm(office=0.05, office_away=0.02, camera=0.02, bring=0.05, report=(0.02,))
NOTICES = {
    "GOOD": FakeNotice(reserved_for=datetime(2026, 11, 24, 1, 30, tzinfo=UTC)),
    "SECOND": FakeNotice(),
    "TOMORROW": FakeNotice(CheckInReason.ANOTHER_DAY, datetime(2126, 11, 25, 1, 30, tzinfo=UTC)),
    "ABC123456": FakeNotice(),
}


@dataclass
class Paper:
    """A printer in memory: it remembers orders, and answers when the test lets it."""

    outcome: PrintResult = field(default_factory=lambda: PrintResult(PrintState.PRINTED))
    orders: list[PrintTicket] = field(default_factory=list)
    lists: list[PrintList] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    def __call__(self, order: PrintTicket, office: OfficeInfo | None) -> PrintResult:
        """Print."""
        self.orders.append(order)
        assert office is not None
        assert self.gate.wait(10)
        return self.outcome

    def print_list(self, order: PrintList, office: OfficeInfo | None) -> PrintResult:
        """Print what to bring."""
        self.lists.append(order)
        assert office is not None
        return self.outcome


@dataclass
class Machine:
    """A running kiosk with everything a test looks at."""

    ui: Any
    backend: FakeBackend
    paper: Paper
    session: KioskSession
    root: Any
    told: list[tuple[str, dict[str, Any]]]
    camera: SimpleNamespace
    app: Any

    @property
    def screen(self) -> str:
        """The name of the screen that is decided."""
        return self.session.view.name

    @property
    def shown(self) -> list[str]:
        """The screens that were drawn, in order."""
        return [str(facts["screen"]) for name, facts in self.told if name == "screen_shown"]

    async def see(self, screen: str) -> None:
        """Wait until a screen was drawn last."""
        await self.ui.until(
            lambda: self.shown and self.shown[-1] == screen, f"{screen} is shown, not {self.shown}"
        )

    async def press(self, key: str, words: KioskWords = JA, times: int = 1) -> None:
        """Tap the button with a text of the catalogue."""
        await self.ui.tap(self.ui.find(self.root, words(key)), times)

    async def type(self, number: str) -> None:
        """Tap keys of the keypad."""
        for key in number:
            await self.ui.tap(self.ui.find(self.root, key))

    def scan(self, text: str | None, reason: ScanReason = ScanReason.OK) -> None:
        """Hold a code up, as the scanner's thread tells it."""
        self.session.scanned(reason, text, datetime.now(UTC))

    def texts(self) -> list[str]:
        """Every text that is seen."""
        texts: list[str] = self.ui.texts(self.root)
        return texts


Start = Callable[..., Any]


@pytest.fixture
def start(ui: Any) -> Start:
    """What makes a kiosk on the fake server; it runs as long as its ``async with`` block."""

    @asynccontextmanager
    async def begin(
        *,
        durations: Durations | None = None,
        until: str = "welcome",
        available: bool = True,
        guard: float = 0,
    ) -> AsyncIterator[Machine]:
        """A kiosk at work, its first screen drawn."""
        from kiosk.screens.app import KioskApp

        told: list[tuple[str, dict[str, Any]]] = []
        backend, paper = FakeBackend(dict(NOTICES)), Paper()
        backend.behaviour.available = available
        camera = SimpleNamespace(works=True, picture=None)
        session = KioskSession(
            Flow(durations or Durations()),
            backend,
            paper,
            camera_works=lambda: camera.works,
            rhythm=QUICK,
        )
        app = KioskApp(
            KioskConfig(),
            session,
            pictures=lambda: camera.picture,
            emit=lambda name, **facts: told.append((name, facts)),
            guard=guard,
        )
        async with ui.running(app) as root:
            machine = Machine(ui, backend, paper, session, root, told, camera, app)
            await machine.see(until)
            yield machine

    return begin
