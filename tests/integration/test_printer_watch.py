"""The printer is watched while nobody is there: from the virtual printer's socket to the clerk's page."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from backend.client.fake import FakeBackend, FakeNotice
from backend.client.http import BackendClient
from backend.client.port import Backend
from backend.common.device_kit.device_clock import device_now
from backend.web.app import create_app
from backend.wire.codes import DevicePart, PrintState, ScanReason
from kiosk.paper.printer import NetworkPrinter, PrinterState, PrinterStatus
from kiosk.paper.ticket_paper import TicketPaper
from kiosk.session.session import KioskSession
from kiosk.session.watch import Rhythm
from kiosk.virtual.printer_modes import PrinterMode
from kiosk.visit.flow import Flow
from kiosk.visit.inputs import Button
from kiosk.visit.screens import Welcome
from tests.kiosk_support import parts_of
from tests.pages_support import FRAGMENT, at_window
from tests.ports import free_port
from tests.running_printer import RunningPrinter, running_virtual_printer
from tests.support import House, serving

QUICK = Rhythm(
    office=0.5, office_away=0.05, camera=0.01, bring=60, printer=0.02, printer_doubt=0.02, report=(0.05,)
)
CODE = "NOTICE-CODE-7F3A"


@dataclass
class Kiosk:
    """A kiosk's session at work before a printer."""

    session: KioskSession
    logs: list[Any]
    looks: list[PrinterState]

    async def until(self, condition: Callable[[], object], what: object = "") -> None:
        """Let the loop turn until a condition holds; the deadline only bounds a failure."""
        deadline = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < deadline, (what, parts_of(self.session.health))
            await asyncio.sleep(0.005)

    async def says(self, code: str) -> None:
        """Wait until the summary of the machine says this of the printer."""
        await self.until(lambda: parts_of(self.session.health)["printer"] == code, code)


@asynccontextmanager
async def kiosk_before(
    port: int, backend: Backend, ask: Callable[[bool], PrinterStatus] | None = None, *, watched: bool = True
) -> AsyncIterator[Kiosk]:
    """A session whose printer listens on a port, with the network printer's own jobs and questions, or given ones."""
    looks: list[PrinterState] = []
    quick = NetworkPrinter("127.0.0.1", port, 0.2)
    printer = NetworkPrinter("127.0.0.1", port, 0.3, confirm_timeout=1.0)

    def look(*, patiently: bool) -> PrinterStatus:
        """Ask, and remember what was said."""
        status = ask(patiently) if ask else (printer if patiently else quick).status()
        looks.append(status.state)
        return status

    paper = TicketPaper(printer)
    with capture_logs() as logs:
        session = KioskSession(Flow(), backend, paper, ask_printer=look if watched else None, rhythm=QUICK)
        running = asyncio.create_task(session.run())
        try:
            yield Kiosk(session, logs, looks)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


TOLD = {
    PrinterMode.NEAR_END: "near_end",
    PrinterMode.PAPER_OUT: "paper_out",
    PrinterMode.COVER_OPEN: "cover_open",
    PrinterMode.OFFLINE: "offline",
    PrinterMode.SILENT: "silent",
    PrinterMode.DEAF: "silent",
}


async def test_what_the_printer_says_is_told_and_taken_back_without_a_visitor(tmp_path: Path) -> None:
    """Protects the first visitor after lunch from an empty roll: every trouble is reported, and its end too."""
    backend = FakeBackend()
    with running_virtual_printer(tmp_path) as virtual:
        async with kiosk_before(virtual.port, backend) as kiosk:
            await kiosk.until(lambda: backend.hall.troubles)
            for mode, code in TOLD.items():
                virtual.set_mode(mode)
                await kiosk.says(code)
                virtual.set_mode(PrinterMode.OK)
                await kiosk.says("ok")
            virtual.set_mode(PrinterMode.COVER_OPEN)
            await kiosk.says("cover_open")
            virtual.set_mode(PrinterMode.PAPER_OUT)
            await kiosk.says("paper_out")
            await kiosk.until(lambda: backend.hall.troubles[-1] == {DevicePart.PRINTER: "paper_out"})
            assert virtual.jobs() == []
            said = [line["why"] for line in kiosk.logs if line["event"] in {"part_away", "part_needs_care"}]
    assert said == [*TOLD.values(), "cover_open", "paper_out"]
    assert {DevicePart.PRINTER: "near_end"} in backend.hall.troubles


async def test_a_printer_that_is_away_at_the_start_is_told_and_found_again(tmp_path: Path) -> None:
    """Protects a morning on which the printer is switched on last, or its cable comes out: no start, no visitor needed."""
    port = free_port()
    backend = FakeBackend()
    async with kiosk_before(port, backend) as kiosk:
        await kiosk.says("unreachable")
        await kiosk.until(lambda: backend.hall.troubles[-1:] == [{DevicePart.PRINTER: "unreachable"}])
        for _ in range(2):
            with running_virtual_printer(tmp_path, port=port):
                await kiosk.says("ok")
            await kiosk.says("unreachable")
        away = [line for line in kiosk.logs if line["event"] == "part_away" and line["part"] == "printer"]
        assert len(away) == 3


async def test_one_look_without_an_answer_is_no_alarm() -> None:
    """Protects clerks from an alarm for one lost packet, and a printer that needs more time: asked again, patiently."""
    answers = iter([PrinterState.SILENT, PrinterState.READY, PrinterState.UNREACHABLE])
    patience: list[bool] = []

    def ask(patiently: bool) -> PrinterStatus:
        """Give the next answer."""
        patience.append(patiently)
        return PrinterStatus(next(answers, PrinterState.READY))

    async with kiosk_before(free_port(), FakeBackend(), ask) as kiosk:
        await kiosk.until(lambda: len(kiosk.looks) > 5)
        assert not [line for line in kiosk.logs if line["event"] == "part_away"]
    assert patience[:6] == [False, True, False, True, False, False]


