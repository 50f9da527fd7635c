"""Where the rules of a visit end: buttons that belong to another screen, a server that goes, the last of the tries."""

from uuid import UUID

import pytest

from backend.common.catalogue import Language
from backend.wire.codes import CheckInReason, PrintState, TicketState
from kiosk.visit.code_steps import MAX_CODE_LENGTH
from kiosk.visit.effects import PlayTone, PrintTicket, SendCheckIn, Tone
from kiosk.visit.inputs import (
    BringChanged,
    Button,
    KeyTapped,
    LanguageTapped,
    ServerChanged,
    SituationTapped,
    Tapped,
    Timer,
    TroubleReason,
    Unanswered,
)
from kiosk.visit.screens import Keypad, PaperState, TicketShown, Trouble, WalkInQuestion, Welcome
from kiosk.visit.transition import MAX_RETRIES
from tests.kiosk_support import SITUATIONS, Visit, a_ticket, calm, of, seconds


def away() -> Visit:
    """A visitor whose question was not answered."""
    machine = Visit().open()
    machine.scan("CODE")
    machine.elapse()
    return machine


@pytest.mark.parametrize(
    "button",
    [button for button in Button if button not in {Button.HOME, Button.STAY, Button.REPRINT, Button.EASE}],
)
def test_a_button_of_another_screen_does_nothing_beside_a_number(button: Button) -> None:
    """Protects a number from a tap that was meant for the screen before it: no paper, no question, no way home."""
    machine = Visit().ticket()
    shown = machine.state.screen
    assert machine.tap(button) == ()
    assert machine.shows(shown)


def test_the_longest_code_that_the_server_takes_is_asked_about() -> None:
    """Protects a visitor with a long code of another system from being told to hold up another one."""
    assert len(of(Visit().open().scan("X" * MAX_CODE_LENGTH), SendCheckIn)) == 1
    assert of(Visit().open().scan("X" * (MAX_CODE_LENGTH + 1)), SendCheckIn) == []


@pytest.mark.parametrize("paper", [PrintState.PRINTED, PrintState.FAILED])
def test_a_number_is_kept_by_any_sign_of_its_reader(paper: PrintState) -> None:
    """Protects who reads slowly, or anew in their language: the number stays for its whole time again, also once warned."""
    machine = Visit().open()
    machine.scan("CODE")
    machine.answer(CheckInReason.ON_TIME, a_ticket())
    machine.printed(paper)
    times = machine.flow.durations
    whole = times.ticket if paper is PrintState.PRINTED else times.ticket_unprinted
    for sign in (LanguageTapped(Language.KOREAN), Tapped(Button.STAY, UUID(int=5))):
        assert seconds(machine.take(sign)) == calm(whole)
        machine.elapse()
        assert seconds(machine.take(sign)) == calm(whole)
        assert isinstance(machine.state.screen, TicketShown)
        assert not machine.state.screen.warned


def test_who_reads_a_number_is_told_in_time_that_it_goes() -> None:
    """Protects slow readers (WCAG 2.2.1): the number is told to go 20 seconds before it does, and both make its time."""
    machine = Visit().ticket()
    times = machine.flow.durations
    said = machine.elapse()
    assert isinstance(machine.state.screen, TicketShown)
    assert machine.state.screen.warned
    assert seconds(said) == times.ticket_warning >= 20
    assert calm(times.ticket) + times.ticket_warning == times.ticket == 30
    machine.elapse()
    assert machine.shows(Welcome())


def test_who_comes_without_a_notice_is_not_asked_as_after_one() -> None:
    """Protects the assisted queue's words for those whose notice gave no number."""
    machine = Visit().open()
    machine.tap(Button.WALK_IN)
    screen = machine.state.screen
    assert isinstance(screen, WalkInQuestion)
    assert (screen.assisted, screen.warned) == (False, False)


def test_a_server_that_goes_away_is_asked_by_nobody() -> None:
    """Protects a trouble screen from asking the moment the server is lost; it asks when it is back."""
    machine = away()
    assert isinstance(machine.state.screen, Trouble)
    assert of(machine.take(ServerChanged(up=False)), SendCheckIn) == []
    assert isinstance(machine.state.screen, Trouble)
    assert len(of(machine.take(ServerChanged(up=True)), SendCheckIn)) == 1


def test_the_machine_asks_four_times_by_itself_and_then_waits_to_be_asked() -> None:
    """Protects a server that is overloaded from kiosks that never stop, and the visitor's way on by hand."""
    machine, asked = away(), 0
    while Timer.RETRY in dict(machine.state.running):
        assert seconds(machine.effects, Timer.RETRY) == machine.flow.durations.retry
        asked += len(of(machine.elapse(Timer.RETRY), SendCheckIn))
        machine.elapse()
    assert asked == MAX_RETRIES == 4
    assert len(of(machine.tap(Button.RETRY), SendCheckIn)) == 1


def test_a_trouble_is_sounded_once_and_not_with_every_try() -> None:
    """Protects the hall from a kiosk that complains every five seconds."""
    machine = away()
    assert len(of(machine.effects, PlayTone)) == 1
    machine.elapse(Timer.RETRY)
    assert of(machine.elapse(), PlayTone) == []


def test_a_trouble_stays_shorter_than_a_keypad() -> None:
    """Protects typing from the short clock of a trouble, and the next visitor from the long one."""
    machine = Visit().open()
    machine.scan("CODE")
    assert seconds(machine.answer(CheckInReason.UNKNOWN)) == machine.flow.durations.trouble
    assert seconds(machine.tap(Button.ENTER_NUMBER)) == machine.flow.durations.keypad


