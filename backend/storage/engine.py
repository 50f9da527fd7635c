"""Engines for SQLite and PostgreSQL that behave the same: explicit transactions, durable commits."""

import sqlite3
import time
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from backend.storage.errors import StorageMissingError
from backend.storage.patience import OverdueError, PatientConnection, Silence, seconds_left
from backend.storage.place import place_of

LOCK_TIMEOUT_SECONDS = 3.0
"""How long a transaction waits for a lock; shorter than a device waits for its answer."""
_POOL_SECONDS = 2.0
_STANDING_STILL_SECONDS = 5
_STANDING_STILL_SECONDS_OF_COMMANDS = 60
"""How long a transaction may be idle; then PostgreSQL ends it and frees its locks, as its program must have died."""
NETWORK: dict[str, Any] = {
    # The shortest value that the driver accepts.
    "connect_timeout": 2,
    # A machine that disappeared without closing its connections is noticed within about 20 seconds.
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 10_000,
}
"""The driver's options for connections to PostgreSQL."""
_BEGIN = "uketsuke_begin"
_LAST_USED = "uketsuke_last_used"
_RESTED_SECONDS = 1.0
_MANY_KIBIBYTES = 64 * 1024
_WAITS = "uketsuke_waits"


def open_engine(
    url: str,
    *,
    patience: float | None = None,
    silence: Silence | None = None,
    backends: set[int] | None = None,
) -> Engine:
    """Open a database.

    SQLite runs in WAL mode with ``synchronous=FULL`` (a ticket that was printed must survive a power cut). We begin its
    transactions ourselves, because the driver begins them so late that two writers could read the same number.
    PostgreSQL gets time limits for locks, statements and idle transactions.

    Args:
        url: SQLAlchemy URL, ``sqlite:///FILE`` or ``postgresql+psycopg://…``.
        patience: how many seconds one statement may take; None for commands that run for minutes.
        silence: watches over a PostgreSQL server; it gets a function that tests whether the server answers.
        backends: receives the ids of the PostgreSQL server processes that serve our connections.

    Raises:
        StorageMissingError: the URL is not understood, or there is no file and none can be made there.
    """
    try:
        parsed = make_url(url)
        dialect = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError):
        raise StorageMissingError(
            "the database URL is not understood: use sqlite:///FILE or postgresql+psycopg://…"
        ) from None
    if dialect == "sqlite":
        place_of(url)
        return _open_sqlite(url)
    if dialect == "postgresql":
        return _open_postgresql(url, patience, silence, set() if backends is None else backends)
    raise StorageMissingError(f"databases of the kind {dialect} are not supported: use SQLite or PostgreSQL")


