"""How rows of the ward's file become cards and bookings: the effect of each status, and what is never set back."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from backend.cards.states import CardProgress, WardStatus
from backend.cards.ward_words import WardWord
from backend.exchange.matching import Known, StoredBooking, StoredCard, chunks
from backend.exchange.meanings import MEANINGS
from backend.exchange.record import ReservationRecord
from backend.exchange.row_writer import CardRows, booking_entry, in_order
from backend.reservations.reservation_state import ReservationState

AT_TEN = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


def a_row(
    status: WardStatus | WardWord,
    progress: CardProgress | None = None,
    state: ReservationState | None = None,
    **values: Any,
) -> Known:
    """A row of the file with what is stored of it."""
    known: dict[str, Any] = {
        "number": "43324006",
        "name": "受付 花子",
        "state": status.value,
        "phone": "0352733601",
    }
    record = ReservationRecord(**{**known, **values})
    return Known(
        record,
        fingerprint="f",
        card_id="card",
        card=StoredCard(progress, "05") if progress else None,
        booking=StoredBooking("reservation", "card", state) if state else None,
        new=state is None,
        unchanged=False,
    )


@pytest.mark.parametrize(("word", "before"), list(product(WardWord, (None, *CardProgress))), ids=str)
def test_a_card_that_was_handed_over_here_is_never_set_back(
    word: WardWord, before: CardProgress | None
) -> None:
    """An export of yesterday undoes nothing; a word that says how far a card is is believed; else it is as far as it was."""
    entry = CardRows.of([a_row(word, before)]).card
    said = MEANINGS[word].progress
    if before is CardProgress.ISSUED or word is WardWord.ISSUED:
        assert entry.progress is CardProgress.ISSUED
    elif said is not None:
        assert entry.progress in (said, CardProgress.RENOTIFIED)
    elif before is not None and before.receivable:
        assert entry.progress in (before, CardProgress.NOTIFIED)
    else:
        assert entry.progress is CardProgress.NOTIFIED
    assert (entry.ward_status, entry.said, entry.kept_at) == (
        MEANINGS[word].status,
        word,
        "05" if before else None,
    )


def test_a_booking_says_that_a_notice_was_sent_and_no_more() -> None:
    """A card of which only the delivery was known is notified when it is booked; one that is overdue stays so."""
    assert CardRows.of([a_row(WardWord.BOOKED, CardProgress.PREPARED)]).card.progress is CardProgress.NOTIFIED
    assert CardRows.of([a_row(WardWord.BOOKED, CardProgress.OVERDUE)]).card.progress is CardProgress.OVERDUE
    again = CardRows.of([a_row(WardWord.NOTIFIED, CardProgress.RENOTIFIED)]).card
    assert again.progress is CardProgress.RENOTIFIED, "the ward's system does not know of our second notice"


def test_every_word_has_a_meaning() -> None:
    """A word that is added has one, or the import would stop in the middle of a file."""
    assert set(MEANINGS) == set(WardWord)


@pytest.mark.parametrize(
    "word", [WardWord.MOVING, WardWord.ON_HOLD, WardWord.RETURNED, WardWord.DISCARD_DUE, WardWord.OTHER]
)
def test_a_word_about_the_card_leaves_its_booking(word: WardWord) -> None:
    """A card on its way to another office is expected there: with place and time it is booked, and what was cancelled stays."""
    new = booking_entry(a_row(word, starts_at=AT_TEN, office_id="00"))
    assert new is not None
    assert new.state is ReservationState.BOOKED
    known = booking_entry(a_row(word, state=ReservationState.CANCELLED, starts_at=AT_TEN, office_id="00"))
    assert known is not None
    assert known.state is ReservationState.CANCELLED
    assert booking_entry(a_row(word, office_id="00")) is None, "a place without a time is a wish"
    assert CardRows.of([a_row(word, office_id="00")]).card.wished_office_id == "00"
    without_time = booking_entry(a_row(word, state=ReservationState.BOOKED))
    assert without_time is not None
    assert without_time.state is ReservationState.CANCELLED


def test_a_row_without_a_number_tells_of_the_card_alone() -> None:
    """Where nothing is booked there is no 予約番号; and what was booked is cancelled, whatever its number was."""
    row = a_row(WardWord.NOTIFIED, number=None, card_number="CARD0001")
    assert booking_entry(row) is None
    assert CardRows.of([row]).word.none_booked
    booked = a_row(WardWord.BOOKED, starts_at=AT_TEN, office_id="00")
    assert not CardRows.of([row, booked]).word.none_booked
    assert not CardRows.of([a_row(WardWord.ON_HOLD, number=None)]).word.none_booked


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (WardStatus.BOOKED, ReservationState.BOOKED),
        (WardStatus.CANCELLED, ReservationState.CANCELLED),
        (WardStatus.NO_SHOW, ReservationState.NO_SHOW),
        (WardStatus.ISSUED, ReservationState.FULFILLED),
        (WardStatus.WITHDRAWN, ReservationState.CANCELLED),
    ],
)
def test_a_word_of_the_ward_makes_a_booking(status: WardStatus, state: ReservationState) -> None:
    """What the ward's file says of a booking is what is kept, under a number that was not known before."""
    entry = booking_entry(a_row(status, recipient_type="R1"))
    assert entry is not None
    assert (entry.state, entry.number, entry.recipient_type) == (state, "43324006", "R1")
    assert entry.contact["phone"] == "0352733601"


