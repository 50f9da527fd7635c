"""Asking a printer whether everything up to a place has been carried out, in a way that it can answer."""

from collections.abc import Callable
from enum import StrEnum

from kiosk.paper.printer_commands import ask_process, process_answer
from kiosk.paper.printer_line import PrinterLine

_GRACE_SECONDS = 0.5
_PAPER_END = 0x0C


class Confirm(StrEnum):
    """By which answer a printer says that a ticket is out."""

    AUTO = "auto"
    """By what it turns out to know."""
    PROCESS_ID = "process_id"
    """By the process id that it was given (``GS ( H``), which nothing else can be taken for."""
    STATUS = "status"
    """By the answer to ``GS r 1``: one byte, believed only on a line on which nothing else comes in."""


class Checkpoint:
    """A place in what is sent to a printer, and the question whether it has got there.

    Args:
        line: the connection.
        way: what to ask; ``auto`` asks both ways.
        token: the process id of this place, never used before.
        times: how often ``GS r 1`` is asked here. A printer that answers nothing, and sends a byte of its own for
            each cut, does not send as many as were asked for at every place.
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
            TimeoutError: the printer takes nothing.
            LineDroppedError: the connection ended.
        """
        if self._by_id:
            self._line.send(self._question)
        for _ in range(self._times if self._by_status else 0):
            self._line.ask_paper()

    @property
    def reached(self) -> Confirm | None:
        """The answer by which the printer says that it got here; None while it has not said so."""
        if self._by_id and self._expected in self._line.blocks:
            return Confirm.PROCESS_ID
        alone = not self._line.strays and not self._line.paper_owed
        return Confirm.STATUS if self._by_status and alone else None

    @property
    def paper_is_out(self) -> bool:
        """True where the answer to ``GS r 1`` itself says that there is no paper."""
        return bool((self._line.paper or 0) & _PAPER_END)

    def wait(self, patience: float, unless: Callable[[], bool] = lambda: False) -> Confirm | None:
        """Wait so many seconds for the answer, or until something else is true.

        Raises:
            LineDroppedError: the connection ended.
        """
        self._line.wait(lambda: self.reached is not None or unless(), patience)
        if self._by_id and self.reached is Confirm.STATUS:
            # The better answer may be on its way: it comes when the paper has stopped.
            self._line.wait(lambda: self.reached is not Confirm.STATUS, _GRACE_SECONDS)
        return self.reached
