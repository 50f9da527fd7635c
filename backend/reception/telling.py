"""What a device is told: a ticket, and another office with what leads there. Nothing of it is personal."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select

from backend.offices import Directory
from backend.reception.estimate import Break, estimate
from backend.reception.order import PRIORITY_RESERVED
from backend.reception.queue import waiting_ahead
from backend.reception.queue_policy import Policies
from backend.reception.tables import seats
from backend.reception.ticket import Ticket
from backend.storage import UnitOfWork
from backend.wire import Estimate, OfficePlace, TicketMessage, TicketState, WindowKind

# Made once: making a statement costs five times as much as running it.
_SEATS = select(seats.c.window).where(seats.c.office_id == bindparam("office"))

_MINUTE = timedelta(minutes=1)


class Telling:
    """Turns what the room knows into messages.

    Args:
        directory: offices and their hours.
        policies: the settings of each office's queue.
    """

    def __init__(self, directory: Directory, policies: Policies) -> None:
        self._directory = directory
        self._policies = policies

    def ticket(self, work: UnitOfWork, ticket: Ticket) -> TicketMessage:
        """A ticket as it stands now."""
        waiting = ticket.state is TicketState.WAITING
        policy = self._policies.of(ticket.office_id)
        ahead = waiting_ahead(work.connection, ticket, policy.due(work.now)) if waiting else 0
        return TicketMessage(
            ticket_id=UUID(ticket.id),
            number=ticket.label,
            office_id=ticket.office_id,
            business_day=ticket.business_day,
            state=ticket.state,
            issued_at=ticket.created_at,
            reserved_for=ticket.reserved_for,
            waiting_ahead=ahead,
            estimate=self._estimate(work, ticket, ahead) if waiting else None,
            be_back_at=policy.be_back_at(_reserved(ticket), work.now) if waiting else None,
            window=ticket.window if ticket.at_kind else None,
            window_kind=ticket.at_kind,
            print_state=ticket.print_state,
        )

    def _estimate(self, work: UnitOfWork, ticket: Ticket, ahead: int) -> Estimate:
        """How long it may take with so many ahead; with a reserved time that is to come, as the queue will stand then."""
        policy = self._policies.of(ticket.office_id)
        reserved = _reserved(ticket)
        if reserved is not None and reserved > policy.due(work.now):
            ahead = waiting_ahead(work.connection, ticket, reserved)

        def minutes(at: datetime) -> float:
            return (at - work.now) / _MINUTE

        return estimate(
            ahead,
            self._open_windows(work, ticket.office_id),
            policy.minutes_per_visit,
            reserved_in=minutes(reserved) if reserved is not None else 0.0,
            breaks=[
                Break(minutes(begins), minutes(ends))
                for begins, ends in self._directory.breaks_ahead(ticket.office_id, work.now)
            ],
        )

    def _open_windows(self, work: UnitOfWork, office_id: str) -> int:
        office = self._directory.get(office_id)
        reception = {window.label for window in office.windows_for(WindowKind.RECEPTION)} if office else set()
        return len(reception.intersection(work.connection.execute(_SEATS, {"office": office_id}).scalars()))

    def place(self, office_id: str | None, visit: datetime | None, now: datetime) -> OfficePlace | None:
        """An office for somebody who has to go there; none for one that is not in the file.

        Args:
            office_id: which.
            visit: reserved time there, aware; past ones are no visit any more.
            now: aware.
        """
        office = self._directory.get(office_id) if office_id is not None else None
        if office is None:
            return None
        opening = self._directory.opening_for(office.id, visit, now)
        return OfficePlace(
            office_id=office.id,
            name=office.name,
            address=office.address,
            phone=office.phone,
            opens_at=opening.opens_at.astimezone(UTC) if opening else None,
            closes_at=opening.closes_at.astimezone(UTC) if opening else None,
        )


def _reserved(ticket: Ticket) -> datetime | None:
    """The reserved time, where it is the ticket's place in the queue: who came back, or late, is not waiting for it."""
    return ticket.reserved_for if ticket.priority == PRIORITY_RESERVED else None
