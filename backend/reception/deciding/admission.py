"""Who gets a number (受付), why not, and what becomes of somebody who has one today. docs/states.md holds the table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from backend.cards import CardProgress
from backend.offices import business_day
from backend.reception.deciding.case import CardVisit, CaseState
from backend.reception.deciding.order import PRIORITY_ARRIVAL, PRIORITY_RETURNED
from backend.reception.deciding.queue_policy import QueuePolicy
from backend.reservations import Booking, CardMatch
from backend.wire import CheckInReason, TicketState

_ABSENT: Final = (TicketState.ABSENT, TicketState.ISSUANCE_ABSENT)

_TOLD: Final = {
    # The screen does not say why: staff do.
    CheckInReason.CARD_EXPIRED: CheckInReason.WALK_IN,
    CheckInReason.CARD_NOT_ARRIVED: CheckInReason.WALK_IN,
    # Where a card lies is not told to whoever holds its code.
    CheckInReason.CARD_ELSEWHERE: CheckInReason.NOT_RESERVED,
}


@dataclass(frozen=True)
class Admission:
    """What becomes of somebody who shows a notice or types its number, and has no number today.

    Attributes:
        reason: why; None where they are booked here today, and their time decides.
        gives_number: whether they get a number now.
        assisted: of the queue of those whom staff must help, whatever is booked.
    """

    reason: CheckInReason | None
    gives_number: bool
    assisted: bool = False


@dataclass(frozen=True)
class Again:
    """What becomes of somebody whose card has a ticket today.

    Attributes:
        reason: what they are told.
        priority: the group of the queue in which they wait once more; None where nothing changes.
    """

    reason: CheckInReason
    priority: int | None = None


@dataclass(frozen=True)
class _Seen:
    """What the rules look at."""

    match: CardMatch
    office_id: str
    today: date
    policy: QueuePolicy

    @property
    def booking(self) -> Booking | None:
        return counting(self.match, self.today)

    @property
    def at_another_office(self) -> bool:
        return self.booking is not None and self.booking.office_id != self.office_id

    @property
    def on_another_day(self) -> bool:
        return self.booking is not None and business_day(self.booking.starts_at) != self.today

    @property
    def expired(self) -> bool:
        return self.match.last_day is not None and self.match.last_day < self.today

    @property
    def elsewhere(self) -> bool:
        """Whether the card is known to lie at another office, where that is followed; unknown counts as here."""
        kept_at = self.match.kept_at
        return self.policy.track_cards and kept_at is not None and kept_at != self.office_id


def _no(reason: CheckInReason) -> Admission:
    return Admission(reason, gives_number=False)


def _assisted(reason: CheckInReason) -> Admission:
    return Admission(reason, gives_number=True, assisted=True)


_RULES: Final[tuple[tuple[Callable[[_Seen], bool], Admission], ...]] = (
    (lambda seen: seen.match.progress is CardProgress.ISSUED, _no(CheckInReason.ALREADY_ISSUED)),
    (lambda seen: not seen.match.progress.receivable, _no(CheckInReason.NO_CARD)),
    (lambda seen: seen.expired, _assisted(CheckInReason.CARD_EXPIRED)),
    (lambda seen: seen.at_another_office, _no(CheckInReason.ANOTHER_OFFICE)),
    (lambda seen: seen.on_another_day, _no(CheckInReason.ANOTHER_DAY)),
    (lambda seen: seen.booking is not None and seen.elsewhere, _assisted(CheckInReason.CARD_NOT_ARRIVED)),
    (lambda seen: seen.booking is not None, Admission(None, gives_number=True)),
    (lambda seen: seen.elsewhere, _no(CheckInReason.CARD_ELSEWHERE)),
    (lambda seen: seen.policy.unbooked_get_number, _assisted(CheckInReason.WALK_IN)),
    (lambda _seen: True, _no(CheckInReason.NOT_RESERVED)),
)
"""The first that holds decides."""


def admission(match: CardMatch, office_id: str, today: date, policy: QueuePolicy) -> Admission:
    """Who is given a number at an office on a day.

    Args:
        match: the card and what is booked for it.
        office_id: where it is shown.
        today: the business day.
        policy: of that office.
    """
    seen = _Seen(match, office_id, today, policy)
    return next(admitted for holds, admitted in _RULES if holds(seen))


def offers_number(match: CardMatch, office_id: str, today: date, policy: QueuePolicy) -> bool:
    """Whether somebody who is booked at another office or day is offered a number of the assisted queue here.

    A booking that has passed has to be made anew, with which any counter helps. One that is to come is waited for where
    it is; who cannot may ask here only if the card lies here, as far as that is known: for another day of this office
    unless it is known to lie elsewhere, for another office if it is known to lie here and the office's policy lets it.

    Args:
        match: the card and what is booked for it.
        office_id: where it is shown.
        today: the business day.
        policy: of that office.
    """
    seen = _Seen(match, office_id, today, policy)
    if seen.booking is None or business_day(seen.booking.starts_at) < today:
        return True
    if seen.at_another_office:
        return policy.card_here_offers_number and match.kept_at == office_id
    return not seen.elsewhere


def number_offered(
    reason: CheckInReason,
    match: CardMatch | None,
    office_id: str,
    today: date,
    policy: QueuePolicy,
    *,
    has_number: bool,
) -> bool | None:
    """Whether a kiosk offers a number beside a reason, or None where the reason itself says so.

    Args:
        reason: as the kiosk is told it.
        match: the card that was meant, or none.
        office_id: where it is shown.
        today: the business day.
        policy: of that office.
        has_number: whether there is a ticket of today.
    """
    if reason not in {CheckInReason.ANOTHER_DAY, CheckInReason.ANOTHER_OFFICE}:
        return None
    return not has_number and match is not None and offers_number(match, office_id, today, policy)


def counting(match: CardMatch, today: date) -> Booking | None:
    """What is booked; a missed booking counts on its own day, as who is late may be on the way when that is noted."""
    booking = match.booking
    if booking is None or booking.booked or business_day(booking.starts_at) == today:
        return booking
    return None


def told(reason: CheckInReason) -> CheckInReason:
    """What a visitor is told in place of a reason that only staff are told."""
    return _TOLD.get(reason, reason)


def need_look(match: CardMatch, office_id: str, today: date, policy: QueuePolicy) -> CheckInReason | None:
    """Why staff have to look at a card before it is handed out: by its dates and where it lies, whatever is booked.

    Args:
        match: the card.
        office_id: where its visitor is.
        today: the business day.
        policy: of that office.
    """
    seen = _Seen(match, office_id, today, policy)
    if seen.expired:
        return CheckInReason.CARD_EXPIRED
    return CheckInReason.CARD_NOT_ARRIVED if seen.elsewhere else None


def shown_again(visit: CardVisit, office_id: str, policy: QueuePolicy) -> Again:
    """What to do for a visitor whose card has a ticket of today.

    The same card on the same day is the same ticket, at any hour and at any kiosk of any office. Who shows it at
    another office is not where the ticket is: nothing changes, and the way there is told. A card that was handed out
    is so though others of its party wait.

    Args:
        visit: of today.
        office_id: where the notice is shown.
        policy: of that office.
    """
    ticket = visit.ticket
    if visit.state is CaseState.ISSUED:
        return Again(CheckInReason.ALREADY_ISSUED)
    if ticket.office_id != office_id:
        return Again(CheckInReason.ANOTHER_OFFICE)
    if ticket.state is TicketState.INCOMPLETE:
        return Again(CheckInReason.ALREADY_CHECKED_IN, PRIORITY_ARRIVAL)
    if ticket.state in _ABSENT and policy.absent_returns_at_kiosk:
        return Again(CheckInReason.ALREADY_CHECKED_IN, PRIORITY_RETURNED)
    return Again(CheckInReason.ALREADY_CHECKED_IN)
