"""Where an embedded database lies, looked at before anything is made there.

A folder that is missing means a typing error or a disk that is not mounted. Making it would serve an empty database as
if everything were gone, so only the folder of the default path is made.
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
    """The file of an embedded database behind whatever links lead to it, ready to be opened; none of a database server.

    Raises:
        StorageMissingError: its folder is not there, something else than a file is, or it cannot be looked at.
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
    """Make a folder for its owner only, whatever the umask of whoever started us; one that is there stays as it is.

    Raises:
        OSError: it cannot be made.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def make_private_file(path: str) -> None:
    """Make an empty file for its owner only where there is none; where it cannot be made, SQLite says why.

    SQLite would make a database with the umask of whoever started us. Its log and what else lies beside get the rights of the
    database from SQLite.
    """
    real = Path(os.path.realpath(path))
    with suppress(OSError):
        os.close(os.open(real, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        # A command of root's must not leave a database that the server's user cannot open.
        give_to_owner_of(real.parent, real)


def is_new(path: Path | None) -> bool:
    """Whether opening an embedded database will make it, or fill a file that is empty."""
    return path is not None and not (path.exists() and path.stat().st_size)
