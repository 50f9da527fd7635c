"""The session: effects carried out against fakes, faults answered for, nothing personal in its logs."""

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from backend.client.errors import BackendRefusedError, BackendUnavailableError
from backend.client.fake import FakeBackend, FakeNotice
from backend.common.catalogue import Language
from backend.common.device_kit.device_clock import ServerClock, stamp
from backend.wire.codes import (
    DevicePart,
    ErrorCode,
    PrinterTrouble,
    PrintState,
    RefusalKind,
    ScanReason,
)
from backend.wire.messages import (
    CheckInReply,
    CheckInRequest,
    DeviceReport,
    OfficeInfo,
    PrintReply,
    PrintReport,
)
from kiosk.paper.printer import PrinterState, PrinterStatus, PrintResult
from kiosk.session.health import UNWANTED, MachineHealth, MachinePart
from kiosk.session.reporting import HealthReporter
from kiosk.session.session import KioskSession
from kiosk.session.watch import Rhythm
from kiosk.visit.flow import Flow
from kiosk.visit.inputs import Button, Input, Tapped, TroubleReason
from kiosk.visit.screens import (
    Closed,
    OutOfService,
    PaperState,
    TicketShown,
    Trouble,
    Welcome,
)
from kiosk.visit.state import State
from kiosk.visit.transition import Durations, Transition
from tests.kiosk_bench import CODE, QUICK, SEEN_AT, WRITTEN_AT, FakePaper, bench
from tests.kiosk_support import parts_of


async def test_a_scan_from_another_thread_becomes_a_ticket() -> None:
    """Protects the way from the scanner's thread to the printer, and the stamps of each step."""
    async with bench() as kiosk:
        await asyncio.to_thread(kiosk.session.scanned, ScanReason.OK, CODE, SEEN_AT)
        await kiosk.until(lambda: kiosk.backend.hall.prints)
        screen = kiosk.session.state.screen
        assert isinstance(screen, TicketShown)
        assert screen.paper is PaperState.PRINTED
        assert [view.name for view in kiosk.views][-3:] == ["working", "ticket", "ticket"]
        assert kiosk.logged("notice_seen")[0]["at"] == stamp(SEEN_AT)
        assert kiosk.logged("checked_in")[0]["ticket"] == "M-001"
        printed = kiosk.logged("ticket_printed")[0]
        assert (printed["ticket"], printed["at"]) == ("M-001", stamp(WRITTEN_AT))
        assert threading.get_ident() not in kiosk.paper.threads


async def test_no_log_line_holds_what_was_shown_or_typed() -> None:
    """Protects technical logs: ticket numbers only, never a code, a typed number or a request."""
    async with bench() as kiosk:
        kiosk.session.scanned(ScanReason.OK, CODE, SEEN_AT)
        await kiosk.see(TicketShown)
        kiosk.session.tap(Button.HOME)
        kiosk.session.tap(Button.ENTER_NUMBER)
        for key in "98765":
            kiosk.session.key(key)
        kiosk.backend.behaviour.refuse_with = ErrorCode.INTERNAL
        kiosk.session.tap(Button.CONFIRM)
        await kiosk.see(Trouble)
        kiosk.session.scanned(ScanReason.OK, "1234 5678 9018", SEEN_AT)
        await kiosk.until(lambda: kiosk.logged("code_refused"))
        text = repr(kiosk.logs)
        for secret in (CODE, "98765", "1234 5678 9018", "123456789018"):
            assert secret not in text


async def test_a_broken_printer_leaves_a_valid_number() -> None:
    """Protects invariant 4 from any fault in drawing or sending: the flow hears of it, the server too."""
    async with bench() as kiosk:
        kiosk.paper.error = OSError("the cable is gone")
        kiosk.session.scanned(ScanReason.OK, CODE, SEEN_AT)
        await kiosk.until(lambda: kiosk.backend.hall.prints)
        screen = kiosk.session.state.screen
        assert isinstance(screen, TicketShown)
        assert (screen.paper, screen.trouble) == (PaperState.FAILED, PrinterTrouble.ERROR)
        assert kiosk.backend.hall.prints[0][1].state is PrintState.FAILED
        assert kiosk.logged("print_failed")[0]["trouble"] == "error"
        assert parts_of(kiosk.session.health)["printer"] == "error"


