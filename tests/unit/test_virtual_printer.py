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
from hypothesis import HealthCheck, given, settings, strategies as st
from PIL import Image

from backend.common.receipt.escpos_job import build_job
from backend.common.receipt.ticket_image import draw_ticket
from kiosk.cli.ticket import SAMPLE
from kiosk.paper.printer_commands import ASK_PAPER
from kiosk.virtual.printer_modes import HALTED_MODES, PrinterMode, automatic_status, real_time_answer
from tests.device_support import wait_until
from tests.proof import examples
from tests.running_printer import RunningPrinter, running_virtual_printer

TICKET = draw_ticket(SAMPLE, 384)
JOB = build_job(TICKET, 384)
ASKED = JOB + ASK_PAPER
CLEAR = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"


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


def _take(line: socket.socket, count: int) -> bytes:
    """So many bytes of answers."""
    taken = b""
    while len(taken) < count:
        taken += line.recv(count - len(taken))
    return taken


def _has_happened(printer: RunningPrinter, event: str) -> None:
    """Wait until the printer has told an event."""
    wait_until(lambda: any(name == event for name, _ in list(printer.events)))


def _ended(line: socket.socket) -> bool:
    """Whether the other side has ended the connection, in order or not."""
    try:
        line.settimeout(0.2)
        return line.recv(1) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def test_a_job_becomes_its_bytes_and_its_paper(tmp_path: Path) -> None:
    """The .bin file is exactly the job, the .png its paper; questions before and after are not part of it."""
    with running_virtual_printer(tmp_path) as printer, _line(printer) as line:
        assert _ask(line, 1, 2, 3, 4) == [0x12] * 4
        line.sendall(b"\x00" * 20 + b"\x1b@" + ASK_PAPER + ASKED + b"\x1d(H\x06\x0000AB12")
        assert _take(line, 9) == b"\x00\x00\x37\x22AB12\x00"
        (job,) = printer.jobs()
        assert (job.number, job.data, job.path.name, job.picture.name) == (1, JOB, "001.bin", "001.png")
        assert job.path.read_bytes() == JOB
        with Image.open(job.picture) as paper:
            assert paper.crop((0, 0, *TICKET.size)).convert("1").tobytes() == TICKET.tobytes()


def test_jobs_of_one_and_of_several_connections_are_kept_apart(tmp_path: Path) -> None:
    """Jobs are cut from the stream by their cut, and numbering goes on after what is in the folder."""
    with running_virtual_printer(tmp_path) as printer:
        with _line(printer) as line:
            line.sendall(JOB + ASKED + JOB)
        assert [job.data for job in printer.wait_for_jobs(3)] == [JOB] * 3
        with _line(printer) as line:
            line.sendall(JOB)
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
        line.sendall(ASKED[first_strip:])
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
        line.sendall(ASKED)
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
        line.sendall(ASKED)
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


