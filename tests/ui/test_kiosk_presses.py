"""Where buttons lie: a press that was meant for one screen must never act on the next, whatever comes after what."""

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import pytest

from backend.common.catalogue import Language
from kiosk.visit.inputs import Button
from tests.kiosk_places import SCENES
from tests.ui.test_kiosk_layout import TOUCH, make_root, show

COMMITS = {Button.TAKE_NUMBER, Button.CONFIRM, Button.REPRINT, Button.RETRY}
"""Buttons that make a number or print one."""

LEAVES = {Button.HOME}


class Placed(NamedTuple):
    """A button where it lies, in pixels of the window."""

    scene: str
    action: Button | None
    left: float
    bottom: float
    right: float
    top: float

    def overlaps(self, other: "Placed") -> bool:
        """Whether one finger could press both."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )


def placed(ui: Any, root: Any, scene: str) -> Iterator[Placed]:
    """The buttons of a screen that do something; whatever a press would reach, dimmed or not."""
    from kiosk.screens.style import KioskButton

    for button in root.screen.walk():
        if isinstance(button, KioskButton) and button.action is not None and not button.hidden:
            left, bottom = button.to_window(button.x, button.y)
            yield Placed(scene, button.action, left, bottom, left + button.width, bottom + button.height)


@pytest.mark.parametrize("language", [Language.JAPANESE, Language.ENGLISH])
def test_no_button_that_commits_lies_where_a_leaving_button_lay(ui: Any, language: Language) -> None:
    """Protects against ghost numbers: "done" pressed twice, or as the screen goes, makes and prints nothing."""
    root = make_root(ui)
    everywhere: list[Placed] = []
    for scene in SCENES:
        show(ui, root, scene, language)
        everywhere += placed(ui, root, scene)
    commits = [button for button in everywhere if button.action in COMMITS]
    leaves = [button for button in everywhere if button.action in LEAVES]
    assert {button.action for button in commits} == COMMITS
    assert len({button.scene.split("_")[0] for button in leaves}) >= 5
    faults = [(one, other) for one, other in product(commits, leaves) if one.overlaps(other)]
    assert not faults


@pytest.mark.parametrize("language", [Language.JAPANESE, Language.ENGLISH])
def test_no_button_lies_where_a_number_is_made(ui: Any, language: Language) -> None:
    """Protects against ghost numbers of impatient presses: whatever is pressed again and again, none makes a number.

    Keys of the keypad and the choices of what to bring lead to no screen that leads there.
    """
    from kiosk.screens.style import KioskButton, KioskKey

    root = make_root(ui)
    makes: list[Placed] = []
    others: list[Placed] = []
    for scene in SCENES:
        show(ui, root, scene, language)
        for button in root.screen.walk():
            if isinstance(button, KioskButton) and not button.hidden and not isinstance(button, KioskKey):
                left, bottom = button.to_window(button.x, button.y)
                place = Placed(
                    scene, button.action, left, bottom, left + button.width, bottom + button.height
                )
                if button.action is Button.TAKE_NUMBER:
                    makes.append(place)
                elif not scene.startswith("bring"):
                    others.append(place)
    assert makes
    assert others
    assert not [(one, other) for one, other in product(makes, others) if one.overlaps(other)]


@pytest.mark.parametrize("count", range(2, 6))
def test_a_button_for_a_kind_of_visit_can_be_hit(ui: Any, count: int) -> None:
    """Protects who cannot aim: however many kinds there are, each has a place for a finger, and all fit where they may lie."""
    from kiosk.screens.kinds import KIND_GAP, KIND_ROOM, height_of

    assert height_of(count) >= TOUCH
    assert count * height_of(count) + (count - 1) * KIND_GAP <= KIND_ROOM


def test_keys_stay_where_they_are_while_a_number_is_typed(ui: Any) -> None:
    """Protects a typist: what is said beside the keys comes and goes without moving a key under the finger."""
    from kiosk.screens.style import KioskKey

    root = make_root(ui)
    laid = set()
    for scene in SCENES:
        if scene.startswith("keypad_numbers"):
            show(ui, root, scene, Language.JAPANESE)
            keys = [key for key in root.screen.walk() if isinstance(key, KioskKey)]
            laid.add(
                tuple((key.text, *map(round, key.to_window(key.x, key.y)), round(key.height)) for key in keys)
            )
    assert len(laid) == 1


def test_the_way_back_lies_at_one_place(ui: Any) -> None:
    """Protects who looks for the way out: it is the lowest button of every screen that has one."""
    root = make_root(ui)
    for scene in SCENES:
        show(ui, root, scene, Language.JAPANESE)
        buttons = list(placed(ui, root, scene))
        leaving = [button for button in buttons if button.action in LEAVES]
        if leaving:
            lowest = min(button.bottom for button in buttons)
            assert any(button.bottom <= lowest + 1 for button in leaving), scene