def test_an_answer_after_the_visitor_was_told_that_nobody_answers_changes_nothing() -> None:
    """Protects from a number that appears after "no answer": the next try brings the same one, and says so."""
    machine = Visit().open()
    (asked,) = of(machine.scan("CODE"), SendCheckIn)
    assert isinstance(asked, SendCheckIn)
    machine.elapse()
    before = machine.state
    machine.take(Unanswered(asked.request.request_id, TroubleReason.NOT_ACCEPTED))
    assert machine.state == before


def test_three_copies_are_all() -> None:
    """Protects the paper roll: at most three papers in all, each only after the one before has been printed."""
    machine = Visit().ticket()
    for job in (2, 3):
        asked = machine.tap(Button.REPRINT)
        assert len(of(asked, PrintTicket)) == 1
        assert seconds(asked) == calm(machine.flow.durations.ticket_unprinted)
        assert machine.tap(Button.REPRINT) == ()
        machine.printed(PrintState.PRINTED, job)
    assert machine.tap(Button.REPRINT) == ()


def test_a_situation_is_chosen_on_its_own_page_only() -> None:
    """Protects a number and a keypad from a late tap on the page of what to bring."""
    machine = Visit().ticket()
    shown = machine.state.screen
    assert machine.take(SituationTapped("self")) == ()
    assert machine.shows(shown)


@pytest.mark.parametrize("reason", [CheckInReason.WALK_IN, CheckInReason.LATE])
def test_a_number_with_paper_on_its_way_stays_longer_than_one_in_the_hand(reason: CheckInReason) -> None:
    """Protects the number of a visitor whose printer is slow."""
    machine = Visit().open()
    machine.scan("CODE")
    assert seconds(machine.answer(reason, a_ticket())) == calm(machine.flow.durations.ticket_unprinted)
    assert seconds(machine.printed(PrintState.PRINTED)) == calm(machine.flow.durations.ticket)


def test_who_is_called_already_gets_no_paper_and_the_screen_for_its_usual_time() -> None:
    """Protects the next visitor from a screen that waits for paper which nobody prints."""
    machine = Visit().open()
    machine.scan("CODE")
    called = a_ticket().model_copy(update={"state": TicketState.CALLED, "window": "3"})
    said = machine.answer(CheckInReason.ALREADY_CHECKED_IN, called)
    assert of(said, PrintTicket) == []
    assert seconds(said) == calm(machine.flow.durations.ticket)
    assert seconds(said, Timer.SETTLE) == machine.flow.durations.ticket_settle


@pytest.mark.parametrize(
    ("state", "tones"),
    [
        (PrintState.PRINTED, []),
        (PrintState.UNCONFIRMED, []),
        (PrintState.FAILED, [PlayTone(Tone.REFUSED)]),
    ],
)
def test_only_paper_that_failed_has_a_sound(state: PrintState, tones: list[PlayTone]) -> None:
    """Protects a visitor with a ticket in the hand from the sound of a refusal, and wakes the one who has none."""
    machine = Visit().open()
    machine.scan("CODE")
    machine.answer(CheckInReason.ON_TIME, a_ticket())
    assert of(machine.printed(state), PlayTone) == tones


@pytest.mark.parametrize("paper", [PrintState.PRINTED, PrintState.FAILED])
def test_a_number_that_comes_back_stays_as_long_as_its_paper_asks(paper: PrintState) -> None:
    """Protects a number without paper that was asked about again, and the queue behind one with paper."""
    machine = Visit().open()
    machine.scan("CODE")
    machine.answer(CheckInReason.ON_TIME, a_ticket())
    machine.printed(paper)
    machine.elapse(Timer.SETTLE)
    (asked,) = of(machine.scan("CODE"), SendCheckIn)
    assert isinstance(asked, SendCheckIn)
    said = machine.take(Unanswered(asked.request.request_id, TroubleReason.SERVER_AWAY))
    times = machine.flow.durations
    assert seconds(said) == calm(times.ticket if paper is PrintState.PRINTED else times.ticket_unprinted)


@pytest.mark.parametrize(
    "button",
    sorted(
        set(Button) - {Button.HOME, Button.STAY, Button.CHOICES, Button.MORE, Button.PRINT_LIST, Button.EASE}
    ),
)
def test_a_button_of_another_screen_does_nothing_beside_what_to_bring(button: Button) -> None:
    """Protects a reader from a page that turns by a late tap."""
    machine = Visit().open()
    machine.take(BringChanged(SITUATIONS))
    machine.tap(Button.BRING)
    machine.take(SituationTapped("self"))
    shown = machine.state.screen
    assert machine.tap(button) == ()
    assert machine.shows(shown)


def test_what_was_typed_is_in_no_representation() -> None:
    """Protects a number from a log or a traceback: its keys, the keypad and the screen after it."""
    assert "4332" not in repr(Keypad("43324006"))
    assert "4332" not in repr(KeyTapped("43324006", UUID(int=1)))
    trouble = Trouble(TroubleReason.UNKNOWN, source="43324006", typed="43324006", by_keys=True)
    assert "4332" not in repr(trouble)
    assert trouble.retries == 0
    shown = TicketShown(a_ticket(), CheckInReason.ON_TIME, PaperState.NONE)
    assert (shown.jobs, shown.settled, shown.next_scan) == (0, False, None)
