"""The ticket printer: a job counts as printed only when the printer has confirmed it.

Sending bytes proves nothing: a printer that is out of paper, or switched off behind a print server, accepts them
all the same. So a job ends with a question that the printer answers after the cut (:mod:`kiosk.paper.printer_confirm`),
and its state is asked in real time (``DLE EOT``) before and after. A job that failed may leave a command unfinished in
the printer; the next job finishes it first. Every fault becomes one of our codes; no exception of a socket leaves this
module.
"""

import contextlib
import secrets
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from enum import IntEnum

import structlog

from backend.wire import PrinterTrouble, PrintState
from kiosk.paper.printer_commands import (
    CLEAR,
    CLEAR_ERROR,
    CLEARED,
    END_HEAD,
    END_PICTURE,
    ID_LENGTH,
    ID_SIGNS,
    INIT,
    SEPARATE,
    STATUS_QUESTIONS,
)
from kiosk.paper.printer_confirm import Checkpoint, Confirm
from kiosk.paper.printer_line import LineDroppedError, PrinterLine, connect
from kiosk.paper.printer_state import (
    OFFLINE_BIT,
    REFUSING_STATES,
    Printer,
    PrinterState,
    PrinterStatus,
    PrintResult,
    read_automatic,
    read_status,
)

__all__ = [
    "REFUSING_STATES",
    "Confirm",
    "NetworkPrinter",
    "PrintResult",
    "Printer",
    "PrinterState",
    "PrinterStatus",
    "read_status",
]

_log = structlog.get_logger(__name__)

_SILENT_PATIENCE = 0.5
_FIRST_PATIENCE = 1.0
_CLEAR_PATIENCE = 1.0


class _Left(IntEnum):
    """What an earlier job (of this process or of an earlier one) may have left in the printer."""

    NOTHING = 0
    PICTURE = 1
    """A picture may be incomplete: the printer would take the next bytes for its dots."""
    PAPER = 2
    """The same, and part of a ticket may hang out uncut."""


def _new_token() -> str:
    return "".join(secrets.choice(ID_SIGNS) for _ in range(ID_LENGTH))


