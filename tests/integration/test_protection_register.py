"""The register of personal data names every column of both databases, on both kinds, and no other."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect, text

from backend.protection.register import shipped_register
from backend.protection.register_entries import TableHome
from backend.sealing.key_store import KeyStore
from backend.storage.database import Database

Columns = dict[str, list[str]]


def live(engine: Engine) -> Columns:
    """Every column of every table that a database has."""
    found = inspect(engine)
    return {
        name: sorted(column["name"] for column in found.get_columns(name)) for name in found.get_table_names()
    }


def registered(home: TableHome) -> Columns:
    """Every column of every table that the register has."""
    return {table.name: sorted(table.columns) for table in shipped_register().table if table.database is home}


@pytest.mark.dialect
def test_every_column_of_the_database_is_registered_and_no_other(database: Database) -> None:
    """A migration that brings a column, or takes one, is finished only with its line in the register."""
    assert live(database.engine) == registered(TableHome.MAIN)


@pytest.mark.dialect
@pytest.mark.parametrize(
    "order", ["ALTER TABLE tickets ADD COLUMN nickname TEXT", "CREATE TABLE friends (name TEXT)"]
)
def test_a_column_that_nobody_registered_is_found(database: Database, order: str) -> None:
    """The comparison above can fail."""
    with database.write() as work:
        work.connection.execute(text(order))
    assert live(database.engine) != registered(TableHome.MAIN)


@pytest.fixture
def keys_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Where a key store may be made, of the kind of the database."""
    if database_kind == "sqlite":
        return f"sqlite:///{tmp_path}/keys.db"
    another: Callable[[], str] = request.getfixturevalue("another_postgres")
    return another()


@pytest.mark.dialect
def test_every_column_of_the_key_store_is_registered_and_no_other(database: Database, keys_url: str) -> None:
    """Keys are personal data, too: who has one reads a record."""
    store = KeyStore(keys_url)
    with database.write() as work:
        store.make_keys(work.connection, ["a" * 32])
    store.dispose()
    engine = create_engine(keys_url)
    assert live(engine) == registered(TableHome.KEYS)
    engine.dispose()
