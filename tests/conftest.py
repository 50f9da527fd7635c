"""Fixtures of all tests: a clock to move, databases of both kinds, a server on a free port."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.storage.migrate import migrate
from backend.storage.unit_of_work import Database
from tests.postgres_server import running_postgres
from tests.support import HandClock, House, fresh_postgres, make_house, serving


@pytest.fixture
def clock() -> HandClock:
    """A clock on an open morning."""
    return HandClock()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL server of this test run, on a socket of its own."""
    with running_postgres() as url:
        yield url


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
