"""Whose word holds where a booking was changed here and in the ward's system."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from backend.reservations.owning import (
    Disagreement,
    Heard,
    Side,
    TwoSides,
    WhoseWord,
    alike,
    decided_here,
    give_in,
    ours_of,
    settle,
    theirs_of,
)
from backend.reservations.reservation_state import Owner, ReservationState

AT_TEN = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
BOOKED, CANCELLED, REPLACED = ReservationState.BOOKED, ReservationState.CANCELLED, ReservationState.REPLACED


def at(day: int, state: ReservationState = BOOKED) -> Side:
    """What one side says: a booking on a day."""
    return Side(state, "00", AT_TEN + timedelta(days=day))


def heard(reservation_id: str, side: Side) -> Heard:
    """What a row of the ward's file says."""
    return Heard(reservation_id, side, side)


MOVED = (
    TwoSides("n", at(1, REPLACED), at(1), Owner.HERE),
    TwoSides("k", at(2), None, Owner.HERE),
)
"""Booked by the ward for the first day, moved here to the second."""
LOST = (TwoSides("n", at(1, CANCELLED), at(1), Owner.HERE),)
"""Booked by the ward, cancelled here."""


def holds(bookings: object) -> dict[str, tuple[ReservationState, Owner]]:
    """State and owner of each booking."""
    return {one.reservation_id: (one.here.state, one.owner) for one in bookings}  # type: ignore[attr-defined] # any sequence of them


def test_what_the_ward_said_before_changes_nothing() -> None:
    """A file with the ward's old value, which does not know our change yet, makes no conflict."""
    for stored in (MOVED, LOST):
        found = settle(stored, [heard("n", at(1))], WhoseWord.REPORT)
        assert (found.disagreement, found.agreed) == (None, False)
        assert holds(found.bookings) == holds(stored)


@pytest.mark.parametrize("number", ["n", "k", "m"])
def test_both_sides_are_one_when_the_ward_says_the_same(number: str) -> None:
    """Under the old number, ours or a new one: the ward has caught up, and its word holds from now on."""
    found = settle(MOVED, [heard(number, at(2))], WhoseWord.REPORT)
    assert found.agreed
    assert ours_of(found.bookings) == at(2)
    assert holds(found.bookings)[number] == (BOOKED, Owner.WARD)
    assert not decided_here(found.bookings)
    gone = settle(LOST, [heard("n", at(1, CANCELLED))], WhoseWord.REPORT)
    assert gone.agreed
    assert holds(gone.bookings) == {"n": (CANCELLED, Owner.WARD)}


@pytest.mark.parametrize("choice", list(WhoseWord))
def test_something_third_is_kept_with_both_sides(choice: WhoseWord) -> None:
    """Ours holds until somebody decides, or as the import was told."""
    found = settle(MOVED, [heard("m", at(3))], choice)
    assert found.disagreement == Disagreement(at(2), at(3))
    theirs = choice is WhoseWord.THEIRS
    assert ours_of(found.bookings) == at(3 if theirs else 2)
    assert theirs_of(found.bookings) == at(3)
    cancelled = settle(MOVED, [heard("n", at(1, CANCELLED))], choice)
    assert cancelled.disagreement == Disagreement(at(2), at(1, CANCELLED))
    assert (ours_of(cancelled.bookings).state is BOOKED) is not theirs


@pytest.mark.parametrize("booked", [True, False])
def test_a_booking_that_gave_way_here_is_not_cancelled_by_the_wards_word(booked: bool) -> None:
    """取消 is the ward's word for both: what we know of how it ended stays, with the ward's word beside it, however often it comes."""
    moved = MOVED if booked else (MOVED[0], TwoSides("k", at(2, CANCELLED), None, Owner.HERE))
    said = [heard("n", at(1, CANCELLED)), heard("k", at(2, BOOKED if booked else CANCELLED))]
    found = settle(moved, said, WhoseWord.REPORT)
    assert found.agreed
    assert holds(found.bookings)["n"] == (REPLACED, Owner.WARD)
    assert theirs_of(found.bookings) == (at(2) if booked else Side(CANCELLED))
    again = settle(found.bookings, said, WhoseWord.REPORT)
    assert holds(again.bookings) == holds(found.bookings)
    given_in = give_in(settle(MOVED, said[:1], WhoseWord.REPORT).bookings)
    assert holds(given_in) == {"n": (REPLACED, Owner.WARD), "k": (CANCELLED, Owner.WARD)}


