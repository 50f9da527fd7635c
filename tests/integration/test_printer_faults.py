"""The network printer before a printer that misbehaves: every fault ends in the right code, and in time."""

import time
from pathlib import Path

import pytest

from backend.common.receipt.escpos_job import build_job
from backend.common.receipt.ticket_image import draw_ticket
from backend.wire.codes import PrinterTrouble, PrintState
from kiosk.cli.ticket import SAMPLE
from kiosk.paper.printer import NetworkPrinter, PrinterState
from kiosk.virtual.printer_modes import HALTED_MODES, PrinterMode
from tests.device_support import answering
from tests.running_printer import RunningPrinter, running_virtual_printer

JOB = build_job(draw_ticket(SAMPLE, 576), 576)


def _printer(virtual: RunningPrinter, *, timeout: float = 0.4, confirm: float = 2.0) -> NetworkPrinter:
    return NetworkPrinter("127.0.0.1", virtual.port, timeout, confirm_timeout=confirm)


def test_a_healthy_printer_confirms_the_ticket(tmp_path: Path) -> None:
    """Printed means: the printer said so, and the bytes at the printer are the job."""
    with running_virtual_printer(tmp_path) as virtual:
        printer = _printer(virtual)
        before = time.monotonic()
        result = printer.print(JOB)
        assert (result.state, result.trouble) == (PrintState.PRINTED, None)
        assert result.last_byte_at is not None
        assert before <= result.last_byte_at <= time.monotonic()
        assert [job.data for job in virtual.jobs()] == [JOB]
        assert printer.print(JOB).state is PrintState.PRINTED
        assert len(virtual.jobs()) == 2


def test_a_roll_near_its_end_prints_and_is_told(tmp_path: Path) -> None:
    """Near the end of the roll the ticket is printed, and staff can be told to change it."""
    with running_virtual_printer(tmp_path, PrinterMode.NEAR_END) as virtual:
        result = _printer(virtual).print(JOB)
        assert result.state is PrintState.PRINTED
        assert result.status is not None
        assert (result.status.state, result.status.near_end) == (PrinterState.READY, True)


@pytest.mark.parametrize("mode", sorted(HALTED_MODES))
def test_nothing_is_sent_to_a_printer_that_cannot_print(tmp_path: Path, mode: PrinterMode) -> None:
    """Out of paper, open or offline: failed with the cause, and no stale ticket comes out when it is helped."""
    with running_virtual_printer(tmp_path, mode) as virtual:
        printer = _printer(virtual)
        assert printer.status().state.value == mode.value
        result = printer.print(JOB)
        assert (result.state, result.trouble) == (PrintState.FAILED, PrinterTrouble(mode.value))
        assert result.last_byte_at is None
        virtual.set_mode(PrinterMode.OK)
        assert printer.print(JOB).state is PrintState.PRINTED
        assert len(virtual.jobs()) == 1


def test_running_out_in_the_middle_is_not_printed(tmp_path: Path) -> None:
    """Half a ticket is not called printed, and the cause is known."""
    with running_virtual_printer(tmp_path, PrinterMode.RUNS_OUT) as virtual:
        result = _printer(virtual).print(JOB)
        assert (result.state, result.trouble) == (PrintState.FAILED, PrinterTrouble.PAPER_OUT)
        assert result.last_byte_at is None
        assert virtual.jobs() == []


def test_a_silent_printer_gets_the_job_unconfirmed_and_soon(tmp_path: Path) -> None:
    """A printer without a way back prints; the visitor does not wait for words that never come."""
    with running_virtual_printer(tmp_path, PrinterMode.SILENT) as virtual:
        began = time.monotonic()
        result = _printer(virtual).print(JOB)
        assert (result.state, result.trouble) == (PrintState.UNCONFIRMED, PrinterTrouble.SILENT)
        assert time.monotonic() - began < 2.5
        assert virtual.wait_for_jobs(1)[0].data == JOB


