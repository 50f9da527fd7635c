"""Numbers that have no paper (番号札): who they are, and that a clerk has dealt with one."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select, update

from backend.reception.desk import Desk, Handler
from backend.reception.tables import tickets
from backend.reception.ticket import Ticket, from_row, record_step, ticket_fields
from backend.reception.transitions import need_ticket
from backend.storage import UnitOfWork
from backend.wire import ALIVE_STATES, EventKind, PrinterTrouble, PrintReport, PrintState

RESULT_WITHIN: Final = timedelta(seconds=60)
"""How long the word of a kiosk about a paper may take: far longer than its longest print with one more before it."""

_LIVING = (
    tickets.c.office_id == bindparam("office"),
    tickets.c.business_day == bindparam("day"),
    tickets.c.state.in_(ALIVE_STATES),
    # Said although the comparisons below imply it: with it a database may use the small index of open papers.
    tickets.c.paper_open_at.is_not(None),
)
_OPEN = (*_LIVING, tickets.c.paper_open_at <= bindparam("now"))
_NEXT_DUE = select(func.min(tickets.c.paper_open_at)).where(
    *_LIVING, tickets.c.paper_open_at > bindparam("now")
)


class Papers:
    """The command about a number without paper.

    Args:
        desk: shared by all windows.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def settle(self, request_id: UUID, handler: Handler, ticket_id: str) -> Mapping[str, Any]:
        """Somebody has told the visitor the number, or given a paper: it leaves the list, whoever pressed first.

        Raises:
            TicketStateError: there is no such ticket here today.
        """

        def act(work: UnitOfWork) -> Ticket:
            ticket = need_ticket(work, ticket_id, handler.office_id)
            if lacks_paper(ticket, work.now):
                work.connection.execute(
                    update(tickets).where(tickets.c.id == ticket.id).values(paper_open_at=None)
                )
                record_step(work, ticket, EventKind.PAPER_SETTLED)
            return ticket

        return self._desk.run(request_id, "settle_paper", handler, {"ticket": ticket_id}, act)


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


def next_due(connection: Connection, office_id: str, day: date, now: datetime) -> datetime | None:
    """Return when the next number will count as without paper if no report comes; None if no report is awaited."""
    asked = {"office": office_id, "day": day, "now": now}
    due: datetime | None = connection.execute(_NEXT_DUE, asked).scalar_one()
    return due


def without_paper(
    connection: Connection, office_id: str, day: date, now: datetime, *, limit: int
) -> tuple[Sequence[Ticket], int]:
    """The living numbers that have no paper and that nobody has dealt with, latest first, and how many there are."""
    asked = {"office": office_id, "day": day, "now": now}
    rows = connection.execute(
        select(*ticket_fields())
        .where(*_OPEN)
        .order_by(tickets.c.paper_open_at.desc(), tickets.c.label)
        .limit(limit),
        asked,
    ).mappings()
    found = [from_row(row) for row in rows]
    if len(found) < limit:
        return found, len(found)
    count = connection.execute(select(func.count()).select_from(tickets).where(*_OPEN), asked).scalar_one()
    return found, int(count)
