"""Whether a number has a paper (番号札), as far as anybody knows."""

from datetime import datetime, timedelta
from typing import Final

from backend.reception.deciding.ticket import Ticket
from backend.wire import PrinterTrouble, PrintReport, PrintState

RESULT_WITHIN: Final = timedelta(seconds=60)
"""How long the word of a kiosk about a paper may take: far longer than its longest print with one more before it."""


def paper_open_at(ticket: Ticket, report: PrintReport, now: datetime) -> datetime | None:
    """Return since when a number has had no paper, after a report about it; None if it has one.

    What failed has none. Of what nobody could confirm, a printer in trouble is believed to have given none; one that
    is only silent leaves it as it was, because some printers never answer; of a number about which nobody had reported
    it was not known.
    """
    if report.state is PrintState.PRINTED:
        return None
    silent = report.trouble in {None, PrinterTrouble.SILENT}
    if report.state is PrintState.UNCONFIRMED and silent:
        return None if ticket.print_state is PrintState.PENDING else ticket.paper_open_at
    return now


def lacks_paper(ticket: Ticket, now: datetime) -> bool:
    """Whether a number has no paper as far as anybody knows: told so, or nothing was told in the time for it.

    A new ticket carries the end of that time as ``paper_open_at``: a kiosk that dies in the middle of a print needs
    nobody who notices, and every report puts its own word there.
    """
    return ticket.paper_open_at is not None and ticket.paper_open_at <= now
