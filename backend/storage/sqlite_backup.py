"""Copies an embedded database while a server writes it, and restores a copy.

SQLite's backup function copies one consistent state without blocking anybody. A plain copy of the file would miss what
is only in the log.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from backend.storage.archive import BackupError
from backend.storage.engine import LOCK_TIMEOUT_SECONDS
from backend.storage.migration import known_revisions
from backend.storage.owner import give_to_owner_of

_BESIDE = ("", "-wal", "-shm")
_WHAT_TO_DO = "If its -wal or -shm file was removed, put that back; else stop the server, keep the file, and restore the last backup"
_REVISION = "SELECT version_num FROM alembic_version"


def copy_sqlite(path: Path, target: Path) -> tuple[str, dict[str, int]]:
    """Copy a database into a new file and verify the copy; returns its version and the number of rows by table.

    Raises:
        BackupError: there is no database of ours, or the copy differs from the original.
    """
    if not path.is_file():
        raise BackupError(f"there is no database {path}; nothing was written")
    try:
        # "rw" does not create a missing file.
        with closing(_open(path, "rw")) as source:
            source.execute("BEGIN")
            rows = _rows(source)
            revision = _revision(source)
            with closing(sqlite3.connect(target)) as made:
                source.backup(made)
                # One file, without a log beside it.
                made.execute("PRAGMA journal_mode=DELETE")
            source.execute("ROLLBACK")
    except sqlite3.Error as error:
        raise BackupError(f"the database {path} cannot be copied: {_reason(error)}. {_WHAT_TO_DO}") from None
    check_sqlite_copy(target, revision, rows)
    return revision, rows


def check_sqlite_copy(path: Path, revision: str, rows: Mapping[str, int]) -> None:
    """Verify a copy: its pages, its foreign keys, its version and its rows.

    Raises:
        BackupError: something is wrong with it.
    """
    try:
        with closing(_open(path, "ro")) as copied:
            whole = copied.execute("PRAGMA integrity_check(1)").fetchall() == [("ok",)]
            dangling = copied.execute("PRAGMA foreign_key_check").fetchone()
            same = _revision(copied) == revision and _rows(copied) == dict(rows)
    except sqlite3.Error as error:
        raise BackupError(f"the copy of the database cannot be read: {_reason(error)}") from None
    if not whole or dangling is not None:
        raise BackupError("the database is damaged: its pages contradict each other")
    if not same:
        raise BackupError("the copy of the database does not have the rows that it should have")
    if revision not in known_revisions():
        raise BackupError("the database belongs to a newer version of the program; use that one")


def refuse_sqlite_place(path: Path, *, replace: bool) -> bool:
    """Check in advance what restoring a copy would refuse; returns whether there is a database.

    Raises:
        BackupError: there is a database already, or another program has it open.
    """
    if not any(Path(f"{path}{end}").exists() for end in _BESIDE):
        return False
    if not replace:
        raise BackupError(
            f"there is a database {path} already and it was left alone; --replace puts it aside and the backup in its "
            "place"
        )
    _refuse_open(path)
    return True


def put_sqlite_back(copied: Path, path: Path, *, replace: bool) -> Path | None:
    """Move a copy to the place of the database; returns where an earlier database was moved to, if there was one.

    No program may have the database open: the caller holds the server's lock.

    Raises:
        BackupError: there is a database already, or another program has it open.
        OSError: the folder cannot be written.
    """
    aside: Path | None = None
    if refuse_sqlite_place(path, replace=replace):
        aside = path.with_name(f"{path.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
        # The log first: a crash in between leaves a database without its log, but never a new one with an old log.
        for end in reversed(_BESIDE):
            if Path(f"{path}{end}").exists():
                Path(f"{path}{end}").rename(f"{aside}{end}")
    give_to_owner_of(path.parent, copied)
    copied.replace(path)
    return aside


def _refuse_open(path: Path) -> None:
    """Refuse if a program has the database open: it would keep writing to the file that is moved aside."""
    try:
        with closing(_open(path, "rw")) as mine:
            mine.execute("PRAGMA locking_mode=EXCLUSIVE")
            mine.execute("BEGIN EXCLUSIVE")
            mine.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            raise BackupError(f"something has the database {path} open; stop it first") from None
    except sqlite3.Error:
        return  # a damaged file may be replaced


def _open(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        timeout=LOCK_TIMEOUT_SECONDS,
    )


def _rows(connection: sqlite3.Connection) -> dict[str, int]:
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - a name of the database's own
        for (name,) in names
    }


def _revision(connection: sqlite3.Connection) -> str:
    try:
        found = connection.execute(_REVISION).fetchone()
    except sqlite3.OperationalError:
        found = None
    if found is None:
        raise BackupError("this is no database of this program")
    return str(found[0])


def _reason(error: sqlite3.Error) -> str:
    if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
        return "the disk is full"
    return getattr(error, "sqlite_errorname", type(error).__name__)
