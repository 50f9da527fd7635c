"""The file of an embedded database: whether the open file is still the one with that name.

SQLite keeps writing to a file that was deleted or replaced, and everything confirmed from then on would be lost when
the last process closes it. So every connection remembers which files it opened, and as long as one is open, no other one
may open other files.
"""

import os
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from backend.storage.errors import StorageReplacedError
from backend.storage.place import make_private_file

_OPENED = "uketsuke_opened"
_NOTHING = (-1, -1)
Identity = tuple[int, int]


class OpenFile:
    """Compares the files that a connection has open with the files of that name.

    Args:
        path: the database's file; None if it has none.
    """

    def __init__(self, path: str | None) -> None:
        self._path = path
        self._first: Identity | None = None
        self._opened: tuple[Identity, Identity] | None = None
        self._open = 0
        self._guard = threading.Lock()

    @classmethod
    def watch(cls, engine: Engine) -> "OpenFile":
        """Begin to watch the file of an engine; PostgreSQL has none."""
        name = engine.url.database if engine.dialect.name == "sqlite" else None
        watched = cls(os.fspath(Path(name).absolute()) if name and name != ":memory:" else None)
        if watched._path is not None:
            event.listen(engine, "do_connect", watched._before)
            event.listen(engine, "connect", watched._after)
            event.listen(engine, "close", watched._closed)
        return watched

    def check(self, connection: Connection) -> None:
        """Check that the files of a connection are still there.

        Raises:
            StorageReplacedError: the database or its log was deleted, moved away or replaced.
        """
        if self._path is not None and connection.info.get(_OPENED) != self._now():
            raise self._gone()

    def _now(self) -> tuple[Identity, Identity]:
        path = self._path or ""
        return _identity(path), _identity(f"{path}-wal")

    def _before(self, *_of_the_toolkit: Any) -> None:
        # If the old file is gone, SQLite would make a new, empty one.
        if self._first is not None and _identity(self._path or "") != self._first:
            raise self._gone()
        if self._first is None:
            make_private_file(self._path or "")

    def _after(self, dbapi_connection: Any, record: Any) -> None:
        # SQLite opens the log only with the first query.
        dbapi_connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").close()
        opened = self._now()
        with self._guard:
            if self._first is None:
                self._first = opened[0]
            if self._open == 0:
                # The last connection takes the log away when it closes, and the next one makes another.
                self._opened = opened
            self._open += 1
            record.info[_OPENED] = self._opened

    def _closed(self, *_of_the_toolkit: Any) -> None:
        with self._guard:
            self._open -= 1

    @staticmethod
    def _gone() -> StorageReplacedError:
        return StorageReplacedError("the database file was deleted or replaced while it was open")


def _identity(path: str) -> Identity:
    try:
        found = os.stat(path)  # noqa: PTH116 - on every transaction, and a third of the time of a Path
    except OSError:
        return _NOTHING
    return found.st_dev, found.st_ino
