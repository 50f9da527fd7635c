"""The interpretation of a printer's status bytes, and printers that cannot be reached."""

import socket

import pytest

from backend.wire.codes import PrinterTrouble, PrintState
from kiosk.paper.printer import REFUSING_STATES, NetworkPrinter, PrinterState, PrinterStatus, read_status
from kiosk.paper.printer_state import read_automatic


@pytest.mark.parametrize(
    ("answers", "state", "near_end"),
    [
        ((0x12, 0x12, 0x12, 0x12), PrinterState.READY, False),
        ((0x16, 0x12, 0x12, 0x12), PrinterState.READY, False),
        ((0x12, 0x12, 0x12, 0x1E), PrinterState.READY, True),
        ((0x1A, 0x12, 0x12, 0x12), PrinterState.OFFLINE, False),
        ((0x1A, 0x16, 0x12, 0x12), PrinterState.COVER_OPEN, False),
        ((0x1A, 0x32, 0x12, 0x12), PrinterState.PAPER_OUT, False),
        ((0x1A, 0x12, 0x12, 0x72), PrinterState.PAPER_OUT, False),
        ((0x1A, 0x36, 0x12, 0x7E), PrinterState.COVER_OPEN, True),
        ((0x1A, 0x52, 0x12, 0x12), PrinterState.ERROR, False),
        ((0x1A, 0x12, 0x1A, 0x12), PrinterState.ERROR, False),
        ((0x1A, 0x12, 0x32, 0x12), PrinterState.ERROR, False),
        ((0x1A, 0x12, 0x52, 0x12), PrinterState.ERROR, False),
        ((0x12, None, None, None), PrinterState.SILENT, False),
        ((0x12, 0x12, 0x12, None), PrinterState.SILENT, False),
        ((0x1A, None, None, None), PrinterState.OFFLINE, False),
    ],
)
def test_status_bytes_are_understood(
    answers: tuple[int | None, int | None, int | None, int | None], state: PrinterState, near_end: bool
) -> None:
    """Each cause is told from the bits of the four answers, the most urgent first; what was not said is not called ready."""
    assert read_status(*answers) == PrinterStatus(state, near_end)


def test_every_state_but_ready_has_its_code() -> None:
    """The wire gets a trouble for every state in which a ticket may be missing."""
    for state in PrinterState:
        assert (PrinterStatus(state).trouble is None) == (state is PrinterState.READY)
    assert PrinterState.SILENT not in REFUSING_STATES


@pytest.mark.parametrize(
    ("block", "state", "near_end"),
    [
        (b"\x14\x00\x00\x0f", PrinterState.READY, False),
        (b"\x10\x00\x00\x00", PrinterState.READY, False),
        (b"\x14\x00\x03\x0f", PrinterState.READY, True),
        (b"\x1c\x00\x00\x0f", PrinterState.OFFLINE, False),
        (b"\x3c\x00\x00\x0f", PrinterState.COVER_OPEN, False),
        (b"\x1c\x00\x0f\x0f", PrinterState.PAPER_OUT, True),
        (b"\x1c\x08\x00\x0f", PrinterState.ERROR, False),
        (b"\x1c\x20\x00\x0f", PrinterState.ERROR, False),
        (b"\x1c\x40\x00\x0f", PrinterState.ERROR, False),
    ],
)
def test_automatic_status_is_understood(block: bytes, state: PrinterState, near_end: bool) -> None:
    """What a printer sends by itself is read with the bits that Epson documents for it."""
    assert read_automatic(block) == PrinterStatus(state, near_end)


@pytest.mark.parametrize("host", ["127.0.0.1", "no.such.host.invalid", "bad..name", "x" * 300, ""])
def test_a_printer_that_is_not_there_is_unreachable(host: str) -> None:
    """Refused connections and names that do not exist or cannot exist are a state, never an exception."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    printer = NetworkPrinter(host, port, timeout=0.5)
    assert printer.status() == PrinterStatus(PrinterState.UNREACHABLE)
    result = printer.print(b"\x1b@")
    assert (result.state, result.trouble) == (PrintState.FAILED, PrinterTrouble.UNREACHABLE)
    assert result.last_byte_at is None


def test_an_impossible_port_is_unreachable() -> None:
    """A wrong number in the settings does not end the kiosk."""
    assert NetworkPrinter("127.0.0.1", 99_999).status().state is PrinterState.UNREACHABLE
