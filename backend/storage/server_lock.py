"""One server per embedded database, and one import: locks that die with their process, whatever path led to the file.

Other commands beside the server ask for none; SQLite's own locks keep them apart from the server's transactions.
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
    """The right to serve a database file, or to import into it, until it is released or the process ends."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._handle)
            raise
        # A command of root's must not leave a lock that the server's user cannot take.
        give_to_owner_of(path.parent, path)
        os.truncate(self._handle, 0)
        os.write(self._handle, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Let another server have it. The file stays: taking it away would let two hold locks on two files."""
        os.close(self._handle)


def lock_database(url: str) -> ServerLock | None:
    """Take the lock of an embedded database; a database server takes any number of servers.

    Raises:
        StorageBusyError: another server has it.
        StorageMissingError: the lock cannot be made, there is no file and no place for one, or the file has a second name under which it could be opened.
    """
    # Links lead to one file, and so to one lock.
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
    """Take the lock of imports into an embedded database; those of a database server have a lock in the database.

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
