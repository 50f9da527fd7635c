"""What the console tells once the demonstration runs: everything that a newcomer needs, and nothing that is not there."""

from pathlib import Path

import pytest

from backend.demo.counter import Folders, PrinterAddress
from backend.demo.interactive import Hardware, what_to_try
from backend.demo.virtual_screens import VirtualScreen
from backend.demo.visitors import Sample

URL, PAGE = "http://127.0.0.1:8710", "http://127.0.0.1:8711/a-secret/"
VIRTUAL = (VirtualScreen(":4", (1080, 1920)), VirtualScreen(":5", (1920, 1080)))


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    """The folders of a demonstration that was started in its checkout."""
    monkeypatch.chdir(tmp_path)
    return Folders(tmp_path / "var" / "demo", tmp_path / "var" / "demo" / "logs")


def told(folders: Folders, hardware: Hardware) -> str:
    """Everything that is told, with two notices."""
    samples = [
        Sample(name, folders.notices / f"{name}.png", shows)
        for name, shows in (("1", "on time"), ("2", "late"))
    ]
    return "\n".join(what_to_try(URL, PAGE, folders, hardware, samples))


def test_without_a_screen_the_displays_and_a_way_to_tap_are_named(folders: Folders) -> None:
    """Who sits at a server learns where the windows are, how to tap them, and how to get there from a desk."""
    text = told(folders, Hardware(f"watch:{folders.camera}", None, VIRTUAL))
    assert "X displays :4 and :5" in text
    assert PAGE in text
    assert "see and tap both screens, hold up notices, see the tickets" in text
    assert "ssh -L 8710:127.0.0.1:8710 -L 8711:127.0.0.1:8711 THIS-MACHINE" in text
    assert "cp var/demo/notices/1.png var/demo/camera/" in text
    assert "2.png" in text


def test_with_real_devices_nothing_virtual_is_promised(folders: Folders) -> None:
    """With a screen, a camera and a printer the person is sent to them."""
    text = told(folders, Hardware("device:0", PrinterAddress("192.168.10.20", 9100), None))
    assert "two windows on your screen" in text
    assert "print var/demo/notices/1.png and hold it before the camera" in text
    assert "192.168.10.20 port 9100" in text
    for word in ("virtual", "X display", "tap both", "ssh", "paper_out", "Hold it up"):
        assert word not in text
