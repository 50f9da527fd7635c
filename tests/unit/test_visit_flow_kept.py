"""What a visitor keeps: a number until it is noted, a language, a place in the queue; without a screen."""

from dataclasses import replace

import pytest

from backend.common.catalogue import Language
from backend.wire.codes import (
    ALIVE_STATES,
    CheckInReason,
    PrintState,
    TicketState,
)
from kiosk.visit.effects import PlayTone, PrintTicket, SendCheckIn, WalkIn
from kiosk.visit.inputs import Button, LanguageTapped, ServerChanged, Timer, TroubleReason, Unanswered
from kiosk.visit.screens import Keypad, KeyPage, PaperState, TicketShown, Trouble, WalkInQuestion, Welcome
from kiosk.visit.transition import MAX_RETRIES
from tests.kiosk_support import Visit, a_ticket, calm, of, seconds


def test_a_notice_held_up_to_its_own_number_is_asked_about() -> None:
    """Protects who is called while the number stands there: the window comes; who still waits keeps the screen."""
    machine = Visit().ticket()
    machine.elapse(Timer.SETTLE)
    shown = machine.state.screen
    assert of(machine.scan("CODE"), SendCheckIn)
    now = a_ticket(1, PrintState.PRINTED).model_copy(update={"waiting_ahead": 3})
    assert isinstance(shown, TicketShown)
    assert (
        of(
            machine.answer(CheckInReason.ALREADY_CHECKED_IN, now, found=TicketState.WAITING),
            PrintTicket,
        )
        == []
    )
    assert machine.shows(replace(shown, ticket=now))
    machine.scan("CODE")
    called = now.model_copy(update={"state": TicketState.CALLED, "window": "3"})
    machine.answer(CheckInReason.ALREADY_CHECKED_IN, called, found=TicketState.CALLED)
    screen = machine.state.screen
    assert isinstance(screen, TicketShown)
    assert (screen.ticket, screen.found) == (called, TicketState.CALLED)


def test_a_number_comes_back_where_nobody_answers() -> None:
    """Protects a number on the screen from a server that goes away while it is asked about once more."""
    for away in (True, False):
        machine = Visit().ticket()
        machine.elapse(Timer.SETTLE)
        shown = machine.state.screen
        (asked,) = of(machine.scan("CODE"), SendCheckIn)
        assert isinstance(asked, SendCheckIn)
        if away:
            machine.take(Unanswered(asked.request.request_id, TroubleReason.SERVER_AWAY))
        else:
            machine.elapse()
        assert machine.shows(shown)
        machine.elapse()
        machine.elapse()
        assert machine.shows(Welcome())


@pytest.mark.parametrize("paper", [PrintState.FAILED, PrintState.UNCONFIRMED])
def test_a_number_without_paper_stays_its_time(paper: PrintState) -> None:
    """Protects a number without paper: the next notice waits until the visitor has noted it, or its time is over."""
    for by_hand in (True, False):
        machine = Visit().open()
        machine.scan("CODE")
        machine.answer(CheckInReason.WALK_IN, a_ticket())
        machine.scan("SECOND")
        machine.elapse(Timer.SETTLE)
        effects = machine.printed(paper)
        assert seconds(effects) == calm(machine.flow.durations.ticket_unprinted)
        assert of(machine.scan("SECOND"), SendCheckIn) == []
        assert isinstance(machine.state.screen, TicketShown)
        assert of(machine.elapse(), SendCheckIn) == []
        (asked,) = of(machine.tap(Button.HOME) if by_hand else machine.elapse(), SendCheckIn)
        assert isinstance(asked, SendCheckIn)
        assert asked.request.code == "SECOND"


def test_the_next_notice_waits_for_the_paper_of_the_first() -> None:
    """Protects a number whose paper is on its way: nothing takes over before the printer has spoken."""
    machine = Visit().open()
    machine.scan("CODE")
    machine.answer(CheckInReason.ON_TIME, a_ticket())
    machine.scan("SECOND")
    assert of(machine.elapse(Timer.SETTLE), SendCheckIn) == []
    assert of(machine.printed(PrintState.PRINTED), SendCheckIn)


