"""Exceptions of the drivers are translated by their codes, independently of a server's language."""

import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from backend.storage.driver_errors import translated
from backend.storage.errors import (
    StorageBusyError,
    StorageDamagedError,
    StorageError,
    StorageFullError,
    StorageMissingError,
    StorageReadOnlyError,
    StorageReplacedError,
)

SECRET = "受付 花子 123456789018"


def raised(orig: Exception) -> Exception:
    """The exception that a transaction raises for an exception of the driver."""
    try:
        with translated():
            raise DBAPIError.instance("SELECT 1", None, orig, Exception)
    except Exception as error:  # noqa: BLE001 - whatever it is
        return error


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_FULL, StorageFullError),
        (sqlite3.SQLITE_IOERR_SHMSIZE, StorageFullError),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StorageBusyError),
        (sqlite3.SQLITE_LOCKED_SHAREDCACHE, StorageBusyError),
        (sqlite3.SQLITE_CORRUPT, StorageDamagedError),
        (sqlite3.SQLITE_CORRUPT_INDEX, StorageDamagedError),
        (sqlite3.SQLITE_NOTADB, StorageDamagedError),
        (sqlite3.SQLITE_READONLY, StorageReadOnlyError),
        (sqlite3.SQLITE_READONLY_DIRECTORY, StorageReadOnlyError),
        (sqlite3.SQLITE_READONLY_DBMOVED, StorageReplacedError),
        (sqlite3.SQLITE_IOERR_FSYNC, StorageMissingError),
        (sqlite3.SQLITE_CANTOPEN, StorageMissingError),
    ],
)
def test_every_trouble_of_sqlite_has_its_kind(code: int, kind: type[StorageError]) -> None:
    """A damaged file or a full disk is never a mistake of ours, whatever class the driver gives it."""
    error = sqlite3.DatabaseError(SECRET)
    error.sqlite_errorcode = code
    told = raised(error)
    assert type(told) is kind
    assert "花子" not in str(told)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("53100", StorageFullError),
        ("53300", StorageBusyError),
        ("53200", StorageBusyError),
        ("40001", StorageBusyError),
        ("40P01", StorageBusyError),
        ("55P03", StorageBusyError),
        ("57014", StorageBusyError),
        ("25006", StorageReadOnlyError),
        ("42501", StorageReadOnlyError),
        ("57P01", StorageMissingError),
        ("57P03", StorageMissingError),
        ("08006", StorageMissingError),
        ("28P01", StorageMissingError),
        ("3D000", StorageMissingError),
        ("42P01", StorageMissingError),
        ("58030", StorageMissingError),
        ("XX001", StorageDamagedError),
    ],
)
def test_every_trouble_of_postgresql_has_its_kind(state: str, kind: type[StorageError]) -> None:
    """A standby, a server that goes down, too many connections: each is told as what it is."""
    told = raised(psycopg.errors.lookup(state)(SECRET))
    assert type(told) is kind
    assert "花子" not in str(told)


@pytest.mark.parametrize("orig", [psycopg.errors.SyntaxError("x"), sqlite3.IntegrityError("x")])
def test_a_mistake_of_ours_stays_one(orig: Exception) -> None:
    """A wrong SQL statement, a bug of ours, is not reported as a trouble of the database."""
    assert not isinstance(raised(orig), StorageError)
