"""Folders of a demonstration: new ones each time, and never those of another running demonstration."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from backend.demo.counter import Folders
from backend.demo.errors import DemoError
from backend.storage import make_private_folder

_TRIES = 20


@contextmanager
def fresh_folders(parent: Path) -> Iterator[Folders]:
    """Empty folders under ``parent``: ``demo``, or ``demo-2`` while that one is in use, and so on.

    Raises:
        DemoError: the folders cannot be made.
    """
    try:
        base, lock = _claim(parent.absolute())
    except OSError as error:
        raise DemoError(f"the folder {parent} cannot be used: {error.strerror}") from None
    with lock:
        yield Folders(base, base / "logs")


def _claim(parent: Path) -> tuple[Path, IO[str]]:
    """An empty folder and the lock file that reserves it; the kernel releases the lock when this process ends."""
    make_private_folder(parent)
    for place in range(1, _TRIES + 1):
        base = parent / ("demo" if place == 1 else f"demo-{place}")
        path = parent / f".{base.name}.lock"
        if not path.exists() and base.is_dir() and any(base.iterdir()):
            raise DemoError(
                f"the folder {base} was not made by a demonstration and was left alone; name another place with --folder"
            )
        lock = path.open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        if base.exists():
            shutil.rmtree(base)
        make_private_folder(base)
        return base, lock
    raise DemoError(f"{_TRIES} demonstrations are running in {parent} already")
