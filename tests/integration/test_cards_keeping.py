"""Cards as they are kept: one record each, found by whole values, with one living notice, handed over once."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from backend.cards.issuing import mark_issued
from backend.cards.keeping import CardEntry, keep_cards
from backend.cards.notifying import note_returned, notice_of, notify_again, void_notices
from backend.cards.sealed_persons import cards_by_digest, find_cards, is_erased, read_person
from backend.cards.states import CardProgress, IndexKind, NoticeKind, NoticeState
from backend.cards.tables import card_persons, cards, notices, person_index
from backend.protection.columns import columns_for_program
from backend.storage.errors import StorageError
from tests.exchange_support import KEY
from tests.support import House

PERSON = {
    "name": "受付 花子",
    "name_kana": "ウケツケ ハナコ",
    "birth": "1990-01-31",
    "card_number": "AB1234567",
    "card_expires_on": date(2031, 1, 31),
}


def keep(house: House, *entries: CardEntry) -> None:
    """Keep cards."""
    with house.database.write() as work:
        keep_cards(work, house.graph.records, entries, ("card_number",))


def a_card(card_id: str | None = None, **person: Any) -> CardEntry:
    """A card of an invented person."""
    return CardEntry(card_id or uuid4().hex, CardProgress.NOTIFIED, {**PERSON, **person})


def found(house: House, kind: IndexKind, value: str) -> list[str]:
    """Cards that have a value."""
    with house.database.read() as connection:
        return find_cards(connection, house.graph.records, kind, value)


def test_a_person_is_read_from_the_sealed_record_alone(small_house: House) -> None:
    """What is personal stands in no column in clear but the last day, and is given out column by column."""
    card = a_card()
    keep(small_house, card)
    with small_house.database.read() as connection:
        row = connection.execute(select(cards)).mappings().one()
        sealed = connection.execute(select(card_persons.c.sealed)).scalar_one()
        told = read_person(
            connection, small_house.graph.records, card.card_id, columns_for_program("name", "birth", "state")
        )
    assert told == {"name": "受付 花子", "birth": "1990-01-31"}
    assert row["last_day"] == date(2031, 1, 31)
    for value in ("受付 花子", "1990-01-31", "AB1234567"):
        assert value not in str(dict(row))
        assert value.encode() not in sealed


def test_a_changed_person_is_found_by_the_new_values_only(small_house: House) -> None:
    """Who moved or married is not found under what was true before, and there is one record still."""
    card = a_card()
    keep(small_house, card)
    keep(small_house, a_card(card.card_id, name_kana="シンジュク ハナコ"))
    assert found(small_house, IndexKind.KANA, "ウケツケハナコ") == []
    assert found(small_house, IndexKind.KANA, "シンジュク　ハナコ") == [card.card_id]
    with small_house.database.read() as connection:
        assert len(connection.execute(select(card_persons)).all()) == 1


def test_a_number_that_two_cards_have_identifies_neither_twice(small_house: House) -> None:
    """Of two cards with one number nothing is refused, and nobody chooses between them."""
    first, second = a_card(), a_card()
    keep(small_house, first)
    keep(small_house, second)
    assert set(found(small_house, IndexKind.CARD_NUMBER, "AB1234567")) == {first.card_id, second.card_id}
    with small_house.database.read() as connection:
        by_digest = cards_by_digest(
            connection, small_house.graph.records, IndexKind.CARD_NUMBER, ["AB1234567"]
        )
        kinds = select(person_index.c.identifies).where(person_index.c.kind == "card_number")
        assert sorted(connection.execute(kinds).scalars()) == [False, True]
    assert by_digest == {}


def test_a_card_has_one_living_notice_and_every_print_is_the_same(small_house: House) -> None:
    """A sheet that is printed twice has one code; another notice has another, and counts on."""
    card = a_card()
    keep(small_house, card)
    with small_house.database.write() as work:
        first, again = notice_of(work, card.card_id, KEY), notice_of(work, card.card_id, KEY)
        second = notify_again(work, card.card_id, KEY, pickup_deadline=date(2027, 3, 31))
    assert first == again
    assert (first.seq, second.seq) == (1, 2)
    assert first.code != second.code
    with small_house.database.read() as connection:
        states = connection.execute(
            select(notices.c.seq, notices.c.state, notices.c.kind).order_by(notices.c.seq)
        ).all()
    assert [tuple(row) for row in states] == [
        (1, NoticeState.SUPERSEDED, NoticeKind.FIRST),
        (2, NoticeState.MADE, NoticeKind.RESEND),
    ]


def test_a_letter_that_came_back_makes_room_and_a_void_one_stays_void(small_house: House) -> None:
    """After 返戻 another notice may be made; after 無効 nothing makes a code valid again."""
    card = a_card()
    keep(small_house, card)
    with small_house.database.write() as work:
        notice_of(work, card.card_id, KEY)
        assert note_returned(work, card.card_id) == 1
        assert note_returned(work, card.card_id) == 0
        assert notice_of(work, card.card_id, KEY).seq == 2
        assert void_notices(work, [card.card_id]) == 2
        assert void_notices(work, [card.card_id]) == 0


def test_a_card_is_handed_over_once(small_house: House) -> None:
    """Of two windows one is told; what is not there cannot be handed over."""
    card = a_card()
    keep(small_house, card)
    with small_house.database.write() as work:
        assert mark_issued(work, card.card_id)
        assert not mark_issued(work, card.card_id)
        assert not mark_issued(work, "nobody")


@pytest.mark.dialect
def test_the_database_keeps_closed_lists_and_one_living_notice(house: House) -> None:
    """What a fault of the program wrote would be refused by SQLite and PostgreSQL alike."""
    card = a_card()
    keep(house, card)
    with house.database.write() as work:
        notice_of(work, card.card_id, KEY)
    second = {"token": "t" * 32, "card_id": card.card_id, "seq": 2, "kind": "first", "state": "made"}
    wrong = (
        insert(notices).values(**second, created_at=house.clock.now),
        update(cards).values(progress="lost"),
        update(notices).values(state="burnt"),
    )
    for statement in wrong:
        with pytest.raises((IntegrityError, StorageError)), house.database.write() as work:
            work.connection.execute(statement)


def test_a_key_whose_card_never_came_is_destroyed_after_a_day(small_house: House) -> None:
    """What died between key and record leaves nothing for ever, and a card of today keeps its key."""
    house, card, gone = small_house, a_card(), uuid4().hex
    keep(house, card)
    with house.database.write() as work:
        house.graph.records.begin(work.connection, [gone])
    assert house.graph.housekeeping.sweep()["keys"] == 0
    house.clock.advance(hours=25)
    assert house.graph.housekeeping.sweep()["keys"] == 1
    assert set(house.graph.records.keys_of([card.card_id, gone])) == {card.card_id}


@pytest.mark.dialect
def test_who_was_erased_is_told_from_who_was_never_known(house: House) -> None:
    """A record without its key is erased; a card that never had a record, and a readable one, are not."""
    known, unknown = a_card(), CardEntry(uuid4().hex, CardProgress.NOTIFIED)
    keep(house, known, unknown)
    records = house.graph.records

    def erased(card: CardEntry) -> bool:
        with house.database.read() as connection:
            return is_erased(connection, records, card.card_id)

    assert (erased(known), erased(unknown)) == (False, False)
    with house.database.write() as work:
        records.store.destroy(work.connection, [known.card_id])
    assert (erased(known), erased(unknown)) == (True, False)
