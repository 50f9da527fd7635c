"""The demonstration's folder and screens."""

from contextlib import closing
from pathlib import Path

import pytest
from Xlib import X
from Xlib.display import Display

from backend.demo.errors import DemoError
from backend.demo.processes import Children
from backend.demo.virtual_screens import VirtualScreen, has_real_screen, open_screen
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


def test_a_tap_arrives_where_it_was_aimed_and_nowhere_else(tmp_path: Path) -> None:
    """A click on the page is one press and one letting go at that very pixel; beside the screen nothing happens."""
    with Children(tmp_path) as children:
        screen = open_screen(children, Waiter(children.check, 30), "kiosk", (320, 480))
        with closing(Display(screen.display)) as display:
            root = display.screen().root
            window = root.create_window(
                0,
                0,
                320,
                480,
                0,
                X.CopyFromParent,
                event_mask=X.ButtonPressMask | X.ButtonReleaseMask | X.KeyPressMask,
            )
            window.map()
            display.sync()
            for x, y in ((0, 0), (319, 479), (17, 230)):
                screen.tap(x, y)
                pressed, let_go = display.next_event(), display.next_event()
                assert (pressed.type, pressed.event_x, pressed.event_y) == (X.ButtonPress, x, y)
                assert (let_go.type, let_go.event_x, let_go.event_y) == (X.ButtonRelease, x, y)
            for x, y in ((320, 0), (0, 480), (-1, 5), (5, -1), (10**9, 10**9)):
                with pytest.raises(ValueError, match="not on the screen"):
                    screen.tap(x, y)
            display.sync()
            assert display.pending_events() == 0


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # python-xlib leaves its socket open
def test_a_screen_that_is_gone_is_one_sentence() -> None:
    """Whoever taps when everything is ending gets an error and no trace."""
    with pytest.raises(DemoError, match="cannot be tapped"):
        VirtualScreen(":4711", (320, 480)).tap(1, 1)


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
