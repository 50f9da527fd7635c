"""Checkpoints of SQLite's log in a thread of their own: no command waits while pages are copied into the database file.

SQLite itself would do this in the commit that makes the log long enough, which then takes several times as long.
"""

import sqlite3
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import Engine, event

from backend.storage.turns import Turns

_COPY_AFTER_COMMITS = 64
"""About as many commits as fill a thousand pages, after which SQLite itself would copy."""
_LOOK_AFTER_COMMITS = 8
_COPY_AT_BYTES = 4 * 1024 * 1024
"""A log of this length is copied at every look; SQLite itself would copy it at every commit."""
_TOO_LONG_BYTES = 64 * 1024 * 1024
"""Constant readers can keep the log from being reset; from this length on, it is reset while commits wait."""
_WAIT_SECONDS = 1.0
_AGAIN_AFTER_SECONDS = 10.0
"""Pause between two such resets: otherwise a reader that hangs would delay commits by a second again and again."""


class Checkpoints:
    """Watches the log of an embedded database and copies it in a thread of its own.

    Args:
        engine: its connections leave the copying to this thread; nothing is done for PostgreSQL.
        turns: the lock of this process's writers.
    """

    def __init__(self, engine: Engine, turns: Turns) -> None:
        self._turns = turns
        name = engine.url.database if engine.dialect.name == "sqlite" else None
        self._path = Path(name).absolute() if name and name != ":memory:" else None
        self._log = Path(f"{self._path}-wal")
        self._commits = 0
        self._wanted = threading.Event()
        self._closed = False
        self._guard = threading.Lock()
        self._cut_again_at = float("-inf")
        self._thread: threading.Thread | None = None
        if self._path is not None:
            event.listen(engine, "connect", _leave_to_us)

    def look(self) -> None:
        """Check the length of the log; call this after every commit."""
        if self._path is None:
            return
        with self._guard:
            self._commits += 1
            long = self._commits % _LOOK_AFTER_COMMITS == 0 and self._length() > min(
                _COPY_AT_BYTES, _TOO_LONG_BYTES
            )
            if self._closed or (self._commits < _COPY_AFTER_COMMITS and not long):
                return
            self._commits = 0
            self._wanted.set()
            if self._thread is None:
                self._begin()

    def close(self) -> None:
        """Stop, and wait for the thread."""
        with self._guard:
            self._closed = True
            self._wanted.set()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _begin(self) -> None:
        thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)
        # The commit itself is done; if no thread can be started, the next commit tries again.
        with suppress(RuntimeError):
            thread.start()
            self._thread = thread

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._closed:
                return
            # The next commit will meet the same error and report it.
            with suppress(sqlite3.Error):
                self._copy()

    def _copy(self) -> None:
        self._order("PASSIVE")
        if self._length() <= _TOO_LONG_BYTES or time.monotonic() < self._cut_again_at:
            return
        # SQLite only polls for a moment without writers, which never comes at a busy counter.
        if not self._turns.acquire(timeout=_WAIT_SECONDS):
            return
        try:
            if self._order("TRUNCATE"):
                self._cut_again_at = time.monotonic() + _AGAIN_AFTER_SECONDS
        finally:
            self._turns.release()

    def _order(self, how: str) -> bool:
        """Copy; returns whether a reader or writer prevented a part of it."""
        with closing(
            sqlite3.connect(f"{(self._path or Path()).as_uri()}?mode=rw", uri=True, timeout=_WAIT_SECONDS)
        ) as own:
            return bool(own.execute(f"PRAGMA wal_checkpoint({how})").fetchone()[0])

    def _length(self) -> int:
        try:
            return self._log.stat().st_size
        except OSError:
            return 0


def _leave_to_us(dbapi_connection: sqlite3.Connection, _record: object) -> None:
    dbapi_connection.execute("PRAGMA wal_autocheckpoint=0").close()
