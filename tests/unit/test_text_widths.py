"""Every text of the kiosk fits its place, in every language, by the fonts' own widths and the screens' own layouts.

No window is needed. That the measure is right: `tests/ui/test_kiosk_measure.py`.
"""

import re
from dataclasses import replace

import pytest

from backend.common.catalogue import Language
from kiosk.visit.presentation import View, WalkInView, WelcomeView
from tests.kiosk_places import WINDOW, lay, views
from tests.kv_places import Place, layouts, read

LEAST = 38
"""Least size of letters in pixels of the design."""


def a_view(language: Language, name: str) -> View:
    """One scene."""
    return next(view for scene, view in views(language) if scene == name)


def eased(view: View) -> View:
    """The same view for who asked for screens that are easier to see."""
    return replace(view, common=replace(view.common, eased=True))


def faults(view: View) -> list[tuple[str, str, float, float]]:
    """What is wrong on a screen."""
    return list(lay(view).faults(least=LEAST))


@pytest.mark.parametrize("language", list(Language))
def test_every_text_fits_its_place(language: Language) -> None:
    """Protects every sentence of every screen: no line is broken by its place, none is written small, none sticks out."""
    found = {(scene, *fault) for scene, view in views(language) for fault in faults(view)}
    assert found == set()


@pytest.mark.parametrize("language", list(Language))
def test_every_text_fits_its_place_in_larger_letters(language: Language) -> None:
    """Protects who asked for screens that are easier to see: every screen keeps all of its words, a fifth larger."""
    found = {(scene, *fault) for scene, view in views(language) for fault in faults(eased(view))}
    assert found == set()


@pytest.mark.parametrize("language", list(Language))
def test_a_text_that_is_too_long_is_noticed(language: Language) -> None:
    """Protects the measure itself: a word that no line holds, and a title of too many lines, are told."""
    view = a_view(language, "walk_in")
    assert isinstance(view, WalkInView)
    assert faults(view) == []
    title = lay(view)
    text = next(place for place in title.walk() if place.is_text() and place.text == view.title)
    tall = faults(replace(view, title="\n".join([text.text] * 12)))
    assert {kind for kind, *_ in tall} == {"sticks out"}
    # A word in Latin letters is never broken.
    assert [kind for kind, *_ in faults(replace(view, title="W" * 40))] == ["broken"]


def test_a_line_that_would_become_small_is_noticed() -> None:
    """Protects lines that fit themselves: where one would have to be written too small, it is told."""
    view = a_view(Language.JAPANESE, "welcome")
    assert isinstance(view, WelcomeView)
    office = replace(view.common, counter="長い" * 30)
    assert [kind for kind, *_ in faults(replace(view, common=office))] == ["small"]


def test_texts_of_every_kind_of_screen_are_measured() -> None:
    """Protects against a layout that is not read: each screen has the texts that its view has."""
    seen: dict[str, set[str]] = {}
    for _, view in views(Language.JAPANESE):
        texts = {str(place.text) for place in lay(view).walk() if place.is_text()}
        seen.setdefault(type(view).__name__, set()).update(texts)
        for name in ("title", "body", "next", "note", "headline", "label", "sentence", "closing", "retrying"):
            said = getattr(view, name, "")
            assert not said or said in texts, (view, name)
    assert len(seen) == 11
    assert min(len(texts) for texts in seen.values()) > 6


def test_a_layout_is_laid_out_as_kivy_does() -> None:
    """Protects the arithmetic: padding, spacing, shares of the rest, and what a rule says after another."""
    rules = dict(read("<A@BoxLayout>:\n    padding: dp(10), 0\n    Widget:\n        size_hint_x: 0.5\n"))
    assert rules["A@BoxLayout"].within[0].said == {"size_hint_x": "0.5"}
    shared = Place("BoxLayout", {"gap": 20.0, "inset": (30, 10, 30, 10)}, 500, 100)
    shared.add("KioskIcon", width=70.0)
    both = [shared.add("Widget"), shared.add("Widget")]
    assert [(each.width, each.height) for each in both] == [(165, 80)] * 2
    assert layouts().line("KioskLeaveButton")[-2:] == ["KioskButton", "KioskLeaveButton"]
    assert lay(a_view(Language.ENGLISH, "welcome")).width == WINDOW[0]


@pytest.mark.parametrize("larger", [False, True])
def test_no_line_ends_inside_a_reading(larger: bool) -> None:
    """Protects readers of やさしい日本語: the reading of a word stands whole, whatever size its letters have."""
    broken = {
        line
        for _, view in views(Language.EASY_JAPANESE)
        for place in lay(eased(view) if larger else view).walk()
        if place.is_text()
        for line in place.lines()
        if re.search("（[ぁ-ゖ]*$", line)
    }
    assert broken == set()