def test_a_deaf_printer_is_never_called_printed(tmp_path: Path) -> None:
    """Bytes in socket buffers are no ticket."""
    with running_virtual_printer(tmp_path, PrinterMode.DEAF) as virtual:
        result = _printer(virtual).print(JOB)
        assert (result.state, result.trouble) == (PrintState.UNCONFIRMED, PrinterTrouble.SILENT)


def test_a_deaf_printer_with_full_buffers_fails_in_time(tmp_path: Path) -> None:
    """A job larger than all buffers does not hang: no progress within the timeout is the end."""
    with running_virtual_printer(tmp_path, PrinterMode.DEAF) as virtual:
        began = time.monotonic()
        result = _printer(virtual).print(JOB * 200)
        assert (result.state, result.trouble) == (PrintState.FAILED, PrinterTrouble.SILENT)
        assert time.monotonic() - began < 10


def test_a_slow_printer_is_waited_for(tmp_path: Path) -> None:
    """A slow printer's confirmation comes late, and is believed."""
    with running_virtual_printer(tmp_path, PrinterMode.SLOW, rate=100_000) as virtual:
        result = _printer(virtual, timeout=1.0, confirm=6.0).print(JOB)
        assert (result.state, result.trouble) == (PrintState.PRINTED, None)


@pytest.mark.parametrize("after", [1, 20, 5_000, len(JOB)])
def test_a_line_that_is_cut_is_told(tmp_path: Path, after: int) -> None:
    """Wherever the line is cut, the ticket is not called printed, and the cause is the line."""
    with running_virtual_printer(tmp_path, PrinterMode.DROP, drop_after=after) as virtual:
        result = _printer(virtual).print(JOB)
        assert result.state in {PrintState.FAILED, PrintState.UNCONFIRMED}
        assert result.trouble is PrinterTrouble.LINE_DROPPED
        virtual.set_mode(PrinterMode.OK)
        assert _printer(virtual).print(JOB).state is PrintState.PRINTED


def test_answers_that_are_no_status_prove_nothing() -> None:
    """Echoes, zeros and flow control are not taken for a state: the printer counts as silent."""
    for junk in (b"\xff", b"\x11\x13", b"\x00"):
        with answering(lambda _, junk=junk: junk) as port:  # type: ignore[misc] # bound on purpose
            printer = NetworkPrinter("127.0.0.1", port, 0.2, confirm_timeout=0.5)
            assert printer.status().state is PrinterState.SILENT


def test_a_printer_that_always_says_offline_can_be_believed_less() -> None:
    """For models that lie about being offline there is a setting."""
    rest = bytearray()

    # Questions may come together or in pieces: each has its answer once it is whole.
    def lying(data: bytes) -> bytes:
        rest.extend(data)
        *asked, last = rest.split(b"\x10\x04")
        whole = [*asked[1:], *([last] if asked and last else [])]
        rest[:] = b"" if last else rest[-2:]
        return (
            bytes(0x1A if one[:1] == b"\x01" else 0x12 for one in whole)
            if whole
            else b"\x12"
            if last
            else b""
        )

    with answering(lying) as port:
        assert NetworkPrinter("127.0.0.1", port, 0.3).status().state is PrinterState.OFFLINE
        lenient = NetworkPrinter("127.0.0.1", port, 0.3, believe_offline=False)
        assert lenient.status().state is PrinterState.READY


def test_extra_bytes_around_an_answer_are_passed_over() -> None:
    """XON before, and line noise behind an answer do not change its meaning."""
    with answering(lambda data: b"\x11\x12\xff" if b"\x10\x04" in data else b"") as port:
        assert NetworkPrinter("127.0.0.1", port, 0.3).status().state is PrinterState.READY


def test_the_line_is_always_closed_again(tmp_path: Path) -> None:
    """A printer that serves one connection at a time serves the next job, whatever happened before."""
    with running_virtual_printer(tmp_path) as virtual:
        printer = _printer(virtual)
        for mode in (PrinterMode.SILENT, PrinterMode.PAPER_OUT, PrinterMode.OK):
            virtual.set_mode(mode)
            printer.status()
            printer.print(JOB)
        assert printer.status().state is PrinterState.READY
