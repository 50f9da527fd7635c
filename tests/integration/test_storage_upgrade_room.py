"""A PostgreSQL whose disk has no room for the upgrade says so, loses nothing, and is upgraded once there is room."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy import func, make_url, select, text

from backend.bootstrap import all_tables
from backend.cards.tables import cards
from backend.reservations.tables import reservations
from backend.storage.database import Database
from backend.storage.errors import StorageFullError
from backend.storage.schema import differences
from tests.letters import letters_by_chance
from tests.migrated import closing_database, upgrade
from tests.old_ward import BOOKINGS, CARDS, GROUP, REVISION, OldWard
from tests.support import HandClock

GROUPS = 6
LEFT = 128 * 1024
"""Room for some pages, so that the upgrade begins and then finds none."""


@pytest.fixture
def disk() -> Iterator[Path]:
    """A small disk of its own, which the server's user can reach; taken away whatever happened."""
    made = Path(mkdtemp(prefix="uketsuke-disk-"))
    made.chmod(0o755)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", made], check=False).returncode:
        made.rmdir()
        pytest.skip("no disk can be made here")
    try:
        yield made
    finally:
        # Lazily, where the server still has a file of it open after a failure.
        if subprocess.run(["umount", made], check=False).returncode:
            subprocess.run(["umount", "--lazy", made], check=True)
        made.rmdir()


@contextmanager
def database_on(disk: Path, postgres_url: str, clock: HandClock) -> Iterator[Database]:
    """An empty database of the run's server whose tables lie on a disk of their own."""
    place, name = disk / "space", "t" + letters_by_chance()
    with closing_database(postgres_url) as admin, admin.engine.connect() as connection, ExitStack() as stack:
        ordering = connection.execution_options(isolation_level="AUTOCOMMIT")
        owner = Path(str(ordering.execute(text("SHOW data_directory")).scalar_one())).stat()
        place.mkdir()
        os.chown(place, owner.st_uid, owner.st_gid)
        ordering.execute(text(f"CREATE TABLESPACE {name} LOCATION '{place}'"))
        stack.callback(ordering.execute, text(f"DROP TABLESPACE {name}"))
        ordering.execute(text(f"CREATE DATABASE {name} TABLESPACE {name}"))
        stack.callback(ordering.execute, text(f"DROP DATABASE {name} WITH (FORCE)"))
        url = make_url(postgres_url).set(database=name)
        with closing_database(url.render_as_string(hide_password=False)) as database:
            database.clock = clock
            yield database


def fill(disk: Path) -> Path:
    """Leave little room on a disk; returns the file that takes it."""
    filling = disk / "filling"
    room = os.statvfs(disk)
    filling.write_bytes(b"x" * (room.f_bavail * room.f_frsize - LEFT))
    return filling


def old_rows(database: Database) -> int:
    """How many reservations there are in the tables of before."""
    with database.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == REVISION
        return int(connection.execute(text("SELECT count(name) FROM reservations")).scalar_one())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk")
def test_a_postgresql_without_room_says_so_and_begins_anew(
    disk: Path, postgres_url: str, clock: HandClock, tmp_path: Path
) -> None:
    """One sentence, as on SQLite; the tables are those of before, however often it is tried, and with room all comes over."""
    (tmp_path / "var").mkdir()
    with database_on(disk, postgres_url, clock) as old:
        OldWard().fill(old, GROUPS)
        filling = fill(disk)
        for _ in range(2):
            with pytest.raises(StorageFullError, match="disk is full"):
                upgrade(old, tmp_path / "var")
            assert old_rows(old) == GROUP * GROUPS
        filling.unlink()
        assert upgrade(old, tmp_path / "var").told["cards"] == CARDS * GROUPS
        with old.write() as work:
            assert differences(work.connection, all_tables()) == []
        with old.read() as connection:
            rows = connection.execute(select(func.count()).select_from(reservations)).scalar_one()
            known = connection.execute(select(func.count()).select_from(cards)).scalar_one()
        assert (rows, known) == (sum(BOOKINGS.values()) * GROUPS, CARDS * GROUPS)
