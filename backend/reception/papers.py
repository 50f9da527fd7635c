"""Numbers that have no paper (番号札): who they are, and that a clerk has dealt with one."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select, update

from backend.reception.desk import Desk, Handler
from backend.reception.steps import need_ticket
from backend.reception.tables import tickets
from backend.reception.ticket import Ticket, from_row, record_step, ticket_fields
from backend.storage.unit_of_work import UnitOfWork
from backend.wire.codes import ALIVE_STATES, EventKind, PrinterTrouble, PrintState
from backend.wire.messages import PrintReport

_OPEN = (
    tickets.c.office_id == bindparam("office"),
    tickets.c.business_day == bindparam("day"),
    tickets.c.paper_open_at.is_not(None),
    tickets.c.state.in_(ALIVE_STATES),
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
            if ticket.paper_open_at is not None:
                work.connection.execute(
                    update(tickets).where(tickets.c.id == ticket.id).values(paper_open_at=None)
                )
                record_step(work, ticket, EventKind.PAPER_SETTLED)
            return ticket

        return self._desk.run(request_id, "settle_paper", handler, {"ticket": ticket_id}, act)


def paper_open_at(ticket: Ticket, report: PrintReport, now: datetime) -> datetime | None:
    """Since when a number has had no paper, after a report about it; none where it has one.

    What failed has none. Of what nobody could confirm, a printer in trouble is believed to have given none; one that
    is only silent leaves it as it was, because some printers never answer.
    """
    if report.state is PrintState.PRINTED:
        return None
    silent = report.trouble in {None, PrinterTrouble.SILENT}
    if report.state is PrintState.UNCONFIRMED and silent:
        return ticket.paper_open_at
    return now


def without_paper(
    connection: Connection, office_id: str, day: date, *, limit: int
) -> tuple[Sequence[Ticket], int]:
    """The living numbers that have no paper and that nobody has dealt with, latest first, and how many there are."""
    asked = {"office": office_id, "day": day}
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
