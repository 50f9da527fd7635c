"""What printers were seen to send and to swallow, replayed: a ticket is called printed when it is, and not else."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, example, given, settings, strategies as st
from PIL import Image, ImageDraw

from backend.common.receipt.escpos_job import build_job
from backend.wire.codes import PrinterTrouble, PrintState
from kiosk.paper.printer import Confirm, NetworkPrinter, PrinterState
from kiosk.paper.printer_commands import (
    ASK_PAPER,
    END_HEAD,
    END_PICTURE,
    INIT,
    SEPARATE,
    ask_process,
    ask_status,
    process_answer,
)
from kiosk.virtual.escpos_reader import CommandKind, EscposReader
from kiosk.virtual.printer_modes import PrinterMode
from tests.proof import examples
from tests.running_printer import RunningPrinter, running_virtual_printer


def _ticket(mark: int) -> bytes:
    """A small job of three strips, unlike others of another mark."""
    picture = Image.new("1", (64, 300), 1)
    ImageDraw.Draw(picture).rectangle((mark, mark, 60, 299), fill=0)
    return build_job(picture, 64)


FIRST, SECOND = _ticket(2), _ticket(30)
ASB = b"\x14\x00\x00\x0f"


def _printer(
    port: int, *, timeout: float = 0.5, confirm: float = 1.0, by: Confirm = Confirm.AUTO
) -> NetworkPrinter:
    return NetworkPrinter("127.0.0.1", port, timeout, confirm_timeout=confirm, confirm=by)


# What comes in on the line


@dataclass(frozen=True)
class Talk:
    """What a printer sends at each place, beside its answers."""

    at_connect: bytes = b""
    after_status: bytes = b""
    after_strip: bytes = b""
    after_cut: bytes = b""
    after_question: bytes = b""
    knows_id: bool = False
    knows_paper: bool = False
    paper: int = 0x12

    def answer(self, kind: CommandKind, raw: bytes) -> bytes:
        """What it sends for one command."""
        if kind is CommandKind.REAL_TIME_STATUS:
            return bytes((self.paper if raw[2] == 4 else 0x12,)) + self.after_status
        if kind is CommandKind.PROCESS_ID:
            return (process_answer(raw[-4:].decode()) if self.knows_id else b"") + self.after_question
        if kind is CommandKind.STATUS:
            return (b"\x00" if self.knows_paper else b"") + self.after_question
        return {CommandKind.RASTER: self.after_strip, CommandKind.CUT: self.after_cut}.get(kind, b"")


@contextlib.contextmanager
def _talking(talk: Talk) -> Iterator[int]:
    """A printer that prints nothing and says what it is told to say; gives its port."""
    server = socket.create_server(("127.0.0.1", 0))
    reader = EscposReader()

    def serve() -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            with line, contextlib.suppress(OSError):
                line.sendall(talk.at_connect)
                while data := line.recv(65536):
                    for command in reader.feed(data):
                        line.sendall(talk.answer(command.kind, command.raw))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


NOISE = st.lists(
    st.one_of(
        st.sampled_from(
            [
                ASB,
                ASB[:2],
                b"\r\n",
                b"\x00",
                b"OK\r\n",
                b"\x12",
                b"\x1a",
                b"\x37",
                b"\x37\x22",
                b"\x37\x22AB12\x00",
            ]
        ),
        st.binary(max_size=3),
    ),
    max_size=3,
).map(b"".join)


@settings(max_examples=examples(10), deadline=None)
@example(ASB, b"", ASB, b"", b"", Confirm.STATUS)
@example(b"", b"\r\n", b"", b"", b"\r\n", Confirm.STATUS)
@example(b"", b"\x00", b"", b"", b"", Confirm.AUTO)
@example(b"", b"", b"", b"OK\r\n", b"", Confirm.AUTO)
@example(b"", b"", b"", b"\x00", b"", Confirm.STATUS)
@given(
    at_connect=NOISE,
    after_status=NOISE,
    after_strip=NOISE,
    after_cut=NOISE,
    after_question=NOISE,
    by=st.sampled_from(Confirm),
)
def test_noise_is_never_a_confirmation(
    at_connect: bytes,
    after_status: bytes,
    after_strip: bytes,
    after_cut: bytes,
    after_question: bytes,
    by: Confirm,
) -> None:
    """Whatever a printer sends that never answers the question for a ticket's end, the ticket is not printed."""
    # One valid byte for each GS r 1, and nothing else: that is an answer, whoever sends it.
    assume(
        after_question.replace(b"\x11", b"").replace(b"\x13", b"") not in {b"\x00", b"\x03", b"\x0c", b"\x0f"}
    )
    talk = Talk(at_connect, after_status, after_strip, after_cut, after_question)
    with _talking(talk) as port:
        printer = _printer(port, timeout=0.1, confirm=0.2, by=by)
        assert printer.print(FIRST).state is not PrintState.PRINTED
        assert printer.print(SECOND).state is not PrintState.PRINTED


