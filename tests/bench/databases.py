"""The two ways to run the server: SQLite with one process, PostgreSQL with two."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.bench.counter import Counter, Server
from tests.migrated import fresh_postgres
from tests.postgres_server import running_postgres


@dataclass(frozen=True)
class Running:
    """A counter whose servers run.

    Attributes:
        name: name of the database and its servers, for people.
        counter: the counter, whose database was empty when the servers started.
        servers: the server processes.
    """

    name: str
    counter: Counter
    servers: list[Server]


class Postgres:
    """The PostgreSQL server of a run: started when it is first needed, stopped at the end of the block."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @cached_property
    def url(self) -> str:
        """The URL of its first database, in which others are created; the server writes durably."""
        return self._stack.enter_context(running_postgres())


@contextmanager
def on_sqlite(folder: Path) -> Iterator[Running]:
    """SQLite with its one server process."""
    with _running("SQLite, 1 process", Counter(folder / "sqlite"), 1) as running:
        yield running


@contextmanager
def on_postgresql(folder: Path, postgres: Postgres) -> Iterator[Running]:
    """Two server processes of ours on a new database."""
    with (
        fresh_postgres(postgres.url) as url,
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
