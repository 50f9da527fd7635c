"""Files that were put in place: whose they are, and that their names survive a crash.

What root makes for the server must belong to the server's user, or the server could not open it.
"""

import os
from contextlib import suppress
from pathlib import Path


def give_to_owner_of(folder: Path, path: Path) -> None:
    """Make the owner of a folder the owner of a file in it; only root can do this, for others nothing happens."""
    if os.geteuid() != 0:
        return
    owner, now = folder.stat(), path.stat()
    if (owner.st_uid, owner.st_gid) != (now.st_uid, now.st_gid):
        with suppress(PermissionError):
            os.chown(path, owner.st_uid, owner.st_gid)


def settle_names(folder: Path) -> None:
    """Flush a folder to disk, so that the new name of a file in it survives a crash, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
