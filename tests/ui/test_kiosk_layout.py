"""Every screen in every language as it is really laid out: nothing cut, nothing outside, nothing too small."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from assets.catalogue import Language
from kiosk.view import TicketView, present
from kiosk.visit import State
from tests.ui.kiosk_scenes import NOW, OFFICE, SCENES, conditions

TOUCH = 120
"""Least side of what is touched, in pixels of the design (domain.md 4.6: large targets; one finger, no aim)."""

LETTERS = 38
"""Least size of letters in pixels of the design: 7 mm and more on a 24-inch portrait screen."""

HEAD_LETTERS = 33
"""The same for the office's name in the head of the screen, which shrinks to its place."""

CONTROLS = SimpleNamespace(tap=lambda _: None, key=lambda _: None, speak=lambda _: None)


def make_root(ui: Any) -> Any:
    """The frame of all screens, on the window."""
    from kivy.base import EventLoop

    from kiosk.screens.root import KioskRoot
    from kiosk.screens.style import register_fonts

    register_fonts()
    root = KioskRoot(CONTROLS, guard=0)
    root.time = "10:21"
    ui.window.add_widget(root)
    EventLoop.status = "started"
    return root


def settle() -> None:
    """Let a few frames pass: layout takes more than one where heights follow texts."""
    from kivy.base import EventLoop

    for _ in range(4):
        EventLoop.idle()


def show(ui: Any, root: Any, scene: str, language: Language) -> None:
    """Show a scene, and let its layout settle."""
    root.show(present(State(SCENES[scene], language, conditions(scene)), OFFICE, NOW))
    settle()


def labels(ui: Any, root: Any) -> list[Any]:
    """Every text that is seen."""
    from kivy.uix.label import Label

    return [w for w in root.walk() if isinstance(w, Label) and w.text.strip() and ui.seen(w)]


@pytest.mark.parametrize("language", list(Language))
def test_every_text_is_whole_and_inside_its_place(ui: Any, language: Language) -> None:
    """Protects against cut or overlapping words in any state and language."""
    root = make_root(ui)
    for scene in SCENES:
        show(ui, root, scene, language)
        width, height = ui.window.size
        for label in labels(ui, root):
            where = (scene, label.text, label.pos, label.size, label.texture_size)
            x, y = label.to_window(*label.pos)
            assert x >= -1, where
            assert y >= -1, where
            assert x + label.width <= width + 1, where
            assert y + label.height <= height + 1, where
            assert label.texture_size[0] <= label.width + 1, where
            assert label.texture_size[1] <= label.height + 1, where
            assert label.font_size >= (HEAD_LETTERS if label.text in OFFICE.name.values() else LETTERS), where
        for box in [w for w in root.walk() if type(w).__name__ == "BoxLayout" and w.children]:
            for child in box.children:
                inside = (scene, type(child).__name__, child.pos, child.size, box.pos, box.size)
                assert child.y >= box.y - 1, inside
                assert child.top <= box.top + 1, inside
                assert child.x >= box.x - 1, inside
                assert child.right <= box.right + 1, inside


@pytest.mark.parametrize("language", list(Language))
def test_lines_end_where_the_catalogue_ends_them(ui: Any, language: Language) -> None:
    """Protects against lines broken inside a word or before a last one: Kivy knows no rules for Japanese."""
    root = make_root(ui)
    for scene in SCENES:
        show(ui, root, scene, language)
        for label in labels(ui, root):
            lines = len(label._label._cached_lines)
            assert lines == label.text.count("\n") + 1, (scene, label.text)


def test_what_is_touched_is_large_and_low_enough(ui: Any) -> None:
    """Protects large targets, and that the first screen's buttons are in reach from a wheelchair."""
    from kiosk.screens.style import KioskButton

    root = make_root(ui)
    for scene in SCENES:
        show(ui, root, scene, Language.JAPANESE)
        for button in [w for w in root.walk() if isinstance(w, KioskButton) and ui.seen(w)]:
            where = (scene, button.text, button.size)
            assert button.width >= TOUCH, where
            assert button.height >= TOUCH, where
            if scene == "welcome":
                assert button.to_window(*button.pos)[1] + button.height <= ui.window.height * 0.6, where


def test_the_number_is_the_largest_thing(ui: Any) -> None:
    """Protects the number's size, and that a longer one is made smaller and not cut."""
    root = make_root(ui)
    show(ui, root, "ticket_on_time", Language.JAPANESE)
    number = root.screen.number
    assert number.texture_size[0] >= 0.7 * ui.window.width
    others = [label.font_size for label in labels(ui, root) if label.text != number.text]
    assert number.font_size >= 2.5 * max(others)

    view = present(State(SCENES["ticket_on_time"], Language.JAPANESE), OFFICE, NOW)
    assert isinstance(view, TicketView)
    root.show(replace(view, number="WWW-8888"))
    settle()
    assert len(number._label._cached_lines) == 1
    assert number.texture_size[0] <= number.width


@pytest.mark.parametrize("screen_size", [(540, 960)])
def test_a_small_window_shows_the_same_picture(ui: Any, screen_size: tuple[int, int]) -> None:
    """Protects the smaller window of a desk: everything at half its size, nothing cut."""
    from kivy.metrics import Metrics

    before = Metrics.density
    Metrics.density = 0.5
    try:
        root = make_root(ui)
        for scene in SCENES:
            show(ui, root, scene, Language.JAPANESE)
            for label in labels(ui, root):
                assert label.texture_size[0] <= label.width + 1, (scene, label.text)
                assert len(label._label._cached_lines) == label.text.count("\n") + 1, (scene, label.text)
    finally:
        Metrics.density = before
