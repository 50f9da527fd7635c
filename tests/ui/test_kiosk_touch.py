"""The kiosk as a program, tapped through the X server: its own configuration, and one tap is one digit."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from backend.common.catalogue import Language
from backend.common.device_kit.label_face import register_faces
from backend.common.shipped import ROOT
from kiosk.visit.presentation import KeypadView, WelcomeView
from kiosk.visit.presenter import present
from kiosk.visit.scenes import NOW, OFFICE, conditions
from kiosk.visit.screens import Keypad, Welcome
from kiosk.visit.state import State
from kiosk.visit.texts import spoken
from tests.kiosk_support import SITUATIONS
from tests.pointer import Pointer, pointer
from tests.support import House, wait_until
from tests.ui.conftest import Ui

SIZE = (540, 960)
LEFT, TOP = 1300, 0
"""Beside the window of the test itself, which stands in the middle."""

NUMBER = "43324006"
"""With a digit twice in a row, which two taps must give."""

SETTLED = 2.0
"""Seconds after which a screen takes touches; a person does not find the next target sooner either."""

HOSTILE_FILE = "[kivy]\nconfig_version = 27\n[input]\nmouse = mouse\nsecond = mouse\n%(name)s = probesysfs\n"


@pytest.fixture
def screen_size() -> tuple[int, int]:
    """The test's window is as large as the program's, so that everything lies at the same place."""
    return SIZE


@pytest.fixture
def small(ui: Ui) -> Iterator[Ui]:
    """A window whose letters and buttons are half as large as designed, as the program's are."""
    from kivy.metrics import Metrics

    before, Metrics.density = Metrics.density, SIZE[0] / 1080
    yield ui
    Metrics.density = before


def places(ui: Ui) -> dict[str, tuple[int, int]]:
    """Where the program's buttons are, by what they say; in pixels of the screen."""
    from kivy.base import EventLoop
    from kivy.core.text import LabelBase

    from kiosk.screens.root import KioskRoot
    from kiosk.screens.style import KioskButton

    register_faces(LabelBase)
    root = KioskRoot(_NoControls(), guard=0)
    ui.window.add_widget(root)
    EventLoop.status = "started"
    found: dict[str, tuple[int, int]] = {}
    for screen in (Welcome(), Keypad("1")):
        view = spoken(
            present(State(screen, Language.JAPANESE, conditions("welcome_blind", SITUATIONS)), OFFICE, NOW)
        )
        assert isinstance(view, WelcomeView | KeypadView)
        root.show(view)
        for _ in range(4):
            EventLoop.idle()
        for widget in root.walk():
            if isinstance(widget, KioskButton) and ui.seen(widget):
                x, y = widget.to_window(*widget.center)
                found[f"{view.name}: {widget.text}"] = LEFT + round(x), TOP + round(SIZE[1] - y)
        if isinstance(view, WelcomeView):
            found["by number"] = found[f"welcome: {view.enter_number}"]
        else:
            found["confirm"] = found[f"keypad: {view.confirm}"]
    return found


class _NoControls:
    """Nobody is told what is tapped in the test's own window."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


def look() -> None:
    """Take the time that a person needs before the next target."""
    settled = time.monotonic() + SETTLED
    wait_until(lambda: time.monotonic() > settled)


class Kiosk:
    """A running kiosk with its log in a file."""

    def __init__(self, log: Path) -> None:
        self._log = log

    def events(self, name: str) -> list[dict[str, Any]]:
        """Its reports of a name."""
        lines = [line for line in self._log.read_text("utf-8").splitlines() if line.startswith("{")]
        return [event for line in lines if (event := json.loads(line))["event"] == name]

    def until_shown(self, screen: str) -> None:
        """Wait for a screen, and then as long as a person needs to look at it."""
        wait_until(lambda: any(event["screen"] == screen for event in self.events("screen_shown")), 30)
        look()

    @property
    def shown(self) -> list[str]:
        """The screens that were shown so far, in order."""
        return [event["screen"] for event in self.events("screen_shown")]


@contextmanager
def kiosk(log: Path, environment: dict[str, str], *options: str) -> Iterator[Kiosk]:
    """A kiosk without camera, scanner and printer, in a window on the screen of the tests."""
    command = [sys.executable, "-m", "kiosk", "run", "--printer", "127.0.0.1:9", "--camera", "none"]
    command += ["--scanner", "none", "--silent", "--log-json", "--size", f"{SIZE[0]}x{SIZE[1]}", *options]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UKETSUKE", "KIVY"))}
    with (
        log.open("wb") as out,
        subprocess.Popen(
            command, cwd=ROOT.parent, env=kept | environment, stdout=out, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            yield Kiosk(log)
        finally:
            process.terminate()
            process.wait(10)


def type_number(program: Kiosk, finger: Pointer, where: dict[str, tuple[int, int]]) -> None:
    """Choose the keypad, type the number as fast as the X server takes it, and confirm it."""
    program.until_shown("welcome")
    finger.tap(*where["by number"])
    program.until_shown("keypad")
    for digit in NUMBER:
        finger.tap(*where[f"keypad: {digit}"])
    look()
    finger.tap(*where["confirm"])


@pytest.mark.parametrize("hostile", [False, True], ids=["as_shipped", "more_sources_on_the_machine"])
def test_one_tap_is_one_digit(
    small: Ui, small_house: House, address: str, tmp_path: Path, *, hostile: bool
) -> None:
    """Protects 4332-4006 from becoming 4433-3322: the number that was tapped is the one that is looked up."""
    small_house.reserve(NUMBER)
    environment = {"UKETSUKE_KIOSK_TOKEN": small_house.device(), "HOME": str(tmp_path)}
    if hostile:
        (tmp_path / ".kivy").mkdir()
        (tmp_path / ".kivy" / "config.ini").write_text(HOSTILE_FILE, "utf-8")
        environment |= {
            "KIVY_HOME": str(tmp_path / ".kivy"),
            "KCFG_INPUT_SECOND": "mouse",
            "SDL_MOUSE_TOUCH_EVENTS": "1",
        }
    options = ("--server", address, "--place", f"{LEFT},{TOP}")
    with (
        kiosk(tmp_path / "kiosk.log", environment, *options) as program,
        pointer(os.environ["DISPLAY"]) as mouse,
    ):
        type_number(program, mouse, places(small))
        wait_until(lambda: program.shown[-1] in {"ticket", "trouble"}, 20)
        assert program.shown[-1] == "ticket"
