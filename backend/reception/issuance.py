"""Issuance (交付): ward staff call a handed-over visitor to an issuance window and hand out the card."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import update

from backend.reception.calling import need_free
from backend.reception.desk import Desk, Handler
from backend.reception.tables import tickets
from backend.reception.ticket import Ticket, from_row, record_step, ticket_fields
from backend.reception.transitions import advance, need_own_visitor, need_ticket
from backend.reception.windows import need_seat
from backend.reservations import mark_issued
from backend.storage import UnitOfWork
from backend.wire import EventKind, TicketState, WindowKind


class Issuance:
    """Commands of an issuance window."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def call(self, request_id: UUID, handler: Handler, ticket_id: str) -> Mapping[str, Any]:
        """Call a handed-over visitor to the handler's issuance window; called again, it is a recall."""

        def act(work: UnitOfWork) -> Ticket:
            seat = need_seat(work, self._desk.directory, handler.account_id, WindowKind.ISSUANCE)
            ticket = need_ticket(work, ticket_id, seat.office_id)
            need_own_visitor(ticket, seat)
            if ticket.state is TicketState.CALLED_TO_ISSUANCE:
                return self._again(work, ticket)
            need_free(work, seat)
            return advance(
                work,
                ticket,
                EventKind.CALLED_TO_ISSUANCE,
                at=WindowKind.ISSUANCE,
                window=seat.window.label,
                holder=seat.account_id,
                called_at=work.now,
                call_count=1,
            )

        return self._desk.run(request_id, "call_to_issuance", handler, {"ticket": ticket_id}, act)

    def _again(self, work: UnitOfWork, ticket: Ticket) -> Ticket:
        """Call once more: the state stays, the count and the time change."""
        row = (
            work.connection.execute(
                update(tickets)
                .where(tickets.c.id == ticket.id)
                .values(called_at=work.now, call_count=ticket.call_count + 1)
                .returning(*ticket_fields())
            )
            .mappings()
            .one()
        )
        changed = from_row(row)
        record_step(work, changed, EventKind.TICKET_RECALLED, WindowKind.ISSUANCE)
        return changed

    def issue(self, request_id: UUID, handler: Handler, ticket_id: str) -> Mapping[str, Any]:
        """The card was handed out (交付済); the reservation is done."""

        def act(work: UnitOfWork) -> Ticket:
            seat = need_seat(work, self._desk.directory, handler.account_id, WindowKind.ISSUANCE)
            ticket = need_ticket(work, ticket_id, seat.office_id)
            need_own_visitor(ticket, seat)
            done = advance(
                work,
                ticket,
                EventKind.ISSUED,
                at=WindowKind.ISSUANCE,
                shown_window=ticket.window,
                window=None,
                holder=None,
            )
            if done.reservation_id is not None:
                mark_issued(work.connection, done.reservation_id, work.now)
            return done

        return self._desk.run(request_id, "issue", handler, {"ticket": ticket_id}, act)