async def test_a_lost_camera_is_reported_to_the_clerks_and_taken_back() -> None:
    """Protects visitors from a kiosk whose camera nobody knows to be lost: told once per change, also after a gap."""
    async with bench() as kiosk:
        told = kiosk.backend.hall.troubles
        await kiosk.until(lambda: told == [{}])
        kiosk.backend.behaviour.available = False
        kiosk.camera["works"] = False
        await kiosk.until(lambda: not kiosk.session.state.conditions.camera)
        kiosk.backend.behaviour.available = True
        await kiosk.until(lambda: len(told) == 2)
        kiosk.camera["works"] = True
        await kiosk.until(lambda: len(told) == 3)
        assert told == [{}, {DevicePart.CAMERA: "no_picture"}, {}]


_WHAT_JOBS_TELL = [
    (PrintResult(PrintState.UNCONFIRMED, PrinterTrouble.PAPER_OUT), "paper_out"),
    (PrintResult(PrintState.UNCONFIRMED, PrinterTrouble.SILENT), "silent"),
    (PrintResult(PrintState.UNCONFIRMED), "silent"),
    (PrintResult(PrintState.FAILED, PrinterTrouble.COVER_OPEN), "cover_open"),
    (PrintResult(PrintState.FAILED), "error"),
    (PrintResult(PrintState.UNCONFIRMED, PrinterTrouble.LINE_DROPPED), "line_dropped"),
    (PrintResult(PrintState.PRINTED, status=PrinterStatus(PrinterState.READY, near_end=True)), "near_end"),
    (PrintResult(PrintState.FAILED, PrinterTrouble.PAPER_OUT), "paper_out"),
    (PrintResult(PrintState.PRINTED), "ok"),
]


async def test_every_job_tells_of_the_printer_and_only_a_printed_ticket_says_that_it_is_well() -> None:
    """Protects the clerks' alarm from a ticket that nobody saw come out: the roll ran out, and the alarm stays."""
    async with bench(Durations(ticket_settle=0)) as kiosk:
        kiosk.backend.notices |= {str(place): FakeNotice() for place in range(len(_WHAT_JOBS_TELL))}
        found = []
        for place, (outcome, _) in enumerate(_WHAT_JOBS_TELL):
            kiosk.paper.outcome = outcome
            kiosk.session.scanned(ScanReason.OK, str(place), SEEN_AT)
            await kiosk.until(partial(lambda wanted: len(kiosk.backend.hall.prints) == wanted, place + 1))
            found.append(parts_of(kiosk.session.health)["printer"])
            kiosk.session.tap(Button.HOME)
        assert found == [code for _, code in _WHAT_JOBS_TELL]


def test_another_trouble_than_before_is_told_and_care_is_no_trouble() -> None:
    """Protects clerks from outdated alarms: if a printer has another trouble than before, that one is reported."""
    health = MachineHealth()
    told: list[tuple[bool, str]] = []
    steps: list[dict[str, Any]] = [
        {"well": True, "care": "near_end"},
        {"well": True, "care": "near_end"},
        {"well": False, "why": "paper_out"},
        {"well": False, "why": "paper_out"},
        {"well": False, "why": "cover_open"},
        {"well": True, "care": "near_end"},
        {"well": True},
        {"well": True},
    ]
    with capture_logs() as logs:
        for step in steps:
            well = health.report(MachinePart.PRINTER, **step)
            told.append((well, health.troubles().get(DevicePart.PRINTER, "")))
            assert health.well(MachinePart.PRINTER) is well
    assert told == [
        (True, "near_end"),
        (True, "near_end"),
        (False, "paper_out"),
        (False, "paper_out"),
        (False, "cover_open"),
        (True, "near_end"),
        (True, ""),
        (True, ""),
    ]
    assert [(line["event"], line.get("why")) for line in logs] == [
        ("part_needs_care", "near_end"),
        ("part_away", "paper_out"),
        ("part_away", "cover_open"),
        ("part_recovered", None),
        ("part_needs_care", "near_end"),
        ("part_recovered", None),
    ]


def test_clerks_are_told_of_what_they_can_mend() -> None:
    """Protects the clerks' page from what they know or nobody wants: the server, and a camera that is switched off."""
    health = MachineHealth()
    health.report(MachinePart.SERVER, well=False, why="unreachable")
    health.report(MachinePart.SERVER, well=False, why="unreachable")
    health.report(MachinePart.CAMERA, well=False, why=UNWANTED)
    assert health.troubles() == {}
    assert "scanner" not in parts_of(health)
    health.report(MachinePart.SCANNER, well=False, why="unplugged")
    assert health.troubles() == {DevicePart.SCANNER: "unplugged"}
    health.report(MachinePart.SCANNER, well=True)
    assert health.troubles() == {}
    assert parts_of(health)["scanner"] == "ok"


