"""The rules of looking up what to bring: for everybody, about nobody."""

import pytest

from backend.common.catalogue import Language
from backend.wire.messages import BringSituation
from kiosk.visit import model as visit
from kiosk.visit.model import Button
from tests.kiosk_support import SITUATIONS, Visit, of, seconds

SELF, AGENT = SITUATIONS


def reading(situation: BringSituation | None = None) -> Visit:
    """A visitor who looks up what to bring; what one brings in a situation, if one is given."""
    machine = Visit().open()
    machine.take(visit.BringChanged((SELF, AGENT)))
    machine.tap(Button.BRING)
    if situation is not None:
        machine.take(visit.SituationTapped(situation.code))
    return machine


def test_what_to_bring_is_two_taps_away_and_asks_nobody() -> None:
    """Protects the page for everybody: who comes, the list, the examples and back; no request, no sound, no paper."""
    machine = reading()
    assert machine.shows(visit.Bring())
    said = machine.take(visit.SituationTapped("agent"))
    assert machine.shows(visit.Bring(AGENT))
    said += machine.tap(Button.MORE)
    assert machine.shows(visit.Bring(AGENT, more=True))
    said += machine.tap(Button.MORE)
    said += machine.tap(Button.CHOICES)
    assert machine.shows(visit.Bring())
    said += machine.take(visit.SituationTapped("self"))
    said += machine.tap(Button.HOME)
    assert machine.shows(visit.Welcome())
    assert {type(effect) for effect in said} <= {visit.StartTimer, visit.CancelTimer}


def test_without_rules_there_is_nothing_to_look_up() -> None:
    """Protects visitors from an empty page, and from a situation that was never offered."""
    machine = Visit().open()
    machine.tap(Button.BRING)
    assert machine.shows(visit.Welcome())
    machine = reading()
    machine.take(visit.SituationTapped("somebody"))
    assert machine.shows(visit.Bring())
    machine.tap(Button.MORE)
    machine.tap(Button.CHOICES)
    assert machine.shows(visit.Bring())


def test_a_slow_reader_is_asked_first_and_keeps_the_page() -> None:
    """Protects slow readers (WCAG 2.2.1): a question, the same page again, and the first screen without an answer."""
    machine = reading(SELF)
    machine.tap(Button.MORE)
    assert seconds(machine.elapse()) == machine.flow.durations.keypad_warning
    assert machine.shows(visit.Bring(SELF, more=True, warned=True))
    assert seconds(machine.tap(Button.STAY)) == machine.flow.durations.keypad
    assert machine.shows(visit.Bring(SELF, more=True))
    machine.elapse()
    machine.take(visit.LanguageTapped(Language.KOREAN))
    assert machine.shows(visit.Bring(SELF, more=True))
    machine.elapse()
    machine.elapse()
    assert machine.shows(visit.Welcome())
    assert machine.state.language is Language.JAPANESE


def test_news_of_the_rules_change_no_page_that_is_read() -> None:
    """Protects a reader from a list that changes under the eyes; the next one reads the new."""
    machine = reading(SELF)
    machine.take(visit.BringChanged((AGENT,)))
    assert machine.shows(visit.Bring(SELF))
    machine.tap(Button.CHOICES)
    machine.take(visit.SituationTapped("self"))
    assert machine.shows(visit.Bring())


@pytest.mark.parametrize("situation", [None, SELF])
def test_a_notice_held_up_while_reading_is_received(situation: BringSituation | None) -> None:
    """Protects whoever comes with the notice while the page still stands from a dead end."""
    machine = reading(situation)
    (asked,) = of(machine.scan("CODE"), visit.SendCheckIn)
    assert isinstance(asked, visit.SendCheckIn)
