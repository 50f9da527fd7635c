"""Interfaces by which the session prints and asks the printer, without knowing which printer there is."""

from typing import Protocol

from backend.wire import OfficeInfo
from kiosk.paper.printer import PrinterStatus, PrintResult
from kiosk.visit import PrintList, PrintTicket


class PaperMaker(Protocol):
    """Puts tickets and lists on paper. Blocks; called on a worker thread, one job at a time."""

    def __call__(self, order: PrintTicket, office: OfficeInfo | None) -> PrintResult:
        """Draw a ticket, send it to the printer, and return the result.

        Args:
            order: the ticket to print.
            office: the office whose name is printed on it; None if the server has not told it yet.
        """
        ...

    def print_list(self, order: PrintList, office: OfficeInfo | None) -> PrintResult:
        """Draw what to bring, send it to the printer, and return the result; ``office`` as for a ticket."""
        ...


class PrinterAsker(Protocol):
    """Asks the printer for its state. Blocks; called on a worker thread, never while a job runs."""

    def __call__(self, *, patiently: bool) -> PrinterStatus:
        """Ask the printer; never raises.

        Args:
            patiently: wait as long as a job would, and end what a broken job may have left in the printer.
        """
        ...
