"""A program that opens a window: is there a screen, did the window open, when does it end?"""

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
    """Refuse to begin where there is no screen: SDL would draw to nowhere without any error.

    Raises:
        CommandFailedError: there is none.
    """
    if sys.platform == "linux" and not any(os.environ.get(name) for name in SCREENS):
        raise CommandFailedError("there is no screen: DISPLAY is not set.")


def require_fonts() -> None:
    """Refuse to begin without the typefaces: a screen that can say nothing is no screen.

    Raises:
        CommandFailedError: some are not installed.
    """
    try:
        need_fonts()
    except FontMissingError as error:
        raise CommandFailedError(f"nothing can be drawn: {error}.") from None


@contextmanager
def opening_window() -> Iterator[None]:
    """Turn the errors of opening a window into one sentence.

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
    """Have the window closed when the process is told to end; called in the loop that runs it."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