async def test_a_report_is_repeated_after_a_while_and_refusals_do_not_end_it() -> None:
    """Protects the clerks' page after midnight, and a kiosk whose server is older or broken."""
    backend, ids = FakeBackend(), iter(UUID(int=number) for number in range(1000))
    health = MachineHealth()
    reporter = HealthReporter(backend, health, lambda: next(ids), rhythm=QUICK, again=0.0)
    real, kinds = backend.report_device, [BackendRefusedError(ErrorCode.NOT_FOUND), RuntimeError("broken")]

    async def unreliable(report: DeviceReport) -> None:
        """Refuse, break, then work."""
        if kinds:
            raise kinds.pop(0)
        await real(report)

    backend.report_device = unreliable  # type: ignore[method-assign]
    health.report(MachinePart.CAMERA, well=False, why=UNWANTED)
    health.report(MachinePart.PRINTER, well=False, why="paper_out")
    running = asyncio.create_task(reporter.run())
    deadline = time.monotonic() + 10
    while len(backend.hall.troubles) < 3:
        assert time.monotonic() < deadline
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert backend.hall.troubles[:3] == [{DevicePart.PRINTER: "paper_out"}] * 3


async def test_an_alarm_outlives_a_full_disk_of_the_server() -> None:
    """Protects clerks from an alarm that is dropped because it came while nothing could be written."""
    async with bench() as kiosk:
        await kiosk.until(lambda: kiosk.backend.hall.troubles)
        real, refused = kiosk.backend.report_device, [ErrorCode.STORAGE_FULL, ErrorCode.STORAGE_BUSY]

        async def full(report: DeviceReport) -> None:
            """Have no room, then be busy, then work."""
            if refused:
                raise BackendRefusedError(refused.pop(0))
            await real(report)

        kiosk.backend.report_device = full  # type: ignore[method-assign]
        kiosk.camera["works"] = False
        await kiosk.until(lambda: len(kiosk.backend.hall.troubles) == 2)
        assert kiosk.backend.hall.troubles[1] == {DevicePart.CAMERA: "no_picture"}


async def test_a_report_of_paper_outlives_a_full_disk_of_the_server() -> None:
    """Protects the clerk's list of failed prints in the same way; a refusal for good is not repeated."""
    async with bench(Durations(ticket_settle=0)) as kiosk:
        kiosk.backend.notices |= {name: FakeNotice() for name in "AB"}
        real, refused = kiosk.backend.report_print, [ErrorCode.STORAGE_FULL, ErrorCode.NOT_FOUND]

        async def full(ticket_id: UUID, report: PrintReport) -> PrintReply:
            """Have no room once, take it, then know no such ticket."""
            if refused:
                raise BackendRefusedError(refused.pop(0))
            return await real(ticket_id, report)

        kiosk.backend.report_print = full  # type: ignore[method-assign]
        kiosk.session.scanned(ScanReason.OK, "A", SEEN_AT)
        await kiosk.until(lambda: len(kiosk.logged("report_not_accepted")) == 2)
        kiosk.session.scanned(ScanReason.OK, "B", SEEN_AT)
        await kiosk.until(lambda: kiosk.backend.hall.prints)
        assert len(kiosk.backend.hall.prints) == 1


async def test_a_hand_scanners_code_is_sorted_before_it_is_asked_about() -> None:
    """Protects both ways in: ours is received, foreign ones are hinted at and counted, 12 digits are refused."""
    async with bench() as kiosk:
        kiosk.session.book.learn([CODE])
        for text in ("https://example.jp/", "1234 5678 9018"):
            kiosk.session.hand_scanned(text)
        await kiosk.see(Trouble)
        kiosk.session.hand_scanned(CODE)
        await kiosk.see(TicketShown)
        assert kiosk.session.refused == {RefusalKind.FOREIGN_CODE: 1, RefusalKind.MY_NUMBER: 1}
        assert [line["count"] for line in kiosk.logged("code_refused")] == [1, 1]
        assert "5678" not in repr(kiosk.logs)


async def test_jobs_follow_each_other() -> None:
    """Protects the printer, which takes one connection at a time, from two jobs at once."""
    async with bench(Durations(ticket_settle=0)) as kiosk:
        kiosk.backend.notices |= {name: FakeNotice() for name in "ABC"}
        for count, name in enumerate("ABC", start=1):
            kiosk.session.scanned(ScanReason.OK, name, SEEN_AT)
            await kiosk.until(partial(lambda wanted: len(kiosk.paper.orders) == wanted, count))
        assert kiosk.paper.most_at_once == 1


