"""What a kiosk answers (受付の判定): the one decision that check-in carries out and ``uketsuke explain`` tells. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime

from backend.offices import PICK_UP, Office, Series
from backend.reception.deciding.admission import Admission, shown_again
from backend.reception.deciding.case import CardVisit
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
        kind: what its visitor comes for, by the ward's code.
    """

    series: Series
    place: QueuePlace
    reserved_for: datetime | None
    kind: str = PICK_UP


@dataclass(frozen=True)
class Join:
    """A card that is to join a party.

    Attributes:
        place: which card of the party it becomes.
        admitted: why it would have been given a number by itself.
    """

    place: int
    admitted: CheckInReason


@dataclass(frozen=True)
class KioskAnswer:
    """What somebody at a kiosk is answered.

    Attributes:
        reason: why; staff are told it as it is, visitors as ``told`` says.
        match: the card that was meant, or none.
        ticket: its ticket of today, or that of the party, as it stands; or none.
        waits_again: the group of the queue in which that ticket waits once more; None where nothing changes.
        number: the number to be given; None where none is.
        joins: how the card joins the party of ``ticket``; None where it does not.
    """

    reason: CheckInReason
    match: CardMatch | None = None
    ticket: Ticket | None = None
    waits_again: int | None = None
    number: NewNumber | None = None
    joins: Join | None = None


def answer_again(match: CardMatch, visit: CardVisit, office_id: str, policy: QueuePolicy) -> KioskAnswer:
    """The answer to a card that has a ticket today.

    Args:
        match: the card.
        visit: of today, at whichever office.
        office_id: where the notice is shown.
        policy: of that office.
    """
    again = shown_again(visit, office_id, policy)
    return KioskAnswer(again.reason, match, visit.ticket, again.priority)


def answer_without_notice(
    wanted: str | None, office: Office, now: datetime, policy: QueuePolicy
) -> KioskAnswer:
    """The answer to somebody without a notice: a number for what they come for, where the office does it.

    Args:
        wanted: the kind of visit that was chosen; None for what the office offers first, as kiosks ask that offer none.
        office: where; it receives visitors now.
        now: aware.
        policy: of that office.
    """
    offered = office.kinds_at_kiosk()
    if wanted is None:
        kind = offered[0] if offered else office.kind(PICK_UP)
    else:
        kind = next((one for one in offered if one.code == wanted), None)
    if kind is None:
        return KioskAnswer(CheckInReason.KIND_NOT_OFFERED)
    place = place_for(None, now, early=policy.early, grace=policy.grace)
    return KioskAnswer(place.reason, number=NewNumber(office.series_of(kind), place, None, kind.code))


def answer_with_number(
    match: CardMatch, admitted: Admission, office: Office, now: datetime, policy: QueuePolicy
) -> KioskAnswer:
    """The answer to somebody whose card gets a number: from which series, and where in the queue.

    Args:
        match: the card that was shown.
        admitted: why they get one.
        office: where; it receives visitors now.
        now: aware.
        policy: of that office.
    """
    expected = None if admitted.assisted else match.booking
    reserved_for = expected.starts_at if expected else None
    place = place_for(reserved_for, now, early=policy.early, grace=policy.grace)
    if admitted.reason is not None:
        place = replace(place, reason=admitted.reason)
    series = office.series[office.walk_in_series if admitted.assisted else office.reservation_series]
    return KioskAnswer(place.reason, match, number=NewNumber(series, place, reserved_for))
