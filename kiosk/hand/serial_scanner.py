"""Hand scanners on a serial line (USB CDC or RS-232): each line that comes in is one scanned code.

A thread of its own reads the port, and opens it again after it was unplugged. A line is passed on and wiped from the
buffer; nothing of it is logged.
"""

import re
import threading
import time
from collections.abc import Callable
from typing import Final, Protocol

import serial
import structlog

from backend.common.device_kit import Worker
from backend.wire import without_aim_prefix

_log = structlog.get_logger(__name__)

LONGEST: Final = 8000
"""Maximum length of a line in bytes; no code holds more. The bytes of a longer line are dropped."""

IDLE_SECONDS: Final = 0.1
"""A line without an end counts as ended after this silence: not every scanner sends one."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0

# STX and ETX are among them: bytes before STX, and bytes after ETX, belong to another code.
_ENDS = re.compile(rb"[\x02\x03\r\n\t]")


class Port(Protocol):
    """The part of a serial port that is used here."""

    @property
    def in_waiting(self) -> int:
        """How many bytes have come in already."""

    def read(self, size: int) -> bytes:
        """Wait a moment for up to ``size`` bytes; empty if none came."""

    def close(self) -> None:
        """Close the port."""


def open_port(where: str, baud: int) -> Port:
    """Open a serial port; bytes that came in before are not read.

    Args:
        where: path of the device.
        baud: speed in bits per second.

    Raises:
        OSError: the port is not there, or another program has it.
        ValueError: the speed is not possible.
    """
    port = serial.Serial(where, baud, timeout=IDLE_SECONDS, exclusive=True)
    port.reset_input_buffer()
    return port


class Lines:
    """Joins bytes to lines, and wipes a line from its buffer when it has returned it."""

    def __init__(self) -> None:
        self._pending = bytearray()
        self._too_long = False

    @property
    def empty(self) -> bool:
        """Whether no byte of a line is waiting for its end."""
        return not self._pending and not self._too_long

    def take(self, data: bytes) -> list[str]:
        """Take bytes and return the lines that they ended."""
        lines = []
        parts = _ENDS.split(data)
        for place, part in enumerate(parts):
            if not self._too_long:
                self._pending += part
            if len(self._pending) > LONGEST:
                self._wipe()
                self._too_long = True
            if place < len(parts) - 1:
                lines.append(self.end())
        return [line for line in lines if line]

    def end(self) -> str:
        """End the line and return it: empty if nothing came in, U+FFFD if it was too long."""
        text = "\N{REPLACEMENT CHARACTER}" if self._too_long else without_aim_prefix(self._text())
        self._wipe()
        self._too_long = False
        return text

    def _text(self) -> str:
        for encoding in ("utf-8", "cp932"):
            try:
                return self._pending.decode(encoding)
            except UnicodeDecodeError:
                continue
        return self._pending.decode("latin-1")

    def _wipe(self) -> None:
        self._pending[:] = bytes(len(self._pending))
        self._pending.clear()


class SerialScanner(Worker):
    """Reads a hand scanner in a thread of its own.

    Args:
        on_line: called with every line, from that thread; it should pass the line on and return at once.
        opener: opens the port.
        pauses: first and longest pause between two attempts to open it, in seconds; they double.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        on_line: Callable[[str], None],
        opener: Callable[[], Port],
        *,
        pauses: tuple[float, float] = (FIRST_PAUSE, LONGEST_PAUSE),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__("hand-scanner")
        self._on_line = on_line
        self._opener = opener
        self._first_pause, self._longest_pause = pauses
        self._clock = clock
        self._open = threading.Event()

    @property
    def works(self) -> bool:
        """Whether the port is open."""
        return self._open.is_set()

    def _run(self) -> None:
        pause = self._first_pause
        while not self._stopping.is_set():
            try:
                port = self._opener()
            except (OSError, ValueError) as error:  # pyserial's errors are OSErrors; ValueError: a bad speed
                _log.debug("hand_scanner_not_opened", kind=type(error).__name__)
            else:
                pause = self._first_pause
                self._open.set()
                _log.info("hand_scanner_opened")
                try:
                    self._read(port)
                finally:
                    self._open.clear()
                    port.close()
            if self._stopping.wait(pause):
                return
            pause = min(pause * 2, self._longest_pause)

    def _read(self, port: Port) -> None:
        lines = Lines()
        last = 0.0
        while not self._stopping.is_set():
            try:
                data = port.read(max(1, port.in_waiting))
            except (
                OSError,
                TypeError,
            ) as error:  # pyserial raises TypeError where the port went away while reading
                _log.warning("hand_scanner_lost", kind=type(error).__name__)
                return
            now = self._clock()
            if data:
                last = now
                for line in lines.take(data):
                    self._tell(line)
            elif not lines.empty and now - last >= IDLE_SECONDS:
                self._tell(lines.end())

    def _tell(self, line: str) -> None:
        if not line:
            return
        try:
            self._on_line(line)
        except Exception as error:  # noqa: BLE001 - the next code must be read whatever the listener did
            _log.error("scan_listener_failed", error=type(error).__name__)