@settings(max_examples=examples(10), deadline=None)
@given(
    noise=st.lists(st.sampled_from([ASB, b"\r\n", b"\x00", b"OK\r\n", b"\xff", b"\x11\x13"]), max_size=3).map(
        b"".join
    )
)
@example(noise=b"")
@example(noise=ASB)
def test_a_process_id_is_heard_through_noise(noise: bytes) -> None:
    """A printer that answers with the id has printed, whatever else is on the line."""
    talk = Talk(noise, b"", noise, noise, noise, knows_id=True, knows_paper=True)
    with _talking(talk) as port:
        printer = _printer(port, timeout=1.0, confirm=2.0)
        assert printer.print(FIRST).state is PrintState.PRINTED
        assert printer.print(SECOND).state is PrintState.PRINTED


@pytest.mark.parametrize("noise", [b"", ASB, b"\x11\x13"])
def test_the_answer_of_status_counts_on_a_quiet_line(noise: bytes) -> None:
    """Without process ids, whole blocks of status and flow control leave the one byte alone."""
    with _talking(Talk(noise, noise, noise, noise, noise, knows_paper=True)) as port:
        assert _printer(port).print(FIRST).state is PrintState.PRINTED
        assert _printer(port, by=Confirm.STATUS).print(FIRST).state is PrintState.PRINTED
        assert _printer(port, by=Confirm.PROCESS_ID).print(FIRST).state is PrintState.UNCONFIRMED


@pytest.mark.parametrize(
    "talk",
    [
        Talk(after_status=b"\r\n", knows_paper=True),
        Talk(after_status=b"\x00", knows_paper=True),
        Talk(after_question=b"\x00", knows_paper=True),
        Talk(after_cut=b"\x00", knows_paper=True),
        Talk(after_strip=b"\x00", knows_paper=True),
    ],
)
def test_one_byte_among_others_is_not_believed(talk: Talk) -> None:
    """Where a line has bytes that answer nothing, an answer of one byte cannot be told from them."""
    with _talking(talk) as port:
        result = _printer(port).print(FIRST)
        assert (result.state, result.trouble) == (PrintState.UNCONFIRMED, PrinterTrouble.SILENT)


@pytest.mark.parametrize("knows_id", [True, False])
def test_a_confirmed_ticket_needs_a_good_status_behind_it(knows_id: bool) -> None:
    """An answer and then "paper end", or status sent by itself that says so: not printed, with the cause."""
    out = b"\x1c\x00\x0f\x0f"
    for talk in (Talk(after_strip=out, after_status=out), Talk(paper=0x7E)):
        with _talking(replace(talk, knows_id=knows_id, knows_paper=not knows_id)) as port:
            result = _printer(port).print(FIRST)
            assert result.state is not PrintState.PRINTED
            assert result.trouble is PrinterTrouble.PAPER_OUT


def test_what_a_printer_knows_is_learned_once() -> None:
    """The second ticket is asked about in the way that the first one showed, and in no other."""
    seen: list[bytes] = []

    class Listening(Talk):
        def answer(self, kind: CommandKind, raw: bytes) -> bytes:
            if kind in {CommandKind.PROCESS_ID, CommandKind.STATUS}:
                seen.append(raw[:3])
            return super().answer(kind, raw)

    for talk, wanted in ((Listening(knows_id=True), b"\x1d(H"), (Listening(knows_paper=True), ASK_PAPER)):
        with _talking(talk) as port:
            printer = _printer(port)
            assert printer.print(FIRST).state is PrintState.PRINTED
            seen.clear()
            assert printer.print(SECOND).state is PrintState.PRINTED
            assert set(seen) == {wanted}


# Answers that come late


@pytest.mark.parametrize("late", [0.6])
def test_late_answers_are_not_taken_for_others(tmp_path: Path, late: float) -> None:
    """A printer slower than the timeout is silent: no state is read from the wrong answer, no ticket confirmed."""
    with running_virtual_printer(tmp_path, PrinterMode.LATE, late=late) as virtual:
        printer = _printer(virtual.port)
        assert printer.status().state is PrinterState.SILENT
        result = printer.print(FIRST)
        assert (result.state, result.trouble) == (PrintState.UNCONFIRMED, PrinterTrouble.SILENT)
        assert printer.status().state is PrinterState.SILENT
        assert _printer(virtual.port, timeout=2.0, confirm=4.0).print(FIRST).state is PrintState.PRINTED


