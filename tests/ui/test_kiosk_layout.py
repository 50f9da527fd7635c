"""Every screen in a language of every script as it is really laid out: nothing cut, nothing outside, nothing too small.

In `make proof` every language has its window.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import pytest

from backend.common.catalogue import Language
from backend.common.device_kit.label_face import register_faces
from backend.wire.messages import OfficeInfo
from kiosk.visit.presentation import TicketView
from kiosk.visit.presenter import present
from kiosk.visit.scenes import NOW, OFFICE, offices, scene_state
from kiosk.visit.state import State
from tests.kiosk_places import SCENES, SITUATIONS
from tests.proof import some_of

TOUCH = 120
"""Least side of what is touched, in pixels of the design (domain.md 4.6: large targets; one finger, no aim)."""

GAP = 12
"""Least space between two things that are touched, in pixels of the design: 3 mm, so that a trembling finger hits one."""

LETTERS = 38
"""Least size of letters in pixels of the design: 7 mm and more on a 24-inch portrait screen."""

"""What visitors bring by the shipped rules: real sentences, in every language."""


SCRIPTS = (Language.JAPANESE, Language.ENGLISH, Language.CHINESE, Language.KOREAN)
"""One language for each script; `tests/unit/test_text_widths.py` measures the texts of all of them without a window."""

CONTROLS = SimpleNamespace(
    tap=lambda _: None,
    key=lambda _: None,
    choose=lambda _: None,
    come_for=lambda _: None,
    speak=lambda _: None,
    pressed=lambda: None,
    touched=lambda: None,
)


def make_root(ui: Any) -> Any:
    """The frame of all screens, on the window."""
    from kivy.base import EventLoop
    from kivy.core.text import LabelBase

    from kiosk.screens.root import KioskRoot

    register_faces(LabelBase)
    root = KioskRoot(CONTROLS, guard=0)
    root.time = "10:21"
    ui.window.add_widget(root)
    EventLoop.status = "started"
    return root


def settle() -> None:
    """Let a few frames pass, undrawn: layout takes more than one where heights follow texts, and needs no dots."""
    from kivy.clock import Clock
    from kivy.lang import Builder

    for _ in range(4):
        Clock.tick()
        Builder.sync()
        Clock.tick_draw()
        Builder.sync()


def show(ui: Any, root: Any, scene: str, language: Language, office: OfficeInfo = OFFICE) -> None:
    """Show a scene, and let its layout settle."""
    root.show(present(scene_state(scene, SCENES[scene], language, SITUATIONS), office, NOW))
    settle()


def labels(ui: Any, root: Any) -> list[Any]:
    """Every text that is seen."""
    from kivy.uix.label import Label

    return [w for w in root.walk() if isinstance(w, Label) and w.text.strip() and ui.seen(w)]


@pytest.mark.parametrize("language", some_of(SCRIPTS, everything=list(Language)))
def test_every_text_is_whole_and_inside_its_place(ui: Any, language: Language) -> None:
    """Protects words in any state and language: not cut, not overlapping, lines ended where the catalogue does.

    Kivy knows no rules for the ends of Japanese lines, so no line may be broken by the screen.
    """
    root = make_root(ui)
    faults: list[object] = []
    told = [(one, office) for one in SCENES for office in offices(one)]
    for scene, office in told:
        show(ui, root, scene, language, office)
        assert all(label.texture_size[0] > 0 for label in labels(ui, root)), "the screen was not laid out"
        faults += [(scene, *fault) for label in labels(ui, root) for fault in text_faults(ui, label)]
        faults += [(scene, *fault) for fault in place_faults(root)]
        if scene.startswith("welcome"):
            faults += [(scene, *fault) for fault in target_faults(ui, root, reach=ui.window.height * 0.6)]
        else:
            faults += [(scene, *fault) for fault in target_faults(ui, root, reach=ui.window.height)]
    assert not faults


def text_faults(ui: Any, label: Any) -> list[tuple[object, ...]]:
    """What is wrong with one text."""
    width, height = ui.window.size
    x, y = label.to_window(*label.pos)
    wrong = {
        "outside": x < -1 or y < -1 or x + label.width > width + 1 or y + label.height > height + 1,
        "cut": label.texture_size[0] > label.width + 1 or label.texture_size[1] > label.height + 1,
        "small": label.font_size < LETTERS,
        "broken": len(label._label._cached_lines) != len(label.lines()),
    }
    return [(name, label.text, label.pos, label.size) for name, is_so in wrong.items() if is_so]


def place_faults(root: Any) -> list[tuple[object, ...]]:
    """Widgets that stick out of the box they stand in."""
    return [
        ("sticks out", type(child).__name__, child.pos, child.size, box.pos, box.size)
        for box in root.walk()
        if type(box).__name__ in {"BoxLayout", "KioskItems"}
        for child in box.children
        if child.y < box.y - 1
        or child.top > box.top + 1
        or child.x < box.x - 1
        or child.right > box.right + 1
    ]


def target_faults(ui: Any, root: Any, *, reach: float) -> list[tuple[object, ...]]:
    """Buttons that are too small, too near to each other, or too high for somebody who sits in a wheelchair."""
    from kiosk.screens.style import KioskButton

    buttons = [each for each in root.walk() if isinstance(each, KioskButton) and ui.seen(each)]
    wrong: list[tuple[object, ...]] = [
        ("hard to touch", button.text, button.pos, button.size)
        for button in buttons
        if min(button.size) < TOUCH or button.to_window(*button.pos)[1] + button.height > reach
    ]
    over = [
        each for each in buttons if any(type(one).__name__ == "StillThereQuestion" for one in above(each))
    ]
    for one, other in combinations(over or buttons, 2):
        if apart(one, other) < GAP - 0.5:
            wrong.append(("too near", one.text, other.text, apart(one, other)))
    return wrong


def above(widget: Any) -> Iterator[Any]:
    """What a widget stands in, up to the window's content."""
    while hasattr(widget, "parent") and widget.parent is not widget and widget.parent is not None:
        widget = widget.parent
        yield widget


def apart(one: Any, other: Any) -> float:
    """The space between two buttons, in pixels; negative where they overlap."""
    (left, low), (right, high) = one.to_window(*one.pos), one.to_window(one.right, one.top)
    (its_left, its_low), (its_right, its_high) = (
        other.to_window(*other.pos),
        other.to_window(other.right, other.top),
    )
    return float(max(its_left - right, left - its_right, its_low - high, low - its_high))


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
        for scene in some_of(list(SCENES)[::2], everything=list(SCENES)):
            show(ui, root, scene, Language.JAPANESE)
            for label in labels(ui, root):
                faults = [fault for fault in text_faults(ui, label) if fault[0] != "small"]
                assert not faults, scene
    finally:
        Metrics.density = before
