"""A role sees the columns that it names, and nothing that stands beside them."""

import pytest

from backend.cards.states import CardProgress, WardStatus
from backend.protection.columns import Columns
from backend.reservations import ReservationState
from backend.reservations.fields import read_fields, status_of
from tests.support import House

NOBODY = "0" * 32


@pytest.mark.parametrize("columns", [("name",), ("birth", "number"), ("proxy_name", "state", "phone"), ()])
def test_only_the_named_columns_are_read_in_their_order(small_house: House, columns: tuple[str, ...]) -> None:
    """What a role may not see is not even fetched, so that no page can show it by mistake; card and booking are one list."""
    stored = {
        "number": "10000001",
        "name": "受付 花子",
        "birth": "1990-01-31",
        "proxy_name": "代理 太郎",
        "phone": "0312345678",
        "state": WardStatus.BOOKED,
    }
    reservation = small_house.reserve("10000001", proxy_name="代理 太郎", phone="0312345678")
    with small_house.database.read() as connection:
        found = read_fields(
            connection,
            small_house.graph.records,
            small_house.card_of(reservation),
            reservation,
            Columns(columns),
        )
    assert list(found.items()) == [(column, stored[column]) for column in columns]


def test_a_card_without_a_booking_has_its_person(small_house: House) -> None:
    """Who comes with a notice and nothing booked is known by name, and no number or time is made up."""
    card_id = small_house.card_of(small_house.reserve("10000001"))
    with small_house.database.read() as connection:
        found = read_fields(
            connection,
            small_house.graph.records,
            card_id,
            None,
            Columns(("name", "number", "starts_at", "state")),
        )
    assert dict(found) == {"name": "受付 花子", "state": WardStatus.NOTIFIED}


@pytest.mark.parametrize("card_id", [None, NOBODY])
def test_what_is_gone_is_nothing(small_house: House, card_id: str | None) -> None:
    """Between a page and its click a row may have been dropped: there is nothing to show, and no error."""
    with small_house.database.read() as connection:
        found = read_fields(
            connection, small_house.graph.records, card_id, NOBODY, Columns(("name", "number"))
        )
    assert not any(found.values())


def test_whose_key_was_destroyed_has_no_name_any_more(small_house: House) -> None:
    """An erased person is nobody on a page, at once, although the sealed record still lies there."""
    reservation = small_house.reserve("10000001", proxy_name="代理 太郎")
    card_id = small_house.card_of(reservation)
    with small_house.database.write() as work:
        small_house.graph.records.store.destroy(work.connection, [card_id])
    with small_house.database.read() as connection:
        found = read_fields(
            connection,
            small_house.graph.records,
            card_id,
            reservation,
            Columns(("name", "proxy_name", "number")),
        )
    assert dict(found) == {"name": None, "proxy_name": None, "number": "10000001"}


@pytest.mark.parametrize(
    ("progress", "booking", "status"),
    [
        (CardProgress.NOTIFIED, ReservationState.BOOKED, WardStatus.BOOKED),
        (CardProgress.NOTIFIED, ReservationState.TENTATIVE, WardStatus.BOOKED),
        (CardProgress.NOTIFIED, ReservationState.REPLACED, WardStatus.CANCELLED),
        (CardProgress.NOTIFIED, ReservationState.NO_SHOW, WardStatus.NO_SHOW),
        (CardProgress.OVERDUE, None, WardStatus.NOTIFIED),
        (CardProgress.ISSUED, ReservationState.BOOKED, WardStatus.ISSUED),
        (CardProgress.ISSUED, ReservationState.FULFILLED, WardStatus.ISSUED),
        (CardProgress.MOVED_OUT, ReservationState.BOOKED, WardStatus.WITHDRAWN),
    ],
)
def test_card_and_booking_have_one_status_for_the_ward(
    progress: CardProgress, booking: ReservationState | None, status: WardStatus
) -> None:
    """A card that is out of the house says more than whatever is booked for it."""
    assert status_of(progress, booking) is status
