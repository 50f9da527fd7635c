"""How a printer is, by what it says of itself; and what becomes of a job."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from backend.wire import PrinterTrouble, PrintState


class PrinterState(StrEnum):
    """What the printer says of itself, the most urgent cause first where there are several."""

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
"""Of the answer to ``DLE EOT 1``, and of the first byte of automatic status."""


@dataclass(frozen=True)
class PrinterStatus:
    """One look at a printer. ``near_end``: it prints, but the paper roll should be changed soon."""

    state: PrinterState
    near_end: bool = False

    @property
    def trouble(self) -> PrinterTrouble | None:
        """The code for the wire; None where the printer is ready."""
        return _TROUBLE.get(self.state)


@dataclass(frozen=True)
class PrintResult:
    """What became of a job.

    Attributes:
        state: ``printed`` (the printer confirmed it), ``unconfirmed`` (all was sent, nothing is known), or
            ``failed`` (it certainly did not come out whole, and what was held of it was taken back).
        trouble: why it is not ``printed``.
        last_byte_at: monotonic seconds at which the last byte had been handed over; None where it was not, or where
            the job was taken back.
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
    """A ticket printer, whatever it is connected by. Calls block; one at a time is served."""

    def status(self) -> PrinterStatus:
        """Ask the printer how it is; never raises."""

    def print(self, job: bytes) -> PrintResult:
        """Print a job of :func:`backend.common.receipt.escpos_job.build_job`; never raises for what a printer or line does."""


def read_status(
    online: int | None, offline: int | None, error: int | None, paper: int | None
) -> PrinterStatus:
    """Interpret the answers to ``DLE EOT`` 1 to 4; None for what was not answered.

    A printer that left a question unanswered is not called ready: what it did not say may be that it is out of paper.

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
