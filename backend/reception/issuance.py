"""Issuance (交付): ward staff call a handed-over visitor to an issuance window and hand out the card."""

from collections.abc import Mapping
from typing import Any

from backend.cards import mark_issued
from backend.commands import Command, Done, Handling
from backend.offices import business_day
from backend.protection import Actor
from backend.reception.calling import call_again
from backend.reception.commands import CallToIssuance, IssueCard, TicketReply
from backend.reception.deciding.case import CaseState
from backend.reception.deciding.seat import need_free, need_own_visitor, need_seat, need_today
from backend.reception.desk import Desk, by, done_with
from backend.reception.errors import TicketStateError
from backend.reception.storing.cases import cases_of, issued_in_a_visit
from backend.reception.storing.tickets import advance, find_ticket
from backend.reservations import fulfil
from backend.storage import UnitOfWork
from backend.wire import ErrorCode, EventKind, TicketState, WindowKind


class Issuance:
    """Commands of an issuance window.

    Args:
        desk: shared by all windows.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def handlings(self) -> Mapping[type[Command[Any]], Handling[Any, Any]]:
        """What is done about each command."""
        return {CallToIssuance: by(self._call), IssueCard: by(self._issue)}

    def _call(self, work: UnitOfWork, command: CallToIssuance, actor: Actor) -> Done[TicketReply]:
        today = business_day(work.now)
        found, visitor = self._desk.seat_and_visitor(work.connection, actor.id, today)
        seat = need_seat(found, actor.office_id, WindowKind.ISSUANCE)
        known = visitor if visitor is not None and visitor.id == command.ticket_id else None
        ticket = need_today(known or find_ticket(work.connection, command.ticket_id), seat.office_id, today)
        need_own_visitor(ticket, seat)
        if ticket.state is TicketState.CALLED_TO_ISSUANCE:
            return done_with(call_again(work, actor, ticket))
        need_free(seat.window.label, visitor)
        return done_with(
            advance(
                work,
                actor,
                ticket,
                EventKind.CALLED_TO_ISSUANCE,
                at=WindowKind.ISSUANCE,
                window=seat.window.label,
                holder=seat.account_id,
                called_at=work.now,
                call_count=1,
            )
        )

    def _issue(self, work: UnitOfWork, command: IssueCard, actor: Actor) -> Done[TicketReply]:
        """The card was handed out, and is so under every reservation it has.

        Where a file of the ward said so first, the visit is still recorded: it is the same hand-over, told twice.

        Raises:
            TicketStateError: it was handed out in another visit, at another window or office.
        """
        _, ticket = self._desk.need_visitor(work, actor, command.ticket_id, WindowKind.ISSUANCE)
        for case in cases_of(work.connection, ticket.id):
            if case.card_id is None or case.state is not CaseState.OPEN:
                continue
            if not mark_issued(work, case.card_id) and issued_in_a_visit(work.connection, case.card_id):
                raise TicketStateError(ErrorCode.ALREADY_ISSUED, number=ticket.label)
            fulfil(work, case.card_id)
        return done_with(
            advance(work, actor, ticket, EventKind.ISSUED, at=WindowKind.ISSUANCE, window=None, holder=None)
        )
