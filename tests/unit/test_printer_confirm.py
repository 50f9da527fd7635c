"""How long a printer is waited for, and when its answer says that there is no paper."""

import socket
from collections.abc import Callable, Iterator

import pytest

from kiosk.paper.printer_commands import process_answer
from kiosk.paper.printer_confirm import Checkpoint, Confirm
from kiosk.paper.printer_line import PrinterLine

ID = process_answer("AB12")


class WatchedLine(PrinterLine):
    """A connection that records how long it should wait, and whether the condition became true."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection, 1.0)
        self.waited: list[tuple[float, bool]] = []
        self.then: Callable[[], None] | None = None

    def wait(self, enough: Callable[[], bool], timeout: float) -> bool:
        """Record the wait, then let the printer send its next answer."""
        came = super().wait(enough, timeout)
        self.waited.append((timeout, came))
        if self.then is not None:
            self.then()
        return came


@pytest.fixture
def line() -> Iterator[tuple[WatchedLine, socket.socket]]:
    """A line and the printer's end of it."""
    ours, theirs = socket.socketpair()
    with WatchedLine(ours) as opened, theirs:
        yield opened, theirs


def asked(line: WatchedLine, way: Confirm) -> Checkpoint:
    """A checkpoint whose question is sent."""
    checkpoint = Checkpoint(line, way, "AB12")
    checkpoint.ask()
    return checkpoint


def test_a_printer_that_knows_process_ids_is_given_the_time_to_say_so(
    line: tuple[WatchedLine, socket.socket],
) -> None:
    """Protects the word "printed": the byte comes when the data is read, the id when the paper has stopped."""
    ours, printer = line
    checkpoint = asked(ours, Confirm.AUTO)
    printer.sendall(b"\x00")
    ours.then = lambda: printer.sendall(ID)
    assert checkpoint.wait(0.1) is Confirm.PROCESS_ID
    assert ours.waited == [(0.1, True), (0.5, True)]


def test_half_a_second_more_is_waited_for_an_id_that_does_not_come(
    line: tuple[WatchedLine, socket.socket],
) -> None:
    """Protects the visitor before a printer that knows no ids from standing there for longer."""
    ours, printer = line
    checkpoint = asked(ours, Confirm.AUTO)
    printer.sendall(b"\x00")
    assert checkpoint.wait(0.1) is Confirm.STATUS
    assert ours.waited == [(0.1, True), (0.5, False)]


@pytest.mark.parametrize(
    ("way", "answer"), [(Confirm.STATUS, b"\x00"), (Confirm.PROCESS_ID, ID), (Confirm.AUTO, ID)]
)
def test_nothing_is_waited_for_after_the_best_answer(
    line: tuple[WatchedLine, socket.socket], way: Confirm, answer: bytes
) -> None:
    """Protects every ticket from half a second in which nothing more can come."""
    ours, printer = line
    checkpoint = asked(ours, way)
    printer.sendall(answer)
    assert checkpoint.wait(0.1) is (Confirm.STATUS if way is Confirm.STATUS else Confirm.PROCESS_ID)
    assert ours.waited == [(0.1, True)]


def test_a_printer_in_trouble_is_not_waited_for(line: tuple[WatchedLine, socket.socket]) -> None:
    """Protects from waiting in vain: if it is already clear that no answer will come, the wait ends."""
    ours, _ = line
    assert asked(ours, Confirm.STATUS).wait(0.1, unless=lambda: True) is None
    assert ours.waited == [(0.1, True)]


@pytest.mark.parametrize(
    ("answer", "out"), [(b"", False), (b"\x00", False), (b"\x03", False), (b"\x0c", True), (b"\x0f", True)]
)
def test_only_the_end_of_the_paper_is_the_end_of_the_paper(
    line: tuple[WatchedLine, socket.socket], answer: bytes, out: bool
) -> None:
    """Protects from "out of paper" on a roll that is nearly used up, and before the printer has answered."""
    ours, printer = line
    checkpoint = asked(ours, Confirm.STATUS)
    printer.sendall(answer)
    checkpoint.wait(0.02)
    assert checkpoint.paper_is_out is out