def _open_sqlite(url: str) -> Engine:
    engine = create_engine(
        url,
        pool_size=40,
        max_overflow=10,
        pool_timeout=_POOL_SECONDS,
        # An unexpected exception must not show the values of a row in a traceback.
        hide_parameters=True,
        connect_args={"timeout": LOCK_TIMEOUT_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _prepare(dbapi_connection: sqlite3.Connection, _record: Any) -> None:
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        # This lets free pages be given back. It is set for a new file only: in an existing one each connection would
        # write it again, and wait for the writer for that.
        if cursor.execute("PRAGMA page_count").fetchone()[0] == 0:
            cursor.execute("PRAGMA auto_vacuum=INCREMENTAL")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        # This is for the undo data of savepoints: a command changes more pages than SQLite keeps in memory by default,
        # and a temporary file for the rest costs as much as five statements, and is outside of our folder.
        cursor.execute("PRAGMA temp_store=MEMORY")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        left = seconds_left()
        _wait_for_locks(connection, LOCK_TIMEOUT_SECONDS if left is None else min(LOCK_TIMEOUT_SECONDS, left))
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN IMMEDIATE"))

    return engine


def keep_more_in_memory(engine: Engine) -> None:
    """Let SQLite's connections that are opened from now on keep many pages in memory."""

    @event.listens_for(engine, "connect")
    def _keep(dbapi_connection: sqlite3.Connection, _record: Any) -> None:
        dbapi_connection.execute(f"PRAGMA cache_size={-_MANY_KIBIBYTES}").close()


def _wait_for_locks(connection: Connection, seconds: float) -> None:
    """Set how long SQLite waits for locks; time spent waiting inside this process is already subtracted."""
    milliseconds = max(0, int(seconds * 1000))
    # Rounded up in steps, so that an ordinary transaction usually has nothing to change.
    milliseconds = -(-milliseconds // 100) * 100
    if connection.info.get(_WAITS, int(LOCK_TIMEOUT_SECONDS * 1000)) != milliseconds:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={milliseconds}")
        connection.info[_WAITS] = milliseconds


def _open_postgresql(url: str, patience: float | None, silence: Silence | None, backends: set[int]) -> Engine:
    still = _STANDING_STILL_SECONDS_OF_COMMANDS if patience is None else _STANDING_STILL_SECONDS
    limits = {
        "timezone": "UTC",
        "lock_timeout": int(LOCK_TIMEOUT_SECONDS * 1000),
        "statement_timeout": int((patience or 0) * 1000),
        "idle_in_transaction_session_timeout": still * 1000,
    }
    options = " ".join(f"-c {name}={value}" for name, value in limits.items())
    engine = create_engine(
        url,
        pool_size=40,
        max_overflow=10,
        pool_timeout=_POOL_SECONDS,
        # An unexpected exception must not show the values of a row in a traceback.
        hide_parameters=True,
        connect_args={**NETWORK, "options": options},
    )

    @event.listens_for(engine, "do_connect")
    def _connect(
        _dialect: Any, _record: Any, arguments: list[Any], named: dict[str, Any]
    ) -> PatientConnection:
        left = seconds_left()
        if (silence is not None and silence.away) or (left is not None and left <= 0):
            raise OverdueError("the database server does not answer")
        try:
            connection = PatientConnection.connect(*arguments, **named)
        except psycopg.errors.ConnectionTimeout:
            if silence is not None:
                silence.ask()
            raise
        connection.silence = silence
        return connection

    _number(engine, backends)

    if silence is not None:
        arguments, named = engine.dialect.create_connect_args(engine.url)

        def _probe() -> None:
            with PatientConnection.connect(*arguments, **{**named, **NETWORK}, autocommit=True) as connection:
                connection.execute("SELECT 1")

        silence.watch(_probe)

    @event.listens_for(engine, "checkin")
    def _note(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info[_LAST_USED] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _look(dbapi_connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        # SQLAlchemy's own pre-ping tests before every transaction; but only a connection that was idle may have died
        # unnoticed, for example because the database was restarted.
        rested = time.monotonic() - record.info.get(_LAST_USED, time.monotonic())
        if rested > _RESTED_SECONDS and not _answers(engine, dbapi_connection):
            raise DisconnectionError

    return engine


def _number(engine: Engine, backends: set[int]) -> None:
    """Keep the ids of the PostgreSQL server processes that serve our connections."""

    @event.listens_for(engine, "connect")
    def _enter(dbapi_connection: PatientConnection, _record: Any) -> None:
        backends.add(dbapi_connection.info.backend_pid)

    @event.listens_for(engine, "close")
    def _leave(dbapi_connection: PatientConnection, _record: Any) -> None:
        # The id of a lost connection is not known any more. If another process gets the same id, the hub still finds
        # its commits at its regular looks.
        if not dbapi_connection.closed:
            backends.discard(dbapi_connection.info.backend_pid)


def _answers(engine: Engine, dbapi_connection: Any) -> bool:
    try:
        return bool(engine.dialect.do_ping(dbapi_connection))
    except psycopg.Error:
        return False


def reading(engine: Engine) -> Engine:
    """The same engine for transactions that only read: SQLite takes no write lock for them."""
    return engine.execution_options(**{_BEGIN: "BEGIN"})


def psycopg_url(url: URL) -> str:
    """The URL of a PostgreSQL database in the driver's own form, for a connection outside of the pool."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