async def test_a_report_is_sent_until_it_arrives() -> None:
    """Protects the clerk's knowledge of the paper from a server that is away for a while; one report, one id."""
    async with bench() as kiosk:
        ids: list[UUID] = []
        real = kiosk.backend.report_print

        async def unreliable(ticket_id: UUID, report: PrintReport) -> PrintReply:
            """Fail three times."""
            ids.append(report.request_id)
            if len(ids) < 4:
                raise BackendUnavailableError("away")
            return await real(ticket_id, report)

        kiosk.backend.report_print = unreliable  # type: ignore[method-assign]
        kiosk.session.scanned(ScanReason.OK, CODE, SEEN_AT)
        await kiosk.until(lambda: kiosk.backend.hall.prints)
        assert len(ids) == 4
        assert len(set(ids)) == 1


async def test_a_server_that_is_away_is_said_and_asked_at_once() -> None:
    """Protects a visitor from a dead end: the trouble is told, and the retry gives the number made before."""
    async with bench() as kiosk:
        kiosk.backend.behaviour.lose_replies = 1
        kiosk.session.tap(Button.WALK_IN)
        kiosk.session.tap(Button.TAKE_NUMBER)
        await kiosk.see(Trouble)
        kiosk.session.tap(Button.RETRY)
        await kiosk.see(TicketShown)
        assert len(kiosk.backend.hall.tickets) == 1


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (ErrorCode.DEVICE_NOT_ALLOWED, TroubleReason.NOT_ACCEPTED),
        (ErrorCode.CONTAINS_MY_NUMBER, TroubleReason.REFUSED),
    ],
)
async def test_a_refused_request_ends_on_a_screen(code: ErrorCode, reason: TroubleReason) -> None:
    """Protects against a machine that keeps asking: a refusal is final and told."""
    async with bench() as kiosk:
        kiosk.backend.behaviour.refuse_with = code
        kiosk.session.scanned(ScanReason.OK, CODE, SEEN_AT)
        await kiosk.see(Trouble)
        screen = kiosk.session.state.screen
        assert isinstance(screen, Trouble)
        assert (screen.reason, screen.retry) == (reason, None)


async def test_a_fault_while_asking_ends_on_a_screen() -> None:
    """Protects a visitor from a working screen that hangs on our own fault, and the log from its words."""

    async def broken(request: CheckInRequest) -> CheckInReply:
        """Fail, and quote what was asked."""
        raise ValueError(f"cannot digest {request.code}")

    async with bench() as kiosk:
        kiosk.backend.check_in = broken  # type: ignore[method-assign]
        kiosk.session.scanned(ScanReason.OK, CODE, SEEN_AT)
        await kiosk.see(Trouble)
        assert kiosk.logged("check_in_failed")[0]["kind"] == "ValueError"
        assert CODE not in repr(kiosk.logs)


async def test_a_my_number_reaches_the_server_as_a_count_only() -> None:
    """Protects invariant 6 on the wire: the kind is told, nothing else."""
    async with bench() as kiosk:
        kiosk.session.scanned(ScanReason.MY_NUMBER, None, SEEN_AT)
        await kiosk.until(lambda: kiosk.backend.hall.refusals)
        assert kiosk.backend.hall.refusals == {RefusalKind.MY_NUMBER: 1}
        assert kiosk.backend.hall.requests["check_in"] == 0


async def test_time_out_brings_the_first_screen_back() -> None:
    """Protects the next visitor: clocks of the flow run on the loop's own."""
    async with bench(Durations(trouble=0.02, keypad_warning=0.02)) as kiosk:
        kiosk.session.scanned(ScanReason.OK, "UNKNOWN", SEEN_AT)
        await kiosk.see(Trouble)
        await kiosk.see(Welcome)


async def test_the_surroundings_reach_the_screen() -> None:
    """Protects the first screen: server, camera and opening hours are looked at again and again."""
    async with bench() as kiosk:
        kiosk.camera["works"] = False
        await kiosk.until(lambda: not kiosk.session.state.conditions.camera)
        kiosk.camera["works"] = True
        await kiosk.until(lambda: kiosk.session.state.conditions.camera)
        kiosk.backend.behaviour.available = False
        await kiosk.see(OutOfService)
        kiosk.backend.behaviour.available = True
        await kiosk.see(Welcome)
        kiosk.backend.open_now = False
        await kiosk.see(Closed)
        names = [line["event"] for line in kiosk.logs]
        assert names.count("part_away") == 2
        assert names.count("part_recovered") == 2


