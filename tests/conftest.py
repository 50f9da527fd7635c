"""Fixtures of all tests: a clock to move, databases of both kinds, a server on a free port."""

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
from tests.ledger import LEDGER, Ledger
from tests.migrated import fresh_postgres, migrated_postgres, migrated_sqlite
from tests.postgres_server import program_folder, running_postgres
from tests.support import HandClock, House, make_house, serving


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """Undo what a command that ran in this process did to logging: its stream is closed, and others would write to it."""
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
    """Undo what a test that measured larger letters did to the kiosk's look, which is one for the process."""
    yield
    look = sys.modules.get("kiosk.screens.look")
    if look is not None:
        look.LOOK.ease(eased=False)


@pytest.fixture
def clock() -> HandClock:
    """A clock on an open morning."""
    return HandClock()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL server of this test run, on a socket of its own."""
    with running_postgres(durable=False) as url:
        yield url


def pytest_configure(config: pytest.Config) -> None:
    """Make once what all tests share; write down what this process costs, where `make test` asks for it."""
    thrift.begin()
    # A deadline in milliseconds is a judgement by wall time: on a busy machine it fails whoever is innocent.
    # And to explain a failure line by line is ten times as slow as to find it.
    phases = [phase for phase in Phase if phase is not Phase.explain]
    settings.register_profile("no deadline", deadline=None, phases=phases)
    settings.load_profile("no deadline")
    file = os.environ.get(LEDGER)
    if file:
        config.pluginmanager.register(Ledger(Path(file)))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that is about the dialect on both kinds of database, every other on SQLite alone."""
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
    """Makes an empty database of PostgreSQL each time that it is called, until the end of the test."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(fresh_postgres(postgres_url))


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """SQLite; in turn SQLite and PostgreSQL for a test that is marked as about the dialect."""
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
    """A migrated database with the hand clock: SQLite, or each kind for a test that is marked."""
    opened = Database(migrated_url, clock=clock)
    yield opened
    opened.dispose()


@pytest.fixture
def sqlite(tmp_path: Path, clock: HandClock) -> Iterator[Database]:
    """A migrated SQLite database, where the kind does not matter."""
    opened = Database(migrated_sqlite(tmp_path / "uketsuke.db"), clock=clock)
    yield opened
    opened.dispose()


@pytest.fixture
def house(migrated_url: str, tmp_path: Path, clock: HandClock) -> Iterator[House]:
    """A built server on SQLite, or on each kind for a test that is marked."""
    built = make_house(migrated_url, tmp_path / "var", clock)
    yield built
    built.database.dispose()


@pytest.fixture
def small_house(tmp_path: Path, clock: HandClock) -> Iterator[House]:
    """A built server on SQLite, where the kind of database does not matter."""
    built = make_house(f"sqlite:///{tmp_path}/uketsuke.db", tmp_path / "var", clock)
    yield built
    built.database.dispose()


@pytest.fixture
def app(small_house: House) -> FastAPI:
    """The application of a house, to be asked without a socket."""
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
