"""A hidden folder beside a target in which a file is made or taken apart; what a killed run left is removed by the next one.

In it lie copies of databases and of keys, so none may stay behind. Whoever works in one holds a lock on a file in it, which ends
with the process, however that ends.
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
"""A folder without a lock, as versions before 0.2.0 made them, is nobody's after so long; no backup takes that long."""
_TAKEN: Final = -1


@contextmanager
def working_folder(beside: Path) -> Iterator[Path]:
    """A folder for its owner only, gone at the end; before, what dead runs left there is removed.

    Args:
        beside: the folder in which it is made, so that what is in it can be moved into place.

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
    """Remove the folders whose makers are certainly gone; those that somebody may work in, or that we may not, stay."""
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
        # Held by whoever works there; where a disk knows no locks, nobody can tell.
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    finally:
        os.close(lock)


def _remove_if_without_lock(folder: Path) -> None:
    """Its maker was killed before the first file, or is about to make it and takes another name then; or it is an old one."""
    newest = max(one.stat(follow_symlinks=False).st_mtime for one in (folder, *folder.iterdir()))
    if time.time() - newest > _UNTOUCHED_SECONDS:
        shutil.rmtree(folder)
    else:
        folder.rmdir()


def _made(beside: Path) -> tuple[Path, int | None]:
    """A new folder and the handle of its lock; none where the disk knows no locks."""
    while True:
        folder = Path(mkdtemp(prefix=_PREFIX, dir=beside))
        lock = _locked(folder)
        if lock != _TAKEN:
            return folder, lock


def _locked(folder: Path) -> int | None:
    """Take the lock; ``_TAKEN`` where another run took the new folder for a dead one in this very moment."""
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
