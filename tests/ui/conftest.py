"""A window for tests: Kivy's environment before Kivy is imported, a screen of our own, time counted in frames.

The screen is an Xvfb that is started here on a free display; without Xvfb, SDL draws into memory. A process has
one window: a test says which size it needs with ``@pytest.mark.parametrize("screen_size", [(1920, 1080)])``.
"""

import asyncio
import atexit
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from PIL import Image

from tests.ui.kiosk_machine import start  # noqa: F401 - a fixture of the files that drive the kiosk

SCREEN = "1920x1920x24"
"""Large enough for the kiosk's window and for the hall's."""


def _start_screen() -> None:
    """Start an Xvfb that ends with this process and make it the display."""
    xvfb = shutil.which("Xvfb")
    if xvfb is None:
        os.environ["SDL_VIDEODRIVER"] = "offscreen"
        return
    read, write = os.pipe()
    command = [
        xvfb,
        "-displayfd",
        str(write),
        "-screen",
        "0",
        SCREEN,
        "-nolisten",
        "tcp",
        "+extension",
        "GLX",
    ]
    nothing = subprocess.DEVNULL
    process = subprocess.Popen(command, pass_fds=[write], stdout=nothing, stderr=nothing)
    os.close(write)
    atexit.register(_end, process)
    with os.fdopen(read) as told:
        display = told.readline().strip()
    if not display:
        os.environ["SDL_VIDEODRIVER"] = "offscreen"
        return
    os.environ["DISPLAY"] = f":{display}"
    os.environ["SDL_VIDEODRIVER"] = "x11"


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()


def _private_home() -> str:
    home = tempfile.mkdtemp(prefix="uketsuke-ui-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return home


@pytest.fixture(scope="session")
def kivy() -> None:
    """Kivy's environment and a screen, before anything of Kivy is imported."""
    _start_screen()
    os.environ.update(
        KIVY_NO_ARGS="1",
        KIVY_NO_CONFIG="1",
        KIVY_NO_FILELOG="1",
        KIVY_LOG_MODE="PYTHON",
        KIVY_HOME=_private_home(),
        KIVY_METRICS_DENSITY="1",
        KIVY_DPI="96",
        KIVY_CLOCK="interrupt",
    )
    from kivy.config import Config

    Config.set("kivy", "exit_on_escape", "0")
    Config.set("kivy", "kivy_clock", "interrupt")
    for key, value in {"width": 1080, "height": 1920, "multisamples": 0, "maxfps": 0}.items():
        Config.set("graphics", key, str(value))
    for name, _ in Config.items("input"):
        Config.remove_option("input", name)


class Ui:
    """The window, looked at and touched as by a visitor; time passes in frames."""

    def __init__(self) -> None:
        from kivy.core.window import Window

        self.window = Window

    @asynccontextmanager
    async def running(self, app: Any) -> AsyncIterator[Any]:
        """Run an application (its ``run_all``) beside the test, and end it with the block."""
        running = asyncio.create_task(app.run_all())
        try:
            await self.until(lambda: app.root is not None or running.done(), "the application has a root")
            yield app.root
        finally:
            app.stop()
            await running

    async def frames(self, count: int) -> None:
        """Let so many turns of the loop pass."""
        from kivy.clock import Clock

        last = Clock.frames + count
        await self.until(lambda: Clock.frames >= last, "frames pass")

    async def until(self, condition: Callable[[], object], what: str, seconds: float = 10.0) -> None:
        """Let frames pass until a condition holds; the deadline only bounds a failure."""
        deadline = time.monotonic() + seconds
        # Nothing tells a test when a frame has passed: it asks after every turn of the loop.
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"it did not come true that {what}")
            await asyncio.sleep(0)

    async def tap(self, widget: Any, times: int = 1) -> None:
        """Touch the middle of a widget; two touches follow each other within a few frames."""
        from kivy.tests.common import UnitTestTouch

        x, y = widget.to_window(*widget.center)
        for _ in range(times):
            touch = UnitTestTouch(x, y)
            touch.touch_down()
            await self.frames(2)
            touch.touch_up()
            await self.frames(2)

    def find(self, root: Any, text: str) -> Any:
        """The widget that a visitor would call by this text: a button rather than the words on it."""
        found = [widget for widget in root.walk() if getattr(widget, "text", None) == text]
        assert found, f"nothing on the screen says {text!r}"
        return found[0]

    def texts(self, root: Any) -> list[str]:
        """Every text that is seen."""
        from kivy.uix.label import Label

        return [
            widget.text
            for widget in root.walk()
            if isinstance(widget, Label) and widget.text and self.seen(widget)
        ]

    def seen(self, widget: Any) -> bool:
        """Whether a widget and all that it stands in are visible."""
        while widget is not None and widget is not self.window:
            if not widget.opacity:
                return False
            widget = widget.parent
        return widget is self.window

    def picture(self) -> Image.Image:
        """What the window shows now."""
        from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels

        self.window.dispatch("on_draw")
        width, height = self.window.size
        pixels = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
        return Image.frombytes("RGB", (width, height), pixels).transpose(Image.Transpose.FLIP_TOP_BOTTOM)


@pytest.fixture
def screen_size() -> tuple[int, int]:
    """Width and height of the window in pixels: the kiosk's, unless a test asks for another."""
    return 1080, 1920


@pytest.fixture
def ui(kivy: None, screen_size: tuple[int, int]) -> Iterator[Ui]:
    """An empty window of the wanted size."""
    from kivy.base import EventLoop
    from kivy.clock import Clock
    from kivy.core.window import Window

    EventLoop.ensure_window()
    # Ending an application must not take the only window of the process with it.
    Window.close = lambda *_: None
    if tuple(Window.size) != screen_size:
        Window.size = screen_size
    EventLoop.quit = False
    _clear(Window)
    yield Ui()
    _clear(Window)
    for event in Clock.get_events():
        event.cancel()


def _clear(window: Any) -> None:
    from kivy.base import EventLoop

    for child in list(window.children):
        window.remove_widget(child)
    EventLoop.touches.clear()
    for module in EventLoop.postproc_modules:
        for name in ("touches", "last_touches"):
            getattr(module, name, {}).clear()