async def test_a_printer_that_stays_away_is_asked_in_short() -> None:
    """Protects the ticket of a visitor who comes while the printer is dead: only one of the questions takes long."""
    patience: list[bool] = []

    def ask(patiently: bool) -> PrinterStatus:
        """Be away."""
        patience.append(patiently)
        return PrinterStatus(PrinterState.UNREACHABLE)

    async with kiosk_before(free_port(), FakeBackend(), ask) as kiosk:
        await kiosk.until(lambda: len(kiosk.looks) > 5)
        assert parts_of(kiosk.session.health)["printer"] == "unreachable"
    assert patience[:6] == [False, True, False, False, False, False]


def _scan(kiosk: Kiosk) -> None:
    kiosk.session.scanned(ScanReason.OK, CODE, device_now())


async def test_jobs_and_looks_agree_and_the_newest_counts(tmp_path: Path) -> None:
    """Protects the alarm of a roll that ran out in the middle of a ticket until somebody has put in a new one."""
    backend = FakeBackend({CODE: FakeNotice()})
    with running_virtual_printer(tmp_path, PrinterMode.STUBBORN) as virtual:
        async with kiosk_before(virtual.port, backend) as kiosk:
            await kiosk.until(lambda: isinstance(kiosk.session.state.screen, Welcome))
            _scan(kiosk)
            await kiosk.until(lambda: backend.hall.prints)
            assert backend.hall.prints[0][1].state is PrintState.UNCONFIRMED
            assert parts_of(kiosk.session.health)["printer"] == "paper_out"
            await kiosk.until(lambda: backend.hall.troubles[-1] == {DevicePart.PRINTER: "paper_out"})
            looks = len(kiosk.looks)
            await kiosk.until(lambda: len(kiosk.looks) > looks + 1)
            assert parts_of(kiosk.session.health)["printer"] == "paper_out"
            virtual.set_mode(PrinterMode.OK)
            await kiosk.says("ok")


async def test_a_printer_that_waits_for_dots_is_helped_by_a_look_and_not_called_silent(
    tmp_path: Path,
) -> None:
    """Protects clerks from switching a printer off and on that only lacks the rest of a picture, after a cut line."""
    backend = FakeBackend({CODE: FakeNotice()})
    with running_virtual_printer(tmp_path, PrinterMode.DROP, drop_after=20_000) as virtual:
        async with kiosk_before(virtual.port, backend) as kiosk:
            await kiosk.until(lambda: isinstance(kiosk.session.state.screen, Welcome))
            _scan(kiosk)
            await kiosk.until(lambda: backend.hall.prints)
            assert parts_of(kiosk.session.health)["printer"] == "line_dropped"
            virtual.set_mode(PrinterMode.OK)
            await kiosk.says("ok")
            assert not [line for line in kiosk.logs if line.get("why") == "silent"]
            assert virtual.jobs() == []


@pytest.mark.parametrize(
    ("mode", "code"), [(PrinterMode.PAPER_OUT, "paper_out"), (PrinterMode.SILENT, "silent")]
)
async def test_without_looks_only_a_printed_ticket_takes_the_alarm_back(
    tmp_path: Path, mode: PrinterMode, code: str
) -> None:
    """Protects a ward that switched the looks off: jobs alone raise the alarm, and only paper ends it."""
    backend = FakeBackend({CODE: FakeNotice()})
    with running_virtual_printer(tmp_path, mode) as virtual:
        async with kiosk_before(virtual.port, backend, watched=False) as kiosk:
            await kiosk.until(lambda: isinstance(kiosk.session.state.screen, Welcome))
            _scan(kiosk)
            await kiosk.says(code)
            virtual.set_mode(PrinterMode.NEAR_END)
            kiosk.session.tap(Button.REPRINT)
            await kiosk.says("near_end")
            await kiosk.until(lambda: backend.hall.troubles[-1] == {DevicePart.PRINTER: "near_end"})


async def test_a_clerk_reads_it_within_moments_and_reads_when_it_is_over(
    small_house: House, tmp_path: Path
) -> None:
    """From the printer's own words to the sentence on the clerk's page, and away again."""
    clerk = at_window(create_app(small_house.graph), small_house, "sato", "1").client
    token = small_house.device()

    def page(client: TestClient) -> str:
        """What the clerk sees now."""
        return client.get("/clerk/panel", headers=FRAGMENT).text

    with ExitStack() as stack:
        virtual: RunningPrinter = stack.enter_context(running_virtual_printer(tmp_path / "printer"))
        address = stack.enter_context(serving(small_house))
        async with BackendClient(address, token) as backend, kiosk_before(virtual.port, backend) as kiosk:
            for mode, words in (
                (PrinterMode.NEAR_END, "用紙の残りがわずかです"),
                (PrinterMode.PAPER_OUT, "用紙がありません"),
                (PrinterMode.COVER_OPEN, "カバーが開いています"),
                (PrinterMode.OFFLINE, "オフライン"),
                (PrinterMode.SILENT, "応答がありません"),
            ):
                virtual.set_mode(mode)
                await kiosk.until(lambda words=words: words in page(clerk), words)  # type: ignore[misc] # bound on purpose
                virtual.set_mode(PrinterMode.OK)
                await kiosk.until(lambda: "device-trouble" not in page(clerk), mode)
