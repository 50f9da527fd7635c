"""Who gets a number (受付), and what becomes of somebody who has one today."""

from dataclasses import dataclass
from datetime import date

from backend.offices import business_day
from backend.reception.deciding.order import PRIORITY_ARRIVAL, PRIORITY_RETURNED
from backend.reception.deciding.queue_policy import QueuePolicy
from backend.reception.deciding.ticket import Ticket
from backend.reservations import ReservationMatch, ReservationState
from backend.wire import CheckInReason, TicketState

_ENDED = {
    ReservationState.ISSUED: CheckInReason.ALREADY_ISSUED,
    ReservationState.CANCELLED: CheckInReason.CANCELLED,
    ReservationState.WITHDRAWN: CheckInReason.NO_CARD,
}


@dataclass(frozen=True)
class Again:
    """What becomes of somebody whose notice has a ticket today.

    Attributes:
        reason: what they are told.
        priority: the group of the queue in which they wait once more; None where nothing changes.
    """

    reason: CheckInReason
    priority: int | None = None


def ruled_out(match: ReservationMatch, office_id: str, today: date) -> CheckInReason | None:
    """Why a reservation gets no number at an office on a day; None if nothing speaks against it.

    Args:
        match: the reservation.
        office_id: where the notice is shown.
        today: the business day.
    """
    ended = _ENDED.get(match.state)
    if ended is not None:
        return ended
    if match.office_id is not None and match.office_id != office_id:
        return CheckInReason.ANOTHER_OFFICE
    if match.starts_at is not None and business_day(match.starts_at) != today:
        return CheckInReason.ANOTHER_DAY
    return None


def shown_again(ticket: Ticket, office_id: str, policy: QueuePolicy) -> Again:
    """What to do for a visitor who shows the notice of a ticket of today.

    The same notice on the same day is the same ticket, at any hour and at any kiosk of any office. Who shows it at
    another office is not where the ticket is: nothing changes, and the way there is told.

    Args:
        ticket: of today.
        office_id: where the notice is shown.
        policy: of that office.
    """
    if ticket.state is TicketState.ISSUED:
        return Again(CheckInReason.ALREADY_ISSUED)
    if ticket.office_id != office_id:
        return Again(CheckInReason.ANOTHER_OFFICE)
    if ticket.state is TicketState.INCOMPLETE:
        return Again(CheckInReason.ALREADY_CHECKED_IN, PRIORITY_ARRIVAL)
    if ticket.state is TicketState.ABSENT and policy.absent_returns_at_kiosk:
        return Again(CheckInReason.ALREADY_CHECKED_IN, PRIORITY_RETURNED)
    return Again(CheckInReason.ALREADY_CHECKED_IN)
