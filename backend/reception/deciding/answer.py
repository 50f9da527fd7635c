"""What a kiosk answers (受付の判定): the one decision that check-in carries out and ``uketsuke explain`` tells. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from backend.offices import Office, Series
from backend.reception.deciding.admission import Admission, shown_again
from backend.reception.deciding.order import QueuePlace, place_for
from backend.reception.deciding.queue_policy import QueuePolicy
from backend.reception.deciding.ticket import Ticket
from backend.reservations import CardMatch
from backend.wire import CheckInReason


@dataclass(frozen=True)
class NewNumber:
    """A number that is to be given.

    Attributes:
        series: from which it comes.
        place: in the queue.
        reserved_for: the reserved time by which its visitor came, aware; None in the assisted queue.
    """

    series: Series
    place: QueuePlace
    reserved_for: datetime | None


@dataclass(frozen=True)
class KioskAnswer:
    """What somebody at a kiosk is answered.

    Attributes:
        reason: why; staff are told it as it is, visitors as ``told`` says.
        match: the card that was meant, or none.
        ticket: its ticket of today as it stands, or none.
        waits_again: the group of the queue in which that ticket waits once more; None where nothing changes.
        number: the number to be given; None where none is.
    """

    reason: CheckInReason
    match: CardMatch | None = None
    ticket: Ticket | None = None
    waits_again: int | None = None
    number: NewNumber | None = None


WITHOUT_NOTICE: Final = Admission(CheckInReason.WALK_IN, gives_number=True, assisted=True)
"""Who asks for a number without a notice."""


def answer_again(match: CardMatch, ticket: Ticket, office_id: str, policy: QueuePolicy) -> KioskAnswer:
    """The answer to a card that has a ticket today.

    Args:
        match: the card.
        ticket: of today, at whichever office.
        office_id: where the notice is shown.
        policy: of that office.
    """
    again = shown_again(ticket, office_id, policy)
    return KioskAnswer(again.reason, match, ticket, again.priority)


def answer_with_number(
    match: CardMatch | None, admitted: Admission, office: Office, now: datetime, policy: QueuePolicy
) -> KioskAnswer:
    """The answer to somebody who gets a number: from which series, and where in the queue.

    Args:
        match: the card that was shown; None for somebody without a notice.
        admitted: why they get one.
        office: where; it receives visitors now.
        now: aware.
        policy: of that office.
    """
    expected = match.booking if match is not None and not admitted.assisted else None
    reserved_for = expected.starts_at if expected else None
    place = place_for(reserved_for, now, early=policy.early, grace=policy.grace)
    if admitted.reason is not None:
        place = replace(place, reason=admitted.reason)
    series = office.series[office.walk_in_series if admitted.assisted else office.reservation_series]
    return KioskAnswer(place.reason, match, number=NewNumber(series, place, reserved_for))
