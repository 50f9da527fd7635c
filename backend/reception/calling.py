"""Calling (呼出): the next visitor to a window, again, absent, back, cancelled."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, update

from backend.offices import business_day
from backend.reception.desk import Desk, Handler
from backend.reception.errors import NobodyWaitingError, TicketStateError, WindowError
from backend.reception.order import PRIORITY_RETURNED
from backend.reception.queue import NEXT
from backend.reception.tables import tickets
from backend.reception.ticket import Ticket, from_row, record_step, ticket_fields
from backend.reception.transitions import advance, need_own_visitor, need_ticket, wait_again
from backend.reception.windows import (
    Seat,
    StillHere,
    find_seat,
    leave_window,
    need_seat,
    take_window,
    visitor_at,
)
from backend.storage import UnitOfWork
from backend.wire import ErrorCode, EventKind, TicketState, WindowKind

# One statement chooses, locks and changes: of two clerks, the second gets the next visitor.
_CALL_NEXT = (
    update(tickets)
    .where(tickets.c.id == NEXT, tickets.c.state == TicketState.WAITING.value)
    .values(
        state=TicketState.CALLED.value,
        window=bindparam("to_window"),
        holder=bindparam("to_holder"),
        called_at=bindparam("now"),
        call_count=tickets.c.call_count + 1,
    )
    .returning(*ticket_fields())
)


class Calling:
    """Commands of a reception window.

    Args:
        desk: shared by all windows.
        still_here: whether an account is signed in somewhere, so that its window is not taken over.
    """

    def __init__(self, desk: Desk, still_here: StillHere) -> None:
        self._desk = desk
        self._directory = desk.directory
        self._still_here = still_here

    def take_window(self, request_id: UUID, handler: Handler, label: str) -> None:
        """Sit down at a window of the handler's office."""

        def act(work: UnitOfWork) -> None:
            take_window(
                work, self._directory, handler.account_id, (handler.office_id, label), self._still_here
            )

        self._desk.run(request_id, "take_window", handler, {"window": label}, act)

    def leave_window(self, request_id: UUID, handler: Handler) -> None:
        """Get up from the window."""
        self._desk.run(
            request_id,
            "leave_window",
            handler,
            {},
            lambda work: leave_window(work, self._directory, handler.account_id),
        )

    def call_next(self, request_id: UUID, handler: Handler) -> Mapping[str, Any]:
        """Call whoever is next in the order of the queue to the handler's window.

        Raises:
            WindowError: no reception window was taken, or a visitor is still there.
            NobodyWaitingError: the queue is empty.
        """
        return self._desk.run(
            request_id, "call_next", handler, {}, lambda work: self._call_next(work, handler)
        )

    def _call_next(self, work: UnitOfWork, handler: Handler) -> Ticket:
        seat = need_seat(work, self._directory, handler.account_id, WindowKind.RECEPTION)
        day = business_day(work.now)
        need_free(work, seat)
        to = {
            "office": seat.office_id,
            "day": day,
            "due": self._desk.policies.of(seat.office_id).due(work.now),
            "to_window": seat.window.label,
            "to_holder": seat.account_id,
            "now": work.now,
        }
        row = work.connection.execute(_CALL_NEXT, to).mappings().one_or_none()
        if row is None:
            raise NobodyWaitingError
        ticket = from_row(row)
        record_step(work, ticket, EventKind.TICKET_CALLED, WindowKind.RECEPTION)
        return ticket

    def recall(self, request_id: UUID, handler: Handler, ticket_id: str) -> Mapping[str, Any]:
        """Call the visitor of one's own window again."""

        def act(work: UnitOfWork) -> Ticket:
            seat = self._seat(work, handler)
            ticket = need_ticket(work, ticket_id, seat.office_id)
            need_own_visitor(ticket, seat)
            return advance(
                work,
                ticket,
                EventKind.TICKET_RECALLED,
                at=WindowKind.RECEPTION,
                called_at=work.now,
                call_count=ticket.call_count + 1,
            )

        return self._desk.run(request_id, "recall", handler, {"ticket": ticket_id}, act)

    def start(self, request_id: UUID, handler: Handler, ticket_id: str) -> Mapping[str, Any]:
        """The visitor has come to the window."""

        def act(work: UnitOfWork) -> Ticket:
            seat = self._seat(work, handler)
            ticket = need_ticket(work, ticket_id, seat.office_id)
            need_own_visitor(ticket, seat)
            return advance(work, ticket, EventKind.SERVICE_STARTED, at=WindowKind.RECEPTION)

        return self._desk.run(request_id, "start", handler, {"ticket": ticket_id}, act)

    def set_absent(self, request_id: UUID, handler: Handler, ticket_id: str) -> Mapping[str, Any]:
        """The visitor did not come (不在): the number stays on the display's list of absent ones.

        Raises:
            TicketStateError: too few calls so far, or not at this window.
        """

        def act(work: UnitOfWork) -> Ticket:
            seat = self._seat(work, handler)
            ticket = need_ticket(work, ticket_id, seat.office_id)
            need_own_visitor(ticket, seat)
            if (
                ticket.state is TicketState.CALLED
                and ticket.call_count < self._desk.policies.of(seat.office_id).absent_after_calls
            ):
                raise TicketStateError(
                    ErrorCode.TOO_SOON,
                    number=ticket.label,
                    calls=str(ticket.call_count),
                    needed=str(self._desk.policies.of(seat.office_id).absent_after_calls),
                )
            return advance(
                work,
                ticket,
                EventKind.TICKET_ABSENT,
                at=WindowKind.RECEPTION,
                shown_window=ticket.window,
                window=None,
                holder=None,
            )

        return self._desk.run(request_id, "set_absent", handler, {"ticket": ticket_id}, act)

    def bring_back(self, request_id: UUID, handler: Handler, ticket_id: str) -> Mapping[str, Any]:
        """Somebody absent came after all, or fetched what was missing: they are next to be called."""

        def act(work: UnitOfWork) -> Ticket:
            ticket = need_ticket(work, ticket_id, handler.office_id)
            return wait_again(work, ticket, PRIORITY_RETURNED)

        return self._desk.run(request_id, "bring_back", handler, {"ticket": ticket_id}, act)

    def cancel(self, request_id: UUID, handler: Handler, ticket_id: str) -> Mapping[str, Any]:
        """The visitor went home, or the number was taken by mistake."""

        def act(work: UnitOfWork) -> Ticket:
            ticket = need_ticket(work, ticket_id, handler.office_id)
            return advance(work, ticket, EventKind.TICKET_CANCELLED)

        return self._desk.run(request_id, "cancel", handler, {"ticket": ticket_id}, act)

    def _seat(self, work: UnitOfWork, handler: Handler) -> Seat:
        seat = find_seat(work.connection, self._directory, handler.account_id)
        if seat is None:
            raise WindowError(ErrorCode.WINDOW_NEEDED, kind=WindowKind.RECEPTION.value)
        return seat


def need_free(work: UnitOfWork, seat: Seat) -> None:
    """Nobody may be called to a window at which somebody is.

    Raises:
        WindowError: the number that is at the window is told.
    """
    visitor = visitor_at(work.connection, seat.office_id, business_day(work.now), seat.window.label)
    if visitor is not None:
        raise WindowError(ErrorCode.WINDOW_OCCUPIED, number=visitor.label, window=seat.window.label)
