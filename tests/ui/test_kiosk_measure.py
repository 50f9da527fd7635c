"""What is measured without a window is what Kivy draws: the reason to trust `tests/unit/test_text_widths.py`."""

from typing import Any

import pytest

from backend.common.catalogue import Language
from kiosk.visit.presenter import present
from kiosk.visit.scenes import NOW, OFFICE, scene_state
from kiosk.visit.texts import spoken
from tests.kiosk_places import SCENES, SITUATIONS, lay
from tests.kv_places import Place, near
from tests.proof import some_of
from tests.ui.test_kiosk_layout import SCRIPTS, labels, make_root, show

NEAR = 2
"""Pixels by which heights and places may differ."""
MEASURED = [name for name in SCENES if not name.startswith("bring_")]
"""A list of what to bring chooses its letters by itself."""


def nearest(label: Any, places: list[Place]) -> Place:
    """The place of a text, where it stands twice the one that is like the label."""
    same = [place for place in places if place.text == label.text]
    return min(
        same, key=lambda place: abs(place.font_size - label.font_size) + abs(place.width - label.width)
    )


@pytest.mark.parametrize("language", some_of(SCRIPTS, everything=list(Language)))
def test_a_measured_text_is_as_kivy_draws_it(ui: Any, language: Language) -> None:
    """Protects the measure: the width of every line, the height of every text, its letters and its place are Kivy's."""
    root = make_root(ui)
    wrong, compared = [], 0
    for scene in some_of(MEASURED[::5], everything=MEASURED):
        show(ui, root, scene, language)
        view = spoken(present(scene_state(scene, SCENES[scene], language, SITUATIONS), OFFICE, NOW))
        places = [place for place in lay(view).walk() if place.is_text()]
        drawn = {label.text for label in labels(ui, root)}
        assert not [place.text for place in places if place.text not in drawn], scene
        for label in labels(ui, root):
            # The office's name and the keys are made in Python.
            if type(label).__name__ == "KioskOffice" or len(label.text) == 1:
                continue
            place = nearest(label, places)
            if int(label.font_size) != int(place.font_size) and abs(label.font_size - place.font_size) < 1e-6:
                # A size that is a whole number but for the last bit: Kivy takes the one below, the measure the one above.
                continue
            widest = max(line.w for line in label._label._cached_lines)
            compared += 1
            if label.width - widest < label.width / 100 and place.texture_size[1] > label.texture_size[1]:
                # A line that fills its place to the last hundredth: rounding says whether its last word still fits, and
                # the measure, which takes one line more, is the stricter of both.
                continue
            alike = (
                abs(widest - place.longest()) <= near(widest)
                and abs(label.texture_size[1] - place.texture_size[1]) <= NEAR
                and abs(label.font_size - place.font_size) <= 0.2
                and abs(label.width - place.width) <= NEAR
            )
            if not alike:
                sizes = (widest, *label.texture_size, label.font_size, label.width)
                wrong.append((scene, label.text, sizes, place.longest(), place.texture_size, place.font_size))
    assert wrong == []
    assert compared > 100
