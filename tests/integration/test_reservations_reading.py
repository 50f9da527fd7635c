"""A role sees the columns that it names, and nothing that stands beside them."""

import pytest

from backend.reservations.reading import read_columns
from tests.support import House


@pytest.mark.parametrize("columns", [("name",), ("birth", "number"), ()])
def test_only_the_named_columns_are_read_in_their_order(small_house: House, columns: tuple[str, ...]) -> None:
    """What a role may not see is not even fetched, so that no page can show it by mistake."""
    stored = {"number": "10000001", "name": "受付 花子", "birth": "1990-01-31"}
    reservation = small_house.reserve("10000001")
    with small_house.database.read() as connection:
        found = read_columns(connection, reservation, columns)
    assert found is not None
    assert list(found.items()) == [(column, stored[column]) for column in columns]


def test_a_reservation_that_is_gone_is_nothing(small_house: House) -> None:
    """Between a page and its click a row may have been dropped: there is nothing to show, and no error."""
    with small_house.database.read() as connection:
        assert read_columns(connection, "0" * 32, ("name",)) is None