def test_who_gives_in_has_what_the_ward_last_said() -> None:
    """Deciding later for the ward's side gives the same result as accepting the file at once."""
    for said in (heard("m", at(3)), heard("n", at(1, CANCELLED))):
        kept = settle(MOVED, [said], WhoseWord.REPORT)
        given_in = give_in(kept.bookings)
        assert holds(given_in) == holds(settle(MOVED, [said], WhoseWord.THEIRS).bookings)
        assert not decided_here(given_in)


def test_a_card_that_was_handed_over_has_nothing_to_keep() -> None:
    """A booking made here is done, and nobody is asked."""
    done = Heard("n", at(1, ReservationState.FULFILLED), at(1, ReservationState.FULFILLED))
    found = settle(MOVED, [done], WhoseWord.REPORT, over=True)
    assert found.disagreement is None
    assert {one.here.state for one in found.bookings} == {ReservationState.FULFILLED}


def test_a_card_without_a_booking_in_the_file_loses_what_the_ward_booked() -> None:
    """A row that names the card alone cancels whatever was booked there, and is a conflict where we moved it."""
    booked = (TwoSides("n", at(1), at(1)),)
    found = settle(booked, [], WhoseWord.REPORT, none_booked=True)
    assert holds(found.bookings) == {"n": (CANCELLED, Owner.WARD)}
    moved = settle(MOVED, [], WhoseWord.REPORT, none_booked=True)
    assert moved.disagreement == Disagreement(at(2), Side(CANCELLED))
    assert ours_of(moved.bookings) == at(2)


def test_of_two_tentative_ones_the_last_stands() -> None:
    """A card has one tentative booking, whatever a file says."""
    tentative = ReservationState.TENTATIVE
    stored = (TwoSides("a", at(1, tentative), at(1, tentative)),)
    found = settle(stored, [heard("b", at(2, tentative)), heard("c", at(3, tentative))], WhoseWord.REPORT)
    assert [one.here.state for one in found.bookings] == [REPLACED, REPLACED, tentative]


SIDES = st.builds(Side, st.sampled_from(ReservationState), st.just("00"), st.just(AT_TEN))
ANY = st.lists(
    st.builds(TwoSides, st.sampled_from("abcd"), SIDES, st.none() | SIDES, st.sampled_from(Owner)),
    max_size=4,
    unique_by=lambda one: one.reservation_id,
).filter(lambda some: sum(one.here.state is BOOKED for one in some) <= 1)


@given(
    ANY,
    st.lists(
        st.builds(Heard, st.sampled_from("cdef"), SIDES, SIDES),
        max_size=3,
        unique_by=lambda one: one.reservation_id,
    ),
    st.sampled_from(WhoseWord),
    st.booleans(),
    st.booleans(),
)
def test_of_a_card_one_is_booked_whatever_comes(
    stored: list[TwoSides], rows: list[Heard], choice: WhoseWord, none_booked: bool, over: bool
) -> None:
    """No file and no choice makes two bookings of a card, loses one that is stored, or leaves a row out."""
    found = settle(stored, rows, choice, none_booked=none_booked, over=over)
    ids = [one.reservation_id for one in found.bookings]
    assert sorted(ids) == sorted(
        {*(one.reservation_id for one in stored), *(one.reservation_id for one in rows)}
    )
    for state in (BOOKED, ReservationState.TENTATIVE):
        before = sum(one.here.state is state for one in stored)
        assert sum(one.here.state is state for one in found.bookings) <= max(1, before)


def test_two_sides_that_expect_nobody_are_alike() -> None:
    """Cancelled, missed or replaced: in each case nobody is expected."""
    assert alike(Side(CANCELLED), Side(ReservationState.NO_SHOW, "00", AT_TEN))
    assert not alike(at(1), Side(CANCELLED))
    assert not alike(at(1), at(2))
