"""The pulse of the database: a real commit from time to time, so that the health check knows if visitors can be served.

Reading proves nothing about a full disk or a standby, and a transaction that is rolled back proves no commit. So one
row that never changes is written again and committed, in the same way as every command. This is done at most every
five seconds, and not while other commits prove the same. On SQLite two more things are checked: whether the disk has
room, because a log with room of its own accepts small commits even on a full disk; and the first and last row of
every table, through a connection without cached pages.
"""

import errno
import os
import sqlite3
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import structlog
from sqlalchemy import Engine, text

from backend.storage.database import Database
from backend.storage.driver_errors import translated
from backend.storage.engine import LOCK_TIMEOUT_SECONDS
from backend.storage.errors import StorageError, StorageFullError, StorageMissingError, StorageReadOnlyError

EVERY_SECONDS = 5.0
_ROOM_BYTES = 256 * 1024
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_SHUT = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_BEAT = text("UPDATE alembic_version SET version_num = version_num")
log = structlog.get_logger("uketsuke.storage")


class Pulse:
    """Knows whether the database can commit now.

    Args:
        database: the database.
        every_seconds: how long a result is valid.
        keys: checks the key store, and raises an exception if it is not all right; called only after a trouble with it.
    """

    def __init__(
        self,
        database: Database,
        every_seconds: float = EVERY_SECONDS,
        keys: Callable[[], None] | None = None,
    ) -> None:
        self._database = database
        self._every = every_seconds
        self._keys = keys
        self._one_at_a_time = threading.Lock()
        database.condition.follow(_tell)

    def trouble(self) -> StorageError | None:
        """The trouble of the database, or None; does a commit itself if nothing is known of the last seconds."""
        condition = self._database.condition
        with self._one_at_a_time:
            if condition.known_for() >= self._every:
                try:
                    self.beat()
                except StorageError as error:
                    return error
            if self._keys is not None and condition.keys_are_ill:
                try:
                    self._keys()
                except StorageError as error:
                    return error
                condition.keys_are_well()
        return condition.trouble

    def beat(self) -> None:
        """Do a real commit.

        Raises:
            StorageError: it failed.
        """
        with self._database.condition.of_writing():
            if self._database.is_sqlite:
                # Before the commit, because a successful commit ends every other trouble; and without the write lock,
                # so that nobody waits for this. The first read checks whether the file is still the same.
                with self._database.read():
                    _take_room(self._database.engine)
                with translated():
                    _look_at_every_table(self._database.engine)
            with self._database.write() as work:
                if work.connection.execute(_BEAT).rowcount != 1:
                    raise StorageMissingError("the database has not been set up; run 'uketsuke migrate'")


def _tell(trouble: StorageError | None) -> None:
    if trouble is None:
        log.info("storage_recovered")
    else:
        log.error("storage_degraded", trouble=trouble.word, reason=str(trouble))


def _take_room(engine: Engine) -> None:
    """Allocate some room on the database's disk and free it again; nothing is written."""
    folder = Path(engine.url.database or "").absolute().parent
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            os.posix_fallocate(file.fileno(), 0, _ROOM_BYTES)
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFullError("the disk is full; nothing was written") from None
        if error.errno in _SHUT:
            raise StorageReadOnlyError("the folder of the database cannot be written") from None
        raise StorageMissingError("the disk of the database could not be read or written") from None


def _look_at_every_table(engine: Engine) -> None:
    path = Path(engine.url.database or "").absolute()
    # Never open the file in another way than by SQLite: closing it would drop the locks of this process.
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode=ro", uri=True, timeout=LOCK_TIMEOUT_SECONDS, check_same_thread=False
    )
    try:
        tables = connection.execute(
            "SELECT name, wr FROM pragma_table_list WHERE type = 'table' AND schema = 'main'"
        ).fetchall()
        for name, keyed in tables:
            # A table WITHOUT ROWID has no row numbers, so it is read by its primary key.
            keys = connection.execute(
                "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", (name,)
            ).fetchall()
            columns = [f'"{column}"' for (column,) in keys] if keyed else ["rowid"]
            for order in ("ASC", "DESC"):
                by = ", ".join(f"{column} {order}" for column in columns)
                connection.execute(f'SELECT * FROM "{name}" ORDER BY {by} LIMIT 1').fetchall()  # noqa: S608 - names of the database's own
    finally:
        connection.close()