@settings(max_examples=examples(12), deadline=None)
@given(lost=st.integers(1, 4), paper=st.sampled_from([0x12, 0x1E, 0x7E]), state=st.sampled_from([0x12, 0x1A]))
def test_a_lost_answer_never_makes_a_printer_ready(lost: int, paper: int, state: int) -> None:
    """Where one of the four answers comes in after its time-out, the printer is not ready; a cause that it named is."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            line, _ = server.accept()
            with line:
                late, reader = b"", EscposReader()
                while data := line.recv(4096):
                    for command in reader.feed(data):
                        if command.kind is not CommandKind.REAL_TIME_STATUS:
                            continue
                        byte = bytes(({1: state, 4: paper}.get(command.number, 0x12),))
                        line.sendall(b"" if command.number == lost else late + byte)
                        late = byte if command.number == lost else b""

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        told = _printer(server.getsockname()[1], timeout=0.1).status().state
    finally:
        server.close()
        thread.join(5)
    assert told is not PrinterState.READY
    assert told is not PrinterState.OFFLINE or (lost > 1 and state == 0x1A)


# Lines that are cut


def _tail(virtual: RunningPrinter) -> list[bytes]:
    return [job.data for job in virtual.jobs()]


PLACES = st.one_of(
    st.integers(1, len(END_PICTURE) + len(FIRST) + 40),
    # Round the heads of the strips, and the end.
    st.builds(
        lambda strip, by: len(END_PICTURE) + 50 + 1032 * strip + by, st.integers(0, 3), st.integers(-12, 24)
    ),
)


@settings(max_examples=examples(16), deadline=None)
@given(
    after=PLACES,
    anew=st.booleans(),
    mode=st.sampled_from(
        [
            PrinterMode.OK,
            PrinterMode.FORGETS,
            PrinterMode.PLAIN,
            PrinterMode.OBEYS_IN_PICTURES,
            PrinterMode.TELLS_ITSELF,
            PrinterMode.ADDS_CRLF,
        ]
    ),
    asked=st.booleans(),
)
def test_after_a_cut_line_the_next_ticket_is_whole(
    after: int, anew: bool, mode: PrinterMode, asked: bool
) -> None:
    """Wherever the line was cut, by the printer or with this program, the next ticket is whole and alone."""
    with (
        TemporaryDirectory() as folder,
        running_virtual_printer(Path(folder), PrinterMode.DROP, drop_after=after) as virtual,
    ):
        printer = _printer(virtual.port, timeout=0.6)
        first = printer.print(FIRST)
        assume(first.state is not PrintState.PRINTED)
        virtual.set_mode(mode)
        if anew:
            printer = _printer(virtual.port, timeout=0.6)
        if asked:
            printer.status()
        second = printer.print(SECOND)
        assert second.state is PrintState.PRINTED
        assert _tail(virtual)[-1] == SECOND
        assert SECOND not in _tail(virtual)[:-1]
        assert all(job.text == b"" for job in virtual.jobs())


@pytest.mark.parametrize("byte", range(1, 11))
def test_a_line_cut_in_the_head_of_a_strip_leaves_no_endless_picture(tmp_path: Path, byte: int) -> None:
    """Where the size of a picture is still open, the next question would become it: megabytes of dots to wait for."""
    before_the_job = (
        len(END_HEAD + END_PICTURE + INIT + SEPARATE)
        + 4 * len(ask_status(1))
        + len(ask_process("AB12") + 2 * ASK_PAPER)
    )
    after = before_the_job + FIRST.index(b"\x1dv0", 10) + byte
    with running_virtual_printer(tmp_path, PrinterMode.DROP, drop_after=after) as virtual:
        printer = _printer(virtual.port)
        assert printer.print(FIRST).state is not PrintState.PRINTED
        virtual.set_mode(PrinterMode.OK)
        assert printer.status().state is PrinterState.READY
        assert printer.print(SECOND).state is PrintState.PRINTED
        half, whole = _tail(virtual)
        assert (FIRST in half, whole) == (False, SECOND)


@settings(max_examples=examples(10), deadline=None)
@given(sent=st.integers(1, len(FIRST)))
def test_a_ticket_that_a_killed_program_left_half_is_cut_off(sent: int) -> None:
    """A program that was killed in the middle of a ticket: the next one's first ticket has a paper of its own."""
    with TemporaryDirectory() as folder, running_virtual_printer(Path(folder)) as virtual:
        with socket.create_connection(("127.0.0.1", virtual.port), timeout=3) as line:
            line.sendall(FIRST[:sent])
        assert _printer(virtual.port, timeout=0.6).print(SECOND).state is PrintState.PRINTED
        assert _tail(virtual)[-1] == SECOND
        assert len(virtual.jobs()) <= 2


def test_white_paper_is_cut_once_only(tmp_path: Path) -> None:
    """What may hang out is cut off before the first ticket of a program, and never before one that follows a good one."""
    with running_virtual_printer(tmp_path) as virtual:
        printer = _printer(virtual.port)
        for _ in range(3):
            assert printer.print(FIRST).state is PrintState.PRINTED
        assert [name for name, _ in virtual.events].count("blank_slip") == 1


