"""A card is found by a whole number of its kind, and with a birthday by both; on both databases."""

from uuid import uuid4

import pytest

from backend.cards.keeping import CardEntry, keep_cards
from backend.cards.numbers import BadNumberError
from backend.cards.states import CardProgress, IndexKind
from backend.reservations.card_search import LENGTHS, search_cards
from tests.support import House


def found(house: House, kind: IndexKind, number: str, born: str | None = None) -> list[str]:
    """Who is found."""
    with house.database.read() as connection:
        return search_cards(connection, house.graph.records, kind, number, born)


@pytest.mark.dialect
def test_a_number_finds_the_cards_that_have_it_and_a_birthday_one_of_them(house: House) -> None:
    """A family of one dispatch is two cards; with the birthday it is one; a part of a number is none."""
    mother = house.card_of(house.reserve("12345679", dispatch_number="555001"))
    child = house.card_of(house.reserve("22345678", dispatch_number="555001", birth="2015-05-05"))
    kind = IndexKind.DISPATCH_NUMBER
    assert set(found(house, kind, "555-001")) == {mother, child}
    assert found(house, kind, "555001", "2015-05-05") == [child]
    assert found(house, kind, "555001", "2015-05-06") == []
    assert found(house, kind, "55500") == []
    assert found(house, IndexKind.BOOKING_NUMBER, "1234-5679") == [mother]


def test_a_number_of_a_booking_that_is_not_booked_yet_is_found_too(house: House) -> None:
    """An export may name 予約番号 before anything is booked: it is the same number for the visitor."""
    card_id = uuid4().hex
    entry = CardEntry(card_id, CardProgress.NOTIFIED, {"name": "受付 花子"}, booking_number="42345676")
    with house.database.write() as work:
        keep_cards(work, house.graph.records, [entry], ())
    assert found(house, IndexKind.BOOKING_NUMBER, "42345676") == [card_id]


@pytest.mark.parametrize("number", ["", "%", "1234", "a b_c%", "1" * 24])
def test_what_can_be_no_number_is_refused_before_anything_is_looked_for(house: House, number: str) -> None:
    """A sign that means anything, a PIN, a text that is too long: none of them reaches the index."""
    for kind in LENGTHS:
        with pytest.raises(BadNumberError):
            found(house, kind, number)
