"""``uketsuke-kiosk screens`` as a program: every screen and ticket is drawn, without a screen."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from PIL import Image

from backend.client.fake import FakeBackend
from backend.common.catalogue import Language
from backend.common.shipped import ROOT
from backend.protection.roles import DeviceKind
from kiosk.visit.presentation import KeypadView, View
from kiosk.visit.presenter import present
from kiosk.visit.scenes import NOW, TICKETS, every_scene, scene_office, scene_state
from kiosk.visit.texts import spoken
from tests.support import House

SITUATIONS = asyncio.run(FakeBackend().bring()).situations
SCENES = every_scene(SITUATIONS)
SIZE = (270, 480)

LEAST_COLOURS = 40
"""Letters have soft edges: a screen with words has more colours than this, an empty one has a few."""


def screens(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command where no screen is."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("UKETSUKE", "KIVY")) and name not in {"DISPLAY", "WAYLAND_DISPLAY"}
    }
    return subprocess.run(
        [sys.executable, "-m", "kiosk", "screens", *options],
        cwd=ROOT.parent,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything in two languages, small."""
    folder = tmp_path_factory.mktemp("book")
    done = screens("--out", str(folder), "--languages", "en,ko", "--size", "{}x{}".format(*SIZE))
    assert done.returncode == 0, done.stderr
    return folder


def rows(folder: Path) -> list[dict[str, str]]:
    """What the index lists."""
    listed: list[dict[str, str]] = json.loads((folder / "index.json").read_text("utf-8"))
    return listed


def test_every_scene_and_every_ticket_is_there_in_every_language(book: Path) -> None:
    """Protects whoever judges the screens from one that was never drawn."""
    papers = [f"paper{width}_{name}" for width in ("80", "58") for name in TICKETS]
    wanted = [(scene, language) for language in ("en", "ko") for scene in [*SCENES, *papers]]
    assert [(row["scene"], row["language"]) for row in rows(book)] == wanted


def view_of(scene: str) -> View:
    """What a scene shows, in words."""
    return spoken(
        present(scene_state(scene, SCENES[scene], Language.JAPANESE, SITUATIONS), scene_office(scene), NOW)
    )


def test_the_scenes_show_every_kind_of_screen() -> None:
    """Protects the list of scenes: a screen that is added without a scene is noticed here."""
    assert {type(view_of(scene)) for scene in SCENES} == set(get_args(View))


@pytest.mark.parametrize(
    ("scene", "confirms"),
    [
        ("keypad_numbers", False),
        ("keypad_numbers_short", False),
        ("keypad_numbers_wrong", False),
        ("keypad_numbers_whole", True),
    ],
)
def test_a_scene_of_the_keypad_shows_what_its_name_says(scene: str, confirms: bool) -> None:
    """Protects the scenes from a number whose check digit does not fit: the whole one can be confirmed."""
    view = view_of(scene)
    assert isinstance(view, KeypadView)
    assert view.may_confirm is confirms


def test_the_index_lists_exactly_the_pictures(book: Path) -> None:
    """Protects readers of the index from files that are missing, and from files that nobody lists."""
    there = {path.relative_to(book).as_posix() for path in book.glob("*/*")}
    assert {row["file"] for row in rows(book)} == there
    assert {path.name for path in book.iterdir() if path.is_file()} == {
        "index.json",
        "index.html",
        "contact-en.png",
        "contact-ko.png",
    }


def test_no_picture_is_empty_and_no_two_are_one(book: Path) -> None:
    """Protects against pictures of a window that had not been drawn yet, or still showed the scene before."""
    seen: dict[bytes, str] = {}
    twins = []
    for row in rows(book):
        with Image.open(book / row["file"]) as image:
            picture = image.convert("RGB")
        scene = row["scene"]
        if scene in SCENES:
            assert picture.size == SIZE
            assert len(picture.getcolors(picture.width * picture.height) or ()) > LEAST_COLOURS, row
            # Two states may be told in the same words; then the pictures are one, and must be.
            before = seen.setdefault(picture.tobytes() + row["language"].encode(), scene)
            twins += [] if view_of(before) == view_of(scene) else [(before, scene)]
    assert twins == []


def test_a_server_tells_its_own_situations(small_house: House, address: str, tmp_path: Path) -> None:
    """Protects a ward that looks at its own rules: the lists are those that the server tells."""
    (tmp_path / "token").write_text(small_house.device(DeviceKind.KIOSK), "utf-8")
    book = tmp_path / "book"
    done = screens(
        *("--out", str(book), "--languages", "ja", "--size", "270x480"),
        *("--server", address, "--token-file", str(tmp_path / "token")),
    )
    assert done.returncode == 0, done.stderr
    drawn = {row["scene"] for row in rows(book)}
    assert {"bring_child", "bring_lost"} <= drawn


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--languages", "xx"), "write tags with commas between them"),
        (("--size", "10x10"), "the setting width is wrong"),
        (("--server", "http://127.0.0.1:9"), "no device token"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(options: tuple[str, ...], said: str, tmp_path: Path) -> None:
    """Protects the person at the console from a trace of the program."""
    done = screens("--out", str(tmp_path), *options)
    assert done.returncode != 0
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_machine_without_opengl_says_what_is_missing(tmp_path: Path) -> None:
    """Protects against a command that leaves without a word where no window can be made."""
    done = screens("--out", str(tmp_path), "--languages", "ja", KIVY_WINDOW="none")
    assert done.returncode == 1
    assert "libegl1" in done.stderr
