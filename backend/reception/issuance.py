"""Issuance (交付): ward staff call a handed-over visitor to an issuance window and hand out each card, or say why not."""

from collections.abc import Mapping
from typing import Any

from backend.cards import mark_issued
from backend.commands import Command, Done, Handling
from backend.offices import business_day
from backend.protection import Actor
from backend.reception.calling import call_again
from backend.reception.commands import (
    AbsentAtIssuance,
    BackToIssuance,
    CallToIssuance,
    EndWithoutCard,
    IssueCard,
    OfTicket,
    PutBack,
    SendBack,
    TicketReply,
)
from backend.reception.deciding.case import CaseState
from backend.reception.deciding.order import PRIORITY_RETURNED
from backend.reception.deciding.seat import need_calls, need_free, need_own_visitor, need_seat, need_today
from backend.reception.deciding.steps import BEHIND_RECEPTION, need_state
from backend.reception.deciding.ticket import Ticket
from backend.reception.desk import Desk, by, done_with
from backend.reception.ending import end_one, end_rest, one_open
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
        return {
            CallToIssuance: by(self._call),
            IssueCard: by(self._issue),
            EndWithoutCard: by(self._end_without_card),
            AbsentAtIssuance: by(self._set_absent),
            BackToIssuance: by(self._bring_back),
            PutBack: by(self._put_back),
            SendBack: by(self._send_back),
        }

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
        """A card was handed out, and is so under every reservation it has.

        Where a file of the ward said so first, the visit is still recorded: it is the same hand-over, told twice.

        Raises:
            TicketStateError: it was handed out in another visit, at another window or office; or several cards are
                open and none was named.
        """
        _, ticket = self._desk.need_visitor(work, actor, command.ticket_id, WindowKind.ISSUANCE)
        need_state(ticket, (TicketState.CALLED_TO_ISSUANCE,), own=True)
        party = cases_of(work.connection, ticket.id)
        case = one_open(ticket, party, command.case_id)
        if case is not None and case.card_id is not None:
            if not mark_issued(work, case.card_id) and issued_in_a_visit(work.connection, case.card_id):
                raise TicketStateError(ErrorCode.ALREADY_ISSUED, number=ticket.label)
            fulfil(work, case.card_id)
        return done_with(end_one(work, actor, ticket, party, case, CaseState.ISSUED))

    def _end_without_card(self, work: UnitOfWork, command: EndWithoutCard, actor: Actor) -> Done[TicketReply]:
        """Nothing is handed out: the whole visit ends, or the card that is named.

        Raises:
            TicketStateError: no such visitor behind reception, or the card's case has ended.
        """
        ticket = self._behind_reception(work, command, actor)
        party = cases_of(work.connection, ticket.id)
        reason = command.reason.value
        if command.case_id is None:
            return done_with(end_rest(work, actor, ticket, party, CaseState.ENDED, reason))
        case = one_open(ticket, party, command.case_id)
        return done_with(end_one(work, actor, ticket, party, case, CaseState.ENDED, reason))

    def _set_absent(self, work: UnitOfWork, command: AbsentAtIssuance, actor: Actor) -> Done[TicketReply]:
        """The number stands with the absent ones on the display.

        Raises:
            TicketStateError: too few calls so far, or not at this window.
        """
        _, ticket = self._desk.need_visitor(work, actor, command.ticket_id, WindowKind.ISSUANCE)
        need_state(ticket, (TicketState.CALLED_TO_ISSUANCE,), own=True)
        need_calls(ticket, self._desk.policies.of(ticket.office_id))
        return done_with(self._leave(work, actor, ticket, EventKind.TICKET_ABSENT))

    def _put_back(self, work: UnitOfWork, command: PutBack, actor: Actor) -> Done[TicketReply]:
        _, ticket = self._desk.need_visitor(work, actor, command.ticket_id, WindowKind.ISSUANCE)
        return done_with(self._leave(work, actor, ticket, EventKind.PUT_BACK))

    def _bring_back(self, work: UnitOfWork, command: BackToIssuance, actor: Actor) -> Done[TicketReply]:
        found = find_ticket(work.connection, command.ticket_id)
        ticket = need_today(found, actor.office_id, business_day(work.now))
        need_state(ticket, (TicketState.ISSUANCE_ABSENT,), own=ticket.holder == actor.id)
        return done_with(advance(work, actor, ticket, EventKind.TICKET_RETURNED, call_count=0))

    def _send_back(self, work: UnitOfWork, command: SendBack, actor: Actor) -> Done[TicketReply]:
        """What was ticked stays; they are next to be called at reception.

        Raises:
            TicketStateError: no such visitor behind reception, or at another window.
        """
        ticket = self._behind_reception(work, command, actor)
        return done_with(
            advance(
                work,
                actor,
                ticket,
                EventKind.SENT_BACK,
                at=WindowKind.ISSUANCE,
                reason=command.reason.value,
                window=None,
                holder=None,
                call_count=0,
                priority=PRIORITY_RETURNED,
                order_at=work.now,
            )
        )

    def _behind_reception(self, work: UnitOfWork, command: OfTicket, actor: Actor) -> Ticket:
        """A visitor who was handed over: at one's own window, or at none."""
        found = find_ticket(work.connection, command.ticket_id)
        ticket = need_today(found, actor.office_id, business_day(work.now))
        if ticket.state is TicketState.CALLED_TO_ISSUANCE:
            _, ticket = self._desk.need_visitor(work, actor, command.ticket_id, WindowKind.ISSUANCE)
        need_state(ticket, BEHIND_RECEPTION, own=ticket.holder == actor.id)
        return ticket

    def _leave(self, work: UnitOfWork, actor: Actor, ticket: Ticket, event: EventKind) -> Ticket:
        return advance(
            work, actor, ticket, event, at=WindowKind.ISSUANCE, window=None, holder=None, call_count=0
        )
