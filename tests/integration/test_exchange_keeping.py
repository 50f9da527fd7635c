"""What rows of one file say together about one card."""

from itertools import permutations

import pytest
from sqlalchemy import select

from backend.cards.states import CardProgress, WardStatus
from backend.cards.tables import cards
from backend.exchange.importing import import_rows
from backend.exchange.parsing import ParsedFile
from backend.exchange.record import ReservationRecord
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
