"""A hidden temporary folder next to a target; the folder of a run that was killed is removed by the next run.

It contains copies of databases and of keys, so none may stay behind. A process that uses one holds a lock on a file
in it, which the operating system releases when the process ends, in whatever way.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

_PREFIX: Final = ".uketsuke-backup-"
_LOCK: Final = "in-use.lock"
_UNTOUCHED_SECONDS: Final = 24 * 3600
"""After this time a folder without a lock (of a version before 0.2.0) is not in use: no backup takes that long."""
_TAKEN: Final = -1


@contextmanager
def working_folder(beside: Path) -> Iterator[Path]:
    """A temporary folder, readable only by its owner, removed at the end of the block; removes those of dead runs, too.

    Args:
        beside: the folder in which it is made, on the same disk, so that its files can be moved into place.

    Raises:
        OSError: it cannot be made or removed.
    """
    remove_dead(beside)
    folder, lock = _made(beside)
    try:
        yield folder
    finally:
        try:
            shutil.rmtree(folder)
        finally:
            if lock is not None:
                os.close(lock)


def remove_dead(beside: Path) -> None:
    """Remove the folders whose processes have certainly ended; others, and those without permission, stay."""
    with suppress(OSError):
        for entry in os.scandir(beside):
            if entry.name.startswith(_PREFIX) and entry.is_dir(follow_symlinks=False):
                with suppress(OSError):
                    _remove_if_dead(Path(entry.path))


def _remove_if_dead(folder: Path) -> None:
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        _remove_if_without_lock(folder)
        return
    try:
        # A process that uses the folder holds it; on a disk without locks this cannot be known.
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    finally:
        os.close(lock)


def _remove_if_without_lock(folder: Path) -> None:
    """Remove a folder without a lock file: an old one, or one that is still empty.

    If the process of an empty one is just starting, it will notice that and make another folder.
    """
    newest = max(one.stat(follow_symlinks=False).st_mtime for one in (folder, *folder.iterdir()))
    if time.time() - newest > _UNTOUCHED_SECONDS:
        shutil.rmtree(folder)
    else:
        folder.rmdir()


def _made(beside: Path) -> tuple[Path, int | None]:
    """A new folder and the handle of its lock; None if the disk has no locks."""
    while True:
        folder = Path(mkdtemp(prefix=_PREFIX, dir=beside))
        lock = _locked(folder)
        if lock != _TAKEN:
            return folder, lock


def _locked(folder: Path) -> int | None:
    """Take the lock; ``_TAKEN`` if another run has just treated the new folder as a dead one."""
    path = folder / _LOCK
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileNotFoundError:
        return _TAKEN
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.exists():
            return lock
    except BlockingIOError:
        pass
    except OSError:
        os.close(lock)
        return None
    os.close(lock)
    return _TAKEN
