"""Holding something up to the virtual camera: pictures are put into its folder, complete and under new names."""

import itertools
import os
import shutil
import time
from pathlib import Path

import cv2
import numpy as np

from backend.demo.errors import DemoError
from backend.demo.scene import FRAMES, approaching

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


def bring_near(notice: Path, frames: Path, camera: Path, pictures: int = FRAMES) -> None:
    """Bring a printed notice to the virtual camera as a hand does, and keep the pictures that the camera sees.

    Args:
        notice: the picture of the sheet.
        frames: folder for the pictures; numbering continues after the pictures that are there.
        camera: the folder that the virtual camera watches.
        pictures: how many pictures the camera sees.

    Raises:
        DemoError: the notice is not a picture.
        OSError: a folder cannot be written.
    """
    printed = cv2.imread(str(notice))
    if printed is None:
        raise DemoError("the notice that was printed is no picture")
    names = []
    first = sum(1 for _ in frames.iterdir()) + 1
    for place, picture in enumerate(approaching(np.asarray(printed, np.uint8), frames=pictures), start=first):
        name = f"{place:03}.jpg"
        cv2.imwrite(str(frames / name), picture, [cv2.IMWRITE_JPEG_QUALITY, 92])
        names.append(name)
    for name in names:
        shutil.copyfile(frames / name, camera / f".{name}")
    # Every picture gets its name only when all are complete.
    for name in names:
        (camera / f".{name}").replace(camera / name)
