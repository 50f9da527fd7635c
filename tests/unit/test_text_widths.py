"""Every text of the kiosk fits its place, in every language, by the fonts' own widths and the screens' own layouts.

No window is needed. That the measure is right: `tests/ui/test_kiosk_measure.py`.
"""

from dataclasses import replace

import pytest

from backend.common.catalogue import Language
from kiosk.visit.presentation import NoticeView, View, WelcomeView
from tests.kiosk_places import WINDOW, lay, views
from tests.kv_places import Place, layouts, line_width, near, read

LEAST = 33
"""Letters of the counter's name, the smallest of the screen; what else is smaller a window shows."""


def a_view(language: Language, name: str) -> View:
    """One scene."""
    return next(view for scene, view in views(language) if scene == name)


def faults(view: View) -> list[tuple[str, str, float, float]]:
    """What is wrong on a screen."""
    return list(lay(view).faults(least=LEAST))


@pytest.mark.parametrize("language", list(Language))
def test_every_text_fits_its_place(language: Language) -> None:
    """Protects every sentence of every screen: no line is broken by its place, none is written small, none sticks out."""
    found = {(scene, *fault) for scene, view in views(language) for fault in faults(view)}
    assert found == set()


@pytest.mark.parametrize("language", list(Language))
def test_a_text_that_is_too_long_is_noticed(language: Language) -> None:
    """Protects the measure itself: a title of one word too many, and one of too many lines, are told."""
    view = a_view(language, "closed")
    assert isinstance(view, NoticeView)
    assert faults(view) == []
    title = lay(view)
    text = next(place for place in title.walk() if place.is_text() and place.text == view.title)
    longest = max(text.lines(), key=len)
    room = text.width - near(text.width)
    while line_width(longest, text.font_name, int(text.font_size), bold=True) <= room:
        longest += longest[0]
    assert [kind for kind, *_ in faults(replace(view, title=longest))] == ["broken"]
    assert faults(replace(view, title=longest[:-1])) == []
    tall = faults(replace(view, title="\n".join([text.text] * 12)))
    assert {kind for kind, *_ in tall} == {"sticks out"}


def test_a_line_that_would_become_small_is_noticed() -> None:
    """Protects lines that fit themselves: where one would have to be written too small, it is told."""
    view = a_view(Language.JAPANESE, "welcome")
    assert isinstance(view, WelcomeView)
    assert [kind for kind, *_ in faults(replace(view, title="長い" * 30))] == ["small"]


def test_texts_of_every_kind_of_screen_are_measured() -> None:
    """Protects against a layout that is not read: each screen has the texts that its view has."""
    seen: dict[str, set[str]] = {}
    for _, view in views(Language.JAPANESE):
        texts = {place.text for place in lay(view).walk() if place.is_text()}
        seen.setdefault(type(view).__name__, set()).update(texts)
        for name in ("title", "body", "next", "note", "headline", "label"):
            said = getattr(view, name, "")
            assert not said or said in texts, (view, name)
    assert len(seen) == 9
    assert min(len(texts) for texts in seen.values()) > 6


def test_a_layout_is_laid_out_as_kivy_does() -> None:
    """Protects the arithmetic: padding, spacing, shares of the rest, and what a rule says after another."""
    rules = dict(read("<A@BoxLayout>:\n    padding: dp(10), 0\n    Widget:\n        size_hint_x: 0.5\n"))
    assert rules["A@BoxLayout"].within[0].said == {"size_hint_x": "0.5"}
    shared = Place("BoxLayout", {"gap": 20.0, "inset": (30, 10, 30, 10)}, 500, 100)
    shared.add("KioskSign", width=70.0)
    both = [shared.add("Widget"), shared.add("Widget")]
    assert [(each.width, each.height) for each in both] == [(165, 80)] * 2
    assert layouts().line("KioskLeaveButton")[-2:] == ["KioskButton", "KioskLeaveButton"]
    assert lay(a_view(Language.ENGLISH, "welcome")).width == WINDOW[0]
