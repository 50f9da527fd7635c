"""Asking a printer whether it has carried out everything up to a certain place in what was sent."""

from collections.abc import Callable
from enum import StrEnum

from kiosk.paper.printer_commands import ask_process, process_answer
from kiosk.paper.printer_line import PrinterLine

_GRACE_SECONDS = 0.5
_PAPER_END = 0x0C


class Confirm(StrEnum):
    """By which answer a printer confirms that a ticket is out."""

    AUTO = "auto"
    """By whichever it supports."""
    PROCESS_ID = "process_id"
    """By the process id that it was given (``GS ( H``); nothing else looks like it."""
    STATUS = "status"
    """By the answer to ``GS r 1``: one byte, which counts only if nothing unexpected comes in on the connection."""


class Checkpoint:
    """A place in what is sent to a printer, and the question whether the printer has got there.

    Args:
        line: the connection.
        way: which question to ask; ``auto`` asks both.
        token: the process id of this place, never used before.
        times: how often to ask ``GS r 1`` here. Different counts at different places expose a printer that does not
            answer at all but sends a byte of its own for each cut.
    """

    def __init__(self, line: PrinterLine, way: Confirm, token: str, times: int = 1) -> None:
        self._line = line
        self._times = times
        self._by_id = way is not Confirm.STATUS
        self._by_status = way is not Confirm.PROCESS_ID
        self._expected = process_answer(token)
        self._question = ask_process(token)

    def ask(self) -> None:
        """Send the question.

        Raises:
            TimeoutError: the printer accepts no bytes.
            LineDroppedError: the connection ended.
        """
        if self._by_id:
            self._line.send(self._question)
        for _ in range(self._times if self._by_status else 0):
            self._line.ask_paper()

    @property
    def reached(self) -> Confirm | None:
        """The answer by which the printer confirmed this place; None while it has not."""
        if self._by_id and self._expected in self._line.blocks:
            return Confirm.PROCESS_ID
        alone = not self._line.strays and not self._line.paper_owed
        return Confirm.STATUS if self._by_status and alone else None

    @property
    def paper_is_out(self) -> bool:
        """Whether the answer to ``GS r 1`` says that there is no paper."""
        return bool((self._line.paper or 0) & _PAPER_END)

    def wait(self, patience: float, unless: Callable[[], bool] = lambda: False) -> Confirm | None:
        """Wait for the answer.

        Args:
            patience: seconds to wait at most.
            unless: ends the waiting when it returns true.

        Returns:
            The answer by which the printer confirmed this place; None if it has not.

        Raises:
            LineDroppedError: the connection ended.
        """
        self._line.wait(lambda: self.reached is not None or unless(), patience)
        if self._by_id and self.reached is Confirm.STATUS:
            # The more reliable answer, the process id, may still come: it is sent when the paper has stopped.
            self._line.wait(lambda: self.reached is not Confirm.STATUS, _GRACE_SECONDS)
        return self.reached