async def test_one_lost_question_does_not_turn_the_screen() -> None:
    """Protects calm: the server counts as away after two silences, not one."""
    async with bench() as kiosk:
        real, failures = kiosk.backend.office, [1]

        async def once_away() -> OfficeInfo:
            """Be away once."""
            if failures:
                failures.pop()
                raise BackendUnavailableError("a packet got lost")
            return await real()

        kiosk.backend.office = once_away  # type: ignore[method-assign]
        before = kiosk.backend.hall.requests["office"]
        await kiosk.until(lambda: kiosk.backend.hall.requests["office"] >= before + 2)
        assert not failures
        assert not any(view.name == "out_of_service" for view in kiosk.views)


async def test_a_fault_in_a_watch_is_survived() -> None:
    """Protects the machine from a fault in looking around: logged by its kind, and looked again."""
    async with bench() as kiosk:
        faults = [RuntimeError("secret words")]
        real = kiosk.backend.office

        async def faulty() -> OfficeInfo:
            """Break once."""
            if faults:
                raise faults.pop()
            return await real()

        kiosk.backend.office = faulty  # type: ignore[method-assign]
        await kiosk.until(lambda: kiosk.logged("watch_failed"))
        before = kiosk.backend.hall.requests["office"]
        await kiosk.until(lambda: kiosk.backend.hall.requests["office"] > before)
        assert "secret" not in repr(kiosk.logs)


async def test_broken_rules_end_the_session() -> None:
    """Protects against a machine that goes on with broken rules: its process is to be started anew."""

    class Broken(Flow):
        """Rules that break with the first tap."""

        def step(self, state: State, happened: Input) -> Transition:
            """Break."""
            if isinstance(happened, Tapped):
                raise ZeroDivisionError
            return super().step(state, happened)

    session = KioskSession(Broken(), FakeBackend(), FakePaper(), rhythm=QUICK)
    running = asyncio.create_task(session.run())
    await asyncio.sleep(0)
    session.tap(Button.WALK_IN)
    with pytest.raises(ExceptionGroup) as caught:
        async with asyncio.timeout(10):
            await running
    assert caught.group_contains(ZeroDivisionError)


async def test_after_the_end_nothing_comes_in() -> None:
    """Protects the end of the process: late scans are ignored, and no timers are left."""
    async with bench() as kiosk:
        kiosk.session.tap(Button.ENTER_NUMBER)
    before = kiosk.session.state
    kiosk.session.scanned(ScanReason.OK, CODE, SEEN_AT)
    await asyncio.sleep(0)
    assert kiosk.session.state == before


async def test_the_language_of_the_visitor_goes_along() -> None:
    """Protects a visitor's choice on its way to request and paper."""
    async with bench() as kiosk:
        kiosk.session.speak(Language.KOREAN)
        kiosk.session.tap(Button.WALK_IN)
        kiosk.session.tap(Button.TAKE_NUMBER)
        await kiosk.until(lambda: kiosk.paper.orders)
        assert kiosk.paper.orders[0].language is Language.KOREAN


def test_the_clock_is_the_servers() -> None:
    """Protects the shown time from a kiosk whose own date is wrong."""
    seconds = [100.0]
    clock = ServerClock(lambda: seconds[0])
    known_at_first = clock.known
    server = datetime(2026, 11, 24, 23, 59, 58, tzinfo=UTC)
    clock.set(server)
    seconds[0] += 3
    assert (known_at_first, clock.known) == (False, True)
    assert clock.now() == server + timedelta(seconds=3)


def test_health_tells_changes_only() -> None:
    """Protects the log from one line per look: once when a part goes away, once when it is back."""
    with capture_logs() as logs:
        health = MachineHealth()
        assert health.report(MachinePart.SERVER, well=False, why="unreachable")
        assert not health.report(MachinePart.SERVER, well=False, why="unreachable")
        assert not health.report(MachinePart.SERVER, well=False, why="unreachable")
        assert not health.well(MachinePart.SERVER)
        assert parts_of(health) == {"server": "unreachable", "camera": "ok", "printer": "ok"}
        assert health.report(MachinePart.SERVER, well=True)
        assert health.report(MachinePart.SERVER, well=True)
    assert [line["event"] for line in logs] == ["part_away", "part_recovered"]


def test_what_fails_is_asked_again_ever_more_slowly() -> None:
    """Protects a server that comes back from all kiosks asking at once, and a report from being given up."""
    rhythm = Rhythm()
    assert list(rhythm.report) == sorted(set(rhythm.report))
    assert rhythm.office_away < rhythm.office
