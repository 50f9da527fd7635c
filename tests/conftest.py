"""Fixtures of all tests: a clock that tests move, databases of both kinds, a server on a free port."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import structlog
from fastapi import FastAPI
from hypothesis import Phase, settings

from backend.common.shipped import locate
from backend.offices.directory import Directory
from backend.offices.directory_file import load_directory
from backend.storage.database import Database
from backend.web.app import create_app
from tests import thrift
from tests.ledger import folder_of, watch
from tests.migrated import fresh_postgres, migrated_postgres, migrated_sqlite
from tests.postgres_server import program_folder, running_postgres
from tests.support import HandClock, House, make_house, serving


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """Undo changes of logging by a command that ran in this process: its stream is closed, but would still be used."""
    root, last = logging.getLogger(), logging.lastResort
    handlers, level, formatter = list(root.handlers), root.level, last.formatter if last else None
    configured, config = structlog.is_configured(), structlog.get_config()
    yield
    root.handlers = handlers
    root.setLevel(level)
    if last:
        last.setFormatter(formatter)
    structlog.configure(**config) if configured else structlog.reset_defaults()


@pytest.fixture(autouse=True)
def _look_as_it_was() -> Iterator[None]:
    """Undo changes of the kiosk's look, which the whole process shares, by a test that measured larger letters."""
    yield
    look = sys.modules.get("kiosk.screens.look")
    if look is not None:
        look.LOOK.ease(eased=False)


@pytest.fixture
def clock() -> HandClock:
    """A clock that stands at a morning when the office is open."""
    return HandClock()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL server of this test run, on a socket of its own."""
    with running_postgres(durable=False) as url:
        yield url


def pytest_configure(config: pytest.Config) -> None:
    """Make once what all tests share; record this process's use of the CPU if `make test` asks for it."""
    thrift.begin()
    # No deadlines in milliseconds: on a busy machine correct code would fail.
    # No phase "explain": it takes ten times as long as finding the failure.
    phases = [phase for phase in Phase if phase is not Phase.explain]
    settings.register_profile("no deadline", deadline=None, phases=phases)
    settings.load_profile("no deadline")
    watch(config)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest, whatever the order of the others: a minute that begins last has no neighbour."""
    items.sort(
        key=lambda item: item.get_closest_marker("long") is None and folder_of(item.path) != "stateful"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that is marked ``dialect`` on both kinds of database, and every other test on SQLite only."""
    if "database_kind" in metafunc.fixturenames:
        dialect = metafunc.definition.get_closest_marker("dialect") is not None
        kinds = ["sqlite", "postgresql"] if dialect else ["sqlite"]
        metafunc.parametrize("database_kind", kinds, indirect=True)


@pytest.fixture
def postgres_programs(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with pg_dump and pg_restore of the server of this run; first on the path."""
    folder = program_folder()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return folder


@pytest.fixture
def another_postgres(postgres_url: str) -> Iterator[Callable[[], str]]:
    """A function that creates an empty PostgreSQL database at each call; all are dropped at the end of the test."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(fresh_postgres(postgres_url))


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """The kind of database: SQLite, and also PostgreSQL for a test that is marked ``dialect``."""
    kind: str = request.param
    return kind


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path}/uketsuke.db"
        return
    with fresh_postgres(request.getfixturevalue("postgres_url")) as url:
        yield url


@pytest.fixture
def migrated_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated database: a copy of one that this run has migrated."""
    if database_kind == "sqlite":
        yield migrated_sqlite(tmp_path / "uketsuke.db")
        return
    with migrated_postgres(request.getfixturevalue("postgres_url")) as url:
        yield url


@pytest.fixture
def database(migrated_url: str, clock: HandClock) -> Iterator[Database]:
    """A migrated database with the hand clock: SQLite, and also PostgreSQL for a test that is marked ``dialect``."""
    opened = Database(migrated_url, clock=clock)
    yield opened
    opened.dispose()


@pytest.fixture
def sqlite(tmp_path: Path, clock: HandClock) -> Iterator[Database]:
    """A migrated SQLite database, for tests in which the kind does not matter."""
    opened = Database(migrated_sqlite(tmp_path / "uketsuke.db"), clock=clock)
    yield opened
    opened.dispose()


@pytest.fixture
def house(migrated_url: str, tmp_path: Path, clock: HandClock) -> Iterator[House]:
    """A built server on SQLite, and also on PostgreSQL for a test that is marked ``dialect``."""
    built = make_house(migrated_url, tmp_path / "var", clock)
    yield built
    built.database.dispose()


@pytest.fixture
def small_house(tmp_path: Path, clock: HandClock) -> Iterator[House]:
    """A built server on SQLite, for tests in which the kind of database does not matter."""
    built = make_house(f"sqlite:///{tmp_path}/uketsuke.db", tmp_path / "var", clock)
    yield built
    built.database.dispose()


@pytest.fixture
def app(small_house: House) -> FastAPI:
    """The application of a house, for requests without a socket."""
    return create_app(small_house.graph)


@pytest.fixture(scope="session")
def directory() -> Directory:
    """The eleven offices."""
    return load_directory(locate("offices", "shinjuku.toml"))


@pytest.fixture
def address(small_house: House) -> Iterator[str]:
    """The address of a running server on SQLite."""
    with serving(small_house) as url:
        yield url
