"""What a code or a number means: a card, how it was shown, and what is booked for it. Nothing of it is personal."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from backend.cards import CardProgress, NoticeState
from backend.reservations.reservation_state import ReservationState


class Shown(StrEnum):
    """What a visitor showed, as the clerk is told."""

    NOTICE = "notice"
    OLD_NOTICE = "old_notice"
    """旧通知書: another notice of the card took its place."""
    OLD_SHEET = "old_sheet"
    """旧予約票: a booking sheet that says something else than what is booked now."""
    NUMBER = "number"
    NOTHING = "nothing"


OLD_PAPERS: Final = frozenset({Shown.OLD_NOTICE, Shown.OLD_SHEET})
"""Papers that another one has followed; whoever shows one is received, and told of at the window."""


@dataclass(frozen=True)
class Booking:
    """Where and when somebody is expected.

    Attributes:
        reservation_id: our id.
        office_id: where.
        starts_at: when, aware, UTC.
        state: booked, or missed today.
        group_number: the number of what is booked together; None where it is booked by itself.
    """

    reservation_id: str
    office_id: str
    starts_at: datetime
    state: ReservationState = ReservationState.BOOKED
    group_number: str | None = None

    @property
    def booked(self) -> bool:
        """Whether it stands; else it was missed."""
        return self.state is ReservationState.BOOKED


@dataclass(frozen=True)
class CardMatch:
    """A card as check-in may see it.

    Attributes:
        card_id: our id.
        progress: how far it has come.
        kept_at: the office where it lies; None where nobody told.
        last_day: the last day on which it may be handed over; None where it has none.
        shown: what was shown.
        booking: what is booked for it; None where nothing is.
        notice: what became of the notice that was shown; None where a number was.
    """

    card_id: str
    progress: CardProgress
    kept_at: str | None = None
    last_day: date | None = None
    shown: Shown = Shown.NUMBER
    booking: Booking | None = None
    notice: NoticeState | None = None

    @property
    def old_sheet(self) -> bool:
        """Whether a booking sheet was shown that is old."""
        return self.shown is Shown.OLD_SHEET
