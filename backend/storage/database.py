"""A database and the three ways to use it: reading, writing, and the writer that carries out commands."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import structlog
from sqlalchemy import Connection, Engine

from backend.storage.batch import Job, run_together
from backend.storage.checkpoints import Checkpoints
from backend.storage.condition import Condition
from backend.storage.driver_errors import translated
from backend.storage.engine import LOCK_TIMEOUT_SECONDS, keep_more_in_memory, open_engine, reading
from backend.storage.errors import StorageBusyError, StorageMissingError
from backend.storage.event_log import LoggedEvent
from backend.storage.gate import TRY_SECONDS, WriterGate
from backend.storage.kept_connection import KeptConnection
from backend.storage.late_connections import LateConnections
from backend.storage.open_file import OpenFile
from backend.storage.patience import Deadline, Silence, at_most, seconds_left
from backend.storage.turns import Turns
from backend.storage.unit_of_work import Clock, UnitOfWork, utc_now
from backend.storage.writer import Writer

CommitListener = Callable[[Sequence[LoggedEvent]], None]
log = structlog.get_logger("uketsuke.storage")


class Database:
    """A database: ``read`` and ``write`` open transactions, and ``writer`` carries out many commands in one.

    Args:
        url: SQLAlchemy URL.
        clock: the server's clock.
        patience: the longest time in seconds that a transaction waits for PostgreSQL, and that one statement may take;
            None for commands on the console, which may take minutes, as somebody watches them.

    Attributes:
        writer: carries out commands; its thread begins with the first one.
        condition: the condition of the database, known from its transactions.
        backends: ids of the PostgreSQL server processes that serve our connections; empty for SQLite.
    """

    def __init__(self, url: str, *, clock: Clock = utc_now, patience: float | None = None) -> None:
        self.url = url
        self.clock = clock
        self._patience = patience
        self._silence = Silence()
        self._gate = WriterGate()
        self.backends: set[int] = set()
        self.engine: Engine = open_engine(
            url, patience=patience, silence=self._silence, backends=self.backends
        )
        self.condition = Condition()
        self._file = OpenFile.watch(self.engine)
        self._reading = reading(self.engine)
        self._listeners: list[CommitListener] = []
        # SQLite admits one writer, and others poll; a queue here keeps the longest waits short.
        self._turns = Turns() if self.is_sqlite else None
        self._checkpoints = Checkpoints(self.engine, self._turns) if self._turns and patience else None
        self._kept = KeptConnection(self.engine)
        self._late = LateConnections(self.engine)
        self.writer = Writer(
            self._commit,
            refuses=self._gate.refuses,
            begin_within=LOCK_TIMEOUT_SECONDS,
            answer_within=patience,
        )

    @property
    def is_sqlite(self) -> bool:
        """Whether it is the embedded database (SQLite)."""
        return self.engine.dialect.name == "sqlite"

    def on_commit(self, listener: CommitListener) -> None:
        """Call ``listener(events)`` after every commit that wrote events; it must not block or raise.

        Commits of other processes are not reported, and commits of two threads may be reported in another order.
        """
        self._listeners.append(listener)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads; it sees one consistent state.

        Raises:
            StorageError: the database cannot be read.
        """
        with (
            self.condition.of_reading(),
            self._waiting(self._patience),
            self._reading.connect() as connection,
        ):
            self._file.check(connection)
            if not self.is_sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901 - the same connection
            with connection.begin():
                yield connection

    @contextmanager
    def write(self, *, patience: float | None = None) -> Iterator[UnitOfWork]:
        """A separate transaction that writes; the end of the block commits, an exception rolls everything back.

        It is for everything that is not a command: imports, sign-ins, housekeeping.

        Args:
            patience: how many seconds it may take, if that is longer than for a request.

        Raises:
            StorageError: the lock was not free in time, the disk is full, or the database is away.
        """
        with self._writing(patience or self._patience) as stuck, self.engine.connect() as connection:
            with connection.begin():
                self._prepare(connection, stuck=stuck, patience=patience)
                work = UnitOfWork(connection, self.clock())
                yield work
                work.finish()
            # A commit into a deleted file is lost, so it must not be reported as done.
            self._file.check(connection)
        self._committed(work)

    def expect_many_rows(self) -> None:
        """For a program that writes many rows, piece by piece: more of an embedded database stays in memory, and its log is copied aside.

        By itself SQLite keeps two megabytes, and reads and writes the same pages again and again; and it copies the log within
        a commit, so that a piece takes several times as long.
        """
        if self._turns is None or self._checkpoints is not None:
            return
        self._checkpoints = Checkpoints(self.engine, self._turns)
        keep_more_in_memory(self.engine)
        # Those that are open have begun otherwise.
        self.engine.dispose()

    def deadline(self) -> Deadline:
        """A deadline for one request with several transactions: together they may wait as long as a single one."""
        return Deadline(self._patience)

    def dispose(self) -> None:
        """Carry out the waiting commands, and close all connections."""
        if self.writer.close():
            self._kept.close()
        if self._checkpoints is not None:
            self._checkpoints.close()
        self._silence.end()
        self._late.close_from_now_on()
        self.engine.dispose()

    def _commit(self, jobs: Sequence[Job[Any]]) -> None:
        """Carry out jobs in one transaction; called in the writer's thread only."""
        with self._writing(self._patience) as stuck, self._kept.open() as connection:
            with connection.begin():
                self._prepare(connection, stuck=stuck)
                work = run_together(connection, self.clock, jobs)
            self._file.check(connection)
        self._committed(work)

    def _prepare(self, connection: Connection, *, stuck: bool, patience: float | None = None) -> None:
        """Prepare a transaction before its first change."""
        self._file.check(connection)
        if self.is_sqlite:
            return
        if patience is not None:
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(patience * 1000)}")
        if stuck:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(TRY_SECONDS * 1000)}")

    def _committed(self, work: UnitOfWork) -> None:
        if self._checkpoints is not None:
            self._checkpoints.look()
        news = work.news
        if news:
            for listener in self._listeners:
                try:
                    listener(news)
                except Exception as error:  # noqa: BLE001 - what was committed is done, whoever does not hear of it
                    log.warning("commit_listener_failed", error=type(error).__name__)

    @contextmanager
    def _writing(self, patience: float | None) -> Iterator[bool]:
        """Wait until this thread may write; yields whether the lock is stuck.

        Raises:
            StorageError: it may not write now.
        """
        with (
            self.condition.of_writing(),
            self._gate.passage() as stuck,
            self._waiting(patience),
            self._turn(TRY_SECONDS if stuck else LOCK_TIMEOUT_SECONDS),
        ):
            yield stuck

    @contextmanager
    def _waiting(self, patience: float | None) -> Iterator[None]:
        """Limit the waits of a transaction, and turn the drivers' exceptions into ours.

        Raises:
            StorageError: instead of the drivers' exceptions; raised at once while the database server does not answer.
        """
        if self._silence.away:
            raise StorageMissingError("the database does not answer")
        with translated(), at_most(patience):
            yield

    @contextmanager
    def _turn(self, seconds: float) -> Iterator[None]:
        """Take this process's turn to write, if only one may write; turn and lock together may take ``seconds``.

        Raises:
            StorageBusyError: another thread keeps the turn.
        """
        if self._turns is None:
            yield
            return
        left = seconds_left()
        seconds = seconds if left is None else min(seconds, max(0.0, left))
        began = time.monotonic()
        if not self._turns.acquire(timeout=seconds):
            raise StorageBusyError("another writer holds the database")
        try:
            # The rest of the time is for the locks of other processes.
            with at_most(max(0.0, began + seconds - time.monotonic())):
                yield
        finally:
            self._turns.release()
