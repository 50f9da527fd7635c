"""A key store that fails under a running server is told where the administrator looks."""

import pytest

from backend.sealing.errors import KeyStoreError
from tests.support import House


def test_a_key_store_that_fails_is_told_by_health_and_forgotten_when_it_is_well(small_house: House) -> None:
    """Health names the keys, not a fault of the database; the next commit says that all is well."""
    with pytest.raises(KeyStoreError), small_house.database.write():
        raise KeyStoreError("the key store is gone")
    trouble = small_house.database.condition.trouble
    assert trouble is not None
    assert trouble.word == "keys"
    small_house.reserve("88870000")
    assert small_house.database.condition.trouble is None
