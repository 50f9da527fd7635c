"""A key store that fails under a running server is told where the administrator looks."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from backend.sealing.errors import KeyStoreError
from backend.sealing.key_store import KeyStore
from backend.sealing.tables import data_keys
from backend.storage.pulse import Pulse
from backend.storage.unit_of_work import utc_now
from tests.migrated import closing_database, migrated_sqlite
from tests.support import House


def store_of(house: House) -> Path:
    """The file of a house's keys."""
    return house.graph.settings.var_dir / "keys.db"


def test_a_key_store_that_fails_is_told_by_health_until_it_is_well(
    small_house: House, tmp_path: Path
) -> None:
    """A commit that needs no keys says nothing of them: only a look at the store ends the alarm."""
    small_house.reserve("88870000")
    graph, store = small_house.graph, store_of(small_house)
    pulse = Pulse(small_house.database, keys=graph.look_at_keys)
    assert pulse.trouble() is None
    store.rename(tmp_path / "aside.db")
    with pytest.raises(KeyStoreError), small_house.database.read():
        graph.records.keys_of(["c" * 32])
    small_house.device()
    for _ in range(2):
        trouble = pulse.trouble()
        assert trouble is not None
        assert trouble.word == "keys"
    (tmp_path / "aside.db").rename(store)
    assert pulse.trouble() is None


def test_another_store_in_its_place_is_no_erased_person(small_house: House, tmp_path: Path) -> None:
    """Without its key a record would read as erased; a store of another database is told instead."""
    card_id = small_house.card_of(small_house.reserve("88870000"))
    records = small_house.graph.records
    assert set(records.keys_of([card_id])) == {card_id}
    with closing_database(migrated_sqlite(tmp_path / "other.db")) as other, other.write() as work:
        foreign = KeyStore(f"sqlite:///{tmp_path / 'other.keys'}")
        foreign.make_keys(work.connection, ["d" * 32])
        foreign.dispose()
    (tmp_path / "other.keys").replace(store_of(small_house))
    with pytest.raises(KeyStoreError, match="belongs to another database"):
        records.keys_of([card_id])


def test_a_new_database_never_takes_the_keys_of_another_one(small_house: House, tmp_path: Path) -> None:
    """A database file that was lost is not replaced by an empty one whose housekeeping destroys every key of the backup."""
    small_house.reserve("88870000")
    taken = KeyStore(f"sqlite:///{store_of(small_house)}")
    with taken.engine.writing() as keys:
        keys.execute(update(data_keys).values(made_at=utc_now() - timedelta(hours=2)))
    before = store_of(small_house).read_bytes()
    with closing_database(migrated_sqlite(tmp_path / "new.db")) as new:
        with new.write() as work, pytest.raises(KeyStoreError, match="belongs to another database"):
            taken.make_keys(work.connection, [])
        with new.read() as connection, pytest.raises(KeyStoreError, match="belongs to another database"):
            taken.check(connection)
    assert store_of(small_house).read_bytes() == before
    taken.dispose()


def test_a_store_without_older_keys_is_nobodys_yet(tmp_path: Path) -> None:
    """What died between the store and its mark leaves a store that the next run takes."""
    left = KeyStore(f"sqlite:///{tmp_path / 'keys.db'}")
    with closing_database(migrated_sqlite(tmp_path / "one.db")) as one, one.write() as work:
        left.make_keys(work.connection, ["c" * 32])
    with closing_database(migrated_sqlite(tmp_path / "two.db")) as two, two.write() as work:
        left.make_keys(work.connection, ["d" * 32])
        assert set(left.keys_of(["c" * 32, "d" * 32])) == {"c" * 32, "d" * 32}
    left.dispose()
