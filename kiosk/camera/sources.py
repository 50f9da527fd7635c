"""Sources of pictures behind one interface: a camera device, a video, a folder, and the virtual camera."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import structlog

from kiosk.camera.device import CameraError, DeviceSource, as_pixels
from kiosk.camera.frame import Pixels, UnreadableFileError, picture_files, read_pixels
from kiosk.camera.optics import Optics

_log = structlog.get_logger(__name__)

Size = tuple[int, int]
"""Width and height in pixels."""

SEEN_FOLDER = "seen"
"""Subfolder into which the virtual camera moves pictures that it has shown."""

_POLL_SECONDS = 0.1
_HOLD_SECONDS = 1.0


class FrameSource(Protocol):
    """Something that gives pictures, used by one thread at a time."""

    @property
    def paced(self) -> bool:
        """Whether ``read`` itself waits for the next picture, as a camera does."""

    def read(self) -> Pixels | None:
        """The next picture, or None if there is none now."""

    def close(self) -> None:
        """Release the device or file."""


def open_source(
    source: str, *, size: Size, fps: float, loop: bool, optics: Optics | None = None
) -> Callable[[], FrameSource]:
    """Return a function that opens the source; the camera calls it later, in its own thread.

    ``device:0`` or ``device:/dev/video2`` is a camera; ``video:FILE`` a video; ``folder:DIR`` the pictures of a
    folder in name order; ``watch:DIR`` the virtual camera, which shows an idle picture until pictures are put
    into the folder.

    Raises:
        CameraError: the text has none of these forms.
    """
    kind, _, where = source.partition(":")
    if where:
        if kind == "device":
            return lambda: DeviceSource(where, size, fps, optics)
        if kind == "video":
            return lambda: VideoSource(Path(where), loop=loop)
        if kind == "folder":
            return lambda: FolderSource(Path(where), loop=loop)
        if kind == "watch":
            return lambda: WatchSource(Path(where), size)
    raise CameraError("a camera is written device:N, video:FILE, folder:DIR or watch:DIR")


class VideoSource:
    """A video file; at its end it starts again or stays on its last picture.

    Raises:
        CameraError: the file cannot be opened as a video.
    """

    paced = False

    def __init__(self, file: Path, *, loop: bool) -> None:
        self._file = file
        self._loop = loop
        self._last: Pixels | None = None
        self._ended = False
        self._capture = cv2.VideoCapture(str(file))
        if not self._capture.isOpened():
            self._capture.release()
            raise CameraError("the video cannot be opened")

    def read(self) -> Pixels | None:
        """The next picture of the video."""
        if self._ended:
            return self._last
        good, picture = self._capture.read()
        if good:
            self._last = as_pixels(picture)
        elif self._loop and self._last is not None:
            self._capture.release()
            self._capture = cv2.VideoCapture(str(self._file))
        else:
            self._ended = True
        return self._last

    def close(self) -> None:
        """Close the file."""
        self._capture.release()


class FolderSource:
    """The pictures of a folder in name order; after the last one it starts again or stays on it.

    Raises:
        CameraError: the folder cannot be read, or holds no pictures.
    """

    paced = False

    def __init__(self, folder: Path, *, loop: bool) -> None:
        try:
            self._files = picture_files(folder)
        except OSError as error:
            raise CameraError("the folder of pictures cannot be read") from error
        if not self._files:
            raise CameraError("the folder holds no pictures")
        self._loop = loop
        self._next: Iterator[Path] = iter(self._files)
        self._last: Pixels | None = None

    def read(self) -> Pixels | None:
        """The next picture that can be read; unreadable ones are skipped."""
        for _ in range(len(self._files) + 1):
            file = next(self._next, None)
            if file is None:
                if not self._loop:
                    return self._last
                self._next = iter(self._files)
                continue
            picture = _picture(file)
            if picture is not None:
                self._last = picture
                return picture
        return self._last

    def close(self) -> None:
        """Nothing is open."""


class WatchSource:
    """The virtual camera: an empty desk until pictures are put into a folder, which it then shows.

    Pictures are shown in name order, one per frame, and moved to ``seen/`` in the folder. The last one stays for
    a second, so that a single picture is in view as long as a notice held up for a moment. A picture is shown
    only when its size has not changed between two looks at the folder. A program may also write a picture under a
    name with a leading dot and rename it when it is complete.

    Raises:
        CameraError: the folder cannot be made or used.
    """

    paced = False

    def __init__(
        self,
        folder: Path,
        size: Size,
        *,
        hold_seconds: float = _HOLD_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        try:
            (folder / SEEN_FOLDER).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CameraError("the folder of the virtual camera cannot be used") from error
        self._folder = folder
        self._hold = hold_seconds
        self._clock = clock
        self._idle = desk_picture(size)
        self._shown: Pixels = self._idle
        self._idle_at = 0.0
        self._look_at = 0.0
        self._sizes: dict[Path, int] = {}
        self._queue: list[Path] = []
        self._stuck: set[Path] = set()

    def read(self) -> Pixels | None:
        """The next picture of the folder, or the last one for a moment, or the empty desk."""
        now = self._clock()
        if not self._queue and now >= self._look_at:
            self._look_at = now + _POLL_SECONDS
            self._queue = self._finished_files()
        while self._queue:
            file = self._queue.pop(0)
            picture = _picture(file)
            self._put_away(file)
            if picture is not None:
                self._shown = picture
                self._idle_at = now + self._hold
                return picture
            _log.warning("virtual_camera_picture_unreadable")
        if now >= self._idle_at:
            self._shown = self._idle
        return self._shown

    def close(self) -> None:
        """Nothing is open."""

    def _finished_files(self) -> list[Path]:
        """The pictures of the folder; none while the size of one of them has changed since the last look."""
        sizes: dict[Path, int] = {}
        with contextlib.suppress(OSError):
            for file in picture_files(self._folder):
                with contextlib.suppress(OSError):
                    sizes[file] = file.stat().st_size
        before, self._sizes = self._sizes, sizes
        if any(before.get(file) != size for file, size in sizes.items()):
            return []  # somebody is still putting pictures in: wait, to keep their order
        return [file for file in sizes if file not in self._stuck]

    def _put_away(self, file: Path) -> None:
        try:
            file.replace(self._folder / SEEN_FOLDER / file.name)
        except OSError:
            self._stuck.add(file)
            _log.warning("virtual_camera_picture_not_moved")


def _picture(file: Path) -> Pixels | None:
    """A picture file as ``uketsuke-kiosk scan`` reads it; None if it cannot be read."""
    try:
        return read_pixels(file)
    except UnreadableFileError:
        return None


def desk_picture(size: Size) -> Pixels:
    """A BGR picture of a plain desk in soft light, as an idle camera sees it; nothing in it looks like a code."""
    width, height = size
    across = np.linspace(-1.0, 1.0, width, dtype=np.float32)[np.newaxis, :]
    down = np.linspace(0.0, 1.0, height, dtype=np.float32)[:, np.newaxis]
    light = 1.0 - 0.16 * across**2 - 0.14 * (down - 0.35) ** 2
    grain = 1.0 + 0.012 * np.sin(across * 23.0 + down * 5.0) + 0.008 * np.sin(across * 71.0 - down * 3.0)
    edge = np.where(down > 0.86, 0.82, 1.0)  # the desk's front edge
    beige = np.array([178.0, 196.0, 206.0], dtype=np.float32)
    desk = (light * grain * edge)[:, :, np.newaxis] * beige
    return desk.clip(0, 255).astype(np.uint8)
