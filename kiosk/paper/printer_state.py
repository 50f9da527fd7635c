"""A printer's state as it reports it, and the result of a job."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from backend.wire import PrinterTrouble, PrintState


class PrinterState(StrEnum):
    """A printer's state; where several causes apply, the most urgent one."""

    READY = "ready"
    COVER_OPEN = "cover_open"
    PAPER_OUT = "paper_out"
    ERROR = "error"
    OFFLINE = "offline"
    SILENT = "silent"
    UNREACHABLE = "unreachable"


_TROUBLE = {
    PrinterState.COVER_OPEN: PrinterTrouble.COVER_OPEN,
    PrinterState.PAPER_OUT: PrinterTrouble.PAPER_OUT,
    PrinterState.ERROR: PrinterTrouble.ERROR,
    PrinterState.OFFLINE: PrinterTrouble.OFFLINE,
    PrinterState.SILENT: PrinterTrouble.SILENT,
    PrinterState.UNREACHABLE: PrinterTrouble.UNREACHABLE,
}

REFUSING_STATES = frozenset(
    {PrinterState.COVER_OPEN, PrinterState.PAPER_OUT, PrinterState.ERROR, PrinterState.OFFLINE}
)
"""States in which the printer itself says that it will not print: nothing is sent to it."""

OFFLINE_BIT = 0x08
"""The bit for "offline" in the answer to ``DLE EOT 1``, and in the first byte of automatic status."""


@dataclass(frozen=True)
class PrinterStatus:
    """A printer's state at one moment. ``near_end``: it can print, but the paper roll should be changed soon."""

    state: PrinterState
    near_end: bool = False

    @property
    def trouble(self) -> PrinterTrouble | None:
        """The code for the wire; None if the printer is ready."""
        return _TROUBLE.get(self.state)


@dataclass(frozen=True)
class PrintResult:
    """The result of a job.

    Attributes:
        state: ``printed`` (the printer confirmed it), ``unconfirmed`` (it was sent, but may or may not have come out),
            or ``failed`` (it certainly did not come out whole, and the rest was cleared from the printer).
        trouble: why it is not ``printed``.
        last_byte_at: when the last byte was sent, in monotonic seconds; None if it was not sent, or if the job
            was cleared.
        last_byte_wall: the same moment by this device's clock, in UTC.
        status: the printer's state as last seen.
    """

    state: PrintState
    trouble: PrinterTrouble | None = None
    last_byte_at: float | None = None
    last_byte_wall: datetime | None = None
    status: PrinterStatus | None = None

    @property
    def near_end(self) -> bool:
        """Whether the printer said that its roll should be changed soon."""
        return self.status is not None and self.status.near_end


class Printer(Protocol):
    """A ticket printer, whatever its connection. Calls block; they are served one at a time."""

    def status(self) -> PrinterStatus:
        """Ask the printer for its state; never raises."""

    def print(self, job: bytes) -> PrintResult:
        """Print the bytes of :func:`backend.common.receipt.escpos_job.build_job`; printer faults are in the result."""


def read_status(
    online: int | None, offline: int | None, error: int | None, paper: int | None
) -> PrinterStatus:
    """Interpret the answers to ``DLE EOT`` 1 to 4; None for a question that was not answered.

    A printer that left a question unanswered is not called ready: it may be out of paper without having said so.

    Source: Epson's ESC/POS reference, ``DLE EOT``: n=1 bit 3 offline; n=2 bit 2 cover open, bit 5 stopped by
    paper end, bit 6 error; n=3 bit 3 cutter, bit 5 unrecoverable, bits 2 and 6 recoverable; n=4 bits 2, 3 paper
    near end, bits 5, 6 paper end.
    """
    whole = None not in {online, offline, error, paper}
    online, offline, error, paper = (value or 0 for value in (online, offline, error, paper))
    near_end = bool(paper & 0x0C)
    if offline & 0x04:
        state = PrinterState.COVER_OPEN
    elif offline & 0x20 or paper & 0x60:
        state = PrinterState.PAPER_OUT
    elif offline & 0x40 or error & 0x6C:
        state = PrinterState.ERROR
    elif online & OFFLINE_BIT:
        state = PrinterState.OFFLINE
    else:
        state = PrinterState.READY if whole else PrinterState.SILENT
    return PrinterStatus(state, near_end)


def read_automatic(block: bytes) -> PrinterStatus:
    """Interpret the four bytes that a printer sends by itself.

    Source: Epson's ESC/POS reference, ``GS a``: first byte bit 3 offline, bit 5 cover open; second bits 3, 5, 6 an
    error; third bits 0, 1 paper near end, bits 2, 3 paper end.
    """
    first, second, third, _ = block
    near_end = bool(third & 0x03)
    if first & 0x20:
        state = PrinterState.COVER_OPEN
    elif third & 0x0C:
        state = PrinterState.PAPER_OUT
    elif second & 0x68:
        state = PrinterState.ERROR
    elif first & OFFLINE_BIT:
        state = PrinterState.OFFLINE
    else:
        state = PrinterState.READY
    return PrinterStatus(state, near_end)
