"""From a notice in view to the last byte at the printer's port, through the kiosk's own parts, without windows.

Camera, scanner, flow, session, HTTP client, ticket and printer are the kiosk's; the server and the virtual printer
are processes of their own. Left out is the screen, which in the real kiosk draws on the same thread that
hears of the scan.
"""

import asyncio
import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from backend.client.http import BackendClient
from backend.protection.roles import DeviceKind
from backend.wire.codes import PrintState
from backend.wire.messages import CheckInReply, CheckInRequest
from kiosk.camera.capture import Camera, CameraState
from kiosk.paper.printer import NetworkPrinter, PrinterStatus, PrintResult
from kiosk.paper.ticket_paper import TicketPaper
from kiosk.reading.scanner import Scanner
from kiosk.reading.selection import Scan
from kiosk.session.session import KioskSession
from kiosk.visit.flow import Flow
from kiosk.visit.inputs import Button
from kiosk.visit.screens import PaperState, TicketShown, Welcome
from tests.bench.counter import Counter
from tests.bench.measurement import BenchError, Figure, Measurement
from tests.bench.pictures import Sheets
from tests.bench.plan import Plan
from tests.bench.process import python_module, read_line, running
from tests.bench.reference import References
from tests.bench.stage import Stage

AREA = "notice to ticket"
FPS = 30.0
_FRAMES = 3
_REST_MS = 50.0
_PAUSE_SECONDS = (1.0, 1.5)
"""Pause between two visitors: long enough for the scanner to become idle, and random, relative to the frames."""
_PATIENCE_SECONDS = 20.0


@dataclass
class Moments:
    """The times of the events of one visit, in seconds on the monotonic clock; 0 if an event has not happened."""

    shown: float = 0.0
    scanned: float = 0.0
    answered: float = 0.0
    last_byte: float = 0.0


@dataclass
class Watcher:
    """Records the times between the kiosk's parts; changes nothing."""

    moments: Moments = field(default_factory=Moments)
    result: PrintResult | None = None

    def forget(self) -> None:
        """Begin a new visit."""
        self.moments, self.result = Moments(), None


class WatchedClient(BackendClient):
    """The kiosk's client, which records when the answer to a check-in arrived."""

    watcher: Watcher

    async def check_in(self, request: CheckInRequest) -> CheckInReply:
        """Check in, and record when the answer arrived."""
        reply = await super().check_in(request)
        self.watcher.moments.answered = time.monotonic()
        return reply


class WatchedPrinter:
    """The kiosk's printer, which keeps the result of the job."""

    def __init__(self, printer: NetworkPrinter, watcher: Watcher) -> None:
        self._printer = printer
        self._watcher = watcher

    def status(self) -> PrinterStatus:
        """Ask the kiosk's printer for its state."""
        return self._printer.status()

    def print(self, job: bytes) -> PrintResult:
        """Print on the kiosk's printer, and keep the result."""
        result = self._printer.print(job)
        self._watcher.result = result
        return result


def measure(folder: Path, sheets: Sheets, plan: Plan, references: References) -> list[Measurement]:
    """Hold notices up to the camera, one visitor after the other."""
    counter = Counter(folder / "visits")
    try:
        codes = counter.notices(counter.reserve(plan.visits + 1))
        token = counter.device(DeviceKind.KIOSK)
        with counter.serving() as servers, _virtual_printer(counter.folder) as port:
            visits = asyncio.run(_visits(servers[0].address, token, port, sheets, codes))
    finally:
        counter.close()
    return _told(visits[1:], references)


@contextmanager
def _virtual_printer(folder: Path) -> Iterator[int]:
    """A virtual printer in a process of its own; yields its port."""
    argv = python_module("kiosk", "virtual-printer", "--port", "0", "--out", str(folder / "printer"))
    with running(argv, says=folder / "printer.log") as process:
        told = read_line(process)
        if not told:
            raise BenchError("the virtual printer did not start")
        yield int(json.loads(told)["port"])


async def _visits(address: str, token: str, port: int, sheets: Sheets, codes: list[str]) -> list[Moments]:
    """Play one visit per code."""
    watcher = Watcher()
    stage = Stage()
    camera = Camera("stage:", fps=FPS, opener=lambda: stage)
    paper = TicketPaper(WatchedPrinter(NetworkPrinter("127.0.0.1", port), watcher))
    await asyncio.to_thread(paper.warm_up)
    async with WatchedClient(address, token) as client:
        client.watcher = watcher
        session = KioskSession(
            Flow(), client, paper, camera_works=lambda: camera.state is CameraState.RUNNING
        )

        def scanned(scan: Scan) -> None:
            watcher.moments.scanned = time.monotonic()
            session.scanned(scan.verdict.reason, scan.verdict.text, scan.captured_wall)

        scanner = Scanner(camera, scanned, session.book.has)
        working = asyncio.create_task(session.run())
        camera.start()
        scanner.start()
        try:
            return [
                await _visit(session, stage, watcher, sheets, (code, seed)) for seed, code in enumerate(codes)
            ]
        finally:
            scanner.stop()
            camera.stop()
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


async def _visit(
    session: KioskSession, stage: Stage, watcher: Watcher, sheets: Sheets, notice: tuple[str, int]
) -> Moments:
    """Play one visitor who comes to an idle kiosk, holds up the notice, takes the ticket, and leaves."""
    pictures = await asyncio.to_thread(sheets.held, notice[0], seed=notice[1])
    await _until(
        session, lambda: isinstance(session.state.screen, Welcome) and session.office is not None, "welcome"
    )
    chance = random.Random(notice[1])  # noqa: S311 - when a visitor comes is no secret
    await asyncio.sleep(chance.uniform(*_PAUSE_SECONDS))
    watcher.forget()
    watcher.moments.shown = stage.show(pictures)
    await _until(session, lambda: _has_paper(session), "a printed ticket")
    stage.clear()
    result = watcher.result
    if result is None or result.state is not PrintState.PRINTED or result.last_byte_at is None:
        raise BenchError(f"the ticket was not printed but {result.state if result else 'not sent'}")
    watcher.moments.last_byte = result.last_byte_at
    session.tap(Button.HOME)
    return watcher.moments


def _has_paper(session: KioskSession) -> bool:
    screen = session.state.screen
    return isinstance(screen, TicketShown) and screen.paper is PaperState.PRINTED


async def _until(session: KioskSession, condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition; check it so rarely that the processor is free for the measured code."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            screen = type(session.state.screen).__name__
            raise BenchError(f"the kiosk did not come to {what}; it shows {screen}")
        await asyncio.sleep(0.02)


def _told(visits: list[Moments], references: References) -> list[Measurement]:
    commit = references.commit
    limit = _FRAMES * 1000 / FPS + commit.p50 + _REST_MS
    figure = Figure("p95", limit, "3 frames at 30 fps + 1 bare commit + 50 ms")
    steps = {
        "notice in view → last byte": [(one.last_byte - one.shown) * 1000 for one in visits],
        "of it: in view → read twice": [(one.scanned - one.shown) * 1000 for one in visits],
        "of it: read → answered": [(one.answered - one.scanned) * 1000 for one in visits],
        "of it: answered → last byte": [(one.last_byte - one.answered) * 1000 for one in visits],
    }
    whole, *parts = steps.items()
    return [
        Measurement.of(AREA, whole[0], whole[1], against=(commit,), figure=figure),
        *(Measurement.of(AREA, name, times, against=(commit,)) for name, times in parts),
    ]
