"""What the ward may set about the reception of its offices, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True)
class QueuePolicy:
    """Rules of the queue that are settings, because wards differ.

    Attributes:
        early: up to this long before the reserved time counts as on time.
        grace: up to this long after the reserved time counts as on time.
        lead: the kiosk gives numbers this long before the office opens.
        minutes_per_visit: configured length of a visit, for the estimate.
        back_before: who is early is told to be back this long before the reserved time.
        away_from: but only where they can be away for at least this long.
        absent_after_calls: how often somebody is called before they may be set absent.
        absent_returns_at_kiosk: somebody absent who shows the notice again is next to be called, without a clerk.
        recent_calls: how many past calls a display gets.
        track_cards: whether it is known where each card lies, so that a card that is elsewhere counts.
        unbooked_get_number: somebody with a notice and no booking gets a number at once.
        card_here_offers_number: who is booked at another office is offered a number where the card is known to lie here.
        party_limit: how many cards one number may be for.
        close_day_by_itself: what earlier days left open is closed with the first commands of a new one.
    """

    early: timedelta = timedelta(minutes=10)
    grace: timedelta = timedelta(minutes=5)
    lead: timedelta = timedelta(minutes=30)
    minutes_per_visit: float = 10.0
    back_before: timedelta = timedelta(minutes=10)
    away_from: timedelta = timedelta(minutes=20)
    absent_after_calls: int = 2
    absent_returns_at_kiosk: bool = True
    recent_calls: int = 8
    track_cards: bool = False
    unbooked_get_number: bool = False
    card_here_offers_number: bool = False
    party_limit: int = 6
    close_day_by_itself: bool = True

    def due(self, now: datetime) -> datetime:
        """The latest reserved time that has come at an aware moment: who was early for it is on time now."""
        return now + self.early

    def be_back_at(self, reserved_for: datetime | None, now: datetime) -> datetime | None:
        """When somebody with a reserved time that is far has to be back in the hall; none where it is not far.

        Never later than the moment from which they may be called before others.
        """
        if reserved_for is None:
            return None
        back = reserved_for - max(self.back_before, self.early)
        return back if back - now >= max(self.away_from, timedelta(minutes=1)) else None


@dataclass(frozen=True)
class Policies:
    """The rules of each office's queue.

    Attributes:
        ward: what holds where an office has nothing of its own.
        own: the rules of the offices that differ, by id.
    """

    ward: QueuePolicy = QueuePolicy()
    own: Mapping[str, QueuePolicy] = field(default_factory=dict)

    def of(self, office_id: str) -> QueuePolicy:
        """The rules of an office's queue."""
        return self.own.get(office_id, self.ward)
