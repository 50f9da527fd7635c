"""What the commands of every window share: offices, rules of the queue, and who sits where."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from backend.commands import Command, Done, Handling
from backend.offices import Directory, business_day
from backend.protection import Actor
from backend.reception.commands import NOTHING, TicketReply
from backend.reception.deciding.check_sheet import Judged
from backend.reception.deciding.queue_policy import Policies
from backend.reception.deciding.seat import Seat, need_own_visitor, need_seat, need_today, seat_in
from backend.reception.deciding.ticket import Ticket
from backend.reception.storing.seats import seat_of
from backend.reception.storing.tickets import find_ticket, seat_and_visitor
from backend.storage import Connection, Database, Kept, UnitOfWork
from backend.wire import WindowKind

Asked = TypeVar("Asked", bound=Command[Any])


class Desk:
    """Where people work.

    Args:
        database: for what is only looked at.
        directory: offices and windows.
        policies: each office's rules of the queue.
    """

    def __init__(self, database: Database, directory: Directory, policies: Policies) -> None:
        self.database = database
        self.directory = directory
        self.policies = policies

    def seat_of(self, connection: Connection, account_id: str) -> Seat | None:
        """Where somebody sits, or none."""
        found = seat_of(connection, account_id)
        return None if found is None else self._seat(*found, account_id)

    def seat_and_visitor(
        self, connection: Connection, account_id: str, day: date
    ) -> tuple[Seat | None, Ticket | None]:
        """Where somebody sits, and the visitor at that window."""
        found, visitor = seat_and_visitor(connection, account_id, day)
        return (None, None) if found is None else (self._seat(*found, account_id), visitor)

    def need_visitor(
        self, work: UnitOfWork, actor: Actor, ticket_id: str, kind: WindowKind, *, any_kind: bool = False
    ) -> tuple[Seat, Ticket]:
        """Somebody's seat and a ticket with which they may go on.

        Args:
            work: the transaction.
            actor: who works.
            ticket_id: whose visit.
            kind: of the window.
            any_kind: as ``need_seat``.

        Raises:
            WindowError: no window was taken, or one of the other kind.
            TicketStateError: there is no such ticket here today, or the visitor is somebody else's.
        """
        today = business_day(work.now)
        found, visitor = self.seat_and_visitor(work.connection, actor.id, today)
        seat = need_seat(found, actor.office_id, kind, any_kind=any_kind)
        if visitor is None or visitor.id != ticket_id:
            visitor = find_ticket(work.connection, ticket_id)
        ticket = need_today(visitor, seat.office_id, today)
        need_own_visitor(ticket, seat)
        return seat, ticket

    def _seat(self, office_id: str, label: str, account_id: str) -> Seat | None:
        return seat_in(self.directory.get(office_id), label, account_id)


def done_with(ticket: Ticket, judged: Judged | None = None) -> Done[TicketReply]:
    """A command was carried out on a ticket; ``judged`` is what the rules said to its papers, if they were asked."""
    return Done(TicketReply(ticket.id, ticket.label, judged), {"ticket_id": ticket.id}, subject=ticket.id)


def done_without() -> Done[TicketReply]:
    """A command was carried out that was about no ticket."""
    return Done(NOTHING)


def told_again(work: UnitOfWork, _command: Any, _actor: Actor, kept: Kept) -> TicketReply:
    """The reply to a command that was carried out before."""
    ticket_id = kept.get("ticket_id")
    ticket = find_ticket(work.connection, ticket_id) if ticket_id is not None else None
    return NOTHING if ticket is None else TicketReply(ticket.id, ticket.label)


def by(carry_out: Callable[[UnitOfWork, Asked, Actor], Done[TicketReply]]) -> Handling[Asked, TicketReply]:
    """How a command of a window is handled: done once, and told again by its ticket."""
    return Handling(carry_out, told_again)