@settings(
    max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(noise=st.binary(max_size=300))
def test_any_bytes_leave_it_working(noisy_printer: RunningPrinter, noise: bytes) -> None:
    """Whatever a connection sends, the next one prints to a printer that does not keep what was left open."""
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
    with running_virtual_printer(tmp_path, PrinterMode.FORGETS) as printer:
        yield printer


def test_what_is_open_outlives_a_connection(tmp_path: Path) -> None:
    """A picture that was cut off waits for its dots: the next job is taken for them, as on a real printer."""
    middle = JOB.index(b"\x1dv0", 10) + 500
    with running_virtual_printer(tmp_path) as printer:
        with _line(printer) as line:
            line.sendall(JOB[:middle])
        _has_happened(printer, "job_incomplete")
        with _line(printer) as line:
            line.sendall(ASKED)
            assert line.recv(1) == b"\x00"
        (job,) = printer.jobs()
        assert job.data != JOB
        with Image.open(job.picture) as paper:
            assert paper.height > TICKET.height + 150  # two tickets on one paper


def test_a_forgetting_printer_begins_anew(tmp_path: Path) -> None:
    """In the mode forgets an open picture ends with its connection; only what was printed hangs out."""
    middle = JOB.index(b"\x1dv0", 10) + 500
    with running_virtual_printer(tmp_path, PrinterMode.FORGETS) as printer:
        with _line(printer) as line:
            line.sendall(JOB[:middle])
        _has_happened(printer, "job_incomplete")
        with _line(printer) as line:
            line.sendall(b"\x1bd\x04\x1dV\x00" + JOB)
        half, whole = printer.wait_for_jobs(2)
        assert (JOB.startswith(half.data[:100]), whole.data) == (True, JOB)


def test_a_cut_without_print_is_a_blank_slip(tmp_path: Path) -> None:
    """Feeding and cutting white paper is told, and is no job."""
    with running_virtual_printer(tmp_path) as printer, _line(printer) as line:
        line.sendall(b"\x1b@\x1bd\x04\x1dV\x00")
        _has_happened(printer, "blank_slip")
        assert printer.jobs() == []


def test_a_halted_printer_can_be_told_to_forget(tmp_path: Path) -> None:
    """Clearing the buffers is answered, and what was held does not come out when somebody has helped."""
    with running_virtual_printer(tmp_path, PrinterMode.RUNS_OUT) as printer:
        with _line(printer) as line:
            line.sendall(JOB)
            _has_happened(printer, "mode_changed")
            line.sendall(CLEAR)
            assert _take(line, 3) == b"\x37\x25\x00"
        printer.set_mode(PrinterMode.OK)
        with _line(printer) as line:
            line.sendall(b"\x1bd\x04\x1dV\x00" + ASKED)
            assert line.recv(1) == b"\x00"
        half, whole = printer.jobs()
        assert (len(half.data) < len(JOB), whole.data) == (True, JOB)


def test_recovering_clears_a_halted_printer_without_a_word(tmp_path: Path) -> None:
    """DLE ENQ 2 clears as well; nothing is answered."""
    with running_virtual_printer(tmp_path, PrinterMode.PAPER_OUT) as printer, _line(printer) as line:
        line.sendall(JOB + b"\x10\x05\x02")
        assert _ask(line, 1) == [0x1A]
        printer.set_mode(PrinterMode.OK)
        line.sendall(ASKED)
        assert line.recv(1) == b"\x00"
        assert [job.data for job in printer.jobs()] == [JOB]


def test_a_stubborn_printer_prints_the_rest_after_the_refill(tmp_path: Path) -> None:
    """It knows no command that clears its buffer: the ticket comes out late, whatever it was told."""
    with running_virtual_printer(tmp_path, PrinterMode.STUBBORN) as printer, _line(printer) as line:
        line.sendall(JOB)
        _has_happened(printer, "mode_changed")
        line.sendall(CLEAR + b"\x10\x05\x02")
        assert (_ask(line, 1), printer.mode) == ([0x1A], PrinterMode.PAPER_OUT)
        printer.set_mode(PrinterMode.OK)
        assert printer.wait_for_jobs(1)[0].data.startswith(JOB[:-3])


def test_a_plain_printer_takes_a_process_id_for_characters(tmp_path: Path) -> None:
    """The characters wait in their line: ESC @ forgets them, a feed prints them."""
    question = b"\x1d(H\x06\x0000AB12"
    with running_virtual_printer(tmp_path, PrinterMode.PLAIN) as printer, _line(printer) as line:
        line.sendall(question + ASKED)
        assert line.recv(1) == b"\x00"
        line.sendall(question + b"\x1bd\x04\x1dV\x00" + ASK_PAPER)
        assert line.recv(1) == b"\x00"
        clean, dirty = printer.jobs()
        assert (clean.data, clean.text, dirty.text) == (JOB, b"", b"H00AB12")


@pytest.mark.parametrize(
    ("mode", "ending"),
    [(PrinterMode.ADDS_CRLF, b"\r\n"), (PrinterMode.ADDS_NUL, b"\x00"), (PrinterMode.OK, b"")],
)
def test_answers_may_have_an_ending(tmp_path: Path, mode: PrinterMode, ending: bytes) -> None:
    """Some interface cards add bytes of their own to every answer."""
    with running_virtual_printer(tmp_path, mode) as printer, _line(printer) as line:
        line.sendall(b"\x10\x04\x01" + ASKED)
        expected = b"\x12" + ending + b"\x00" + ending
        assert _take(line, len(expected)) == expected


def test_it_tells_its_status_by_itself(tmp_path: Path) -> None:
    """In the middle of a ticket blocks of four bytes come in, with the bits that Epson documents."""
    with running_virtual_printer(tmp_path, PrinterMode.TELLS_ITSELF) as printer, _line(printer) as line:
        line.sendall(ASKED)
        blocks = 1 + JOB.count(b"\x1dv0\x00")
        assert _take(line, 4 * blocks + 1) == b"\x14\x00\x00\x0f" * blocks + b"\x00"
    assert automatic_status(PrinterMode.PAPER_OUT) == b"\x1c\x00\x0f\x0f"
    assert automatic_status(PrinterMode.COVER_OPEN)[0] == 0x3C


def test_it_says_ok_and_answers_nothing(tmp_path: Path) -> None:
    """In the mode says_ok no question is answered, and each cut is followed by a word."""
    with running_virtual_printer(tmp_path, PrinterMode.SAYS_OK) as printer, _line(printer) as line:
        line.sendall(b"\x10\x04\x01" + ASKED)
        assert _take(line, 4) == b"OK\r\n"


def test_late_answers_come_late(tmp_path: Path) -> None:
    """In the mode late an answer comes so many seconds after its question."""
    with (
        running_virtual_printer(tmp_path, PrinterMode.LATE, late=0.3) as printer,
        _line(printer) as line,
    ):
        line.sendall(b"\x10\x04\x01")
        line.settimeout(0.1)
        with pytest.raises(TimeoutError):
            line.recv(1)
        line.settimeout(3)
        assert line.recv(1) == b"\x12"


def test_it_refuses_while_and_after_it_has_a_connection(tmp_path: Path) -> None:
    """One connection at a time, then a rest, then it listens again at the same port."""
    with running_virtual_printer(tmp_path, PrinterMode.ONE_AT_A_TIME, rest=0.3) as printer:
        with _line(printer) as line:
            assert _ask(line, 1) == [0x12]
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", printer.port), timeout=3)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", printer.port), timeout=3)

        def listens_again() -> bool:
            try:
                with _line(printer) as line:
                    return _ask(line, 1) == [0x12]
            except ConnectionRefusedError:
                return False

        wait_until(listens_again)


@pytest.mark.parametrize("clear", [CLEAR, b"\x10\x05\x02"])
def test_it_obeys_in_the_middle_of_a_picture(tmp_path: Path, clear: bytes) -> None:
    """Dots that look like a command answer, or throw the ticket away; whoever looks can see it."""
    picture = b"\x1dv0\x00\x01\x00\x10\x00" + b"\x10\x04\x01"
    with running_virtual_printer(tmp_path, PrinterMode.OBEYS_IN_PICTURES) as printer, _line(printer) as line:
        line.sendall(picture)
        assert line.recv(1) == b"\x12"
        line.sendall(clear)
        _has_happened(printer, "obeyed_in_picture")
        wait_until(lambda: len(printer.events) >= 2)
        line.sendall(b"\x1b@" + ASK_PAPER)  # in the middle of the picture no more
        while line.recv(1) != b"\x00":
            pass
        assert printer.jobs() == []


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
                line.sendall(ASKED)
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
