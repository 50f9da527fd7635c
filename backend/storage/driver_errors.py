"""Turns the drivers' exceptions into ours, by the codes of SQLite and PostgreSQL.

Messages are not used: they depend on the server's language, and may contain values of a row.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError, TimeoutError as NoConnectionError

from backend.storage.errors import (
    StorageBusyError,
    StorageDamagedError,
    StorageError,
    StorageFullError,
    StorageMissingError,
    StorageReadOnlyError,
    StorageReplacedError,
)

Made = tuple[type[StorageError], str]

_AWAY: Made = (StorageMissingError, "the database cannot be reached")
_BUSY: Made = (StorageBusyError, "the database is busy")
_FULL: Made = (StorageFullError, "the disk is full; nothing was written")
_READ_ONLY: Made = (StorageReadOnlyError, "the database cannot be written")
_DAMAGED: Made = (StorageDamagedError, "the database is damaged; restore it from the backup")
_FOREIGN: Made = (StorageDamagedError, "the database file is damaged, or is no database of this product")
_NOT_SET_UP: Made = (StorageMissingError, "the database has not been set up; run 'uketsuke migrate'")
_REFUSED: Made = (StorageMissingError, "the database does not let this account in")
_LOST: Made = (StorageMissingError, "the connection to the database was lost")
_UNREADABLE: Made = (StorageMissingError, "the disk of the database could not be read or written")
_MOVED: Made = (StorageReplacedError, "the database file was deleted or replaced while it was open")

# Primary codes; https://www.sqlite.org/rescode.html. A code that is not listed means a bug of ours.
_SQLITE: dict[int, Made] = {
    sqlite3.SQLITE_PERM: _AWAY,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_NOMEM: _AWAY,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_INTERRUPT: _BUSY,
    sqlite3.SQLITE_IOERR: _UNREADABLE,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_CANTOPEN: _AWAY,
    sqlite3.SQLITE_PROTOCOL: _BUSY,
    sqlite3.SQLITE_NOLFS: _FULL,
    sqlite3.SQLITE_AUTH: _AWAY,
    sqlite3.SQLITE_NOTADB: _FOREIGN,
}
_SQLITE_EXTENDED: dict[int, Made] = {
    sqlite3.SQLITE_READONLY_DBMOVED: _MOVED,
    # The index of the log (-shm) takes its room on the disk when it is made.
    sqlite3.SQLITE_IOERR_SHMSIZE: _FULL,
}
_NO_TABLE = ("no such table", "no such column")

# SQLSTATEs, then their classes; https://www.postgresql.org/docs/current/errcodes-appendix.html.
_POSTGRES: dict[str, Made] = {
    "25006": _READ_ONLY,  # a standby, or default_transaction_read_only
    "25P03": _LOST,  # idle in a transaction for too long
    "25P04": _BUSY,  # the transaction took too long
    "42501": (StorageReadOnlyError, "the account may not use the tables of the database"),
    "42703": _NOT_SET_UP,
    "42P01": _NOT_SET_UP,
    "53100": _FULL,
    "55P03": _BUSY,  # lock not available
    "55006": _BUSY,  # in use
    "57014": _BUSY,  # cancelled: statement_timeout
    "3F000": _NOT_SET_UP,
    "3D000": (StorageMissingError, "there is no database of this name"),
    "58030": _UNREADABLE,
    "58P01": _DAMAGED,  # a file of the database is gone
    "58P02": _DAMAGED,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
}
_POSTGRES_CLASSES: dict[str, Made] = {
    "08": _LOST,
    "28": _REFUSED,
    "40": _BUSY,  # serialization, deadlock
    "53": _BUSY,  # too many connections, out of memory
    "57": _AWAY,  # shutdown, crash, starting up, dropped
    "58": _UNREADABLE,
}


@contextmanager
def translated() -> Iterator[None]:
    """Turn the drivers' exceptions into ours; exceptions that mean a bug of ours are raised unchanged."""
    try:
        yield
    except NoConnectionError:
        raise StorageBusyError("every connection to the database is in use") from None
    except DBAPIError as error:
        made = _made_of(error.orig, lost=error.connection_invalidated)
        if made is None:
            raise
        kind, words = made
        raise kind(words) from None
    except (sqlite3.Error, psycopg.Error) as error:
        # Raised where SQLAlchemy does not wrap exceptions, for example while a connection is prepared.
        made = _made_of(error, lost=False)
        if made is None:
            raise
        kind, words = made
        raise kind(words) from None


def _made_of(error: BaseException | None, *, lost: bool) -> Made | None:
    """Our exception for a driver's, or None if it means a bug of ours."""
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    if isinstance(error, psycopg.Error):
        return _of_postgres(error, lost=lost)
    return _LOST if lost else None


def _of_sqlite(error: sqlite3.Error) -> Made | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    made = _SQLITE_EXTENDED.get(code) or _SQLITE.get(code & 0xFF)
    if made is None and code == sqlite3.SQLITE_ERROR and str(error).startswith(_NO_TABLE):
        # SQLite has no code for this; these messages are constants in its source, in no other language.
        return _NOT_SET_UP
    return made


def _of_postgres(error: psycopg.Error, *, lost: bool) -> Made | None:
    state = error.sqlstate
    if state is not None:
        made = _POSTGRES.get(state) or _POSTGRES_CLASSES.get(state[:2])
        if made is not None:
            return made
    elif isinstance(error, psycopg.OperationalError):
        # There is no code if no connection was made, or if it broke.
        return _LOST if lost else _AWAY
    return _LOST if lost else None
