"""A mouse whose moves and clicks come through the X server, like those of a real one (by its XTEST extension)."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

LEFT = 1
_THIS_SCREEN = -1


class Pointer:
    """The pointer of a display.

    Args:
        tests: the library of the XTEST extension.
        windows: the library that speaks to the server.
        connection: an open connection.
    """

    def __init__(self, tests: Any, windows: Any, connection: ctypes.c_void_p) -> None:
        self._tests = tests
        self._windows = windows
        self._connection = connection

    def tap(self, x: int, y: int) -> None:
        """Click at a place, in pixels from the left and from the top of the screen."""
        self._tests.XTestFakeMotionEvent(self._connection, _THIS_SCREEN, x, y, 0)
        for pressed in (1, 0):
            self._tests.XTestFakeButtonEvent(self._connection, LEFT, pressed, 0)
            self._windows.XSync(self._connection, 0)


@contextmanager
def pointer(display: str) -> Iterator[Pointer]:
    """The pointer of a display, for the duration of the block.

    Args:
        display: the display's name, for example ``:99``.
    """
    windows, tests = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
    windows.XOpenDisplay.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(windows.XOpenDisplay(display.encode()))
    assert connection, f"the display {display} does not answer"
    try:
        yield Pointer(tests, windows, connection)
    finally:
        windows.XCloseDisplay(connection)
