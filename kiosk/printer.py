"""The ticket printer: its state read before and after, and a job that is only called printed when it said so.

Sending bytes proves nothing: a printer that is out of paper, or switched off behind a print server, takes them
all the same. So a job ends with a question that the printer answers after the cut (see
:mod:`kiosk.escpos_job`), and its state is asked in real time (``DLE EOT``) before and after. Every fault becomes
one of our codes; no exception of a socket leaves this module.
"""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

import structlog

from backend.wire.codes import PrinterTrouble, PrintState
from kiosk.printer_line import LineDroppedError, PrinterLine, is_done_byte

_log = structlog.get_logger(__name__)


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
            ``failed`` (it certainly did not come out whole).
        trouble: why it is not ``printed``.
        last_byte_at: monotonic seconds at which the last byte had been handed over; None where it was not.
        last_byte_wall: the same moment by this device's clock, in UTC.
        status: the printer's state as last seen.
    """

    state: PrintState
    trouble: PrinterTrouble | None = None
    last_byte_at: float | None = None
    last_byte_wall: datetime | None = None
    status: PrinterStatus | None = None


class Printer(Protocol):
    """A ticket printer, whatever it is connected by. Calls block; one at a time is served."""

    def status(self) -> PrinterStatus:
        """Ask the printer how it is; never raises."""

    def print(self, job: bytes) -> PrintResult:
        """Print a job of :func:`kiosk.escpos_job.build_job`; never raises for what a printer or line does."""


def read_status(
    online: int | None, offline: int | None, error: int | None, paper: int | None
) -> PrinterStatus:
    """Interpret the answers to ``DLE EOT`` 1 to 4; None for what was not answered, which proves nothing.

    Source: Epson's ESC/POS reference, ``DLE EOT``: n=1 bit 3 offline; n=2 bit 2 cover open, bit 5 stopped by
    paper end, bit 6 error; n=3 bit 3 cutter, bit 5 unrecoverable, bits 2 and 6 recoverable; n=4 bits 2, 3 paper
    near end, bits 5, 6 paper end.
    """
    online, offline, error, paper = (value or 0 for value in (online, offline, error, paper))
    near_end = bool(paper & 0x0C)
    if offline & 0x04:
        state = PrinterState.COVER_OPEN
    elif offline & 0x20 or paper & 0x60:
        state = PrinterState.PAPER_OUT
    elif offline & 0x40 or error & 0x6C:
        state = PrinterState.ERROR
    elif online & 0x08:
        state = PrinterState.OFFLINE
    else:
        state = PrinterState.READY
    return PrinterStatus(state, near_end)


class NetworkPrinter:
    """A printer on the network (port 9100): one connection per job or question, always closed again.

    Args:
        host: name or address.
        port: TCP port.
        timeout: seconds to wait for the connection, for an answer, and for each step of sending.
        confirm_timeout: seconds to wait for the printer to say that the ticket is out.
        believe_offline: False for models that always call themselves offline.
        clock: monotonic seconds.
        wall: this device's time in UTC.
    """

    def __init__(
        self,
        host: str,
        port: int = 9100,
        timeout: float = 3.0,
        *,
        confirm_timeout: float = 6.0,
        believe_offline: bool = True,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._address = (host, port)
        self._timeout = timeout
        self._confirm_timeout = confirm_timeout
        self._believe_offline = believe_offline
        self._clock = clock
        self._wall = wall
        self._one_at_a_time = threading.Lock()
        self._last_logged: PrinterState | None = None

    def status(self) -> PrinterStatus:
        """Ask the printer how it is; ``unreachable`` and ``silent`` are answers too."""
        with self._one_at_a_time:
            line = self._connect()
            if line is None:
                return self._noted(PrinterStatus(PrinterState.UNREACHABLE))
            with line:
                try:
                    return self._noted(self._ask(line))
                except LineDroppedError:
                    return self._noted(PrinterStatus(PrinterState.UNREACHABLE))

    def print(self, job: bytes) -> PrintResult:
        """Print a job, unless the printer says that it cannot."""
        with self._one_at_a_time:
            result = self._print(job)
        _log.info(
            "ticket_sent_to_printer",
            state=result.state.value,
            trouble=result.trouble.value if result.trouble else None,
        )
        return result

    def _print(self, job: bytes) -> PrintResult:
        line = self._connect()
        if line is None:
            status = self._noted(PrinterStatus(PrinterState.UNREACHABLE))
            return PrintResult(PrintState.FAILED, status.trouble, status=status)
        with line:
            try:
                before = self._noted(self._ask(line))
            except LineDroppedError:
                return PrintResult(PrintState.FAILED, PrinterTrouble.LINE_DROPPED)
            if before.state in REFUSING_STATES:
                return PrintResult(PrintState.FAILED, before.trouble, status=before)
            line.forget_answers()
            try:
                line.send(job)
            except TimeoutError:
                return PrintResult(PrintState.FAILED, PrinterTrouble.SILENT, status=before)
            except LineDroppedError:
                return PrintResult(PrintState.FAILED, PrinterTrouble.LINE_DROPPED, status=before)
            sent_at, sent_wall = self._clock(), self._wall()
            state, trouble, after = self._confirm(line, before)
            return PrintResult(state, trouble, sent_at, sent_wall, after)

    def _confirm(
        self, line: PrinterLine, before: PrinterStatus
    ) -> tuple[PrintState, PrinterTrouble | None, PrinterStatus]:
        """Wait for the printer to say that the ticket is out, then look at it once more."""
        patience = self._confirm_timeout
        if before.state is PrinterState.SILENT:
            patience = min(patience, 0.5)  # it does not talk: the visitor need not wait for it to begin
        deadline = time.monotonic() + patience
        try:
            done = line.answer(is_done_byte, patience / 4)
            while done is None and time.monotonic() < deadline:
                status = self._ask(line)
                if status.state in REFUSING_STATES:
                    # It stopped in the middle, and may finish this paper when somebody has helped it.
                    return PrintState.UNCONFIRMED, status.trouble, self._noted(status)
                done = line.answer(is_done_byte, max(0.05, min(patience / 4, deadline - time.monotonic())))
            after = self._ask(line) if done is not None else PrinterStatus(PrinterState.SILENT)
        except LineDroppedError:
            return PrintState.UNCONFIRMED, PrinterTrouble.LINE_DROPPED, before
        self._noted(after)
        if done is None:
            return PrintState.UNCONFIRMED, PrinterTrouble.SILENT, after
        if after.state in REFUSING_STATES:
            return PrintState.UNCONFIRMED, after.trouble, after
        return PrintState.PRINTED, None, after

    def _ask(self, line: PrinterLine) -> PrinterStatus:
        """Send ``DLE EOT`` 1 to 4. One that does not answer the first is silent and is not asked further."""
        online = line.ask(1, self._timeout)
        if online is None:
            return PrinterStatus(PrinterState.SILENT)
        rest = [line.ask(number, self._timeout / 3) for number in (2, 3, 4)]
        if not self._believe_offline:
            online &= ~0x08
        return read_status(online, *rest)

    def _connect(self) -> PrinterLine | None:
        try:
            return PrinterLine(socket.create_connection(self._address, timeout=self._timeout), self._timeout)
        except (OSError, ValueError, OverflowError):
            # Refused, unknown name, impossible name or port: the same to the visitor.
            return None

    def _noted(self, status: PrinterStatus) -> PrinterStatus:
        """Log a state when it differs from the one before."""
        if status.state is not self._last_logged:
            level = _log.info if status.state is PrinterState.READY else _log.warning
            level("printer_state_changed", state=status.state.value)
            self._last_logged = status.state
        return status
