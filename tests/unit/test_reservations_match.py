"""The match of a code: a card and its booking, and the ward's word for both."""

from datetime import UTC, datetime
from itertools import product

import pytest

from backend.cards.states import CardProgress, WardStatus
from backend.reservations.fields import status_of
from backend.reservations.match import Booking
from backend.reservations.reservation_state import ReservationState


@pytest.mark.parametrize("state", ReservationState)
def test_only_what_is_booked_stands(state: ReservationState) -> None:
    """A missed booking is known as missed, so that last week's is not taken for one to come."""
    booking = Booking("r1", "00", datetime(2026, 11, 24, 1, 0, tzinfo=UTC), state)
    assert booking.booked is (state is ReservationState.BOOKED)


@pytest.mark.parametrize(
    ("progress", "reservation"), list(product(CardProgress, (None, *ReservationState))), ids=str
)
def test_staff_read_one_word_for_card_and_booking(
    progress: CardProgress, reservation: ReservationState | None
) -> None:
    """処理状況 says first that a card is gone, then what became of the booking, as the ward's own system does."""
    told = status_of(progress, reservation)
    if progress is CardProgress.ISSUED:
        assert told is WardStatus.ISSUED
    elif not progress.receivable:
        assert told is WardStatus.WITHDRAWN
    else:
        words = {
            ReservationState.TENTATIVE: WardStatus.BOOKED,
            ReservationState.BOOKED: WardStatus.BOOKED,
            ReservationState.REPLACED: WardStatus.CANCELLED,
            ReservationState.CANCELLED: WardStatus.CANCELLED,
            ReservationState.NO_SHOW: WardStatus.NO_SHOW,
        }
        assert told is words.get(reservation or ReservationState.FULFILLED, WardStatus.NOTIFIED)