def test_who_was_only_notified_has_a_card_and_no_booking() -> None:
    """A person with a notice and no reservation is stored, and found by number and telephone; what was booked is cancelled."""
    row = a_row(WardStatus.NOTIFIED)
    assert booking_entry(row) is None
    card = CardRows.of([row]).card
    assert (card.booking_number, card.fingerprint, card.phone) == ("43324006", "f", "0352733601")
    assert card.person["phone"] == "0352733601", "there is no booking to keep it"
    was_booked = booking_entry(a_row(WardStatus.NOTIFIED, state=ReservationState.BOOKED))
    assert was_booked is not None
    assert was_booked.state is ReservationState.CANCELLED


def test_the_telephone_is_the_bookings_where_there_is_one() -> None:
    """One value stands in one record, so that changing it in one place changes it."""
    card = CardRows.of([a_row(WardStatus.BOOKED)]).card
    assert "phone" not in card.person
    assert (card.phone, card.booking_number, card.fingerprint) == ("0352733601", None, None)


def test_what_was_handed_over_is_not_booked_again() -> None:
    """A file that still says booked does not call somebody in who has the card."""
    for row in (
        a_row(WardStatus.BOOKED, CardProgress.ISSUED),
        a_row(WardStatus.BOOKED, state=ReservationState.FULFILLED),
    ):
        entry = booking_entry(row)
        assert entry is not None
        assert entry.state is ReservationState.FULFILLED


def test_of_several_rows_about_a_card_the_booked_and_latest_counts() -> None:
    """A cancelled booking that stands below the new one in the file does not take its place."""
    late, early = (
        a_row(WardStatus.BOOKED, starts_at=AT_TEN + timedelta(days=days), office_id="00") for days in (2, 1)
    )
    cancelled = a_row(WardStatus.CANCELLED, starts_at=AT_TEN + timedelta(days=9))
    notified = a_row(WardStatus.NOTIFIED)
    assert in_order([late, cancelled, early, notified]) == [notified, cancelled, early, late]


def test_a_card_that_one_row_says_was_handed_over_is() -> None:
    """A cancelled booking of a later day beside it does not make the card one that is still there."""
    issued = a_row(WardStatus.ISSUED, starts_at=AT_TEN)
    cancelled = a_row(WardStatus.CANCELLED, starts_at=AT_TEN + timedelta(days=2))
    assert CardRows.of(in_order([issued, cancelled])).card.progress is CardProgress.ISSUED
    assert CardRows.of([cancelled]).card.progress is CardProgress.NOTIFIED


def test_rows_are_taken_in_parts_that_a_statement_holds() -> None:
    """No row is left out at the edge of a part, and an empty file asks nothing."""
    assert [len(part) for part in chunks(range(1001), 500)] == [500, 500, 1]
    assert [item for part in chunks(range(1001), 500) for item in part] == list(range(1001))
    assert list(chunks([], 500)) == []