def test_silent_printers_get_no_blank_slips(tmp_path: Path) -> None:
    """A printer that never confirms has cut each ticket itself: no slip stands before every one."""
    with running_virtual_printer(tmp_path, PrinterMode.SILENT) as virtual:
        printer = _printer(virtual.port, timeout=0.1, confirm=0.2)
        for _ in range(3):
            assert printer.print(FIRST).state is PrintState.UNCONFIRMED
        virtual.wait_for_jobs(3)
        assert [name for name, _ in virtual.events].count("blank_slip") == 1


def test_a_printer_that_swallows_the_questions_is_not_silent_for_long(tmp_path: Path) -> None:
    """With a picture open the questions become dots; ending it gives the printer its voice back, without a ticket."""
    with running_virtual_printer(tmp_path, PrinterMode.DROP, drop_after=len(END_PICTURE) + 900) as virtual:
        printer = _printer(virtual.port)
        assert printer.print(FIRST).state is not PrintState.PRINTED
        virtual.set_mode(PrinterMode.OK)
        assert printer.status().state is PrinterState.READY


# Tickets that are taken back


def test_a_ticket_that_failed_does_not_come_out_after_the_refill(tmp_path: Path) -> None:
    """Out of paper in the middle: the rest is taken back before "not printed" is said, the next ticket is alone."""
    with running_virtual_printer(tmp_path, PrinterMode.RUNS_OUT) as virtual:
        printer = _printer(virtual.port)
        result = printer.print(FIRST)
        assert (result.state, result.trouble) == (PrintState.FAILED, PrinterTrouble.PAPER_OUT)
        virtual.set_mode(PrinterMode.OK)
        assert printer.status().state is PrinterState.READY
        assert virtual.jobs() == []
        assert printer.print(SECOND).state is PrintState.PRINTED
        half, whole = _tail(virtual)
        assert (FIRST in half, whole) == (False, SECOND)


def test_a_ticket_that_may_still_come_out_is_not_called_failed(tmp_path: Path) -> None:
    """A printer that cannot be told to forget prints the rest after the refill: nobody was told that it would not."""
    with running_virtual_printer(tmp_path, PrinterMode.STUBBORN) as virtual:
        printer = _printer(virtual.port)
        result = printer.print(FIRST)
        assert (result.state, result.trouble) == (PrintState.UNCONFIRMED, PrinterTrouble.PAPER_OUT)
        assert result.last_byte_at is not None
        virtual.set_mode(PrinterMode.OK)
        assert virtual.wait_for_jobs(1)[0].data[: len(FIRST)] == FIRST
        assert printer.print(SECOND).state is PrintState.PRINTED
        assert _tail(virtual)[-1] == SECOND


@pytest.mark.parametrize("mode", PrinterMode)
def test_no_failed_ticket_comes_out_late(tmp_path: Path, mode: PrinterMode) -> None:
    """In every condition: a ticket that failed is not among what comes out when the printer is well again."""
    with running_virtual_printer(tmp_path, mode, drop_after=500, late=0.7, rest=0.1) as virtual:
        result = _printer(virtual.port).print(FIRST)
        virtual.set_mode(PrinterMode.OK)
        last = _printer(virtual.port, timeout=2.0, confirm=4.0).print(SECOND)
        assert last.state is PrintState.PRINTED
        whole = any(FIRST in data for data in _tail(virtual))
        assert result.state is not PrintState.FAILED or not whole
        assert whole or result.state is not PrintState.PRINTED


# Printers that refuse


def test_a_printer_that_refuses_after_a_job_is_asked_again(tmp_path: Path) -> None:
    """Refused for a while after a job: the next one waits for its turn, and nobody is told that there is no printer."""
    with running_virtual_printer(tmp_path, PrinterMode.ONE_AT_A_TIME, rest=0.6) as virtual:
        printer = _printer(virtual.port, timeout=3.0, confirm=3.0)
        assert printer.print(FIRST).state is PrintState.PRINTED
        assert printer.status().state is PrinterState.READY
        assert printer.print(SECOND).state is PrintState.PRINTED
        assert _tail(virtual) == [FIRST, SECOND]


def test_a_printer_that_refuses_for_longer_is_unreachable(tmp_path: Path) -> None:
    """Trying again ends with the timeout."""
    with running_virtual_printer(tmp_path, PrinterMode.ONE_AT_A_TIME, rest=5.0) as virtual:
        assert _printer(virtual.port).status().state is PrinterState.READY
        result = _printer(virtual.port).print(FIRST)
        assert (result.state, result.trouble) == (PrintState.FAILED, PrinterTrouble.UNREACHABLE)
