"""Where the played visit without a reservation presses: each place is inside the button that it means, on the real screens."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.common.catalogue import Language
from backend.common.device_kit.label_face import register_faces
from backend.demo.other_visits import RECEIVE_A_CARD, WITHOUT_RESERVATION, Place
from backend.demo.virtual_screens import KIOSK_SIZE
from kiosk.visit.presentation import KindsView, View, WelcomeView
from kiosk.visit.presenter import present
from kiosk.visit.scenes import NOW, OFFICE, every_scene, scene_state
from kiosk.visit.texts import spoken
from tests.kiosk_support import SITUATIONS
from tests.ui.conftest import Ui


class NoControls:
    """Nobody is told what is tapped."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_: None


@pytest.fixture
def screen_size() -> tuple[int, int]:
    """The window of the played visit."""
    return KIOSK_SIZE


def said_at(ui: Ui, view: View, place: Place) -> list[str]:
    """What the visible buttons at a place say."""
    from kivy.base import EventLoop
    from kivy.core.text import LabelBase

    from kiosk.screens.root import KioskRoot
    from kiosk.screens.style import KioskButton

    register_faces(LabelBase)
    root = KioskRoot(NoControls(), guard=0)
    ui.window.add_widget(root)
    EventLoop.status = "started"
    root.show(view)
    for _ in range(4):
        EventLoop.idle()
    x, y = place[0], KIOSK_SIZE[1] - place[1]

    def is_there(widget: Any) -> bool:
        left, bottom = widget.to_window(widget.x, widget.y)
        return bool(left < x < left + widget.width and bottom < y < bottom + widget.height)

    return [
        widget.text
        for widget in root.walk()
        if isinstance(widget, KioskButton) and ui.seen(widget) and is_there(widget)
    ]


def view_of(scene: str) -> View:
    """A scene in the language that a kiosk begins with."""
    return spoken(
        present(
            scene_state(scene, every_scene(SITUATIONS)[scene], Language.JAPANESE, SITUATIONS), OFFICE, NOW
        )
    )


def test_the_first_press_is_on_the_way_in_without_a_reservation(ui: Ui) -> None:
    """A layout that moves the button moves the played visit's finger, too, or this fails."""
    view = view_of("welcome")
    assert isinstance(view, WelcomeView)
    assert said_at(ui, view, WITHOUT_RESERVATION) == [view.walk_in]


def test_the_second_press_is_on_the_card_that_is_received(ui: Ui) -> None:
    """Of the two kinds of visit of the main office it is the first; the other one would lead to a visit of another kind."""
    view = view_of("kinds_two")
    assert isinstance(view, KindsView)
    assert len(view.choices) == 2
    assert said_at(ui, view, RECEIVE_A_CARD) == [view.choices[0].words]
