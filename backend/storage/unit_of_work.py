"""The unit of work: one command, one transaction, its events in the same commit."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, text

from backend.storage import event_log
from backend.storage.condition import Condition
from backend.storage.driver_errors import translated
from backend.storage.engine import LOCK_TIMEOUT_SECONDS, open_engine, reading
from backend.storage.errors import StorageBusyError, StorageMissingError
from backend.storage.gate import TRY_SECONDS, WriterGate
from backend.storage.open_file import OpenFile
from backend.storage.patience import Silence, at_most

Clock = Callable[[], datetime]
CommitListener = Callable[[int], None]

EVENT_CHANNEL = "uketsuke_events"
"""Where PostgreSQL tells other processes that events were committed."""
_EVENT_ORDER_LOCK = 0x756B6574  # any constant; it spells "uket"
_TAKE_THE_ORDER = text(f"SELECT pg_advisory_xact_lock({_EVENT_ORDER_LOCK}), pg_notify('{EVENT_CHANNEL}', '')")


def utc_now() -> datetime:
    """The server's clock."""
    return datetime.now(UTC)


class UnitOfWork:
    """What a command may touch: one connection in one transaction, and one point in time.

    Attributes:
        connection: the open transaction; it commits when the ``with`` block of ``Database.write`` ends well.
        now: the time of the command, aware, UTC; the same for everything the command writes.
    """

    def __init__(self, connection: Connection, now: datetime) -> None:
        self.connection = connection
        self.now = now
        self.last_seq: int | None = None
        self._ordered = False

    def order_events(self) -> None:
        """Wait until this transaction is the only one that may append events.

        PostgreSQL hands out sequence numbers before commit, so a reader could see event 10, and only later 9.
        Taking one lock before the first event makes the order of numbers the order of commits; what is counted
        after this call is true for the event. SQLite has one writer anyway.
        """
        if self._ordered:
            return
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(_TAKE_THE_ORDER)
        self._ordered = True

    def record(self, kind: str, *, office_id: str, business_day: date, facts: Mapping[str, Any]) -> int:
        """Append an event to the log in this transaction and return its number."""
        self.order_events()
        self.last_seq = event_log.append(
            self.connection,
            kind=kind,
            at=self.now,
            office_id=office_id,
            business_day=business_day,
            facts=facts,
        )
        return self.last_seq


class Database:
    """A database with its two doors: ``read`` and ``write``.

    Args:
        url: SQLAlchemy URL.
        clock: the server's clock.
        patience: the longest time in seconds that a transaction waits for PostgreSQL, and that a statement of it may
            take; none for commands, which may take minutes and are watched by whoever started them.
    """

    def __init__(
        self,
        url: str,
        *,
        clock: Clock = utc_now,
        patience: float | None = None,
    ) -> None:
        self.url = url
        self.clock = clock
        self._patience = patience
        self._silence = Silence()
        self._gate = WriterGate()
        self.engine: Engine = open_engine(url, patience=patience, silence=self._silence)
        self.condition = Condition()
        self._file = OpenFile.watch(self.engine)
        self._reading = reading(self.engine)
        self._listeners: list[CommitListener] = []
        # SQLite lets one writer in and makes the others poll; queueing them here keeps the tail short.
        self._writer = threading.Lock() if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        """True for the embedded database."""
        return self.engine.dialect.name == "sqlite"

    def on_commit(self, listener: CommitListener) -> None:
        """Call ``listener(seq)`` after every commit that wrote events; it must not block or raise."""
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
        """A transaction that writes; a clean end commits, an exception rolls everything back.

        Args:
            patience: for the work of one transaction that takes longer than an answer to a request may.

        Raises:
            StorageError: the lock was not free in time, the disk is full, or the database is away.
        """
        with (
            self.condition.of_writing(),
            self._gate.passage() as stuck,
            self._waiting(patience or self._patience),
            self._turn(TRY_SECONDS if stuck else LOCK_TIMEOUT_SECONDS),
            self.engine.connect() as connection,
        ):
            with connection.begin():
                self._file.check(connection)
                if patience is not None and not self.is_sqlite:
                    connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(patience * 1000)}")
                if stuck and not self.is_sqlite:
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(TRY_SECONDS * 1000)}")
                work = UnitOfWork(connection, self.clock())
                yield work
            # What was committed into a file that is gone was not kept, so it must not be answered.
            self._file.check(connection)
        if work.last_seq is not None:
            for listener in self._listeners:
                listener(work.last_seq)

    def dispose(self) -> None:
        """Close every connection."""
        self._silence.end()
        self.engine.dispose()

    @contextmanager
    def _waiting(self, patience: float | None) -> Iterator[None]:
        """Bound the waits of a transaction, and turn what the drivers raise into errors of ours.

        Raises:
            StorageError: instead of the drivers' errors; nobody waits while the database answers nobody.
        """
        if self._silence.away:
            raise StorageMissingError("the database does not answer")
        with translated(), at_most(patience):
            yield

    @contextmanager
    def _turn(self, seconds: float) -> Iterator[None]:
        """This process's turn to write, where the database takes one writer only; turn and lock take ``seconds`` together.

        Raises:
            StorageBusyError: another thread keeps the turn.
        """
        if self._writer is None:
            yield
            return
        began = time.monotonic()
        if not self._writer.acquire(timeout=seconds):
            raise StorageBusyError("another writer holds the database")
        try:
            # What is left of the time for locks is for locks of other processes.
            with at_most(max(0.0, began + seconds - time.monotonic())):
                yield
        finally:
            self._writer.release()
