"""The scene in front of the kiosk's camera: an empty desk until a notice is brought into view."""

import itertools
import threading
import time
from collections.abc import Iterator, Sequence

from kiosk.camera.frame import Pixels
from tests.bench.pictures import empty_desks

_NOISES = 8
"""How many different pictures of the empty desk there are; a real sensor never gives the same picture twice."""


class Stage:
    """A source of pictures for :class:`kiosk.camera.capture.Camera`, which gives it the pace of 30 pictures a second."""

    paced = False

    def __init__(self) -> None:
        self._desk = itertools.cycle(empty_desks(_NOISES))
        self._view: Iterator[Pixels] = self._desk
        self._lock = threading.Lock()

    def show(self, pictures: Sequence[Pixels]) -> float:
        """Show a notice to the camera from its next picture on; returns the present time on the monotonic clock."""
        with self._lock:
            self._view = itertools.cycle(pictures)
            return time.monotonic()

    def clear(self) -> None:
        """Take the notice away."""
        with self._lock:
            self._view = self._desk

    def read(self) -> Pixels:
        """The next picture: the notice in view, or the empty desk."""
        with self._lock:
            return next(self._view)

    def close(self) -> None:
        """Nothing is open."""
