"""What each word of 処理状況 says of the card, of its booking and of its notice. docs/import.md tells it to people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from backend.cards import CardProgress, WardStatus, WardWord
from backend.reservations import ReservationState


@dataclass(frozen=True)
class Meaning:
    """What a word says.

    Attributes:
        status: the same in the six words that pages have; None where none of them says it.
        progress: how far the card is; None leaves it as it was.
        booking: what became of the booking; None where the word says nothing of one.
        ends: whether nothing is booked by this word, so that what was booked is cancelled.
    """

    status: WardStatus | None = None
    progress: CardProgress | None = None
    booking: ReservationState | None = None
    ends: bool = False

    @property
    def leaves_booking(self) -> bool:
        """Whether the booking is as it was: booked, where the row has its place and time."""
        return self.booking is None and not self.ends


def _waits(progress: CardProgress, status: WardStatus | None = None) -> Meaning:
    return Meaning(status, progress, ends=True)


def _gone(progress: CardProgress) -> Meaning:
    return Meaning(WardStatus.WITHDRAWN, progress, ReservationState.CANCELLED)


MEANINGS: Final[Mapping[WardWord, Meaning]] = {
    WardWord.APPLIED: _waits(CardProgress.APPLIED),
    WardWord.DELIVERED: _waits(CardProgress.DELIVERED),
    WardWord.PREPARED: _waits(CardProgress.PREPARED),
    WardWord.NOTIFIED: _waits(CardProgress.NOTIFIED, WardStatus.NOTIFIED),
    WardWord.OVERDUE: _waits(CardProgress.OVERDUE, WardStatus.NOTIFIED),
    WardWord.RENOTIFIED: _waits(CardProgress.RENOTIFIED, WardStatus.NOTIFIED),
    WardWord.TENTATIVE: Meaning(WardStatus.NOTIFIED, booking=ReservationState.TENTATIVE),
    WardWord.BOOKED: Meaning(WardStatus.BOOKED, booking=ReservationState.BOOKED),
    WardWord.CANCELLED: Meaning(WardStatus.CANCELLED, booking=ReservationState.CANCELLED),
    WardWord.NO_SHOW: Meaning(WardStatus.NO_SHOW, booking=ReservationState.NO_SHOW),
    WardWord.RETURNED: Meaning(WardStatus.NOTIFIED),
    WardWord.MOVING: Meaning(),
    WardWord.ON_HOLD: Meaning(),
    WardWord.DISCARD_DUE: Meaning(WardStatus.NOTIFIED, CardProgress.DISCARD_DUE),
    WardWord.ISSUED: Meaning(WardStatus.ISSUED, CardProgress.ISSUED, ReservationState.FULFILLED),
    WardWord.DISCARDED: _gone(CardProgress.DISCARDED),
    WardWord.MOVED_OUT: _gone(CardProgress.MOVED_OUT),
    WardWord.APPLICATION_ENDED: _gone(CardProgress.APPLICATION_WITHDRAWN),
    WardWord.EXPIRED_EARLY: _gone(CardProgress.EXPIRED_BEFORE_ISSUE),
    WardWord.NOT_ISSUABLE: _gone(CardProgress.WITHDRAWN),
    WardWord.WITHDRAWN: _gone(CardProgress.WITHDRAWN),
    WardWord.OTHER: Meaning(),
}

_STANDS: Final = (WardStatus.NOTIFIED, WardStatus.BOOKED)


def word_for(status: WardStatus, said: WardWord | None) -> WardWord:
    """The word with which card and booking are given back: what the ward's file said, as far as that still holds.

    Args:
        status: what holds of card and booking now.
        said: the finest word that the ward's file last said of the card, if it said one.
    """
    if said is not None and said is not WardWord.OTHER:
        meaning = MEANINGS[said]
        if meaning.status is status or (meaning.leaves_booking and status in _STANDS):
            return said
    return WardWord(status.value)


_BEFORE_A_NOTICE: Final = (CardProgress.APPLIED, CardProgress.DELIVERED, CardProgress.PREPARED)


def progress_after(before: CardProgress | None, word: WardWord) -> CardProgress:
    """How far a card is by a word: what was handed over here is never set back, and a booking follows a notice.

    Args:
        before: as it is kept; None for a new card.
        word: of its row that counts.
    """
    if before is CardProgress.ISSUED:
        return before
    said = MEANINGS[word].progress
    # Another notice that was posted here is still the first one to the ward's system.
    again = said is CardProgress.NOTIFIED and before is CardProgress.RENOTIFIED
    if said is not None and not again:
        return said
    if before is None or not before.receivable:
        return CardProgress.NOTIFIED
    if before in _BEFORE_A_NOTICE and MEANINGS[word].booking is not None:
        return CardProgress.NOTIFIED
    return before
