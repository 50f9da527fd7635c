"""Sets Kivy up, before it is imported and after. Nothing here imports it: programs pass Kivy's objects in."""

import asyncio
import os
from collections.abc import Awaitable, Iterable
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from backend.common.device_kit.device_settings import DeviceSettings
from backend.common.device_kit.touch_source import TOUCH_ENVIRONMENT, KivySettings, take_touches_from


def set_kivy_environment(home: Path, scale: float = 1.0) -> None:
    """Set what Kivy reads when it is imported; it must not have been imported before.

    Args:
        home: a private folder for whatever Kivy writes.
        scale: pixels per dp, Kivy's unit of length.
    """
    os.environ.update(
        TOUCH_ENVIRONMENT,
        KIVY_NO_ARGS="1",
        KIVY_NO_FILELOG="1",
        KIVY_LOG_MODE="PYTHON",
        KIVY_HOME=str(home),
        # Without this, Kivy tries other window providers if SDL finds no screen, and they end the process.
        # A provider that the environment names is kept: somebody chose it.
        KIVY_WINDOW=os.environ.get("KIVY_WINDOW", "sdl2"),
        KIVY_METRICS_DENSITY=f"{scale:.4f}",
        KIVY_DPI="96",
        # A new message wakes the loop, so that it is shown at once even at a low frame rate.
        KIVY_CLOCK="interrupt",
    )


def set_kivy_window(
    kivy: KivySettings, settings: DeviceSettings, *, fps: int, touches: str | None, resizable: bool
) -> None:
    """Configure the window; call this before Kivy makes it.

    Args:
        kivy: Kivy's ``Config``.
        settings: the device's settings.
        fps: turns of the loop per second.
        touches: where touches come from, or None where nobody touches the screen.
        resizable: whether somebody may change the window's size.
    """
    kivy.set("kivy", "exit_on_escape", "0")
    kivy.set("kivy", "kivy_clock", "interrupt")
    kivy.set("graphics", "width", str(settings.width))
    kivy.set("graphics", "height", str(settings.height))
    kivy.set("graphics", "fullscreen", "auto" if settings.fullscreen else "0")
    kivy.set("graphics", "resizable", "1" if resizable else "0")
    kivy.set("graphics", "maxfps", str(fps))
    kivy.set("graphics", "multisamples", "0")
    if settings.left is not None or settings.top is not None:
        kivy.set("graphics", "position", "custom")
        kivy.set("graphics", "left", str(settings.left or 0))
        kivy.set("graphics", "top", str(settings.top or 0))
    take_touches_from(touches, kivy)


class LayoutLoader(Protocol):
    """The part of Kivy's ``Builder`` that is used here."""

    @property
    def files(self) -> Iterable[str]:
        """The files that have been loaded."""

    def load_file(self, filename: str) -> object:
        """Load a file."""


def load_layout(builder: LayoutLoader, package: str, name: str) -> None:
    """Load a layout, once per process: loading it twice would double every child.

    Args:
        builder: Kivy's ``Builder``.
        package: the package that contains the layout.
        name: its file's name, without ``.kv``.
    """
    path = str(files(package) / f"{name}.kv")
    if path not in builder.files:
        builder.load_file(path)


def let_clock_wait(clock: Any, resolution: float | None = None) -> None:
    """Prepare Kivy's interruptible clock for asyncio.

    The clock wakes at once when something is to be shown, and sleeps otherwise. Kivy 2.3 waits with
    ``asyncio.wait_for`` there, and treats the timeout, which is the normal end of a quiet turn, as an error.

    Args:
        clock: Kivy's ``Clock``.
        resolution: accuracy of events in seconds; for an event that is nearer than this, the clock polls.
    """

    async def wait(event: Awaitable[object], seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(event, seconds)

    clock.init_async_lib("asyncio")
    if resolution is not None:
        clock.clock_resolution = resolution
    clock._async_wait_for = wait  # noqa: SLF001 - the only place to mend it
