"""The two ways to run the server: SQLite with one process, PostgreSQL with two."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.counter import Counter, Server
from tests.migrated import fresh_postgres
from tests.postgres_server import running_postgres


@dataclass(frozen=True)
class Running:
    """A counter whose servers run.

    Attributes:
        name: of the database and its servers, for people.
        counter: with a database that was empty when the servers started.
        servers: the processes.
    """

    name: str
    counter: Counter
    servers: list[Server]


@contextmanager
def on_sqlite(folder: Path) -> Iterator[Running]:
    """SQLite with its one server process."""
    with _running("SQLite, 1 process", Counter(folder / "sqlite"), 1) as running:
        yield running


@contextmanager
def on_postgresql(folder: Path) -> Iterator[Running]:
    """A PostgreSQL server of this run, and two server processes of ours on one database."""
    with (
        running_postgres() as server,
        fresh_postgres(server) as url,
        _running("PostgreSQL, 2 processes", Counter(folder / "postgresql", url), 2) as running,
    ):
        yield running


@contextmanager
def _running(name: str, counter: Counter, processes: int) -> Iterator[Running]:
    try:
        with counter.serving(processes) as servers:
            yield Running(name, counter, servers)
    finally:
        counter.close()
