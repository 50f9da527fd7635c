"""The scanner: reads the camera's newest frame, and reports once when a code has been held up.

The rules are in :mod:`kiosk.reading.selection`: two readings must agree, and each code is reported once until it has
left the view. A 12-digit number is reported without its text, which exists only inside the decoder.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
import structlog

from backend.common.device_kit import Worker
from backend.wire import ScanReason
from kiosk.camera import Frame, Picture, Pixels
from kiosk.reading.detection import DecodedSymbol
from kiosk.reading.ladder import Ladder, Reading, one_thread_only
from kiosk.reading.locator import detects_code
from kiosk.reading.selection import HARD_SECONDS, Confirmation, Scan, UnreadableHint, verdict_of
from kiosk.reading.tracking import Tracker

_log = structlog.get_logger(__name__)

_AWAKE_SECONDS = 0.7
_FULL_EVERY_SECONDS = 1.0
_DETECT_EVERY_SECONDS = 0.2


@dataclass(frozen=True)
class Preview:
    """A small picture of what the camera sees.

    Attributes:
        sequence: changes with the picture.
        pixels: rows of BGR bytes.
    """

    sequence: int
    pixels: Pixels

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.pixels.shape[1], self.pixels.shape[0]


class NewestFrame(Protocol):
    """The part of a camera that the scanner uses."""

    def latest(self) -> Frame | None:
        """The newest frame."""

    def wait_newer(self, sequence: int, timeout: float) -> Frame | None:
        """The newest frame once it is newer than ``sequence``, or None after ``timeout`` seconds."""


class Stillness:
    """Notices movement, by comparing tiny copies of successive frames.

    Args:
        level: mean difference of brightness (0..255) that counts as a change; camera noise stays below it.
    """

    def __init__(self, level: float = 2.0) -> None:
        self._level = level
        self._last: Pixels | None = None
        self._last_image: Pixels | None = None

    def moved(self, image: Pixels) -> bool:
        """Whether something moved since the frame before; True for the first frame."""
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


class Scanner(Worker):
    """Reads the camera's frames in a thread of its own and reports codes that were held up.

    The cheapest decoder runs on every frame that is read. The slow ones run while something moves and shortly after,
    while a first reading waits for a second one, and once a second in any case; an empty desk costs almost nothing.

    Args:
        camera: where frames come from.
        on_scan: called with every scan, from the scanner's thread; it should pass the scan on and return at once.
        ours: says whether a text is one of our codes; called from the scanner's thread.
        ladder: the decoders.
        rate: frames read per second at most; a second frame to confirm a reading is read at once.
        preview_size: width and height of the picture for the screen, in pixels.
        mirror: mirror that picture, as people know themselves from mirrors; decoding is not affected.
        confirmation: the rule by which readings must agree.
        detects: says whether something in a frame looks like a code; asked where none was read.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        camera: NewestFrame,
        on_scan: Callable[[Scan], None],
        ours: Callable[[str], bool],
        *,
        ladder: Ladder | None = None,
        rate: float = 15.0,
        preview_size: tuple[int, int] = (640, 360),
        mirror: bool = False,
        confirmation: Confirmation | None = None,
        detects: Callable[[Picture], bool] = detects_code,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__("scanner")
        self._camera = camera
        self._on_scan = on_scan
        self._ours = ours
        self._ladder = ladder or Ladder()
        self._tracker = Tracker(self._ladder)
        self._interval = 1 / rate
        self._preview_size = preview_size
        self._mirror = mirror
        self._confirmation = confirmation or Confirmation()
        self._unreadable = UnreadableHint()
        self._detects = detects
        self._detect_at = 0.0
        self._stillness = Stillness()
        self._clock = clock
        self._awake_until = 0.0
        self._full_at = 0.0
        self._next_at = 0.0
        self._preview_lock = threading.Lock()
        self._preview: Preview | None = None
        self._preview_image: Pixels | None = None

    def preview(self) -> Preview | None:
        """The newest picture, shrunk and cut to ``preview_size``; None without a frame.

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
            reading = self._read(frame)
            scan = self._confirmation.observe(verdict_of(reading.symbols, self._ours), frame)
            scan = scan or self._unreadable.observe(
                bool(reading.symbols), self._detected(reading, frame), frame
            )
            if scan is not None and not self._stopping.is_set():
                self._tell(scan)

    def _worth_reading(self, frame: Frame) -> bool:
        """Whether to read a frame: at the rate, and at once when something begins to move or is undecided."""
        now = self._clock()
        moved = self._stillness.moved(frame.image)
        begins = moved and now >= self._awake_until
        if moved:
            self._awake_until = now + _AWAKE_SECONDS
        if not (begins or self._confirmation.undecided or now >= self._next_at):
            return False
        self._next_at = now + self._interval
        return True

    def _read(self, frame: Frame) -> Reading:
        """Read one frame: with all decoders while something happens, and with the cheapest otherwise."""
        now = self._clock()
        full = now < self._awake_until or now >= self._full_at or self._confirmation.undecided
        if full:
            self._full_at = now + _FULL_EVERY_SECONDS
        try:
            # A second code in view matters only in the reading that would confirm the first one.
            return self._tracker.read(
                frame.image,
                rungs=None if full else 1,
                look_further=self._confirmation.undecided,
                wanted=self._wanted,
            )
        except (ValueError, RuntimeError, cv2.error) as error:
            # One strange frame must not end scanning; its content is not logged.
            _log.warning("frame_not_decoded", error=type(error).__name__)
            return Reading(None, ScanReason.NONE, 0.0)

    def _wanted(self, symbol: DecodedSymbol) -> bool:
        """Whether a symbol is one of our codes; only these end the search."""
        return not (symbol.my_number or symbol.part) and self._ours(symbol.text)

    def _detected(self, reading: Reading, frame: Frame) -> bool:
        """Whether there is a code that could not be read; checked from time to time, while something happens."""
        now = self._clock()
        if reading.symbols or now < self._detect_at or now >= self._awake_until + HARD_SECONDS:
            return False
        self._detect_at = now + _DETECT_EVERY_SECONDS
        try:
            return self._detects(frame.image)
        except (ValueError, RuntimeError, cv2.error):
            return False  # a strange frame, which was logged when it was decoded

    def _tell(self, scan: Scan) -> None:
        _log.info("code_held_up", reason=scan.verdict.reason.value)
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
