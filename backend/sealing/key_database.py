"""The key store's own database: a SQLite file in which deleted data is overwritten, or a PostgreSQL database."""

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DisconnectionError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from backend.sealing.errors import KeyStoreError
from backend.sealing.tables import key_stores
from backend.storage import give_to_owner_of

_LOCK_SECONDS = 3.0
_WRITES = "uketsuke_keys_write"
_ONE_WRITER = text("SELECT pg_advisory_xact_lock(1801812339)")
# Closing a file drops all locks that the process has on it, so no other thread may open a new file until it is closed.
_MAKING = threading.Lock()

_NO_ROOM = "has no room on its disk; make room and try again"
_NOTHING_NEW = "takes nothing new; give the server's user the right to write it and its folder"
_HELD = "is held by another program; try again"
_DAMAGED = "is damaged; restore it from its backup"
_FOREIGN = "is no key store; correct key_store_url"
_AWAY = "cannot be reached; look whether it is there and may be opened"
_OF_SQLITE = {
    sqlite3.SQLITE_FULL: _NO_ROOM,
    sqlite3.SQLITE_READONLY: _NOTHING_NEW,
    sqlite3.SQLITE_PERM: _NOTHING_NEW,
    sqlite3.SQLITE_BUSY: _HELD,
    sqlite3.SQLITE_LOCKED: _HELD,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_ERROR: _FOREIGN,
    sqlite3.SQLITE_IOERR: "cannot be read or written; look at its disk",
}
_OF_POSTGRESQL = {
    "53100": _NO_ROOM,
    "42501": _NOTHING_NEW,
    "25006": _NOTHING_NEW,
    "55P03": _HELD,
    "57014": _HELD,
    "42P01": _FOREIGN,
    "42703": _FOREIGN,
}


