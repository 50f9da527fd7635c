"""Prints a ticket or a list of what to bring: draws it, turns it into a job, and sends the job to the printer."""

from uuid import UUID

from backend.common import Language
from backend.common.device_kit import device_now
from backend.common.receipt import WIDTHS, BringFace, TicketFace, build_job, draw_bring_list, draw_ticket
from backend.wire import (
    OTHER,
    CheckInReason,
    OfficeInfo,
    PrinterTrouble,
    PrintState,
    TicketMessage,
    TicketState,
)
from kiosk.paper.printer import Printer, PrintResult
from kiosk.visit import PrintList, PrintTicket

_PAPER_BEFORE = frozenset({PrintState.PRINTED, PrintState.UNCONFIRMED})
_MAYBE_AGAIN = frozenset({CheckInReason.ALREADY_CHECKED_IN, CheckInReason.JOINED, OTHER})
"""Outcomes after which a ticket with this number may have been printed before."""


class TicketPaper:
    """Puts tickets on the paper of one printer, as :class:`~kiosk.paper.ports.PaperMaker`.

    Args:
        printer: where jobs go.
        paper_width: width of the roll in millimetres, 58 or 80.
    """

    def __init__(self, printer: Printer, paper_width: int = 80) -> None:
        self._printer = printer
        self._dots = WIDTHS[str(paper_width)]

    def __call__(self, order: PrintTicket, office: OfficeInfo | None) -> PrintResult:
        """Draw a ticket, print it, and return the result; failed where the office is not known.

        Raises:
            FontMissingError: a typeface is not installed.
        """
        if office is None:
            # The server gave a ticket but never told of the office: a ticket without its name would mislead.
            return PrintResult(PrintState.FAILED, PrinterTrouble.ERROR)
        again = order.job > 1 or (order.reason in _MAYBE_AGAIN and order.ticket.print_state in _PAPER_BEFORE)
        return self._printer.print(self._job(order.ticket, office, order.language, again=again))

    def print_list(self, order: PrintList, office: OfficeInfo | None) -> PrintResult:
        """Draw what to bring, print it, and return the result; failed where the office is not known.

        Raises:
            FontMissingError: a typeface is not installed.
        """
        if office is None:
            return PrintResult(PrintState.FAILED, PrinterTrouble.ERROR)
        face = BringFace.of(order.situation, office, order.language)
        return self._printer.print(build_job(draw_bring_list(face, self._dots, order.language), self._dots))

    def warm_up(self) -> None:
        """Draw every kind of ticket once, without printing: the first visitor does not wait for fonts to load."""
        now = device_now()
        blank = TicketMessage(
            ticket_id=UUID(int=0),
            number="M-000",
            office_id="",
            business_day=now.date(),
            state=TicketState.WAITING,
            issued_at=now,
        )
        reserved = blank.model_copy(update={"reserved_for": now})
        office = OfficeInfo(office_id="", name={Language.JAPANESE: ""}, open_now=False, server_time=now)
        for language in Language:
            for ticket in (reserved, blank):
                self._job(ticket, office, language, again=False)

    def _job(self, ticket: TicketMessage, office: OfficeInfo, language: Language, *, again: bool) -> bytes:
        face = TicketFace.of(ticket, office, language, reprint=again)
        return build_job(draw_ticket(face, self._dots, language), self._dots)
