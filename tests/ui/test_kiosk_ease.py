"""Screens that are easier to see, the time that is left, and presses that are seen at once: in a window."""

from dataclasses import replace
from typing import Any

import pytest

from backend.common.catalogue import Language
from backend.common.design import Theme, colours
from kiosk.camera.optics import CameraAt
from kiosk.visit.presenter import present
from kiosk.visit.scenes import NOW, OFFICE, scene_state
from kiosk.visit.state import Closing
from tests.kiosk_places import SCENES, SITUATIONS
from tests.ui.test_kiosk_layout import LETTERS, labels, make_root, place_faults, settle, text_faults

EASED_LANGUAGES = (Language.EASY_JAPANESE, Language.ENGLISH)
"""The longest words, once in each typeface; all languages are measured without a window."""


def show(root: Any, scene: str, language: Language = Language.JAPANESE, **state: Any) -> None:
    """Show a scene, some of its state changed, and let its layout settle."""
    wanted = replace(scene_state(scene, SCENES[scene], language, SITUATIONS), **state)
    root.show(present(wanted, OFFICE, NOW))
    settle()


@pytest.mark.parametrize("language", EASED_LANGUAGES)
def test_every_screen_is_worn_anew_and_the_usual_look_comes_back(ui: Any, language: Language) -> None:
    """Protects who needs contrast and large letters on each kind of screen, and the next visitor from getting them."""
    root = make_root(ui)
    faults: list[object] = []
    for scene in (
        "welcome",
        "welcome_hint_hard_to_read",
        "keypad",
        "keypad_letters",
        "walk_in",
        "ticket_on_time",
    ):
        show(root, scene, language, eased=True)
        assert ui.picture().getpixel((3, 1000)) == colours(Theme.CONTRAST).paper.rgb, scene
        faults += [(scene, *fault) for label in labels(ui, root) for fault in text_faults(ui, label)]
        faults += [(scene, *fault) for fault in place_faults(root)]
    assert faults == []
    show(root, "welcome", language)
    assert ui.picture().getpixel((3, 1000)) == colours(Theme.LIGHT).paper.rgb
    assert min(label.font_size for label in labels(ui, root)) < LETTERS * 1.2


def test_numbers_and_keys_grow_as_the_other_letters_do(ui: Any) -> None:
    """Protects who sees little from the one thing that has to be read staying as small as it was.

    A wide number ends where its place does.
    """
    root = make_root(ui)
    sizes: dict[bool, dict[str, float]] = {False: {}, True: {}}
    for eased, found in sizes.items():
        for scene, wanted in (
            ("keypad_numbers_short", {"4332-4", "5", "0", "1字消す"}),
            ("keypad_letters", {"AB", "W", "M"}),
            ("ticket_on_time", {"M-388"}),
        ):
            show(root, scene, eased=eased)
            told = {"".join(label.text.split()): label.font_size for label in labels(ui, root)}
            seen = {words: size for words, size in told.items() if words in wanted}
            assert seen.keys() == wanted
            found.update(seen)
    number = next(label for label in labels(ui, root) if label.text == "M-388")
    assert number.texture_size[0] > 0.95 * number.width
    assert sizes[True].pop("M-388") > sizes[False].pop("M-388")
    for words, size in sizes[False].items():
        assert sizes[True][words] >= 1.2 * size - 0.5, words


def grey_icons(ui: Any, root: Any) -> list[bytes]:
    """The icons on the screen in greyscale, from the top down, with their grounds made equal."""
    from kiosk.screens.icon import KioskIcon

    picture = ui.picture().convert("L")
    seen = [one for one in root.walk() if isinstance(one, KioskIcon) and ui.seen(one) and one.parent.opacity]
    found = []
    for icon in sorted(seen, key=lambda one: -one.to_window(*one.pos)[1]):
        left, low = (int(each) for each in icon.to_window(*icon.pos))
        size = int(icon.width)
        crop = picture.crop((left, picture.height - low - size, left + size, picture.height - low))
        ground = crop.getpixel((size // 2, 3))
        found.append(crop.point(lambda grey, ground=ground: 255 * (abs(grey - ground) > 60)).tobytes())
    return found


@pytest.mark.parametrize("eased", [False, True])
def test_what_became_of_the_paper_is_told_without_colour(ui: Any, eased: bool) -> None:
    """Protects who sees no red and green: in greyscale each state has a shape and words of its own."""
    root = make_root(ui)
    shapes: dict[bytes, str] = {}
    words: dict[str, str] = {}
    for scene in ("ticket_on_time", "ticket_printing", "ticket_failed"):
        show(root, scene, eased=eased)
        done, paper = grey_icons(ui, root)
        assert shapes.setdefault(paper, scene) == scene, "the icon of another state"
        assert words.setdefault(root.screen.view.paper_text, scene) == scene
    show(root, "ticket_found_absent", eased=eased)
    assert grey_icons(ui, root)[0] != done, "what needs somebody has another shape than what is done"


def test_the_bar_tells_the_time_that_is_left(ui: Any) -> None:
    """Protects slow readers from a screen that goes without notice: a bar where time runs, and none where it does not."""
    root = make_root(ui)
    show(root, "keypad", closing=Closing(1, 60.0, 80.0))
    bar = root.frame.ids.time_left
    assert bar.opacity == 1
    assert 0.7 < bar.share <= 0.75
    show(root, "keypad_warned", closing=Closing(2, 20.0, 80.0, urgent=True))
    assert bar.urgent
    assert bar.share <= 0.25
    show(root, "welcome")
    assert bar.opacity == 0


@pytest.mark.parametrize("eased", [False, True])
def test_a_press_is_seen_in_the_next_frame(ui: Any, eased: bool) -> None:
    """Protects fingers that feel no key: the button is another colour in the very frame after the touch."""
    from kivy.lang import Builder
    from kivy.tests.common import UnitTestTouch

    root = make_root(ui)
    show(root, "walk_in", eased=eased)
    button = ui.find(
        root, next(one.text for one in root.screen.walk() if getattr(one, "action", "") == "take_number")
    )
    x, y = (int(each) for each in button.to_window(button.x + 60, button.center_y))
    spot = (x, int(ui.window.height) - y)
    before = ui.picture().getpixel(spot)
    touch = UnitTestTouch(x, y)
    touch.touch_down()
    # What Kivy does between the touch and the drawing of the same frame.
    Builder.sync()
    assert ui.picture().getpixel(spot) != before
    touch.touch_up()


def test_an_arrow_points_to_the_slot(ui: Any) -> None:
    """Protects who looks for the paper: with the place set, the screen with the number points there."""
    root = make_root(ui)
    show(root, "ticket_on_time")
    plain = ui.picture().tobytes()
    root.frame._slot_at = CameraAt.BELOW
    show(root, "ticket_on_time")
    below = ui.picture().tobytes()
    root.frame._slot_at = CameraAt.RIGHT
    show(root, "ticket_on_time")
    assert len({plain, below, ui.picture().tobytes()}) == 3
