"""The scanner: looks at the newest camera picture, and tells once when a code has been held up.

Two readings must agree before anything is told, each code is told once until it has left the view, and a
12-digit number is told as an event without a value: no text of it exists outside the decoder.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import cv2
import numpy as np
import structlog

from backend.wire.codes import ScanReason
from kiosk.camera import Frame
from kiosk.decode import Ladder, Reading, one_thread_only
from kiosk.picture import Pixels
from kiosk.tracking import Follower

_log = structlog.get_logger(__name__)

Key = tuple[ScanReason, str | None]
"""What makes two readings agree."""

_AWAKE_SECONDS = 0.7
_FULL_EVERY_SECONDS = 1.0


@dataclass(frozen=True)
class Scan:
    """A code was held up.

    Attributes:
        text: what it says; set only where ``reason`` is ``ok``. Not in logs, not in ``repr``.
        reason: ``ok``; ``ambiguous`` (several codes in view: a hint to the visitor); ``my_number`` (refused).
        seen_at: monotonic seconds at which the first of the agreeing pictures was taken.
        first_seen_wall: the same moment by this device's clock, in UTC.
    """

    text: str | None = field(repr=False)
    reason: ScanReason
    seen_at: float
    first_seen_wall: datetime


@dataclass(frozen=True)
class Preview:
    """What the camera sees, small: ``pixels`` are rows of BGR bytes; ``sequence`` changes with the picture."""

    sequence: int
    pixels: Pixels

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.pixels.shape[1], self.pixels.shape[0]


class FrameSource(Protocol):
    """What the scanner needs of a camera."""

    def latest(self) -> Frame | None:
        """The newest picture."""

    def wait_newer(self, sequence: int, timeout: float) -> Frame | None:
        """The newest picture once it is newer than ``sequence``, or None after ``timeout`` seconds."""


class Sightings:
    """Decides when a reading counts: agreement of two, once per appearance. Pure; time comes with the frames.

    Args:
        gone_after: readings without a code after which it has left the view and would be told anew.
        patience: readings without any code that may lie between two agreeing ones (a hand trembles).
    """

    def __init__(self, *, gone_after: int = 20, patience: int = 10) -> None:
        self._gone_after = gone_after
        self._patience = patience
        self._candidate: Key | None = None
        self._candidate_frame: Frame | None = None
        self._misses = 0
        self._told: dict[Key, int] = {}

    @property
    def undecided(self) -> bool:
        """True while one reading waits for a second one that agrees."""
        return self._candidate is not None

    def observe(self, reading: Reading, frame: Frame) -> Scan | None:
        """Take one reading of a new frame; returns a scan when it has just become certain."""
        key = None if reading.reason is ScanReason.NONE else (reading.reason, reading.text)
        self._forget_gone(key)
        if key is None:
            self._misses += 1
            if self._misses > self._patience:
                self._drop_candidate()
            return None
        self._misses = 0
        if key in self._told:
            self._drop_candidate()
            return None
        first = self._candidate_frame
        if key != self._candidate or first is None:
            self._candidate, self._candidate_frame = key, frame
            return None
        if frame.sequence == first.sequence:
            return None
        self._drop_candidate()
        self._told[key] = 0
        return Scan(reading.text, reading.reason, first.captured_at, first.captured_wall)

    def _forget_gone(self, key: Key | None) -> None:
        """Count how long each told code has been away; what is back in view starts again."""
        away = {told: 0 if told == key else count + 1 for told, count in self._told.items()}
        self._told = {told: count for told, count in away.items() if count < self._gone_after}

    def _drop_candidate(self) -> None:
        self._candidate = self._candidate_frame = None
        self._misses = 0


class Stillness:
    """Tells whether anything moves, from a tiny gray copy of each frame.

    Args:
        level: mean difference of brightness (0..255) that counts as a change; camera noise stays below it.
    """

    def __init__(self, level: float = 2.0) -> None:
        self._level = level
        self._last: Pixels | None = None
        self._last_image: Pixels | None = None

    def moved(self, image: Pixels) -> bool:
        """Compare with the frame before; the first one counts as moved."""
        if image is self._last_image:
            return False
        self._last_image = image
        # Every n-th pixel, then a mean: a full resize of each frame would cost more than decoding it.
        step = max(1, image.shape[1] // 256)
        sparse = np.ascontiguousarray(image[::step, ::step])
        small = cv2.resize(sparse, (64, 36), interpolation=cv2.INTER_AREA).astype(np.int16)
        last, self._last = self._last, small.astype(np.uint8)
        if last is None or last.shape != small.shape:
            return True
        return float(np.abs(small - last).mean()) > self._level


class Scanner:
    """Reads the camera's pictures in a thread of its own and reports what was held up.

    Every frame gets the cheapest decoder. The slow ones run while something moves and shortly after, while a
    first reading waits for its second, and once a second in any case; an empty desk costs almost nothing.

    Args:
        camera: where pictures come from.
        on_scan: told every scan, from the scanner's thread; hand over to your own loop and return.
        ladder: the decoders.
        rate: pictures looked at per second at most; a second picture for agreement is taken at once.
        preview_size: width and height of the picture for the screen.
        mirror: show that picture mirrored, as people know themselves; decoding is not affected.
        sightings: the rule of agreement.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        camera: FrameSource,
        on_scan: Callable[[Scan], None],
        *,
        ladder: Ladder | None = None,
        rate: float = 15.0,
        preview_size: tuple[int, int] = (640, 360),
        mirror: bool = False,
        sightings: Sightings | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._camera = camera
        self._on_scan = on_scan
        self._ladder = ladder or Ladder()
        self._follower = Follower(self._ladder)
        self._interval = 1 / rate
        self._preview_size = preview_size
        self._mirror = mirror
        self._sightings = sightings or Sightings()
        self._stillness = Stillness()
        self._clock = clock
        self._awake_until = 0.0
        self._full_at = 0.0
        self._next_at = 0.0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._preview_lock = threading.Lock()
        self._preview: Preview | None = None
        self._preview_image: Pixels | None = None

    def start(self) -> None:
        """Begin to look; returns at once."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="scanner", daemon=True)
            self._thread.start()

    def stop(self, timeout: float = 2.0) -> None:
        """End the thread; no scan is reported after this returns."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._stopping.set()
            thread.join(timeout)

    def preview(self) -> Preview | None:
        """The newest picture, small enough for the screen, cut to its shape; None without a camera picture.

        Safe from any thread. The same object comes back while the picture is the same.
        """
        frame = self._camera.latest()
        if frame is None:
            return None
        with self._preview_lock:
            if self._preview is None or frame.image is not self._preview_image:
                small = _cover(frame.image, self._preview_size)
                pixels = np.ascontiguousarray(small[:, ::-1]) if self._mirror else small
                self._preview = Preview(frame.sequence, pixels)
                self._preview_image = frame.image
            return self._preview

    def _run(self) -> None:
        one_thread_only()
        self._ladder.warm_up()
        sequence = 0
        while not self._stopping.is_set():
            frame = self._camera.wait_newer(sequence, timeout=0.2)
            if frame is None:
                continue
            sequence = frame.sequence
            if not self._worth_reading(frame):
                continue
            scan = self._sightings.observe(self._read(frame), frame)
            if scan is not None and not self._stopping.is_set():
                self._tell(scan)

    def _worth_reading(self, frame: Frame) -> bool:
        """Tell whether a frame is read: at the rate, and at once when something begins to move or is undecided."""
        now = self._clock()
        moved = self._stillness.moved(frame.image)
        begins = moved and now >= self._awake_until
        if moved:
            self._awake_until = now + _AWAKE_SECONDS
        if not (begins or self._sightings.undecided or now >= self._next_at):
            return False
        self._next_at = now + self._interval
        return True

    def _read(self, frame: Frame) -> Reading:
        """Read one frame with as many decoders as it is worth."""
        now = self._clock()
        full = now < self._awake_until or now >= self._full_at or self._sightings.undecided
        if full:
            self._full_at = now + _FULL_EVERY_SECONDS
        try:
            # The second code is looked for when it matters: in the reading that would confirm the first one.
            return self._follower.read(
                frame.image, rungs=None if full else 1, look_further=self._sightings.undecided
            )
        except (ValueError, RuntimeError, cv2.error) as error:
            # One strange frame must not end scanning; what was in it is not told.
            _log.warning("frame_not_decoded", error=type(error).__name__)
            return Reading(None, ScanReason.NONE, 0.0)

    def _tell(self, scan: Scan) -> None:
        _log.info("code_held_up", reason=scan.reason.value)
        try:
            self._on_scan(scan)
        except Exception as error:  # noqa: BLE001 - the next visitor must be able to scan whatever the listener did
            _log.error("scan_listener_failed", error=type(error).__name__)


def _cover(image: Pixels, size: tuple[int, int]) -> Pixels:
    """Cut the middle of a picture to the shape of ``size`` and shrink it; gray becomes BGR."""
    width, height = size
    rows, columns = image.shape[:2]
    scale = max(width / columns, height / rows)
    across, down = max(1, min(columns, round(width / scale))), max(1, min(rows, round(height / scale)))
    left, top = (columns - across) // 2, (rows - down) // 2
    part = np.ascontiguousarray(image[top : top + down, left : left + across])
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    if small.ndim == 2:
        return cv2.cvtColor(small, cv2.COLOR_GRAY2BGR).astype(np.uint8, copy=False)
    return np.ascontiguousarray(small[:, :, :3])
