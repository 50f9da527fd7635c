"""The place of an embedded database, which is checked before anything is created there.

A missing folder means a typing error or a disk that is not mounted. If it were created, the server would start with an
empty database, as if everything were lost; so only the folder of the default path is created.
"""

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import make_url

from backend.settings import DEFAULT_DATABASE
from backend.storage.errors import StorageMissingError
from backend.storage.owner import give_to_owner_of

_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISDIR, "folder"),
    (stat.S_ISFIFO, "pipe"),
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISCHR, "device"),
    (stat.S_ISBLK, "device"),
)


def place_of(url: str) -> Path | None:
    """The file of an embedded database, with links resolved, ready to be opened; None for PostgreSQL.

    Raises:
        StorageMissingError: its folder is missing, it is not a file, or it cannot be examined.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        return None
    path = Path(os.path.realpath(parsed.database))
    try:
        if url == DEFAULT_DATABASE:
            make_private_folder(path.parent)
        if not path.parent.exists():
            raise StorageMissingError(
                f"the folder {path.parent} of the database is not there; make it, or mount the disk that it is on"
            )
        mode = path.stat().st_mode if path.exists() else stat.S_IFREG
    except OSError as error:
        raise StorageMissingError(f"the database {path} cannot be reached: {error.strerror}") from None
    for is_kind, kind in _KINDS:
        if is_kind(mode):
            raise StorageMissingError(
                f"{path} is a {kind}, and a SQLite database is a file; correct database_url"
            )
    return path


def make_private_folder(path: Path) -> None:
    """Make a folder that only its owner can use, whatever the umask; an existing one stays as it is.

    Raises:
        OSError: it cannot be made.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def make_private_file(path: str) -> None:
    """Make an empty file that only its owner can use, unless there is one; if that fails, SQLite will report why.

    SQLite itself would create the database with the permissions of the umask. Its log and other files get the
    permissions of the database from SQLite.
    """
    real = Path(os.path.realpath(path))
    with suppress(OSError):
        os.close(os.open(real, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        # A command that root runs must not leave a database that the server's user cannot open.
        give_to_owner_of(real.parent, real)


def is_new(path: Path | None) -> bool:
    """Whether opening an embedded database creates it, or fills an empty file."""
    return path is not None and not (path.exists() and path.stat().st_size)