class KeysEngine:
    """Opens the key store's database.

    Before each transaction on a SQLite file, this checks that the open file is still the one with that name. So it is
    noticed if somebody deletes or replaces it while a server runs, and no key is written to a deleted file.

    Args:
        url: SQLAlchemy URL.

    Attributes:
        file: the file of a SQLite store; None for PostgreSQL.
        shown: its name in messages, without a password.
    """

    def __init__(self, url: str | URL) -> None:
        parsed = make_url(url)
        self.file = Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None
        self.shown = str(self.file or parsed.render_as_string(hide_password=True))
        self._engine = _of_server(url) if self.file is None else _of_file(self.file)

    def is_there(self) -> bool:
        """Whether there is a store, or at least a file that is not empty in its place.

        Raises:
            KeyStoreError: its server or its folder cannot be reached, or there is something else than a file.
        """
        if self.file is None:
            with self.reading() as keys:
                return inspect(keys).has_table(key_stores.name)
        try:
            found = self.file.stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise KeyStoreError(f"the key store {self.shown} cannot be reached: {error.strerror}") from None
        if not stat.S_ISREG(found.st_mode):
            raise KeyStoreError(f"the key store {self.shown} is no file; correct key_store_url")
        return found.st_size > 0

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads, and sees one consistent state.

        Raises:
            KeyStoreError: the store cannot be read.
        """
        with translated(self.shown), self._engine.connect() as keys:
            if self.file is None:
                keys = keys.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901 - the same connection
            with keys.begin():
                yield keys

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes, one at a time; a new file is readable only by its owner from the beginning.

        Raises:
            KeyStoreError: its folder is missing, others may read the file, or it cannot be written.
        """
        if self.file is not None:
            self._make_file(self.file)
        writing = self._engine.execution_options(**{_WRITES: True})
        with translated(self.shown, writes=True), writing.connect() as keys, keys.begin():
            if self.file is None:
                keys.execute(_ONE_WRITER)
            yield keys

    def need_whole(self, keys: Connection) -> None:
        """Check the integrity of the file.

        Raises:
            KeyStoreError: the file is damaged, or others may read it.
        """
        if self.file is None:
            return
        if keys.execute(text("PRAGMA quick_check(1)")).scalar_one() != "ok":
            raise KeyStoreError(f"the key store {self.shown} {_DAMAGED}")
        self._need_private(self.file)

    def need_writable(self) -> None:
        """Test whether the store can be written: begin a change and roll it back.

        Raises:
            KeyStoreError: the store cannot be written.
        """
        with self.writing() as keys:
            # The value must change: otherwise SQLite would write nothing.
            keys.execute(key_stores.update().values(generation=key_stores.c.generation + 1))
            keys.rollback()

    def dispose(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _make_file(self, path: Path) -> None:
        with _MAKING:
            if self.is_there():
                self._need_private(path)
                return
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                self._need_private(path)
                return
            except OSError as error:
                raise KeyStoreError(f"the key store {self.shown} cannot be made: {error.strerror}") from None
            try:
                # A command that root runs must not leave a store that the server's user cannot open.
                give_to_owner_of(path.parent, path)
            finally:
                os.close(handle)

    def _need_private(self, path: Path) -> None:
        try:
            mode = path.stat().st_mode
        except OSError as error:
            raise KeyStoreError(f"the key store {self.shown} cannot be reached: {error.strerror}") from None
        if mode & 0o077:
            raise KeyStoreError(
                f"the key store {self.shown} is open to other users of this machine; run 'chmod 600 {self.shown}'"
            )


def open_keys(url: str | URL) -> KeysEngine:
    """Open the key store's database; nothing is created yet.

    Raises:
        KeyStoreError: the URL is not understood.
    """
    try:
        return KeysEngine(url)
    except (ArgumentError, SQLAlchemyError):
        raise KeyStoreError(
            "key_store_url is not understood: use sqlite:///FILE or postgresql+psycopg://…"
        ) from None


@contextmanager
def translated(shown: str, *, writes: bool = False) -> Iterator[None]:
    """Turn the drivers' exceptions into one sentence about the key store.

    Args:
        shown: the store's name in the sentence.
        writes: whether the transaction writes; then "cannot be opened" is about the journal file.

    Raises:
        KeyStoreError: instead of the drivers' exceptions.
    """
    try:
        yield
    except SQLAlchemyError as error:
        told = getattr(error, "orig", None)
        if isinstance(told, sqlite3.Error):
            code = getattr(told, "sqlite_errorcode", 0) & 0xFF
            known = _NOTHING_NEW if writes and code == sqlite3.SQLITE_CANTOPEN else _OF_SQLITE.get(code)
        else:
            known = _OF_POSTGRESQL.get(getattr(told, "sqlstate", None) or "")
        raise KeyStoreError(f"the key store {shown} {known or _AWAY}") from None


def _of_file(path: Path) -> Engine:
    def connect() -> _Opened:
        # Read before the file is opened: if it is replaced in between, it counts as replaced, not as the new file.
        identity = _identity(path)
        # "rw" creates no file: a file created by SQLite could be read by others.
        opened = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=_LOCK_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            factory=_Opened,
        )
        opened.identity = identity
        return opened

    # Parameters are keys: no exception may show one.
    engine = create_engine(
        "sqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=4,
        pool_timeout=_LOCK_SECONDS,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)

    @event.listens_for(engine, "checkout")
    def _look(opened: _Opened, _record: Any, _proxy: Any) -> None:
        if opened.identity != _identity(path):
            raise DisconnectionError

    return engine


class _Opened(sqlite3.Connection):
    """A connection that remembers which file it opened."""

    identity: tuple[int, int] | None = None


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _of_server(url: str | URL) -> Engine:
    limit = int(_LOCK_SECONDS * 1000)
    return create_engine(
        url,
        hide_parameters=True,
        pool_size=4,
        pool_timeout=_LOCK_SECONDS,
        # The database server may have been restarted since the last transaction.
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": 2,
            "tcp_user_timeout": 10_000,
            "options": f"-c timezone=UTC -c lock_timeout={limit} -c statement_timeout={4 * limit}",
        },
    )


def _prepare(dbapi_connection: sqlite3.Connection, _record: Any) -> None:
    cursor = dbapi_connection.cursor()
    # No WAL file, in which an old key would stay: pages are overwritten in place, and the journal is deleted.
    cursor.execute("PRAGMA journal_mode=DELETE")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA temp_store=MEMORY")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
