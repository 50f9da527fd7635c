"""The place before the kiosk's camera: an empty desk until a notice is brought into view."""

import itertools
import threading
import time
from collections.abc import Iterator, Sequence

from kiosk.camera.frame import Pixels
from tests.bench.pictures import empty_desks

_NOISES = 8
"""Different pictures of the empty desk; a real sensor never gives the same one twice."""


class Stage:
    """A source of pictures for :class:`kiosk.camera.capture.Camera`, which gives it the pace of 30 pictures a second."""

    paced = False

    def __init__(self) -> None:
        self._desk = itertools.cycle(empty_desks(_NOISES))
        self._view: Iterator[Pixels] = self._desk
        self._lock = threading.Lock()

    def show(self, pictures: Sequence[Pixels]) -> float:
        """Bring a notice into view, whenever the camera looks next; returns now, on the monotonic clock."""
        with self._lock:
            self._view = itertools.cycle(pictures)
            return time.monotonic()

    def clear(self) -> None:
        """Take it away."""
        with self._lock:
            self._view = self._desk

    def read(self) -> Pixels:
        """The next picture: the notice in view, or the empty desk."""
        with self._lock:
            return next(self._view)

    def close(self) -> None:
        """Nothing is open."""
