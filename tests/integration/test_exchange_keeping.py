"""What rows of one file say together about one card."""

from dataclasses import replace
from itertools import permutations

import pytest
from sqlalchemy import select

from backend.cards.sealed_persons import PERSON, read_person
from backend.cards.states import CardProgress, WardStatus
from backend.cards.tables import card_persons, cards
from backend.exchange.importing import import_rows
from backend.exchange.parsing import ParsedFile
from backend.exchange.record import ReservationRecord
from backend.protection.columns import columns_for_program
from backend.sealing.errors import KeyStoreError
from tests.exchange_support import KEY
from tests.support import MORNING, House

STATES = (WardStatus.ISSUED, WardStatus.BOOKED, WardStatus.CANCELLED)


@pytest.mark.parametrize("order", list(permutations(STATES)))
@pytest.mark.parametrize("at_once", [True, False])
def test_a_card_that_one_row_calls_handed_over_is_handed_over(
    small_house: House, order: tuple[WardStatus, ...], at_once: bool
) -> None:
    """A booking that somebody forgot to cancel does not make a card waiting again, in whichever order or file it comes."""
    rows = [
        ReservationRecord(
            number=f"8000000{place}",
            name="受付 花子",
            state=state.value,
            card_number="CARD0001",
            office_id="00",
            starts_at=MORNING,
        )
        for place, state in enumerate(order)
    ]
    for some in [rows] if at_once else [[row] for row in rows]:
        import_rows(
            small_house.database,
            small_house.graph.records,
            ParsedFile(tuple(some), 0, (), "utf-8"),
            KEY,
            identifying=("card_number",),
        )
    with small_house.database.read() as connection:
        assert connection.execute(select(cards.c.progress)).scalars().all() == [CardProgress.ISSUED]


def test_an_erased_person_comes_back_by_a_row_that_says_something_new_alone(small_house: House) -> None:
    """The ward's file is the authority: the same row leaves them erased, another one is kept under a key of its own."""
    records, row = (
        small_house.graph.records,
        ReservationRecord(
            number="80000001",
            name="受付 花子",
            state=WardStatus.BOOKED.value,
            card_number="CARD0001",
            office_id="00",
            starts_at=MORNING,
        ),
    )

    def imported(one: ReservationRecord) -> str:
        file = ParsedFile((one,), 0, (), "utf-8")
        import_rows(small_house.database, records, file, KEY, identifying=("card_number",))
        with small_house.database.read() as connection:
            return str(
                read_person(connection, records, card_id(small_house), columns_for_program("name")).get(
                    "name"
                )
            )

    assert imported(row) == "受付 花子"
    card, sealed = card_id(small_house), sealed_of(small_house)
    with small_house.database.write() as work:
        records.store.destroy(work.connection, [card])
    assert imported(row) == "None"
    assert (records.keys_of([card]), sealed_of(small_house)) == ({}, sealed)
    assert imported(replace(row, address="見本区1")) == "受付 花子"
    assert card_id(small_house) == card
    with pytest.raises(KeyStoreError, match="does not open"):
        records.open(card, PERSON, sealed)


def card_id(house: House) -> str:
    """The one card that there is."""
    with house.database.read() as connection:
        return str(connection.execute(select(cards.c.id)).scalar_one())


def sealed_of(house: House) -> bytes:
    """The sealed record of the one card."""
    with house.database.read() as connection:
        return bytes(connection.execute(select(card_persons.c.sealed)).scalar_one())
