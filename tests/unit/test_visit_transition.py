"""The making of a step: clocks that start, stop and run on, and how long screens stay where nothing is set."""

from backend.common.catalogue import Language
from kiosk.config import KioskConfig
from kiosk.visit.effects import CancelTimer, StartTimer
from kiosk.visit.inputs import Timer
from kiosk.visit.screens import Closed, Keypad, Welcome
from kiosk.visit.state import State
from kiosk.visit.transition import Draft, Durations


def draft() -> Draft:
    """A step on the first screen with two clocks running."""
    begun = Draft(State(Welcome(), Language.JAPANESE), Durations())
    begun.start(Timer.SCREEN, 12.0)
    begun.start(Timer.SETTLE, 2.0)
    return begun


def test_screens_stay_as_the_papers_say_where_nothing_is_set() -> None:
    """Protects slow readers and the queue behind them; WCAG 2.2.1 asks for 20 seconds after the question."""
    said = Durations()
    assert KioskConfig.model_construct().durations == said
    assert (said.ticket, said.ticket_settle, said.ticket_unprinted, said.ticket_warning) == (30, 2, 60, 20)
    assert (said.trouble, said.keypad, said.keypad_warning) == (20, 60, 20)
    # What no setting changes.
    assert (said.hint, said.language, said.working, said.retry) == (8, 60, 20, 5)


def test_a_clock_that_starts_anew_is_another_clock() -> None:
    """Protects a screen from the clock of the one before: each start has its own number, and only the last counts."""
    begun = draft()
    begun.start(Timer.SCREEN, 30.0)
    assert begun.effects == [
        StartTimer(Timer.SCREEN, 12.0, 1),
        StartTimer(Timer.SETTLE, 2.0, 2),
        StartTimer(Timer.SCREEN, 30.0, 3),
    ]
    assert begun.state.running == ((Timer.SETTLE, 2), (Timer.SCREEN, 3))
    assert begun.state.started == 3


def test_stopping_one_clock_lets_the_others_run() -> None:
    """Protects the moment in which a number can be read from ending with another clock."""
    begun = draft()
    begun.stop(Timer.SCREEN)
    assert begun.state.running == ((Timer.SETTLE, 2),)
    assert begun.effects[2:] == [CancelTimer(Timer.SCREEN)]


def test_a_clock_that_ran_out_is_forgotten_without_a_word() -> None:
    """Protects from stopping a timer that has already run out."""
    begun = draft()
    begun.ended(Timer.SETTLE)
    assert begun.state.running == ((Timer.SCREEN, 1),)
    assert len(begun.effects) == 2


def test_another_screen_stops_every_clock_and_a_change_on_it_stops_none() -> None:
    """Protects the next screen from the last one's end; a hint or a mark on a screen does not keep it longer."""
    begun = draft()
    begun.alter(Keypad("4"))
    assert (begun.state.screen, len(begun.state.running), len(begun.effects)) == (Keypad("4"), 2, 2)
    begun.show(Closed())
    assert (begun.state.screen, begun.state.running) == (Closed(), ())
    assert begun.effects[2:] == [CancelTimer(Timer.SCREEN), CancelTimer(Timer.SETTLE)]
