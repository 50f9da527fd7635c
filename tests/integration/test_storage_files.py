"""The files of an embedded database: whose they are, whether the open one is still there, and its times."""

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.dialects import sqlite as dialect

from backend.cli.backup import command as backup
from backend.cli.migrate import command as migrate_command
from backend.cli.restore import command as restore
from backend.settings import DEFAULT_DATABASE
from backend.storage.database import Database
from backend.storage.errors import StorageReplacedError
from backend.storage.migration import migrate
from backend.storage.open_file import OpenFile
from backend.storage.owner import give_to_owner_of
from backend.storage.secrets import load_secret
from backend.storage.server_lock import lock_database
from backend.storage.types import UtcDateTime
from tests.command_support import result_of
from tests.support import HandClock, make_house


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


@pytest.fixture
def usual_umask() -> Iterator[None]:
    """What a shell has where nobody said otherwise: everybody may read what is made."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def rights(folder: Path) -> dict[str, str]:
    """The rights of a folder and of everything in it."""
    return {
        str(one.relative_to(folder.parent)): f"{stat.S_IMODE(one.stat().st_mode):o}"
        for one in (folder, *folder.rglob("*"))
    }


@pytest.mark.usefixtures("usual_umask")
def test_what_we_make_is_for_its_owner_only(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under the umask of an ordinary shell no other user of the machine reads data folder, database, log, keys or backups."""
    monkeypatch.chdir(tmp_path)
    lock = lock_database(DEFAULT_DATABASE)
    assert lock is not None
    assert result_of(migrate_command).exception is None
    house = make_house(DEFAULT_DATABASE, Path("var"), clock)
    house.reserve("88870001")
    with house.database.read():
        assert rights(tmp_path / "var") == {
            "var": "700",
            "var/keys.db": "600",
            "var/secret.key": "600",
            "var/uketsuke.db": "600",
            "var/uketsuke.db-shm": "600",
            "var/uketsuke.db-wal": "600",
            "var/uketsuke.db.lock": "600",
        }
    assert result_of(backup, "b.tar").exception is None
    house.graph.records.store.dispose()
    house.database.dispose()
    lock.release()
    (tmp_path / "var").rename(tmp_path / "before")
    (tmp_path / "var").mkdir(mode=0o700)
    monkeypatch.setenv("UKETSUKE_VAR_DIR", "keys")
    assert result_of(restore, "b.tar").exception is None
    assert rights(tmp_path / "keys") == {"keys": "700", "keys/keys.db": "600", "keys/secret.key": "600"}
    assert rights(tmp_path / "var") == {
        "var": "700",
        "var/uketsuke.db": "600",
        "var/uketsuke.db.lock": "600",
    }
    assert (rights(tmp_path / "b.tar"), rights(tmp_path / "b.keys.tar")) == (
        {"b.tar": "600"},
        {"b.keys.tar": "600"},
    )


@pytest.mark.usefixtures("usual_umask")
def test_rights_that_somebody_gave_stay(tmp_path: Path) -> None:
    """A folder and a database that a group may read on purpose are not taken from it."""
    folder = tmp_path / "var"
    folder.mkdir(mode=0o750)
    file = folder / "u.db"
    file.touch(mode=0o640)
    file.chmod(0o640)
    database = Database(f"sqlite:///{file}")
    migrate(database)
    load_secret(folder, database)
    with database.read():
        assert rights(folder) == {
            "var": "750",
            "var/secret.key": "600",
            "var/u.db": "640",
            "var/u.db-shm": "640",
            "var/u.db-wal": "640",
        }
    database.dispose()


@pytest.mark.usefixtures("usual_umask")
def test_a_database_behind_a_link_is_made_for_its_owner_only(tmp_path: Path) -> None:
    """A link to a file that is not there yet leads to one like any other."""
    (tmp_path / "u.db").symlink_to(tmp_path / "real.db")
    database = Database(f"sqlite:///{tmp_path}/u.db")
    with database.read():
        assert stat.S_IMODE((tmp_path / "real.db").stat().st_mode) == 0o600
    database.dispose()
