"""Locks that allow one server and one import per embedded database; they end with their process.

Other commands need no lock beside a running server; SQLite's own locks separate their transactions from the server's.
"""

import fcntl
import os
from pathlib import Path

from backend.storage.errors import StorageBusyError, StorageMissingError
from backend.storage.owner import give_to_owner_of
from backend.storage.place import place_of

_SUFFIX = ".lock"
_IMPORT_SUFFIX = ".import.lock"


class ServerLock:
    """A lock for serving a database file, or for importing into it, until it is released or the process ends."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._handle)
            raise
        # A command that root runs must not leave a lock that the server's user cannot take.
        give_to_owner_of(path.parent, path)
        os.truncate(self._handle, 0)
        os.write(self._handle, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Release the lock. The file stays: if it were removed, two servers could hold locks on two files."""
        os.close(self._handle)


def lock_database(url: str) -> ServerLock | None:
    """Take the lock of an embedded database; returns None for PostgreSQL, which several servers may use.

    Raises:
        StorageBusyError: another server has it.
        StorageMissingError: the lock cannot be made, there is no file and none can be made, or the file has hard links.
    """
    # Symbolic links are resolved, so that they lead to the same lock.
    path = place_of(url)
    if path is None:
        return None
    lock = path.with_name(path.name + _SUFFIX)
    try:
        if path.exists() and path.stat().st_nlink > 1:
            raise StorageMissingError(
                f"the database file {path} has a second name (a hard link), and SQLite would keep two logs for it; "
                "remove the other name"
            )
        return ServerLock(lock)
    except BlockingIOError:
        raise StorageBusyError(
            f"another server{_holder(lock)} serves the database {path}; a SQLite database has one server"
        ) from None
    except OSError as error:
        raise StorageMissingError(f"the lock {lock} cannot be taken: {error.strerror}") from None


def lock_import(url: str) -> ServerLock | None:
    """Take the lock for imports into an embedded database; None for PostgreSQL, where the database has a lock for it.

    Raises:
        StorageBusyError: another import has it.
        StorageMissingError: the lock cannot be made.
    """
    path = place_of(url)
    if path is None:
        return None
    lock = path.with_name(path.name + _IMPORT_SUFFIX)
    try:
        return ServerLock(lock)
    except BlockingIOError:
        raise StorageBusyError(
            f"another import{_holder(lock)} is writing into the database; start this one again when it has ended"
        ) from None
    except OSError as error:
        raise StorageMissingError(f"the lock {lock} cannot be taken: {error.strerror}") from None


def _holder(lock: Path) -> str:
    try:
        number = lock.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""
    return f" (process {number})" if number.isdigit() else ""
