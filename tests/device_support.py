"""Helpers that tests of devices share: pictures of codes, and waiting for conditions."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import cv2
import numpy as np
import qrcode
from qrcode.util import QRData

from kiosk.camera.frame import Gray, Pixels

NOTICE: Final = "U1ABCDEFGHIJKLMNOPQRSTUVWX"
"""A text in the shape of the codes on our notices."""


class _AsBytes(int):
    """A mode that is written unchanged but counted like bytes, because the library knows only four modes."""

    def __eq__(self, other: object) -> bool:
        return other == _BYTES

    def __hash__(self) -> int:
        return hash(_BYTES)


_BYTES: Final = 4


class Segments(QRData):
    """The bits of a QR code with modes of all kinds, for codes of up to version 9.

    Args:
        bits: modes, lengths and data, in the order of ISO/IEC 18004.
    """

    def __init__(self, bits: str) -> None:
        super().__init__(b"", mode=_BYTES)
        self.mode = _AsBytes(bits[:4], 2)  # type: ignore[assignment] # the types know four modes, too
        self._length, self._rest = int(bits[4:12], 2), bits[12:]

    def __len__(self) -> int:
        return self._length

    def write(self, buffer: Any) -> None:
        """Write what follows the first length."""
        for bit in self._rest:
            buffer.put(int(bit), 1)

    @classmethod
    def with_character_set(cls, number: int, data: bytes) -> "Segments":
        """Data with a mark of their character set (ECI), by its number."""
        return cls(f"0111{number:08b}{_bytes_segment(data)}")

    @classmethod
    def of_gs1(cls, data: bytes) -> "Segments":
        """Data with a mark that they follow GS1 (FNC1 in first position)."""
        return cls(f"0101{_bytes_segment(data)}")

    @classmethod
    def of_part(cls, index: int, count: int, data: bytes, parity: int = 0x5A) -> "Segments":
        """One of several codes that share a text (structured append), with a part of it."""
        return cls(f"0011{index:04b}{count - 1:04b}{parity:08b}{_bytes_segment(data)}")


def _bytes_segment(data: bytes) -> str:
    return f"0100{len(data):08b}" + "".join(f"{byte:08b}" for byte in data)


def code_picture(content: str | bytes | Segments, *, box: int = 6, border: int = 4) -> Gray:
    """A QR code of model 2, black on white."""
    code = qrcode.QRCode(box_size=box, border=border, error_correction=qrcode.constants.ERROR_CORRECT_L)
    if isinstance(content, Segments):
        code.add_data(content, optimize=0)
    elif isinstance(content, bytes):
        code.add_data(QRData(content, mode=_BYTES), optimize=0)
    else:
        code.add_data(content)
    code.make(fit=True)
    modules = np.array(code.get_matrix(), dtype=bool)
    return np.where(np.kron(modules, np.ones((box, box), dtype=bool)), 0, 255).astype(np.uint8)


def on_desk(*codes: Gray, size: tuple[int, int] = (1280, 720)) -> Pixels:
    """Codes side by side on a plain desk, as a camera sees them (BGR)."""
    width, height = size
    desk = np.full((height, width), 190, np.uint8)
    left = 60
    for code in codes:
        rows, columns = code.shape
        desk[100 : 100 + rows, left : left + columns] = code
        left += columns + 60
    return cv2.cvtColor(desk, cv2.COLOR_GRAY2BGR).astype(np.uint8, copy=False)


def wait_until(condition: Callable[[], bool], timeout: float = 5.0) -> None:
    """Wait for something that another thread does.

    Raises:
        TimeoutError: it did not happen in time.
    """
    pause = threading.Event()
    for _ in range(int(timeout / 0.005)):
        if condition():
            return
        pause.wait(0.005)
    raise TimeoutError("what was waited for did not happen")


@contextmanager
def answering(answer: Callable[[bytes], bytes]) -> Iterator[int]:
    """A printer that only gives answers; yields its port."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            with line:
                try:
                    while data := line.recv(65536):
                        line.sendall(answer(data))
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)