@pytest.mark.parametrize("state", sorted(ALIVE_STATES))
def test_only_who_waits_gets_paper_with_a_notice_shown_again(state: TicketState) -> None:
    """Protects a visitor who is being called from a paper to wait with: they go, and may still ask for one."""
    machine = Visit().open()
    machine.scan("CODE")
    ticket = a_ticket().model_copy(update={"state": state})
    effects = machine.answer(CheckInReason.ALREADY_CHECKED_IN, ticket, found=state)
    waiting = state is TicketState.WAITING
    assert bool(of(effects, PrintTicket)) is waiting
    screen = machine.state.screen
    assert isinstance(screen, TicketShown)
    assert screen.found is state
    assert screen.paper is (PaperState.PRINTING if waiting else PaperState.NONE)
    if not waiting:
        assert of(machine.tap(Button.REPRINT), PrintTicket)


def test_a_number_without_a_reservation_takes_two_answers() -> None:
    """Protects the queue from ghosts: the first tap only asks, "no" makes nothing, and so does time."""
    machine = Visit().open()
    assert of(machine.tap(Button.WALK_IN), WalkIn) == []
    assert machine.shows(WalkInQuestion())
    assert of(machine.tap(Button.HOME), WalkIn) == []
    machine.tap(Button.WALK_IN)
    assert of((*machine.elapse(), *machine.elapse()), WalkIn) == []
    machine.tap(Button.WALK_IN)
    assert of(machine.tap(Button.TAKE_NUMBER), WalkIn)


def test_a_wrong_number_is_kept_to_be_corrected() -> None:
    """Protects whoever mistyped: back at the keypad with what was typed; after a refused one with nothing."""
    machine = Visit().open()
    machine.tap(Button.ENTER_NUMBER)
    machine.type("4332400A")
    machine.tap(Button.CONFIRM)
    machine.answer(CheckInReason.UNKNOWN)
    machine.tap(Button.RETYPE)
    assert machine.shows(Keypad("4332400A", KeyPage.LETTERS))
    machine.tap(Button.CONFIRM)
    machine.answer(CheckInReason.REFUSED)
    machine.tap(Button.RETYPE)
    assert machine.shows(Keypad())
    machine = Visit().open()
    machine.scan("CODE")
    machine.answer(CheckInReason.UNKNOWN)
    machine.tap(Button.RETYPE)
    assert isinstance(machine.state.screen, Trouble)


def test_a_server_that_comes_back_is_asked_without_a_tap() -> None:
    """Protects a visitor before a machine without a server: the same request goes out again, not without end."""
    machine = Visit().open()
    (first,) = of(machine.scan("CODE"), SendCheckIn)
    assert isinstance(first, SendCheckIn)
    away = Unanswered(first.request.request_id, TroubleReason.SERVER_AWAY)
    machine.take(away)
    assert of(machine.take(ServerChanged(up=True)), SendCheckIn) == [first]
    for _ in range(MAX_RETRIES - 1):
        machine.take(away)
        assert of(machine.elapse(Timer.RETRY), SendCheckIn) == [first]
    effects = machine.take(away)
    assert of(effects, PlayTone) == []
    assert Timer.RETRY not in dict(machine.state.running)
    assert of(machine.take(ServerChanged(up=True)), SendCheckIn) == [first]
    machine.take(away)
    assert of(machine.tap(Button.RETRY), SendCheckIn) == [first]


def test_nobodys_number_is_made_after_they_left() -> None:
    """Protects the queue from a visitor who gave up: once they are asked whether they are there, nothing is sent."""
    machine = Visit().open()
    machine.tap(Button.WALK_IN)
    (first,) = of(machine.tap(Button.TAKE_NUMBER), WalkIn)
    assert isinstance(first, WalkIn)
    machine.take(Unanswered(first.request.request_id, TroubleReason.SERVER_AWAY))
    machine.elapse(Timer.SCREEN)
    assert of(machine.take(ServerChanged(up=True)), WalkIn) == []
    assert of(machine.elapse(Timer.RETRY), WalkIn) == []
    machine.tap(Button.STAY)
    assert of(machine.elapse(Timer.RETRY), WalkIn) == [first]


def test_a_language_stays_with_its_visitor_and_goes_with_them() -> None:
    """Protects both visitors: Cancel and Back keep the language, a finished visit and time give it back."""
    for way_in in (Button.ENTER_NUMBER, Button.WALK_IN):
        machine = Visit().open()
        machine.take(LanguageTapped(Language.KOREAN))
        machine.tap(way_in)
        effects = machine.tap(Button.HOME)
        languages = [machine.state.language]
        assert seconds(effects) == machine.flow.durations.language
        machine.elapse()
        assert [*languages, machine.state.language] == [Language.KOREAN, Language.JAPANESE]
