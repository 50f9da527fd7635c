"""The rules of looking up what to bring: for everybody, about nobody."""

import pytest

from backend.common.catalogue import Language
from backend.wire.codes import PrintState
from backend.wire.messages import BringSituation
from kiosk.visit.bring_steps import MAX_LISTS
from kiosk.visit.effects import CancelTimer, PlayTone, PrintList, SendCheckIn, StartTimer, Tone
from kiosk.visit.inputs import (
    BringChanged,
    Button,
    LanguageTapped,
    ListPrinted,
    OfficeChanged,
    SituationTapped,
)
from kiosk.visit.screens import Bring, Closed, PaperState, Welcome
from tests.kiosk_support import SITUATIONS, Visit, of, seconds

SELF, AGENT = SITUATIONS


def reading(situation: BringSituation | None = None) -> Visit:
    """A visitor who looks up what to bring; what one brings in a situation, if one is given."""
    machine = Visit().open()
    machine.take(BringChanged((SELF, AGENT)))
    machine.tap(Button.BRING)
    if situation is not None:
        machine.take(SituationTapped(situation.code))
    return machine


def test_what_to_bring_is_two_taps_away_and_asks_nobody() -> None:
    """Protects the page for everybody: who comes, the list, the examples and back; no request, no sound, no paper."""
    machine = reading()
    assert machine.shows(Bring())
    said = machine.take(SituationTapped("agent"))
    assert machine.shows(Bring(AGENT))
    said += machine.tap(Button.MORE)
    assert machine.shows(Bring(AGENT, page=1))
    said += machine.tap(Button.MORE)
    assert machine.shows(Bring(AGENT))
    said += machine.tap(Button.CHOICES)
    assert machine.shows(Bring())
    said += machine.take(SituationTapped("self"))
    said += machine.tap(Button.HOME)
    assert machine.shows(Welcome())
    assert {type(effect) for effect in said} <= {StartTimer, CancelTimer}


def test_without_rules_there_is_nothing_to_look_up() -> None:
    """Protects visitors from an empty page, and from a situation that was never offered."""
    machine = Visit().open()
    machine.tap(Button.BRING)
    assert machine.shows(Welcome())
    machine = reading()
    machine.take(SituationTapped("somebody"))
    assert machine.shows(Bring())
    machine.tap(Button.MORE)
    machine.tap(Button.CHOICES)
    assert machine.shows(Bring())


def test_a_slow_reader_is_asked_first_and_keeps_the_page() -> None:
    """Protects slow readers (WCAG 2.2.1): a question, the same page again, and the first screen without an answer."""
    machine = reading(SELF)
    machine.tap(Button.MORE)
    assert seconds(machine.elapse()) == machine.flow.durations.keypad_warning
    assert machine.shows(Bring(SELF, page=1, warned=True))
    assert seconds(machine.tap(Button.STAY)) == machine.flow.durations.keypad
    assert machine.shows(Bring(SELF, page=1))
    machine.elapse()
    machine.take(LanguageTapped(Language.KOREAN))
    assert machine.shows(Bring(SELF, page=1))
    machine.elapse()
    machine.elapse()
    assert machine.shows(Welcome())
    assert machine.state.language is Language.JAPANESE


def test_news_of_the_rules_change_no_page_that_is_read() -> None:
    """Protects a reader from a list that changes while it is read; the next visitor gets the new one."""
    machine = reading(SELF)
    machine.take(BringChanged((AGENT,)))
    assert machine.shows(Bring(SELF))
    machine.tap(Button.CHOICES)
    machine.take(SituationTapped("self"))
    assert machine.shows(Bring())


def test_a_closed_office_tells_what_to_bring() -> None:
    """Protects whoever comes too late from going home without knowing what to bring; the way back is the closed screen."""
    machine = Visit().open()
    machine.take(BringChanged((SELF, AGENT)))
    machine.take(OfficeChanged(open_now=False))
    machine.tap(Button.ENTER_NUMBER)
    assert machine.shows(Closed())
    machine.tap(Button.BRING)
    assert machine.shows(Bring())
    machine.tap(Button.HOME)
    assert machine.shows(Closed())


@pytest.mark.parametrize("situation", [None, SELF])
def test_a_notice_held_up_while_reading_is_received(situation: BringSituation | None) -> None:
    """Protects whoever comes with the notice while the page still stands from a dead end."""
    machine = reading(situation)
    (asked,) = of(machine.scan("CODE"), SendCheckIn)
    assert isinstance(asked, SendCheckIn)


def paper(machine: Visit) -> PaperState:
    """What the reader is told of the printed list."""
    screen = machine.state.screen
    assert isinstance(screen, Bring)
    return screen.paper


def print_list(machine: Visit) -> PrintList:
    """Press the button that prints; the order that it gives."""
    (order,) = of(machine.tap(Button.PRINT_LIST), PrintList)
    assert isinstance(order, PrintList)
    return order


def test_the_list_is_printed_in_ones_language_and_what_became_of_it_is_said() -> None:
    """Protects who takes the list home: one paper for one press, in the reader's language, and its trouble as a ticket's."""
    machine = reading()
    assert not of(machine.tap(Button.PRINT_LIST), PrintList), "nobody knows yet which list"
    machine.take(SituationTapped("agent"))
    machine.take(LanguageTapped(Language.KOREAN))
    order = print_list(machine)
    assert (order.situation, order.language) == (AGENT, Language.KOREAN)
    assert paper(machine) is PaperState.PRINTING
    assert not of(machine.tap(Button.PRINT_LIST), PrintList), "one at a time"
    assert not machine.take(ListPrinted(order.order_id, PrintState.PRINTED))
    assert paper(machine) is PaperState.PRINTED
    order = print_list(machine)
    assert machine.take(ListPrinted(order.order_id, PrintState.FAILED)) == (PlayTone(Tone.REFUSED),)
    assert paper(machine) is PaperState.FAILED


def test_paper_of_another_list_says_nothing_here() -> None:
    """Protects a reader from "take the paper" for a list that somebody asked for before."""
    machine = reading(SELF)
    late = print_list(machine)
    machine.tap(Button.CHOICES)
    machine.take(ListPrinted(late.order_id, PrintState.FAILED))
    machine.take(SituationTapped("agent"))
    assert paper(machine) is PaperState.NONE
    machine.take(ListPrinted(late.order_id, PrintState.PRINTED))
    assert paper(machine) is PaperState.NONE
    machine.tap(Button.HOME)
    assert machine.take(ListPrinted(late.order_id, PrintState.FAILED)) == ()
    assert machine.shows(Welcome())


def test_nobody_plays_with_the_paper() -> None:
    """Protects the roll: a few lists in all, however often somebody chooses again."""
    machine = reading()
    for count in range(MAX_LISTS + 1):
        machine.take(SituationTapped("self"))
        orders = of(machine.tap(Button.PRINT_LIST), PrintList)
        assert len(orders) == (count < MAX_LISTS)
        machine.tap(Button.CHOICES)
