"""The writer's own connection: kept while it is used, new after it rested or broke, gone at the end."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from backend.storage import kept_connection
from backend.storage.database import Database
from backend.storage.errors import StorageMissingError
from backend.storage.kept_connection import KeptConnection
from tests.migrated import closing_database, migrated_postgres
from tests.support import wait_until


@pytest.fixture
def kept(database: Database) -> Iterator[KeptConnection]:
    """A connection that is given back in the end."""
    one = KeptConnection(database.engine)
    yield one
    one.close()


def checked_out(database: Database) -> int:
    """How many connections somebody has."""
    return int(database.engine.pool.checkedout())  # type: ignore[attr-defined] # the pool of every engine of ours


@pytest.mark.dialect
def test_the_same_connection_is_used_again(database: Database, kept: KeptConnection) -> None:
    """Two commits in a row share a connection, and between them it holds no transaction."""
    with kept.open() as first, first.begin():
        first.execute(text("SELECT 1"))
    with kept.open() as second:
        assert second is first
        assert not second.in_transaction()
    assert checked_out(database) == 1


@pytest.mark.dialect
def test_one_that_rested_or_broke_is_given_back(
    database: Database, kept: KeptConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a pause the pool looks whether it lives; after any error there is a new one, and none is lost to the pool."""
    with kept.open() as first:
        pass
    with pytest.raises(KeyError), kept.open() as same:
        assert same is first
        raise KeyError
    assert first.closed
    assert checked_out(database) == 0
    with kept.open() as second:
        assert second is not first
    monkeypatch.setattr(kept_connection, "_RESTED_SECONDS", -1.0)
    with kept.open() as third:
        assert third is not second
    assert second.closed
    assert checked_out(database) == 1
    kept.close()
    kept.close()
    assert checked_out(database) == 0


class Asking:
    """A task that asks which process of PostgreSQL carries it out."""

    def name_offices(self, _connection: object, _now: object) -> dict[str, int]:
        """None."""
        return {}

    def carry_out(self, work: object) -> int:
        """Its number."""
        return int(work.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())  # type: ignore[attr-defined] # a unit of work


@pytest.mark.dialect
def test_a_line_that_broke_costs_one_answer(postgres_url: str) -> None:
    """Whose commit meets the broken line is told that storage is away; the next is carried out on a new one."""
    with (
        migrated_postgres(postgres_url) as url,
        closing_database(url) as database,
        closing_database(url) as other,
    ):
        before = database.writer.carry_out(Asking())
        assert database.writer.carry_out(Asking()) == before
        with other.engine.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": before})
        with pytest.raises(StorageMissingError):
            database.writer.carry_out(Asking())
        assert database.writer.carry_out(Asking()) != before


@pytest.mark.dialect
def test_nothing_of_a_database_outlives_its_end(migrated_url: str) -> None:
    """After the end no connection and no thread of it is left, and nobody is let in any more."""
    before = set(threading.enumerate())
    database = Database(migrated_url, patience=4.0)
    for _ in range(70):
        with database.write() as work:
            work.record("ticket_issued", office_id="00", business_day=work.now.date(), facts={})
    database.writer.carry_out(Counting())
    database.dispose()
    wait_until(lambda: set(threading.enumerate()) <= before)
    assert checked_out(database) == 0
    with pytest.raises(StorageMissingError):
        database.writer.carry_out(Counting())
    database.dispose()


@pytest.mark.dialect
def test_a_connection_that_is_given_back_after_the_end_is_closed(migrated_url: str) -> None:
    """A thread that works on while the program ends leaves no connection open, and the next one that is opened stays."""
    database = Database(migrated_url)
    with database.read() as connection:
        driver = connection.connection.dbapi_connection
        database.dispose()
    assert driver is not None
    with pytest.raises(database.engine.dialect.loaded_dbapi.Error):
        driver.cursor().execute("SELECT 1")
    for _ in range(2):
        with database.read() as connection:
            now = connection.connection.dbapi_connection
    assert now is not None
    now.cursor().execute("SELECT 1")
    database.dispose()


class Counting(Asking):
    """A task that looks at a table."""

    def carry_out(self, work: object) -> int:
        """How many requests there were."""
        return int(work.connection.exec_driver_sql("SELECT count(*) FROM requests").scalar_one())  # type: ignore[attr-defined] # a unit of work
