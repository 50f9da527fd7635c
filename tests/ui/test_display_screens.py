"""``uketsuke-display screens``: a picture of every state in every language, without a server or a screen."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from backend.common.shipped import ROOT
from queue_display.scenes import scenes


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program without any screen."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("UKETSUKE", "KIVY", "SDL", "DISPLAY", "WAYLAND"))
    }
    return subprocess.run(
        [sys.executable, "-m", "queue_display", *arguments],
        cwd=ROOT.parent,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_every_state_is_drawn_in_both_shapes_and_themes_with_an_index(tmp_path: Path) -> None:
    """Protects whoever looks the display over: nothing is missing, nothing is blank, and the index leads to all of it."""
    looks_asked = ("--shapes", "landscape,portrait", "--themes", "light,dark")
    done = run("screens", "--out", str(tmp_path), "--languages", "ja", "--size", "480x270", *looks_asked)
    assert done.returncode == 0, done.stderr
    index = json.loads((tmp_path / "index.json").read_text("utf-8"))
    looks = ("ja", "ja-dark", "ja-portrait", "ja-portrait-dark")
    assert [(entry["language"], entry["scene"]) for entry in index] == [
        (look, scene) for look in looks for scene in scenes()
    ]
    page = (tmp_path / "index.html").read_text("utf-8")
    pictures = set()
    for entry in index:
        assert entry["file"] in page
        with Image.open(tmp_path / entry["file"]) as picture:
            assert picture.size == ((270, 480) if "portrait" in entry["language"] else (480, 270))
            colours = picture.getcolors(480 * 270)
            assert colours is not None
            assert len(colours) > 50, entry
            pictures.add((picture.size, picture.tobytes()))
    # No two states look the same, nor one in two themes.
    assert len(pictures) == len(index)
    assert index[0]["file"] == "ja/01-starting.png"
    for look in looks:
        assert (tmp_path / f"contact-{look}.png").is_file()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--languages", "ja,tlh"), "languages"),
        (("--size", "big"), "--size"),
        (("--shapes", "round"), "--shapes"),
        (("--themes", "pink"), "--themes"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    """Protects from a traceback where an option is wrong."""
    done = run("screens", "--out", str(tmp_path / "out"), *arguments)
    assert done.returncode != 0
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_missing_display_is_said(tmp_path: Path) -> None:
    """Protects whoever asks for a window where there is none: it is said, and how to go on without a screen."""
    done = run("screens", "--out", str(tmp_path), "--languages", "ja", SDL_VIDEODRIVER="x11")
    assert done.returncode == 1
    assert "DISPLAY" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("*.json"))
