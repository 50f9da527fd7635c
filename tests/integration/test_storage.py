"""Databases of both kinds: transactions, times, migrations, full disks, foreign files."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, inspect, select, text

from backend.bootstrap import all_tables
from backend.reception.storing.tables import refusals
from backend.storage import event_log
from backend.storage.database import Database
from backend.storage.engine import open_engine
from backend.storage.errors import StorageError, StorageFullError, StorageMissingError
from backend.storage.migration import Upgraded, is_current, migrate
from backend.storage.requests import body_hash
from backend.storage.schema import differences
from backend.storage.secrets import load_secret
from backend.storage.unit_of_work import UnitOfWork
from tests.migrated import closing_database, fresh_postgres, make_tables
from tests.support import HandClock

JST = timezone(timedelta(hours=9))


@pytest.fixture
def truly_migrated(database_url: str, clock: HandClock) -> Iterator[Database]:
    """A database that went through every migration itself, where the migrations are the point."""
    with closing_database(database_url) as opened:
        opened.clock = clock
        migrate(opened)
        yield opened


def add(work: UnitOfWork, reason: str = "unknown") -> str:
    """Write some row."""
    key = uuid4().hex
    work.connection.execute(
        insert(refusals).values(id=key, at=work.now, office_id="00", device_id="k", reason=reason)
    )
    return key


def count(database: Database) -> int:
    """How many of those rows there are."""
    with database.read() as connection:
        return len(connection.execute(select(refusals.c.id)).all())


@pytest.mark.dialect
def test_a_clean_end_commits_and_an_exception_rolls_back_rows_and_events(database: Database) -> None:
    """Half a command never stays: rows and events of a failed one are gone."""
    with database.write() as work:
        add(work)
    with pytest.raises(RuntimeError), database.write() as work:
        add(work)
        work.record("ticket_issued", office_id="00", business_day=work.now.date(), facts={})
        raise RuntimeError
    assert count(database) == 1
    with database.read() as connection:
        assert event_log.last_event_seq(connection, "00") == 0


@pytest.mark.dialect
def test_listeners_hear_of_events_after_the_commit_only(database: Database) -> None:
    """A push can never tell of something that was rolled back."""
    heard: list[str] = []
    database.on_commit(lambda news: heard.extend(event.kind for event in news))
    with database.write() as work:
        add(work)
    assert heard == []
    with database.write() as work:
        work.record("ticket_issued", office_id="00", business_day=work.now.date(), facts={})
        assert heard == []
    assert heard == ["ticket_issued"]


@pytest.mark.dialect
def test_times_come_back_as_utc_whatever_zone_they_had(database: Database) -> None:
    """Nine o'clock in Tokyo is stored and read as the same instant in UTC."""
    nine = datetime(2026, 11, 25, 9, 0, tzinfo=JST)
    with database.write() as work:
        work.connection.execute(
            insert(refusals).values(id="x", at=nine, office_id="00", device_id="k", reason="unknown")
        )
    with database.read() as connection:
        read = connection.execute(select(refusals.c.at)).scalar_one()
    assert read == nine
    assert read.tzinfo is UTC


def test_a_time_without_a_zone_is_not_stored(sqlite: Database) -> None:
    """A naive time stops the command instead of being off by nine hours."""
    with pytest.raises(Exception, match="time zone"), sqlite.write() as work:
        work.connection.execute(
            insert(refusals).values(
                id="x",
                at=datetime(2026, 11, 25, 9, 0),  # noqa: DTZ001 - the mistake itself
                office_id="00",
                device_id="k",
                reason="unknown",
            )
        )


@pytest.mark.dialect
def test_the_migrations_make_exactly_the_tables_of_the_code(truly_migrated: Database) -> None:
    """What Alembic builds and what the rooms declare is the same, on both databases."""
    with truly_migrated.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, all_tables()) == []
    with truly_migrated.write() as work:
        assert differences(work.connection, all_tables()) == []


@pytest.mark.dialect
def test_migrating_twice_changes_nothing(truly_migrated: Database) -> None:
    """A second start finds everything in place."""
    with truly_migrated.write() as work:
        add(work)
    assert migrate(truly_migrated) == Upgraded("0017", "0017")
    assert is_current(truly_migrated)
    assert count(truly_migrated) == 1


@pytest.mark.dialect
def test_a_database_of_an_older_version_keeps_its_rows(database_url: str) -> None:
    """An upgrade on the morning of a working day loses nothing: a row of before is there, what is new is empty."""
    row = {"id": "a" * 32, "at": "2026-11-24 01:00:00", "reason": "unknown"}
    with closing_database(database_url) as old:
        make_tables(old, "0001")
        with old.write() as work:
            work.connection.execute(
                text(
                    "INSERT INTO refusals (id, at, office_id, device_id, reason) VALUES (:id, :at, '00', 'k', :reason)"
                ),
                row,
            )
            assert "fingerprint" not in {
                one["name"] for one in inspect(work.connection).get_columns("checks")
            }
        assert not is_current(old)
        upgraded = migrate(old, tables=all_tables())
        assert (upgraded.before, upgraded.version) == ("0001", "0017")
        with old.read() as connection:
            assert connection.execute(select(refusals.c.id)).scalar_one() == row["id"]
            assert compare_metadata(MigrationContext.configure(connection), all_tables()) == []
        with old.write() as work:
            assert differences(work.connection, all_tables()) == []


