"""Engines for SQLite and PostgreSQL that behave alike: explicit transactions, durable commits."""

import sqlite3
import time
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from backend.storage.errors import StorageMissingError

LOCK_TIMEOUT_SECONDS = 5.0
_BEGIN = "uketsuke_begin"
_LAST_USED = "uketsuke_last_used"
_RESTED_SECONDS = 1.0


class Locking(StrEnum):
    """How a writing transaction takes its lock. ``OFF`` exists to prove that the lock is what prevents the race."""

    ON = "on"
    OFF = "off"


def open_engine(url: str, locking: Locking = Locking.ON) -> Engine:
    """Open a database.

    SQLite runs in WAL mode with ``synchronous=FULL`` (a ticket that was printed must survive a power cut) and
    its transactions begin by our own hand, because the driver's habit of beginning late lets two writers read
    the same number. PostgreSQL gets a lock timeout instead.

    Args:
        url: SQLAlchemy URL, ``sqlite:///FILE`` or ``postgresql+psycopg://…``.
        locking: ``OFF`` only in the test that shows the race.

    Raises:
        StorageMissingError: the URL is not understood or its folder cannot be made.
    """
    try:
        parsed = make_url(url)
        dialect = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError):
        raise StorageMissingError(
            "the database URL is not understood: use sqlite:///FILE or postgresql+psycopg://…"
        ) from None
    if dialect == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            try:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StorageMissingError(
                    f"the folder of the database cannot be made: {error.strerror}"
                ) from None
        return _open_sqlite(url, locking)
    if dialect == "postgresql":
        return _open_postgresql(url)
    raise StorageMissingError(f"databases of the kind {dialect} are not supported: use SQLite or PostgreSQL")


def _open_sqlite(url: str, locking: Locking) -> Engine:
    engine = create_engine(
        url,
        pool_size=40,
        max_overflow=10,
        # An unexpected error must not carry the values of a row into a trace.
        hide_parameters=True,
        connect_args={"timeout": LOCK_TIMEOUT_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _prepare(dbapi_connection: sqlite3.Connection, _record: Any) -> None:
        if locking is Locking.ON:
            dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    if locking is Locking.ON:

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN IMMEDIATE"))

    return engine


def _open_postgresql(url: str) -> Engine:
    options = f"-c lock_timeout={int(LOCK_TIMEOUT_SECONDS * 1000)} -c timezone=UTC"
    engine = create_engine(
        url,
        pool_size=40,
        max_overflow=10,
        # An unexpected error must not carry the values of a row into a trace.
        hide_parameters=True,
        connect_args={"options": options, "connect_timeout": 5},
    )

    @event.listens_for(engine, "checkin")
    def _note(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info[_LAST_USED] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _look(dbapi_connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        # SQLAlchemy's own pre-ping asks before every transaction; only a connection that rested may have died
        # unnoticed, for example because the database was started anew.
        rested = time.monotonic() - record.info.get(_LAST_USED, time.monotonic())
        if rested > _RESTED_SECONDS and not _answers(engine, dbapi_connection):
            raise DisconnectionError

    return engine


def _answers(engine: Engine, dbapi_connection: Any) -> bool:
    try:
        return bool(engine.dialect.do_ping(dbapi_connection))
    except psycopg.Error:
        return False


def reading(engine: Engine) -> Engine:
    """The same engine for transactions that only read: SQLite takes no write lock for them."""
    return engine.execution_options(**{_BEGIN: "BEGIN"})


def psycopg_url(url: URL) -> str:
    """The address of a PostgreSQL database as its driver writes it, for a connection outside of the pool."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
