"""What the session asks of the machine's parts, so that it knows none of them."""

from typing import Protocol

from backend.wire import OfficeInfo
from kiosk.paper.printer import PrinterStatus, PrintResult
from kiosk.visit import PrintTicket


class PaperMaker(Protocol):
    """Puts a ticket on paper. Blocks; called on a worker thread, one job at a time."""

    def __call__(self, order: PrintTicket, office: OfficeInfo | None) -> PrintResult:
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
