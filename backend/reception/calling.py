"""Calling (呼出): the next visitor to a window, again, absent, back, cancelled."""

from collections.abc import Mapping
from typing import Any

from backend.commands import Command, Done, Handling
from backend.offices import business_day
from backend.protection import Actor
from backend.reception.commands import (
    BringBack,
    CallNext,
    CancelTicket,
    OfTicket,
    Recall,
    SetAbsent,
    SettlePaper,
    StartService,
    TicketReply,
)
from backend.reception.deciding.case import CaseState
from backend.reception.deciding.lacking_paper import lacks_paper
from backend.reception.deciding.order import PRIORITY_RETURNED
from backend.reception.deciding.seat import need_calls, need_free, need_seat, need_today
from backend.reception.deciding.steps import need_state, wrong_state
from backend.reception.deciding.ticket import Ticket
from backend.reception.desk import Desk, by, done_with
from backend.reception.ending import end_rest
from backend.reception.errors import NobodyWaitingError
from backend.reception.storing.cases import cases_of
from backend.reception.storing.queue import call_next
from backend.reception.storing.tickets import advance, change, find_ticket, note_advance, record_event
from backend.storage import UnitOfWork
from backend.wire import EventKind, TicketState, WindowKind


class Calling:
    """Commands of a reception window.

    Args:
        desk: shared by all windows.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def handlings(self) -> Mapping[type[Command[Any]], Handling[Any, Any]]:
        """What is done about each command."""
        return {
            CallNext: by(self._call_next),
            Recall: by(self._recall),
            StartService: by(self._start),
            SetAbsent: by(self._set_absent),
            BringBack: by(self._bring_back),
            CancelTicket: by(self._cancel),
            SettlePaper: by(self._settle_paper),
        }

    def _call_next(self, work: UnitOfWork, _command: CallNext, actor: Actor) -> Done[TicketReply]:
        """Call whoever is next.

        Raises:
            WindowError: no reception window was taken, or a visitor is still there.
            NobodyWaitingError: nobody waits whom this window may call.
        """
        today = business_day(work.now)
        found, visitor = self._desk.seat_and_visitor(work.connection, actor.id, today)
        seat = need_seat(found, actor.office_id, WindowKind.RECEPTION)
        work.hold(seat.office_id)
        need_free(seat.window.label, visitor)
        ticket = call_next(
            work.connection,
            seat.office_id,
            today,
            self._desk.policies.of(seat.office_id).due(work.now),
            window=seat.window.label,
            holder=seat.account_id,
            now=work.now,
            kinds=seat.window.visits,
        )
        if ticket is None:
            raise NobodyWaitingError
        note_advance(
            work, actor, EventKind.TICKET_CALLED, TicketState.WAITING, ticket, at=WindowKind.RECEPTION
        )
        return done_with(ticket)

    def _recall(self, work: UnitOfWork, command: Recall, actor: Actor) -> Done[TicketReply]:
        return done_with(call_again(work, actor, self._own_visitor(work, command, actor)))

    def _start(self, work: UnitOfWork, command: StartService, actor: Actor) -> Done[TicketReply]:
        ticket = self._own_visitor(work, command, actor)
        return done_with(advance(work, actor, ticket, EventKind.SERVICE_STARTED, at=WindowKind.RECEPTION))

    def _set_absent(self, work: UnitOfWork, command: SetAbsent, actor: Actor) -> Done[TicketReply]:
        """The number stays on the display's list of absent ones.

        Raises:
            TicketStateError: too few calls so far, or not at this window.
        """
        ticket = self._own_visitor(work, command, actor)
        need_state(ticket, (TicketState.CALLED,), own=True)
        need_calls(ticket, self._desk.policies.of(ticket.office_id))
        return done_with(
            advance(
                work,
                actor,
                ticket,
                EventKind.TICKET_ABSENT,
                at=WindowKind.RECEPTION,
                window=None,
                holder=None,
            )
        )

    def _bring_back(self, work: UnitOfWork, command: BringBack, actor: Actor) -> Done[TicketReply]:
        ticket = self._of_office(work, command, actor)
        own = ticket.holder == actor.id
        need_state(ticket, (TicketState.ABSENT, TicketState.INCOMPLETE), own=own)
        return done_with(wait_again(work, actor, ticket, PRIORITY_RETURNED))

    def _cancel(self, work: UnitOfWork, command: CancelTicket, actor: Actor) -> Done[TicketReply]:
        """The number is given up; of a party, what has not ended. Where one of its cards was handed out, it ends as issued.

        Raises:
            TicketStateError: the visit has ended, or is at somebody else's window.
        """
        ticket = self._of_office(work, command, actor)
        if ticket.at_kind is not None and ticket.holder != actor.id:
            raise wrong_state(ticket)
        party = cases_of(work.connection, ticket.id)
        return done_with(end_rest(work, actor, ticket, party, CaseState.CANCELLED, command.reason.value))

    def _settle_paper(self, work: UnitOfWork, command: SettlePaper, actor: Actor) -> Done[TicketReply]:
        """The number leaves the list of those without paper, whoever pressed first."""
        ticket = self._of_office(work, command, actor)
        if lacks_paper(ticket, work.now):
            ticket = change(work, ticket, paper_open_at=None)
            record_event(work, ticket, EventKind.PAPER_SETTLED)
        return done_with(ticket)

    def _own_visitor(self, work: UnitOfWork, command: OfTicket, actor: Actor) -> Ticket:
        _, ticket = self._desk.need_visitor(
            work, actor, command.ticket_id, WindowKind.RECEPTION, any_kind=True
        )
        return ticket

    def _of_office(self, work: UnitOfWork, command: OfTicket, actor: Actor) -> Ticket:
        found = find_ticket(work.connection, command.ticket_id)
        return need_today(found, actor.office_id, business_day(work.now))


def call_again(work: UnitOfWork, actor: Actor, ticket: Ticket) -> Ticket:
    """Call somebody once more (再呼出) to the window to which they were called, of either kind.

    Raises:
        TicketStateError: the ticket is not called.
    """
    return advance(
        work,
        actor,
        ticket,
        EventKind.TICKET_RECALLED,
        at=ticket.at_kind,
        called_at=work.now,
        call_count=ticket.call_count + 1,
    )


def wait_again(work: UnitOfWork, actor: Actor, ticket: Ticket, priority: int) -> Ticket:
    """Somebody who was absent, or whose papers were missing, is here again: the same number waits once more.

    Args:
        work: the transaction.
        actor: who says so.
        ticket: as it was read in this transaction.
        priority: the group of the queue, by the time of return; see ``deciding.order``.

    Raises:
        TicketStateError: the ticket is neither absent, at either kind of window, nor incomplete.
    """
    return advance(
        work,
        actor,
        ticket,
        EventKind.TICKET_RETURNED,
        priority=priority,
        order_at=work.now,
        call_count=0,
    )
