"""Virtual screens: one X server each for the kiosk and the hall, for machines without a real screen."""

import os
import shutil
import time
from dataclasses import dataclass

from PIL import Image, ImageGrab
from Xlib import X
from Xlib.display import Display
from Xlib.error import ConnectionClosedError, DisplayError, XError

from backend.demo.errors import DemoError
from backend.demo.processes import Child, Children
from backend.demo.waiting import Waiter

KIOSK_SIZE = (1080, 1920)
HALL_SIZE = (1920, 1080)

_STILL = 3
"""The screen counts as still when this many pictures in a row are the same."""
_LOOKS = 20
_LOOK_EVERY_SECONDS = 0.1
_FINGER = 1
"""The mouse button that stands for a touch."""


@dataclass(frozen=True)
class VirtualScreen:
    """A virtual screen.

    Attributes:
        display: what ``DISPLAY`` is set to for programs that show something on it.
        size: width and height in pixels.
    """

    display: str
    size: tuple[int, int]

    def picture(self) -> Image.Image:
        """A picture of the screen once it no longer changes.

        Raises:
            DemoError: the screen is gone.
        """
        shown = self._grab()
        still = 1
        for _ in range(_LOOKS):
            if still == _STILL:
                break
            time.sleep(_LOOK_EVERY_SECONDS)
            again = self._grab()
            still = still + 1 if again == shown else 1
            shown = again
        return shown

    def frame(self) -> Image.Image:
        """A picture of the screen at this moment, for watching it live.

        Raises:
            DemoError: the screen is gone.
        """
        return self._grab()

    def tap(self, x: int, y: int) -> None:
        """Press and release at a place on the screen, as a finger would.

        Args:
            x: pixels from the left.
            y: pixels from the top.

        Raises:
            ValueError: the place is not on the screen.
            DemoError: the screen is gone.
        """
        if not (0 <= x < self.size[0] and 0 <= y < self.size[1]):
            raise ValueError("the place is not on the screen")
        try:
            connection = Display(f"unix/{self.display}")  # by Unix socket, never by TCP
            try:
                connection.xtest_fake_input(X.MotionNotify, x=x, y=y)
                connection.xtest_fake_input(X.ButtonPress, _FINGER)
                connection.xtest_fake_input(X.ButtonRelease, _FINGER)
                connection.sync()
            finally:
                connection.close()
        except (DisplayError, ConnectionClosedError, XError, OSError):
            raise DemoError("the virtual screen cannot be tapped") from None

    def _grab(self) -> Image.Image:
        try:
            return ImageGrab.grab(xdisplay=self.display).convert("RGB")
        except OSError:
            raise DemoError("the virtual screen cannot be read") from None


def has_real_screen() -> bool:
    """Whether this session has a screen."""
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def open_screen(children: Children, waiter: Waiter, name: str, size: tuple[int, int]) -> VirtualScreen:
    """Start a virtual screen on a free display number; only this machine can reach it.

    Args:
        children: starts it and ends it.
        waiter: waits until it is ready.
        name: the screen's name in messages and of its log: "kiosk" or "hall".
        size: width and height in pixels.

    Raises:
        DemoError: there is no X server for virtual screens, or it does not start.
    """
    server = shutil.which("Xvfb")
    if server is None:
        raise DemoError("there is no screen and no virtual one: install the Debian package xvfb")
    width, height = size
    # The X server picks a free display number and writes it to its standard output when it is ready.
    argv = [server, "-displayfd", "1", "-screen", "0", f"{width}x{height}x24"]
    argv += ["-nolisten", "tcp", "-noreset", "-dpi", "96"]
    child = children.start(f"the virtual screen of the {name}", argv, log=f"screen-{name}")
    number = waiter.until(f"the virtual screen of the {name} did not start", lambda: _display_number(child))
    return VirtualScreen(f":{number}", size)


def _display_number(child: Child) -> str | None:
    lines = child.log.read_text("utf-8", errors="replace").splitlines(keepends=True)
    return next((line.strip() for line in lines if line.strip().isdecimal() and line.endswith("\n")), None)
