"""The pulse of the database: a real commit now and then, so that health says whether the next visitor is received.

A look at the database proves nothing about a full disk or a standby, and what is rolled back proves no commit. So one
row that never changes is written anew and committed, through the same door as every command. It is asked for at most
every five seconds, and not at all while other commits prove the same. On SQLite two things are looked at besides: that
the disk gives new room, because a log that has room of its own takes small commits on a full disk too; and the first and
last row of every table, through a connection that has nothing in its memory yet.
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
    """Knows whether a database takes a commit now.

    Args:
        database: whose.
        every_seconds: what is known is believed for so long.
        keys: looks at the keys of sealed records and raises what is wrong; asked only while something was.
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
        """What is wrong with the database, or none; looks itself where nothing is known of the last seconds."""
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
        """Commit something, for real.

        Raises:
            StorageError: it was not taken.
        """
        with self._database.condition.of_writing():
            if self._database.is_sqlite:
                # Before the commit, because a commit that succeeds ends every other trouble; and without the lock of
                # writing, for nobody shall wait for it. The first look says whether the file is still the one.
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
    """Take some room on the database's disk and give it back; nothing is written into it."""
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
    # Never open the file in any other way: closing it would drop the locks that this process holds on it.
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode=ro", uri=True, timeout=LOCK_TIMEOUT_SECONDS, check_same_thread=False
    )
    try:
        tables = connection.execute(
            "SELECT name, wr FROM pragma_table_list WHERE type = 'table' AND schema = 'main'"
        ).fetchall()
        for name, keyed in tables:
            # A table that lies in its key's own tree has no row numbers.
            keys = connection.execute(
                "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", (name,)
            ).fetchall()
            columns = [f'"{column}"' for (column,) in keys] if keyed else ["rowid"]
            for order in ("ASC", "DESC"):
                by = ", ".join(f"{column} {order}" for column in columns)
                connection.execute(f'SELECT * FROM "{name}" ORDER BY {by} LIMIT 1').fetchall()  # noqa: S608 - names of the database's own
    finally:
        connection.close()
