"""What the programs tell Kivy of their touches: one source, or none, whatever this machine says beside it."""

import json
import os
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path

import pytest

from backend.common.device_kit.touch_source import TOUCH_WINDOW, take_touches_from
from backend.common.shipped import ROOT

HOSTILE_FILE = """
[kivy]
config_version = 27
[input]
mouse = mouse
second = mouse
%(name)s = probesysfs,provider=hidinput,select_all=1
[modules]
touchring =
"""

TELL = """
import json, os, pathlib, sys
from {program} import prepare_kivy
from {config} import {settings}
prepare_kivy({settings}(), pathlib.Path(sys.argv[1]))
from kivy.config import Config
hints = [os.environ.get(name) for name in ("SDL_TOUCH_MOUSE_EVENTS", "SDL_MOUSE_TOUCH_EVENTS")]
print(json.dumps([Config.items("input"), Config.items("modules"), hints]))
"""


@pytest.mark.parametrize(
    ("program", "config", "settings", "sources"),
    [
        ("kiosk.cli.run", "kiosk.config", "KioskConfig", [["mouse", TOUCH_WINDOW]]),
        ("queue_display.__main__", "queue_display.config", "DisplayConfig", []),
    ],
)
def test_kivy_is_left_with_one_source_of_touches(
    tmp_path: Path, program: str, config: str, settings: str, sources: list[list[str]]
) -> None:
    """Protects against a finger that types twice, whatever a file or a variable of the machine adds."""
    for folder in (tmp_path / "home" / ".kivy", tmp_path / "kivy"):
        folder.mkdir(parents=True)
        (folder / "config.ini").write_text(HOSTILE_FILE, "utf-8")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("UKETSUKE", "KIVY"))
    } | {
        "HOME": str(tmp_path / "home"),
        "KIVY_HOME": str(tmp_path / "kivy"),
        "KCFG_INPUT_THIRD": "mouse",
        "KCFG_MODULES_TOUCHRING": "",
        "SDL_TOUCH_MOUSE_EVENTS": "0",
        "SDL_MOUSE_TOUCH_EVENTS": "1",
    }
    script = TELL.format(program=program, config=config, settings=settings)
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "own")],
        cwd=ROOT.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [sources, [], ["1", "0"]]


@pytest.mark.parametrize("source", [TOUCH_WINDOW, None])
def test_what_was_there_goes(source: str | None) -> None:
    """Protects against other touch sources: all entries of the section are removed, whatever their names."""
    settings = RawConfigParser()
    settings.read_string("[input]\nmouse = mouse\nwm_touch = wm_touch\n%(name)s = probesysfs\n")
    take_touches_from(source, settings)
    assert settings.items("input") == ([] if source is None else [("mouse", TOUCH_WINDOW)])
