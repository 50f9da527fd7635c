"""The list of scenes: every screen of the kiosk is looked at, in every state that has words of its own."""

from typing import get_args

from backend.wire.codes import CheckInReason
from kiosk.visit.inputs import TroubleReason
from kiosk.visit.scenes import every_scene
from kiosk.visit.screens import Screen, TicketShown, Trouble
from tests.kiosk_support import SITUATIONS


def test_every_kind_of_screen_and_every_trouble_has_a_scene() -> None:
    """Protects a new screen, or a new reason why there is no number, from never being drawn before a visitor sees it."""
    scenes = every_scene(SITUATIONS)
    assert {type(screen) for screen in scenes.values()} == set(get_args(Screen))
    told = {screen.reason for screen in scenes.values() if isinstance(screen, Trouble)}
    assert told == set(TroubleReason)


def test_every_answer_that_gives_a_number_has_a_scene() -> None:
    """Protects the words of a ticket for those who are early, late, or were here before."""
    given = {screen.reason for screen in every_scene(SITUATIONS).values() if isinstance(screen, TicketShown)}
    assert {
        CheckInReason.ON_TIME,
        CheckInReason.EARLY,
        CheckInReason.LATE,
        CheckInReason.ALREADY_CHECKED_IN,
    } <= given
