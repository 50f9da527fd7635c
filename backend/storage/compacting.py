"""A SQLite file gives back the pages that it does not need any more (auto_vacuum=INCREMENTAL)."""

from typing import Any, Final

from backend.storage.database import Database
from backend.storage.driver_errors import translated
from backend.storage.engine import LOCK_TIMEOUT_SECONDS
from backend.storage.errors import StorageFullError, StorageMissingError

_INCREMENTAL: Final = 2
_PAGES_AT_ONCE: Final = 200
_PAGES_TO_KEEP: Final = 200
"""So many free pages stay for the next day's rows, so that the file does not shrink and grow every hour."""


def let_shrink(database: Database) -> None:
    """Write a SQLite file of an older version anew, once, so that nothing of what was deleted stays in it.

    A file that is written anew already is left alone, so that this may be cut off and begun again. Its log is cut in any
    case, unless somebody else is at work: it may hold what an upgrade that was cut off has read in clear.

    Raises:
        StorageFullError: there is no room on the disk for a second copy; the file stays as it was.
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
        # Closed for good, so that no setting of it reaches anybody else.
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
    """Give pages that a SQLite file does not need any more back to the disk, a few in each transaction.

    Args:
        database: of any kind; a PostgreSQL server does it by itself.
        patience: how long one of the transactions may take.

    Returns:
        How many pages were given back.

    Raises:
        StorageError: the database cannot be reached or written; what was given back until then is.
    """
    given = 0
    while database.is_sqlite:
        with database.write(patience=patience) as work:
            free = int(work.connection.exec_driver_sql("PRAGMA freelist_count").scalar_one())
            count = min(free - _PAGES_TO_KEEP, _PAGES_AT_ONCE)
            if count <= 0:
                break
            for _ in range(count):
                # The driver asks once for each order, and SQLite gives back one page for each time it is asked.
                work.connection.exec_driver_sql("PRAGMA incremental_vacuum(1)")
            left = int(work.connection.exec_driver_sql("PRAGMA freelist_count").scalar_one())
        given += free - left
        if left >= free:
            break
    return given
