"""Files that root makes for the server belong to the server's user, or it could not open them."""

import os
from contextlib import suppress
from pathlib import Path


def give_to_owner_of(folder: Path, path: Path) -> None:
    """Give a file to the owner of the folder that it is for, where we are root and may."""
    if os.geteuid() != 0:
        return
    owner, now = folder.stat(), path.stat()
    if (owner.st_uid, owner.st_gid) != (now.st_uid, now.st_gid):
        with suppress(PermissionError):
            os.chown(path, owner.st_uid, owner.st_gid)
