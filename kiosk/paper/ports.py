"""What the session asks of the machine's parts, so that it knows none of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from backend.wire import OfficeInfo, PrinterTrouble, PrintState
from kiosk.paper.printer import PrinterStatus
from kiosk.visit import PrintTicket


@dataclass(frozen=True, slots=True)
class PrintOutcome:
    """What became of one print job.

    Args:
        state: printed, unconfirmed or failed.
        trouble: why not, where it is known.
        last_byte_at: when the last byte was handed to the printer, aware, UTC; None if none was.
        near_end: the printer said that its roll should be changed soon.
    """

    state: PrintState
    trouble: PrinterTrouble | None = None
    last_byte_at: datetime | None = None
    near_end: bool = False


class PaperMaker(Protocol):
    """Puts a ticket on paper. Blocks; called on a worker thread, one job at a time."""

    def __call__(self, order: PrintTicket, office: OfficeInfo | None) -> PrintOutcome:
        """Draw, send, and tell what became of it."""
        ...


class PrinterAsker(Protocol):
    """Asks the printer how it is. Blocks; called on a worker thread, never beside a job."""

    def __call__(self, *, patiently: bool) -> PrinterStatus:
        """Ask, and never raise.

        Args:
            patiently: take the time that a job would take, and help the printer out of what a broken job left behind.
        """
        ...
