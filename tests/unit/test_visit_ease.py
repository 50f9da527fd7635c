"""Screens that are easier to see, for one visit, and the time that a screen has left."""

import pytest

from backend.common import Language
from kiosk.visit.inputs import Button, LanguageTapped, Touched
from kiosk.visit.screens import Keypad, TicketShown, Welcome
from tests.kiosk_support import Visit


def test_every_screen_of_a_visit_is_easier_to_see() -> None:
    """Protects who needs large letters: one touch holds for the first screen, the keypad, and the way back."""
    machine = Visit().open()
    machine.tap(Button.EASE)
    assert machine.state.eased
    machine.tap(Button.ENTER_NUMBER)
    machine.tap(Button.HOME)
    assert machine.state.eased
    assert isinstance(machine.state.screen, Welcome)
    machine.tap(Button.EASE)
    assert not machine.state.eased


@pytest.mark.parametrize("leave", ["first screen", "keypad", "ticket"])
def test_the_next_visitor_gets_the_usual_look(leave: str) -> None:
    """Protects the next visitor: the look ends with the visit, also where somebody only walked away."""
    machine = Visit().open() if leave != "ticket" else Visit().ticket()
    if leave == "keypad":
        machine.tap(Button.ENTER_NUMBER)
    machine.tap(Button.EASE)
    while machine.state.eased:
        machine.elapse()
    assert isinstance(machine.state.screen, Welcome)
    assert machine.state.language is Language.JAPANESE


def test_time_left_is_told_with_at_least_twenty_seconds_to_answer() -> None:
    """Protects slow hands (WCAG 2.2.1): the question comes twenty seconds before the end, and any touch takes it away."""
    machine = Visit().open()
    machine.tap(Button.ENTER_NUMBER)
    begun = machine.state.closing
    assert begun is not None
    assert begun.seconds == begun.total
    machine.elapse()
    warned = machine.state.closing
    assert warned is not None
    assert warned.urgent
    assert 20 <= warned.seconds < warned.total
    machine.take(Touched())
    again = machine.state.closing
    assert isinstance(machine.state.screen, Keypad)
    assert not machine.state.screen.warned
    assert again is not None
    assert (again.seconds, again.urgent) == (begun.seconds, False)


def test_a_touch_keeps_a_number_on_the_screen() -> None:
    """Protects who still reads the number: a touch anywhere gives all of its time again."""
    machine = Visit().ticket()
    machine.take(Touched())
    assert isinstance(machine.state.screen, TicketShown)
    assert machine.state.closing is not None
    assert machine.state.closing.seconds == machine.flow.durations.ticket


def test_the_first_screen_does_not_close() -> None:
    """Protects the first screen from a bar: a language that is forgotten takes nothing from anybody."""
    machine = Visit().open()
    machine.take(LanguageTapped(Language.KOREAN))
    assert machine.state.closing is None
    machine.take(Touched())
    assert machine.state.closing is None
