"""The virtual printer: files, modes, control, and its command."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from kiosk.cli.ticket import SAMPLE
from kiosk.escpos_job import build_job
from kiosk.printer_modes import HALTED_MODES, PrinterMode, real_time_answer
from kiosk.ticket_image import draw_ticket
from kiosk.virtual_printer import RunningPrinter, running_virtual_printer
from tests.device_support import wait_until

TICKET = draw_ticket(SAMPLE, 384)
JOB = build_job(TICKET, 384)


@contextmanager
def _line(printer: RunningPrinter) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", printer.port), timeout=3) as line:
        yield line


def _ask(line: socket.socket, *numbers: int) -> list[int]:
    answers = []
    for number in numbers:
        line.sendall(bytes((0x10, 0x04, number)))
        answers.append(line.recv(1)[0])
    return answers


def _ended(line: socket.socket) -> bool:
    """Tell whether the other side has ended the connection, in order or not."""
    try:
        line.settimeout(0.2)
        return line.recv(1) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def test_a_job_becomes_its_bytes_and_its_paper(tmp_path: Path) -> None:
    """The .bin file is exactly the job, the .png its paper; status questions are not part of it."""
    with running_virtual_printer(tmp_path) as printer, _line(printer) as line:
        assert _ask(line, 1, 2, 3, 4) == [0x12] * 4
        line.sendall(JOB)
        assert line.recv(1) == b"\x00"
        (job,) = printer.jobs()
        assert (job.number, job.data, job.path.name, job.picture.name) == (1, JOB, "001.bin", "001.png")
        assert job.path.read_bytes() == JOB
        with Image.open(job.picture) as paper:
            assert paper.crop((0, 0, *TICKET.size)).convert("1").tobytes() == TICKET.tobytes()


def test_jobs_of_one_and_of_several_connections_are_kept_apart(tmp_path: Path) -> None:
    """Jobs are cut from the stream by their cut, and numbering goes on after what is in the folder."""
    plain = JOB[:-3]  # without the question for its end
    with running_virtual_printer(tmp_path) as printer:
        with _line(printer) as line:
            line.sendall(plain + JOB + plain)
        assert [job.data for job in printer.wait_for_jobs(3)] == [plain, JOB, plain]
        with _line(printer) as line:
            line.sendall(plain)
            printer.wait_for_jobs(4)  # the line stays open: the job is on paper all the same
    with running_virtual_printer(tmp_path) as printer, _line(printer) as line:
        line.sendall(JOB)
        assert printer.wait_for_jobs(1)[0].path.name == "005.bin"


def test_status_is_answered_while_a_job_comes_in(tmp_path: Path) -> None:
    """Between two commands of a job a status question is answered at once, and the job stays whole."""
    first_strip = JOB.index(b"\x1dv0", 10)
    with running_virtual_printer(tmp_path) as printer, _line(printer) as line:
        line.sendall(JOB[:first_strip])
        assert _ask(line, 1) == [0x12]
        line.sendall(JOB[first_strip:])
        assert line.recv(1) == b"\x00"
        assert printer.jobs()[0].data == JOB


@pytest.mark.parametrize(
    ("mode", "answers"),
    [
        (PrinterMode.OK, [0x12, 0x12, 0x12, 0x12]),
        (PrinterMode.NEAR_END, [0x12, 0x12, 0x12, 0x1E]),
        (PrinterMode.OFFLINE, [0x1A, 0x12, 0x12, 0x12]),
        (PrinterMode.COVER_OPEN, [0x1A, 0x16, 0x12, 0x12]),
        (PrinterMode.PAPER_OUT, [0x1A, 0x32, 0x12, 0x7E]),
    ],
)
def test_it_says_what_is_wrong_with_it(mode: PrinterMode, answers: list[int]) -> None:
    """Each mode answers with the bits that Epson documents."""
    assert [real_time_answer(mode, number) for number in (1, 2, 3, 4)] == answers


@pytest.mark.parametrize("mode", sorted(HALTED_MODES))
def test_a_halted_printer_holds_what_it_gets(tmp_path: Path, mode: PrinterMode) -> None:
    """Out of paper, it prints nothing and confirms nothing; once helped, the paper comes out whole."""
    with running_virtual_printer(tmp_path, mode) as printer, _line(printer) as line:
        line.sendall(JOB)
        assert _ask(line, 1) == [0x1A]
        assert printer.jobs() == []
        printer.set_mode(PrinterMode.OK)
        assert line.recv(1) == b"\x00"
        assert [job.data for job in printer.jobs()] == [JOB]


def test_modes_can_be_changed_while_it_runs(tmp_path: Path) -> None:
    """Silent and deaf printers can be healed; what a deaf one did not read is read then."""
    with running_virtual_printer(tmp_path, PrinterMode.DEAF) as printer, _line(printer) as line:
        line.sendall(b"\x10\x04\x01")
        line.settimeout(0.1)
        with pytest.raises(TimeoutError):
            line.recv(1)
        line.settimeout(3)
        printer.set_mode(PrinterMode.OK)
        assert line.recv(1) == b"\x12"
        printer.set_mode(PrinterMode.SILENT)
        line.sendall(JOB)
        assert printer.wait_for_jobs(1)[0].data == JOB
        assert printer.mode is PrinterMode.SILENT


def test_it_cuts_the_line_after_so_many_bytes(tmp_path: Path) -> None:
    """In the mode drop the connection ends at the byte asked for, and no job is invented."""
    with (
        running_virtual_printer(tmp_path, PrinterMode.DROP, drop_after=100) as printer,
        _line(printer) as line,
    ):
        line.sendall(JOB[:97])
        assert not _ended(line)
        line.sendall(JOB[97:120])
        assert _ended(line)
        assert printer.jobs() == []


def test_it_takes_its_time_in_the_mode_slow(tmp_path: Path) -> None:
    """A slow printer confirms a job no sooner than its rate allows."""
    with running_virtual_printer(tmp_path, PrinterMode.SLOW, rate=200_000) as printer, _line(printer) as line:
        line.sendall(JOB)
        line.settimeout(0.05)
        with pytest.raises(TimeoutError):
            line.recv(1)
        line.settimeout(5)
        assert line.recv(1) == b"\x00"
        assert printer.jobs()[0].data == JOB


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    """Two printers cannot have one port; the second one says so."""
    with running_virtual_printer(tmp_path) as printer, pytest.raises(OSError, match="address"):  # noqa: SIM117 - order matters
        with running_virtual_printer(tmp_path, port=printer.port):
            pass


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(max_size=300))
def test_any_bytes_leave_it_working(noisy_printer: RunningPrinter, noise: bytes) -> None:
    """Whatever a connection sends, the next one prints."""
    before = len(noisy_printer.jobs())
    with _line(noisy_printer) as line:
        line.sendall(noise)
    with _line(noisy_printer) as line:
        line.sendall(b"\x1b@\x1dv0\x00\x01\x00\x01\x00\xff\x1dV\x00\x1dr\x01")
        while line.recv(1) != b"\x00":
            pass
    assert len(noisy_printer.jobs()) > before


@pytest.fixture
def noisy_printer(tmp_path: Path) -> Iterator[RunningPrinter]:
    """One printer for all examples."""
    with running_virtual_printer(tmp_path) as printer:
        yield printer


def test_the_command_runs_until_it_is_told_to_end(tmp_path: Path) -> None:
    """The real process: ready line with its port, a job, a change of mode by file, and a clean end."""
    program = "from kiosk.cli.virtual_printer import command; command()"
    arguments = ["--port", "0", "--out", str(tmp_path / "out")]
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": "."},
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            assert (ready["event"], ready["mode"]) == ("virtual_printer_ready", "ok")
            with socket.create_connection(("127.0.0.1", ready["port"]), timeout=3) as line:
                line.sendall(JOB)
                assert line.recv(1) == b"\x00"
                received = json.loads(process.stdout.readline())
                assert (received["event"], received["bytes"]) == ("job_received", len(JOB))
                assert Path(received["path"]).read_bytes() == JOB
                (tmp_path / "out" / "mode").write_text("paper_out\n", "utf-8")
                assert json.loads(process.stdout.readline())["mode"] == "paper_out"
                wait_until(lambda: _ask(line, 1) == [0x1A])
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=10)
        finally:
            process.kill()
    assert (process.returncode, errors) == (0, "")
