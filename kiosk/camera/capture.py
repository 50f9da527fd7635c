"""The camera: one thread reads it and keeps only the newest picture; a camera that hangs is given up.

``read()`` of a camera may block for ever, or go on "working" after the plug was pulled, so its health is judged
only by the age of the newest picture. A camera without a picture for two seconds counts as lost: its thread is
abandoned (it releases the device when it wakes up), and a new thread tries to open the source again; the pauses
between its attempts grow.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import structlog

from kiosk.camera.device import CameraError
from kiosk.camera.frame import Pixels
from kiosk.camera.optics import Optics
from kiosk.camera.sources import FrameSource, Size, open_source

_log = structlog.get_logger(__name__)

LOST_AFTER_SECONDS = 2.0
"""Age of the newest picture at which a camera counts as lost."""

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 10.0


class CameraState(StrEnum):
    """What is known of the camera's health."""

    OPENING = "opening"
    RUNNING = "running"
    LOST = "lost"
    CLOSED = "closed"


@dataclass(frozen=True)
class Frame:
    """One picture of the camera.

    Attributes:
        image: the pixels (gray or BGR); do not write to them.
        sequence: number of the picture; a larger one is newer.
        captured_at: when the picture arrived, in monotonic seconds.
        captured_wall: the same moment by this device's clock, in UTC; only for logs and reports.
    """

    image: Pixels
    sequence: int
    captured_at: float
    captured_wall: datetime


class _Reader:
    """One attempt to open and read a source, in a thread of its own that may be abandoned."""

    def __init__(
        self, opener: Callable[[], FrameSource], deliver: Callable[["_Reader", Pixels], None], fps: float
    ) -> None:
        self._opener = opener
        self._deliver = deliver
        self._interval = 1 / fps
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camera-reader", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to release the source as soon as it can; does not wait."""
        self._stopped.set()

    def join(self, timeout: float) -> None:
        self._thread.join(timeout)

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        try:
            source = self._opener()
        except CameraError as error:
            _log.debug("camera_not_opened", reason=str(error))
            return
        try:
            self._read_all(source)
        finally:
            source.close()

    def _read_all(self, source: FrameSource) -> None:
        due = time.monotonic()
        while not self._stopped.is_set():
            picture = source.read()
            if picture is not None and not self._stopped.is_set():
                self._deliver(self, picture)
            if source.paced and picture is not None:
                continue
            # A source whose ``read`` does not wait is read at the wanted rate; so is a device that fails.
            now = time.monotonic()
            due = max(due + self._interval, now - self._interval)
            self._stopped.wait(max(0.0, due - now))


class Camera:
    """Gives the newest picture of a source, and opens the source again by itself when it is lost.

    Args:
        source: ``device:N`` or ``device:/dev/…``, ``video:FILE``, ``folder:DIR``, ``watch:DIR``; see
            :func:`kiosk.camera.sources.open_source`.
        size: width and height in pixels that are asked of a device, and of the virtual camera's idle picture.
        fps: pictures per second.
        optics: exposure and focus asked of a device.
        loop: play videos and folders again and again; otherwise their last picture stays.
        lost_after: seconds without a picture after which the camera counts as lost.
        on_state: called with every new state, from one of the camera's own threads.
        opener: opens the source; for tests and other hardware.
        clock: monotonic seconds.
        wall: this device's time in UTC.

    Raises:
        CameraError: the text of ``source`` has none of these forms.
    """

    def __init__(
        self,
        source: str,
        *,
        size: Size = (1280, 720),
        fps: float = 30.0,
        optics: Optics | None = None,
        loop: bool = False,
        lost_after: float = LOST_AFTER_SECONDS,
        on_state: Callable[[CameraState], None] | None = None,
        opener: Callable[[], FrameSource] | None = None,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._opener = opener or open_source(source, size=size, fps=fps, loop=loop, optics=optics)
        self._kind = source.partition(":")[0]
        self._fps = fps
        self._lost_after = lost_after
        self._on_state = on_state
        self._clock = clock
        self._wall = wall
        self._changed = threading.Condition()
        self._state = CameraState.CLOSED
        self._frame: Frame | None = None
        self._sequence = 0
        self._reader: _Reader | None = None
        self._started_reading = 0.0
        self._pause = _FIRST_PAUSE_SECONDS
        self._stopping = threading.Event()
        self._watchdog: threading.Thread | None = None

    @property
    def state(self) -> CameraState:
        """The camera's health now."""
        with self._changed:
            return self._state

    def latest(self) -> Frame | None:
        """The newest picture, or None before the first one and while the camera is lost."""
        with self._changed:
            return self._frame

    def wait_newer(self, sequence: int, timeout: float) -> Frame | None:
        """Wait at most ``timeout`` seconds for a picture newer than ``sequence``; None when there was none."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._frame is not None and self._frame.sequence > sequence, timeout
            )
            frame = self._frame
        return frame if frame is not None and frame.sequence > sequence else None

    def start(self) -> None:
        """Open the source and keep it open, in threads of its own; returns at once."""
        if self._watchdog is not None:
            return
        self._stopping.clear()
        self._watchdog = threading.Thread(target=self._watch, name="camera-watchdog", daemon=True)
        self._watchdog.start()

    def stop(self, timeout: float = 2.0) -> None:
        """Release the device and end the threads; one that hangs is abandoned after ``timeout`` seconds."""
        watchdog, self._watchdog = self._watchdog, None
        if watchdog is None:
            return
        self._stopping.set()
        watchdog.join(timeout)
        reader = self._reader
        if reader is not None:
            reader.stop()
            reader.join(timeout)
        self._reader = None
        self._set_state(CameraState.CLOSED)

    def _watch(self) -> None:
        self._set_state(CameraState.OPENING)
        self._open()
        while not self._stopping.wait(min(0.1, self._lost_after / 4)):
            if self._age() <= self._lost_after and self._reader is not None and self._reader.alive:
                continue
            if self._reader is not None:
                self._reader.stop()
                self._reader = None
                self._set_state(CameraState.LOST)
            if self._stopping.wait(self._pause):
                break
            self._pause = min(self._pause * 2, _LONGEST_PAUSE_SECONDS)
            self._open()

    def _open(self) -> None:
        reader = _Reader(self._opener, self._deliver, self._fps)
        with self._changed:
            self._reader = reader
            self._started_reading = self._clock()
        reader.start()

    def _age(self) -> float:
        """Seconds since the newest picture, or since the source began to open."""
        with self._changed:
            newest = self._frame.captured_at if self._frame is not None else 0.0
            return self._clock() - max(newest, self._started_reading)

    def _deliver(self, reader: _Reader, picture: Pixels) -> None:
        with self._changed:
            if reader is not self._reader:
                return  # from an abandoned thread that woke up again
            self._sequence += 1
            self._frame = Frame(picture, self._sequence, self._clock(), self._wall())
            self._pause = _FIRST_PAUSE_SECONDS
            self._changed.notify_all()
        self._set_state(CameraState.RUNNING)

    def _set_state(self, state: CameraState) -> None:
        with self._changed:
            if state is self._state:
                return
            before, self._state = self._state, state
            if state is not CameraState.RUNNING:
                self._frame = None
            self._changed.notify_all()
        if state is CameraState.LOST:
            _log.warning("camera_lost", source=self._kind)
        elif state is CameraState.RUNNING and before is CameraState.LOST:
            _log.info("camera_recovered", source=self._kind)
        else:
            _log.info("camera_state_changed", source=self._kind, state=state.value)
        if self._on_state is not None:
            self._on_state(state)
