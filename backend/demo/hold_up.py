"""Holding a picture up to the virtual camera: it is put into the camera's folder, complete and under a new name."""

import itertools
import os
import shutil
import time
from pathlib import Path

_count = itertools.count(1)


def hold_up(picture: Path, camera: Path) -> None:
    """Copy a picture into the folder that the virtual camera watches.

    Raises:
        OSError: the picture is not there, or the folder cannot be written.
    """
    name = f"{time.time_ns():020d}-{os.getpid()}-{next(_count)}{picture.suffix}"
    unfinished = camera / f".{name}"
    shutil.copyfile(picture, unfinished)
    unfinished.replace(camera / name)
