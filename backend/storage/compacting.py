"""Gives free pages of a SQLite file back to the disk (auto_vacuum=INCREMENTAL)."""

from typing import Any, Final

from backend.storage.database import Database
from backend.storage.driver_errors import translated
from backend.storage.engine import LOCK_TIMEOUT_SECONDS
from backend.storage.errors import StorageFullError, StorageMissingError

_INCREMENTAL: Final = 2
_PAGES_AT_ONCE: Final = 200
_PAGES_TO_KEEP: Final = 200
"""How many free pages stay in the file for the next day's rows, so that it does not shrink and grow every hour."""


def let_shrink(database: Database) -> None:
    """Rewrite a SQLite file of an older version once, so that no remains of deleted data stay in it.

    A file that has been rewritten is left alone, so this may be interrupted and repeated. The log is truncated in any
    case, unless another process uses the database: it may contain plain text from an upgrade that was interrupted.

    Raises:
        StorageFullError: the disk has no room for a second copy; the file stays as it was.
        StorageError: the file cannot be written.
    """
    raw = database.engine.raw_connection()
    try:
        with translated():
            cursor = raw.cursor()
            try:
                if cursor.execute("PRAGMA auto_vacuum").fetchone()[0] != _INCREMENTAL:
                    cursor.execute(f"PRAGMA auto_vacuum={_INCREMENTAL}")
                    _write_anew(cursor)
                cursor.execute("PRAGMA busy_timeout=0")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                cursor.execute(f"PRAGMA busy_timeout={int(LOCK_TIMEOUT_SECONDS * 1000)}")
                cursor.close()
    finally:
        # Really closed, so that its settings do not stay in the pool.
        raw.invalidate()


def _write_anew(cursor: Any) -> None:
    try:
        with translated():
            cursor.execute("VACUUM")
    except (StorageFullError, StorageMissingError):
        raise StorageFullError(
            "the database was upgraded, and there is no room to write its file anew without what was deleted; make as much "
            "room on its disk as the file takes, and start again"
        ) from None


def give_back(database: Database, patience: float | None = None) -> int:
    """Give free pages of a SQLite file back to the disk, a few in each transaction.

    Args:
        database: the database; nothing is done for PostgreSQL, which does this by itself.
        patience: how many seconds one of the transactions may take.

    Returns:
        How many pages were given back.

    Raises:
        StorageError: the database cannot be reached or written; pages given back before stay given back.
    """
    given = 0
    while database.is_sqlite:
        with database.write(patience=patience) as work:
            free = int(work.connection.exec_driver_sql("PRAGMA freelist_count").scalar_one())
            count = min(free - _PAGES_TO_KEEP, _PAGES_AT_ONCE)
            if count <= 0:
                break
            for _ in range(count):
                # The driver steps a statement only once, and SQLite gives back one page per step.
                work.connection.exec_driver_sql("PRAGMA incremental_vacuum(1)")
            left = int(work.connection.exec_driver_sql("PRAGMA freelist_count").scalar_one())
        given += free - left
        if left >= free:
            break
    return given
