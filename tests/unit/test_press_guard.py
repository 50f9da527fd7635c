"""Which presses count after a screen has changed."""

from dataclasses import dataclass, field, replace
from uuid import UUID

import pytest

from backend.common.catalogue import Language
from backend.wire.codes import CheckInReason
from backend.wire.messages import WalkInRequest
from kiosk.screens.press_guard import GUARD_SECONDS, SAME_PLACE, Rectangle, TouchGuard, face_of
from kiosk.visit.inputs import TroubleReason
from kiosk.visit.presentation import View
from kiosk.visit.presenter import present
from kiosk.visit.screens import (
    Hint,
    Keypad,
    KeyPage,
    PaperState,
    Screen,
    TicketShown,
    Trouble,
    WalkInQuestion,
    Welcome,
    Working,
)
from kiosk.visit.state import State
from kiosk.visit.surroundings import Conditions, ServerState
from tests.kiosk_support import NOW, a_ticket

BUTTON: Rectangle = (48.0, 200.0, 1032.0, 330.0)


def view_of(screen: Screen, language: Language = Language.JAPANESE) -> View:
    """What a screen shows."""
    return present(State(screen, language, Conditions(server=ServerState.UP)), None, NOW)


def ticket(number: int) -> TicketShown:
    """The screen of a number."""
    return TicketShown(a_ticket(number), CheckInReason.ON_TIME, PaperState.PRINTED)


@dataclass
class Watched:
    """A guard with a clock that is moved by hand."""

    now: float = 100.0
    guard: TouchGuard = field(init=False)

    def __post_init__(self) -> None:
        self.guard = TouchGuard(0.4, lambda: self.now)

    def turn(self, screen: Screen, *buttons: Rectangle) -> None:
        """Show another view; ``buttons`` are those of the view before."""
        self.guard.turn(view_of(screen), lambda: buttons)


def test_a_press_on_the_place_of_the_last_button_counts_late() -> None:
    """Protects against a second press 0.6 seconds after the first; elsewhere a press counts by then."""
    watched = Watched()
    watched.turn(ticket(1))
    watched.turn(Welcome(), BUTTON)
    watched.now += 0.3
    assert watched.guard.swallows(500, 900)
    watched.now += 0.3
    assert watched.guard.swallows(500, 250)
    assert not watched.guard.swallows(500, 900)
    watched.now += SAME_PLACE * 0.4
    assert not watched.guard.swallows(500, 250)


def test_a_press_elsewhere_keeps_no_old_button_alive() -> None:
    """Protects a visitor who reads on from a button that stays deaf: only presses at the old place lengthen its time."""
    watched = Watched()
    watched.turn(ticket(1))
    watched.turn(Welcome(), BUTTON)
    watched.now += SAME_PLACE * 0.4 - 0.1
    assert not watched.guard.swallows(500, 900)
    watched.now += 0.2
    assert not watched.guard.swallows(500, 250)


def test_presses_again_and_again_at_one_place_count_as_one() -> None:
    """Protects against an impatient finger: every press within the time counts to the last, also across a wait."""
    watched = Watched()
    watched.turn(Keypad("1"))
    watched.turn(Working(WalkInRequest(request_id=UUID(int=1))), BUTTON)
    watched.now += 2
    watched.turn(Trouble(TroubleReason.UNKNOWN))
    for _ in range(6):
        watched.now += 0.7
        assert watched.guard.swallows(500, 250)
    watched.now += 1
    assert not watched.guard.swallows(500, 250)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ticket(1), ticket(2)),
        (Keypad("1"), Keypad("1", warned=True)),
        (Trouble(TroubleReason.UNKNOWN), Trouble(TroubleReason.CLOSED)),
        (WalkInQuestion(warned=True), WalkInQuestion()),
    ],
)
def test_a_change_of_meaning_is_a_change_of_screens(before: Screen, after: Screen) -> None:
    """Protects a family's second number, a question and a new trouble from a press meant for what was there."""
    watched = Watched()
    watched.turn(before)
    watched.now += 10
    watched.turn(after, BUTTON)
    assert watched.guard.swallows(500, 900)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Keypad("1"), Keypad("12")),
        (Keypad(), Keypad(page=KeyPage.LETTERS)),
        (ticket(1), replace(ticket(1), paper=PaperState.FAILED)),
        (Welcome(), Welcome(Hint.ANOTHER_CODE)),
    ],
)
def test_news_of_a_screen_does_not_slow_a_visitor(before: Screen, after: Screen) -> None:
    """Protects quick typists and readers: the next key counts at once, and another language changes nothing."""
    watched = Watched()
    watched.turn(before)
    watched.now += 10
    watched.turn(after, BUTTON)
    assert not watched.guard.swallows(500, 250)
    assert face_of(view_of(after)) == face_of(view_of(after, Language.KOREAN))


def test_any_button_of_the_last_screen_counts_late_up_to_its_edges() -> None:
    """Protects the second press on either of two buttons, at the rim too; a finger's breadth beside it counts."""
    yes, no = (100.0, 200.0, 400.0, 300.0), (500.0, 200.0, 800.0, 300.0)
    for left, low, right, top in (yes, no):
        for x, y, late in (
            (left, low, True),
            (right, top, True),
            (left - 20, low + 9, False),
            (right + 20, low + 9, False),
            (left + 9, low - 20, False),
            (left + 9, top + 20, False),
        ):
            watched = Watched()
            watched.turn(ticket(1))
            watched.turn(Welcome(), yes, no)
            watched.now += 0.6
            assert watched.guard.swallows(x, y) is late


def test_a_screen_can_be_pressed_half_a_second_after_it_came() -> None:
    """Protects quick visitors from a kiosk that seems not to react, with the seconds that it ships with."""
    watched = Watched()
    watched.guard = TouchGuard(GUARD_SECONDS, lambda: watched.now)
    watched.turn(Welcome())
    for later, swallowed in ((0.3, True), (0.2, False)):
        watched.now += later
        assert watched.guard.swallows(500, 900) is swallowed
