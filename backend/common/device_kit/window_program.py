"""What a program with a window checks: whether there is a screen, whether the window opened, and when to end."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from backend.common import CommandFailedError, FontMissingError, need_fonts

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
"""Any of these in the environment names a screen."""


def require_screen() -> None:
    """Refuse to start if there is no screen: SDL would draw nowhere, without any error.

    Raises:
        CommandFailedError: there is none.
    """
    if sys.platform == "linux" and not any(os.environ.get(name) for name in SCREENS):
        raise CommandFailedError("there is no screen: DISPLAY is not set.")


def require_fonts() -> None:
    """Refuse to start if the typefaces are missing: the screen could not show any text.

    Raises:
        CommandFailedError: some are not installed.
    """
    try:
        need_fonts()
    except FontMissingError as error:
        raise CommandFailedError(f"nothing can be drawn: {error}.") from None


@contextmanager
def opening_window() -> Iterator[None]:
    """Turn errors while a window is opened into one sentence.

    Raises:
        CommandFailedError: no window can be opened, or a typeface is not installed.
    """
    try:
        yield
    except FontMissingError as error:
        raise CommandFailedError(f"{error}.") from None
    except SystemExit:
        # Kivy leaves like this when no window can be opened.
        raise CommandFailedError("no window can be opened; is a display (DISPLAY) there?") from None


def stop_on_signals(stop: Callable[[], object]) -> None:
    """Close the window when the process is told to end; call this in the loop that runs the window."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
