"""The file of an embedded database becomes smaller again, and is written anew once where an older version made it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from backend.sealing.key_store import KeyStore
from backend.storage.compacting import give_back, let_shrink
from backend.storage.database import Database
from backend.storage.errors import StorageMissingError
from tests.support import House

WORD = "QXZJVKWORD"


def fill(database: Database, rows: int) -> None:
    """Write many rows and delete them."""
    with database.write() as work:
        work.connection.execute(text("CREATE TABLE filling (id integer PRIMARY KEY, words text)"))
        work.connection.execute(
            text("INSERT INTO filling (words) VALUES (:words)"), [{"words": WORD * 90}] * rows
        )
    with database.write() as work:
        work.connection.execute(text("DELETE FROM filling"))


def pages(database: Database) -> tuple[int, int]:
    """How many pages the file has, and how many of them are free."""
    with database.read() as connection:
        return (
            connection.execute(text("PRAGMA page_count")).scalar_one(),
            connection.execute(text("PRAGMA freelist_count")).scalar_one(),
        )


def test_housekeeping_gives_free_pages_back(small_house: House) -> None:
    """A database that forgot a year does not keep its room: the file shrinks, in transactions that nobody waits for long."""
    fill(small_house.database, 4000)
    before, free = pages(small_house.database)
    assert free > 900
    swept = small_house.graph.housekeeping.sweep()
    after, left = pages(small_house.database)
    assert (free - left, left) == (swept["pages"], 200)
    assert before - after >= swept["pages"]
    assert small_house.graph.housekeeping.sweep()["pages"] == 0


def test_pages_are_given_back_although_no_key_store_can_be_reached(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever cannot reach the keys still frees the room of what was deleted."""

    def away(*_: object) -> int:
        raise StorageMissingError("the key store is away")

    monkeypatch.setattr(KeyStore, "sweep", away)
    fill(small_house.database, 4000)
    before, _ = pages(small_house.database)
    with pytest.raises(StorageMissingError, match="key store"):
        small_house.graph.housekeeping.sweep()
    assert pages(small_house.database)[0] < before


@pytest.mark.dialect
def test_a_database_without_free_pages_stays_as_it_is(database: Database) -> None:
    """There is nothing to give back, and PostgreSQL does it by itself."""
    assert give_back(database) == 0


def test_a_file_of_before_is_written_anew_once(sqlite: Database) -> None:
    """What was deleted under an older version is in no byte of the file any more, nor in its log; another time nothing happens."""
    file = Path(str(sqlite.engine.url.database))
    sqlite.dispose()
    with closing(sqlite3.connect(file)) as straight:
        straight.execute("PRAGMA auto_vacuum=NONE")
        straight.execute("VACUUM")
    fill(sqlite, 50)
    log = Path(f"{file}-wal")
    assert WORD.encode() in file.read_bytes() + log.read_bytes()
    let_shrink(sqlite)
    assert WORD.encode() not in file.read_bytes()
    assert not log.exists() or log.stat().st_size == 0
    with sqlite.read() as connection:
        assert connection.execute(text("PRAGMA auto_vacuum")).scalar_one() == 2
    content = file.read_bytes()
    let_shrink(sqlite)
    assert file.read_bytes() == content


def test_a_connection_writes_nothing(sqlite: Database) -> None:
    """A new file gives pages back from its first one on, and whoever opens it later waits for no writer."""
    with sqlite.read() as connection:
        assert connection.execute(text("PRAGMA auto_vacuum")).scalar_one() == 2
    other = Database(sqlite.url)
    with sqlite.write(), other.read() as connection:
        assert connection.execute(text("PRAGMA auto_vacuum")).scalar_one() == 2
    other.dispose()


def test_a_reader_does_not_stop_the_start(sqlite: Database) -> None:
    """While somebody reads, the log is left to them and the program goes on at once."""
    fill(sqlite, 5)
    with sqlite.read() as connection:
        connection.execute(text("SELECT count(*) FROM filling"))
        let_shrink(sqlite)
    assert pages(sqlite)[0] > 0
