"""Checkpoints aside: the log stays short under load, whoever reads, and a console's program keeps SQLite's own habit."""

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from backend.storage import checkpoints
from backend.storage.checkpoints import Checkpoints
from backend.storage.database import Database
from backend.storage.engine import open_engine
from backend.storage.turns import Turns
from tests.migrated import closing_database, migrated_sqlite
from tests.support import wait_until


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Database]:
    """A database as a server has it open."""
    opened = Database(migrated_sqlite(tmp_path / "uketsuke.db"), patience=4.0)
    yield opened
    opened.dispose()


def log_of(database: Database) -> Path:
    """The log beside the file."""
    return Path(f"{database.engine.url.database}-wal")


def write(database: Database, times: int) -> None:
    """Commits, each of a few pages."""
    for _ in range(times):
        with database.write() as work:
            work.record(
                "ticket_issued", office_id="00", business_day=work.now.date(), facts={"x": "x" * 2000}
            )


def test_only_a_server_leaves_the_copying_to_its_thread(server: Database) -> None:
    """An import of the console, which has no such thread, keeps SQLite's own limit, or its log would grow for ever."""
    with server.read() as connection:
        assert connection.execute(text("PRAGMA wal_autocheckpoint")).scalar() == 0
    with closing_database(server.url) as console:
        assert console._checkpoints is None
        with console.read() as connection:
            assert connection.execute(text("PRAGMA wal_autocheckpoint")).scalar() == 1000


def test_the_log_stays_short_while_readers_read_and_writers_write(
    server: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With commits and looks that never pause the log begins anew at its limit: a morning's load never fills the disk."""
    monkeypatch.setattr(checkpoints, "_TOO_LONG_BYTES", limit := 400_000)
    ended = threading.Event()
    longest = 0

    def look() -> None:
        while not ended.is_set():
            with server.read() as connection:
                connection.execute(text("SELECT count(*) FROM event_counters")).scalar()

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(look) for _ in range(2)]
        try:
            for _ in range(16):
                write(server, 8)
                longest = max(longest, log_of(server).stat().st_size)
        finally:
            ended.set()
        for reader in readers:
            reader.result()
    assert limit < longest < 4 * limit


def test_a_log_that_is_too_long_is_cut(server: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a large import left is given back to the disk within a few commits."""
    monkeypatch.setattr(checkpoints, "_TOO_LONG_BYTES", 100_000)
    write(server, 7)
    with server.write() as work:
        for _ in range(100):
            work.record("x", office_id="00", business_day=work.now.date(), facts={"x": "x" * 4000})
    wait_until(lambda: log_of(server).stat().st_size == 0)


def test_a_reader_that_stands_still_costs_one_wait_and_not_every_few_commits(
    server: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a frozen program reads, cutting the log is tried once in a while only, as each try keeps commits waiting."""
    monkeypatch.setattr(checkpoints, "_TOO_LONG_BYTES", 1)
    monkeypatch.setattr(checkpoints, "_WAIT_SECONDS", 0.05)
    watch = server._checkpoints
    assert watch is not None
    write(server, 1)
    with closing_database(server.url) as other, other.read() as connection:
        connection.execute(text("SELECT count(*) FROM events")).scalar()
        write(server, 1)
        watch._copy()
        again_at = watch._cut_again_at
        assert again_at > 0
        watch._copy()
        assert watch._cut_again_at == again_at
        assert log_of(server).stat().st_size > 0
    watch._copy()
    assert log_of(server).stat().st_size > 0
    watch._cut_again_at = 0.0
    watch._copy()
    assert log_of(server).stat().st_size == 0


def test_a_file_that_vanished_ends_nothing(server: Database, tmp_path: Path) -> None:
    """The thread outlives a file that is gone, makes no new one in its place, and works again when it is back."""
    write(server, 1)
    watch = server._checkpoints
    assert watch is not None
    path = Path(str(server.engine.url.database))
    hidden = path.rename(tmp_path / "hidden.db")
    for _ in range(64):
        watch.look()
    wait_until(lambda: not watch._wanted.is_set())
    assert not path.exists()
    assert watch._thread is not None
    assert watch._thread.is_alive()
    hidden.rename(path)
    with sqlite3.connect(path) as own:
        before = own.execute("PRAGMA journal_mode").fetchone()
    own.close()
    assert before == ("wal",)
    for _ in range(64):
        watch.look()
    wait_until(lambda: not watch._wanted.is_set())
    assert watch._thread.is_alive()


def test_two_first_commits_start_one_thread(server: Database) -> None:
    """Whoever comes at once finds the thread that the other has started, and the end waits for it."""
    watch = server._checkpoints
    assert watch is not None
    barrier = threading.Barrier(8)

    def many() -> None:
        barrier.wait()
        for _ in range(64):
            watch.look()

    before = threading.active_count()
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(many) for _ in range(8)]:
            done.result()
    assert threading.active_count() == before + 1
    watch.close()
    assert threading.active_count() == before
    watch.look()
    assert threading.active_count() == before


def test_a_machine_without_a_thread_to_give_fails_no_commit(
    server: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit that was done is not told as failed because the log could not be looked after; a later one starts the thread."""

    class Never(threading.Thread):
        """A thread that cannot begin."""

        def start(self) -> None:
            """There is none to give."""
            raise RuntimeError("can't start new thread")

    watch = server._checkpoints
    assert watch is not None
    with monkeypatch.context() as patch:
        patch.setattr(threading, "Thread", Never)
        for _ in range(64):
            watch.look()
        assert watch._thread is None
    for _ in range(64):
        watch.look()
    assert watch._thread is not None


def test_a_database_server_has_no_log_to_watch() -> None:
    """PostgreSQL looks after its own log, so nothing is started."""
    engine = open_engine("postgresql+psycopg://nobody@/nothing")
    watch = Checkpoints(engine, Turns())
    for _ in range(200):
        watch.look()
    assert watch._thread is None
    watch.close()
    engine.dispose()


def test_a_program_that_writes_many_rows_copies_the_log_aside_too(tmp_path: Path) -> None:
    """No piece of an import waits while SQLite copies its log, and its pages are not read again and again."""
    with closing_database(migrated_sqlite(tmp_path / "uketsuke.db")) as database:
        with database.read() as connection:
            assert connection.execute(text("PRAGMA wal_autocheckpoint")).scalar_one() > 0
        database.expect_many_rows()
        database.expect_many_rows()
        with database.read() as connection:
            assert connection.execute(text("PRAGMA wal_autocheckpoint")).scalar_one() == 0
            assert connection.execute(text("PRAGMA cache_size")).scalar_one() < -2000
        file = Path(str(database.engine.url.database))
        before = file.stat().st_size
        write(database, 200)
        # With SQLite's own habit switched off, only the thread lets the file grow.
        wait_until(lambda: file.stat().st_size > before)