def test_sqlite_is_durable_and_in_wal_mode(sqlite: Database) -> None:
    """A printed ticket survives a power cut: WAL with synchronous=FULL, foreign keys on."""
    with sqlite.read() as connection:
        answers = [
            connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert answers == ["wal", 2, 1]


def test_sqlite_makes_no_files_beside_its_own(sqlite: Database) -> None:
    """What a savepoint or an order sets aside stays in memory: a file for it costs time, and would hold rows of persons."""
    with sqlite.read() as connection:
        assert connection.execute(text("PRAGMA temp_store")).scalar_one() == 2


def test_a_full_disk_is_said_and_nothing_is_half_written(sqlite: Database) -> None:
    """When no page is free, the command fails whole, in our words, and reading goes on."""
    with sqlite.write() as work:
        add(work)
    full = Database(sqlite.url)
    with full.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count={pages}"))
    with pytest.raises(StorageFullError), full.write() as work:
        for _ in range(2000):
            add(work, "x" * 20)
    assert count(full) == 1
    full.dispose()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    """Somebody's text file is neither read as a database nor overwritten."""
    path = tmp_path / "letter.txt"
    path.write_text("拝啓" * 2000)
    before = path.read_bytes()
    with pytest.raises(StorageError):
        migrate(Database(f"sqlite:///{path}"))
    assert path.read_bytes() == before


@pytest.mark.dialect
def test_a_database_with_other_tables_is_refused_and_left_alone(database_url: str) -> None:
    """Another program's database gets none of our tables."""
    other = Database(database_url)
    with other.engine.begin() as connection:
        connection.execute(text("CREATE TABLE somebody_else (id integer)"))
    with pytest.raises(StorageMissingError, match="other tables"):
        migrate(other)
    assert inspect(other.engine).get_table_names() == ["somebody_else"]
    other.dispose()


@pytest.mark.dialect
def test_a_newer_database_is_refused_and_left_alone(truly_migrated: Database) -> None:
    """An old program does not work on, or downgrade, a newer database."""
    with truly_migrated.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageMissingError, match="newer version"):
        migrate(truly_migrated)


@pytest.mark.dialect
def test_a_database_that_was_not_set_up_is_said(database_url: str) -> None:
    """Without tables the message says which command makes them."""
    empty = Database(database_url)
    assert not is_current(empty)
    empty.dispose()


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://x/y", "oracle+oracledb://x", "sqlite:////proc/no/such/file.db"]
)
def test_a_wrong_url_is_one_plain_sentence(url: str) -> None:
    """A mistyped database URL is no traceback."""
    with pytest.raises(StorageMissingError):
        open_engine(url).connect()


def test_a_postgres_that_is_away_is_said(tmp_path: Path) -> None:
    """A database server that does not answer is an error of storage with a name."""
    database = Database(f"postgresql+psycopg://nobody@/nothing?host={tmp_path}")
    with pytest.raises(StorageMissingError, match="cannot be reached"), database.read():
        pass


@pytest.mark.dialect
def test_a_connection_that_died_while_it_rested_is_replaced(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first visitor after PostgreSQL was started anew is received like any other."""
    with (
        fresh_postgres(postgres_url) as url,
        closing_database(url) as database,
        closing_database(url) as other,
    ):

        def backend() -> int:
            """Which process of PostgreSQL answers."""
            with database.read() as connection:
                return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())

        before = backend()
        with other.write() as work:
            work.connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": before})
        monkeypatch.setattr("backend.storage.engine._RESTED_SECONDS", 0.0)
        assert backend() != before


@pytest.mark.dialect
def test_events_are_numbered_in_the_order_of_commits(database: Database) -> None:
    """Reading after a number never misses an event that commits later with a smaller one."""
    from concurrent.futures import ThreadPoolExecutor

    def write(_index: int) -> None:
        for _ in range(20):
            with database.write() as work:
                work.record("ticket_issued", office_id="00", business_day=work.now.date(), facts={})

    seen: list[int] = []
    with ThreadPoolExecutor(5) as pool:
        writers = [pool.submit(write, index) for index in range(4)]
        while len(seen) < 80:
            with database.read() as connection:
                seen.extend(
                    event.seq
                    for event in event_log.office_events_after(
                        connection, "00", seen[-1] if seen else 0, limit=100
                    )
                )
            if all(writer.done() for writer in writers):
                for writer in writers:
                    writer.result()
    assert seen == sorted(seen)
    assert len(set(seen)) == 80


def test_the_secret_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    """A second start reads the same key; nobody else may read the file; a damaged one stops the start."""
    key = load_secret(tmp_path / "var")
    assert load_secret(tmp_path / "var") == key
    path = tmp_path / "var" / "secret.key"
    assert path.stat().st_mode & 0o077 == 0
    path.write_bytes(b"short")
    with pytest.raises(StorageMissingError, match="damaged"):
        load_secret(tmp_path / "var")


def test_a_fingerprint_needs_the_key() -> None:
    """Without the server's key nobody can try reservation numbers against what is stored."""
    body = {"shown": "12345679"}
    first, second = (body_hash(key * 32, "check_in", "kiosk", body) for key in (b"a", b"b"))
    assert first != second
    assert "12345679" not in first


def test_the_clock_of_a_command_is_one_point_in_time(sqlite: Database, clock: HandClock) -> None:
    """Everything that one command writes carries the same time."""
    with sqlite.write() as work:
        clock.advance(minutes=1)
        assert work.now == clock.now - timedelta(minutes=1)
