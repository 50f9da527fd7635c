"""The files of an embedded database: whose they are, whether the open one is still there, and its times."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.dialects import sqlite as dialect

from backend.storage.database import Database
from backend.storage.errors import StorageReplacedError
from backend.storage.open_file import OpenFile
from backend.storage.owner import give_to_owner_of
from backend.storage.types import UtcDateTime
from tests.support import HandClock


@pytest.fixture
def watched(tmp_path: Path) -> tuple[Database, Path]:
    """A database in a file, and the file."""
    path = tmp_path / "u.db"
    return Database(f"sqlite:///{path}", clock=HandClock()), path


def test_a_file_that_was_replaced_is_not_written_on(watched: tuple[Database, Path]) -> None:
    """After a restore under a running server nothing goes into the file that is gone, old connection or new."""
    database, path = watched
    opened = OpenFile.watch(database.engine)
    with database.engine.connect() as connection:
        opened.check(connection)
        path.replace(path.with_name("aside.db"))
        path.touch()
        with pytest.raises(StorageReplacedError):
            opened.check(connection)
    database.engine.dispose()
    with pytest.raises(StorageReplacedError), database.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    assert path.stat().st_size == 0


def test_a_database_without_a_file_is_never_replaced() -> None:
    """A database in memory, or on a server, has no file that somebody could move."""
    engine = create_engine("sqlite://")
    opened = OpenFile.watch(engine)
    with engine.connect() as connection:
        opened.check(connection)
    engine.dispose()


def test_a_time_is_stored_in_utc_or_not_at_all() -> None:
    """A time of Tokyo comes back as the same instant, nothing stays nothing, and a time without a zone is refused."""
    column, here = UtcDateTime(), dialect.dialect()
    nine = datetime.fromisoformat("2026-11-25T09:00:00+09:00")
    stored = column.process_bind_param(nine, here)
    assert stored == datetime(2026, 11, 25)  # noqa: DTZ001 - as it lies in the database
    back = column.process_result_value(stored, here)
    assert back == nine
    assert back is not None
    assert back.tzinfo is UTC
    assert column.process_bind_param(None, here) is None
    with pytest.raises(ValueError, match="zone"):
        column.process_bind_param(datetime(2026, 11, 25), here)  # noqa: DTZ001 - the mistake itself


def test_what_root_makes_belongs_to_the_folders_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup that root restores can be opened by the server; anybody else gives nothing away."""
    given: list[tuple[Path, int, int]] = []
    monkeypatch.setattr(os, "chown", lambda path, user, group: given.append((path, user, group)))
    file = tmp_path / "u.db"
    file.touch()
    folder = tmp_path / "var"
    folder.mkdir()
    real, theirs = Path.stat, os.stat_result((0o40755, 1, 1, 1, 4711, 4712, 0, 0, 0, 0))
    monkeypatch.setattr(Path, "stat", lambda path, **more: theirs if path == folder else real(path, **more))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    give_to_owner_of(folder, file)
    assert given == []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    give_to_owner_of(folder, file)
    give_to_owner_of(file, file)
    assert given == [(file, 4711, 4712)]
