"""What the device tests share: pictures of codes, a port where nobody is, and waiting without sleeping."""

import socket
import threading
from collections.abc import Callable

import cv2
import numpy as np
import qrcode
from qrcode.util import QRData

from kiosk.picture import Gray, Pixels


def code_picture(content: str | bytes, *, box: int = 6, border: int = 4) -> Gray:
    """A QR code of model 2, black on white."""
    code = qrcode.QRCode(box_size=box, border=border, error_correction=qrcode.constants.ERROR_CORRECT_L)
    if isinstance(content, bytes):
        code.add_data(QRData(content, mode=4), optimize=0)  # 4: bytes as they are
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


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port
