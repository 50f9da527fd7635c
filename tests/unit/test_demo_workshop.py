"""The demonstration's folder and screens."""

from pathlib import Path

import pytest

from backend.demo.errors import DemoError
from backend.demo.processes import Children
from backend.demo.screens import has_real_screen, open_screen
from backend.demo.waiting import Waiter
from backend.demo.workshop import fresh_folders


def test_each_demonstration_begins_with_an_empty_folder(tmp_path: Path) -> None:
    """Yesterday's tickets and tokens are not today's."""
    with fresh_folders(tmp_path) as folders:
        (folders.work / "uketsuke.db").write_text("old", "utf-8")
    with fresh_folders(tmp_path) as again:
        assert again.work == folders.work
        assert list(again.work.iterdir()) == []


def test_two_demonstrations_do_not_share_a_folder(tmp_path: Path) -> None:
    """The second one must not pull the database from under the first."""
    with fresh_folders(tmp_path) as first, fresh_folders(tmp_path) as second:
        assert (first.work.name, second.work.name) == ("demo", "demo-2")


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    """No traceback where somebody names a file."""
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(DemoError, match="cannot be used"), fresh_folders(tmp_path / "file"):
        pass


def test_two_virtual_screens_are_two_and_can_be_looked_at(tmp_path: Path) -> None:
    """Kiosk and hall have a screen of their own, of the right size, on numbers that nobody else has."""
    with Children(tmp_path) as children:
        waiter = Waiter(children.check, 30)
        first = open_screen(children, waiter, "kiosk", (320, 480))
        second = open_screen(children, waiter, "hall", (480, 320))
        assert first.display != second.display
        assert first.picture().size == (320, 480)
        assert second.picture().size == (480, 320)
    with pytest.raises(DemoError, match="cannot be read"):
        first.picture()


def test_without_an_x_server_the_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has no screen learns what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with Children(tmp_path) as children, pytest.raises(DemoError, match="Debian package xvfb"):
        open_screen(children, Waiter(children.check, 5), "kiosk", (320, 480))


@pytest.mark.parametrize(("display", "real"), [("", False), (":0", True)])
def test_an_empty_display_is_no_screen(monkeypatch: pytest.MonkeyPatch, display: str, real: bool) -> None:
    """An empty variable names no screen; believing it would end in a window that cannot open."""
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", display)
    assert has_real_screen() is real