class NetworkPrinter:
    """A printer on the network (port 9100): one connection per job or question, always closed again.

    Args:
        host: name or address.
        port: TCP port.
        timeout: seconds to wait for the connection, for an answer, and for each step of sending.
        confirm_timeout: seconds to wait for the printer to say that the ticket is out.
        believe_offline: False for models that always report themselves as offline.
        confirm: by which answer the printer confirms that a ticket is out.
        clock: monotonic seconds.
        wall: this device's time in UTC.
        token: makes process ids of four printable ASCII characters, each different from the last ones.
    """

    def __init__(
        self,
        host: str,
        port: int = 9100,
        timeout: float = 3.0,
        *,
        confirm_timeout: float = 6.0,
        believe_offline: bool = True,
        confirm: Confirm = Confirm.AUTO,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        token: Callable[[], str] = _new_token,
    ) -> None:
        self._address = (host, port)
        self._timeout = timeout
        self._confirm_timeout = confirm_timeout
        self._believe_offline = believe_offline
        self._confirm_by = confirm
        self._clock = clock
        self._wall = wall
        self._token = token
        self._one_at_a_time = threading.Lock()
        self._last_logged: PrinterState | None = None
        # An earlier process may have ended in the middle of a ticket.
        self._left = _Left.PAPER
        self._may_wait_for_dots = True
        self._known_way: Confirm | None = None
        self._never_answers = False

    def status(self) -> PrinterStatus:
        """Ask the printer for its state; without an answer it is ``unreachable`` or ``silent``. Never raises."""
        with self._one_at_a_time:
            try:
                line, status = self._open()
            except LineDroppedError:
                return self._noted(PrinterStatus(PrinterState.UNREACHABLE))
            if line is not None:
                line.close()
            return self._noted(status)

    def print(self, job: bytes) -> PrintResult:
        """Print a job, unless the printer says that it cannot. Faults are in the result; none is raised.

        Args:
            job: the bytes of :func:`backend.common.receipt.escpos_job.build_job`.
        """
        with self._one_at_a_time:
            result = self._print(job)
        _log.info(
            "ticket_sent_to_printer",
            state=result.state.value,
            trouble=result.trouble.value if result.trouble else None,
        )
        return result

    def _print(self, job: bytes) -> PrintResult:
        try:
            line, before = self._open()
        except LineDroppedError:
            return PrintResult(PrintState.FAILED, PrinterTrouble.LINE_DROPPED)
        self._noted(before)
        if line is None:
            return PrintResult(PrintState.FAILED, before.trouble, status=before)
        with line:
            if before.state in REFUSING_STATES:
                return PrintResult(PrintState.FAILED, before.trouble, status=before)
            try:
                return self._send(line, job, before)
            except TimeoutError:
                return self._stalled(line)
            except LineDroppedError:
                return PrintResult(PrintState.FAILED, PrinterTrouble.LINE_DROPPED, status=before)

    def _open(self) -> tuple[PrinterLine | None, PrinterStatus]:
        """Connect and ask for the state; if an unfinished picture swallows the questions, end it and ask again.

        Raises:
            LineDroppedError: the connection ended.
        """
        line, status = self._connect_and_look(END_HEAD if self._may_wait_for_dots else b"")
        if self._may_wait_for_dots and line is not None and status.state is PrinterState.SILENT:
            with line, contextlib.suppress(TimeoutError):
                line.send(END_PICTURE + INIT)
            # The questions became dots of the picture and are never answered; a new connection expects no answers.
            line, status = self._connect_and_look()
        self._may_wait_for_dots = self._may_wait_for_dots and line is None
        return line, status

    def _connect_and_look(self, first: bytes = b"") -> tuple[PrinterLine | None, PrinterStatus]:
        line = connect(self._address, self._timeout)
        if line is None:
            return None, PrinterStatus(PrinterState.UNREACHABLE)
        try:
            line.send(first)
            return line, self._look(line, _FIRST_PATIENCE if first else self._timeout)
        except TimeoutError:
            return line, PrinterStatus(PrinterState.SILENT)
        except LineDroppedError:
            self._may_wait_for_dots = True
            line.close()
            raise

    def _look(self, line: PrinterLine, patience: float | None = None) -> PrinterStatus:
        """Ask for the state by ``DLE EOT`` 1 to 4; each waits for the answer to the one before, ``patience`` seconds.

        Raises:
            LineDroppedError: the connection ended.
        """
        line.automatic = None
        patience = self._timeout if patience is None else min(patience, self._timeout)
        answers: list[int | None] = [None] * len(STATUS_QUESTIONS)
        for place, number in enumerate(STATUS_QUESTIONS):
            answers[place] = line.ask(number, patience)
            if answers[place] is None:
                break
        online, *rest = answers
        told = self._told(line)
        if told is not None and told.state in REFUSING_STATES:
            return told
        if line.surplus:
            return PrinterStatus(PrinterState.SILENT)
        if online is not None and not self._believe_offline:
            online &= ~OFFLINE_BIT
        return read_status(online, *rest)

    def _told(self, line: PrinterLine) -> PrinterStatus | None:
        """The newest state that the printer has sent by itself since the last question; None if it sent none."""
        if line.automatic is None:
            return None
        first, *rest = line.automatic
        return read_automatic(bytes((first if self._believe_offline else first & ~OFFLINE_BIT, *rest)))

    def _send(self, line: PrinterLine, job: bytes, before: PrinterStatus) -> PrintResult:
        """Prepare the printer for a ticket, send the job, and wait until the printer confirms it."""
        self._may_wait_for_dots = (
            True  # if the connection ends before everything is sent, a command is unfinished
        )
        way = self._settle(line, before)
        end = self._checkpoint(line, way)
        self._left = _Left.PAPER
        line.send(job)
        end.ask()
        self._may_wait_for_dots = False
        sent_at, sent_wall = self._clock(), self._wall()
        try:
            state, trouble, after = self._confirm(line, end, before)
        except LineDroppedError:
            state, trouble, after = PrintState.UNCONFIRMED, PrinterTrouble.LINE_DROPPED, before
        if state is PrintState.PRINTED:
            self._left = _Left.NOTHING
        elif trouble is PrinterTrouble.SILENT:
            self._left = _Left.PICTURE  # the cut was sent; whether everything arrived is not known
        else:
            self._may_wait_for_dots = True
        self._noted(after)
        if state is PrintState.FAILED:
            return PrintResult(state, trouble, status=after)
        return PrintResult(state, trouble, sent_at, sent_wall, after)

    def _settle(self, line: PrinterLine, before: PrinterStatus) -> Confirm | None:
        """End what is left of earlier jobs, and find out by which answer the printer can confirm a ticket.

        Raises:
            TimeoutError: the printer accepts no bytes.
            LineDroppedError: the connection ended.
        """
        line.watch_strays()
        line.send((END_PICTURE if self._left else b"") + INIT)
        if self._left is _Left.PAPER:
            line.send(SEPARATE)
        hopeless = self._never_answers or before.state is PrinterState.SILENT
        patience = min(self._timeout, _SILENT_PATIENCE) if hopeless else self._timeout
        way = self._arrives(line, patience)
        if way is None and self._known_way is not None:
            # It used to answer: it is out of step, or another printer has taken its place.
            self._known_way = None
            line.send(END_PICTURE + INIT)
            way = self._arrives(line, patience)
        self._known_way, self._never_answers = way, way is None
        return way

    def _arrives(self, line: PrinterLine, patience: float) -> Confirm | None:
        checkpoint = self._checkpoint(line, self._known_way, times=2)
        checkpoint.ask()
        return checkpoint.wait(patience)

    def _checkpoint(self, line: PrinterLine, way: Confirm | None, times: int = 1) -> Checkpoint:
        return Checkpoint(line, way or self._confirm_by, self._token(), times)

    def _confirm(
        self, line: PrinterLine, end: Checkpoint, before: PrinterStatus
    ) -> tuple[PrintState, PrinterTrouble | None, PrinterStatus]:
        """Wait for the printer to confirm the ticket, then ask for its state once more.

        Raises:
            LineDroppedError: the connection ended.
        """
        patience = self._confirm_timeout
        if before.state is PrinterState.SILENT:
            patience = min(patience, _SILENT_PATIENCE)  # it never answers: do not keep the visitor waiting
        deadline = time.monotonic() + patience
        reached = end.wait(patience / 4, self._worried(line))
        while reached is None and time.monotonic() < deadline:
            status = self._look(line)
            if status.state in REFUSING_STATES:
                return self._take_back(line, end, status)
            reached = end.wait(max(0.05, min(patience / 4, deadline - time.monotonic())), self._worried(line))
        if reached is None:
            return PrintState.UNCONFIRMED, PrinterTrouble.SILENT, PrinterStatus(PrinterState.SILENT)
        after = self._look(line)
        if after.state is PrinterState.SILENT and before.state is not PrinterState.SILENT:
            # A question may have been lost while the printer was busy; then answers no longer match questions.
            line.close()
            other, after = self._connect_and_look()
            if other is not None:
                other.close()
        if after.state is PrinterState.READY and end.reached is Confirm.STATUS and end.paper_is_out:
            after = PrinterStatus(PrinterState.PAPER_OUT)
        if after.state is not PrinterState.READY:
            return PrintState.UNCONFIRMED, after.trouble, after
        if end.reached is None:
            # More bytes came in after it, so the supposed answer was none.
            return PrintState.UNCONFIRMED, PrinterTrouble.SILENT, after
        return PrintState.PRINTED, None, after

    def _worried(self, line: PrinterLine) -> Callable[[], bool]:
        def told() -> bool:
            status = self._told(line)
            return status is not None and status.state in REFUSING_STATES

        return told

    def _take_back(
        self, line: PrinterLine, end: Checkpoint, status: PrinterStatus
    ) -> tuple[PrintState, PrinterTrouble | None, PrinterStatus]:
        """Clear the job from a printer that stopped in the middle; only then may the job be reported as failed.

        If the printer does not confirm that it was cleared, the ticket may still come out once somebody has fixed the
        printer, so the result is ``unconfirmed``.
        """
        forgotten = False
        with contextlib.suppress(TimeoutError, LineDroppedError):
            line.send(CLEAR)
            forgotten = line.wait(lambda: CLEARED in line.blocks, min(self._timeout, _CLEAR_PATIENCE))
            if not forgotten:
                line.send(CLEAR_ERROR)
        certain = forgotten and end.reached is None
        return (PrintState.FAILED if certain else PrintState.UNCONFIRMED), status.trouble, status

    def _stalled(self, line: PrinterLine) -> PrintResult:
        """Deal with a printer that stopped accepting bytes: drop what was not sent yet, and ask for the cause."""
        line.abort()
        why = PrinterStatus(PrinterState.SILENT)
        with contextlib.suppress(LineDroppedError, TimeoutError):
            other, status = self._connect_and_look()
            if other is not None:
                with other:
                    if status.state in REFUSING_STATES:
                        why = self._noted(status)
                        other.send(CLEAR + CLEAR_ERROR)
        return PrintResult(PrintState.FAILED, why.trouble, status=why)

    def _noted(self, status: PrinterStatus) -> PrinterStatus:
        """Return a status, logged if its state differs from the last one."""
        if status.state is not self._last_logged:
            level = _log.info if status.state is PrinterState.READY else _log.warning
            level("printer_state_changed", state=status.state.value)
            self._last_logged = status.state
        return status
