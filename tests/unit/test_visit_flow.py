"""The rules of a visit, without a screen, a server or a clock."""

from dataclasses import replace
from uuid import UUID

import pytest

from backend.common.catalogue import Language
from backend.wire.codes import (
    CheckInReason,
    PrinterTrouble,
    PrintState,
    RefusalKind,
    ScanReason,
)
from backend.wire.heard import OTHER, hear
from backend.wire.messages import CheckInReply
from kiosk.visit.code_steps import HINTS
from kiosk.visit.effects import (
    Effect,
    PlayTone,
    PrintTicket,
    ReportPrint,
    ReportRefusal,
    SendCheckIn,
    Tone,
    WalkIn,
)
from kiosk.visit.flow import Flow
from kiosk.visit.inputs import (
    Answered,
    Button,
    CameraChanged,
    Input,
    KeyTapped,
    LanguageTapped,
    OfficeChanged,
    Scanned,
    ServerChanged,
    Tapped,
    Timer,
    TimerElapsed,
    TroubleReason,
    Unanswered,
)
from kiosk.visit.screens import (
    Closed,
    Keypad,
    OutOfService,
    PaperState,
    TicketShown,
    Trouble,
    WalkInQuestion,
    Welcome,
    Working,
)
from kiosk.visit.state import State
from kiosk.visit.ticket_steps import MAX_PRINT_JOBS
from kiosk.visit.typed_number import LONGEST
from tests.kiosk_support import NOW, Visit, a_ticket, calm, of, seconds


def test_a_machine_starts_out_of_service_and_opens_with_the_server() -> None:
    """Protects against inviting visitors before the server was heard."""
    machine = Visit()
    assert machine.shows(OutOfService())
    assert machine.scan("CODE") == ()
    machine.open()
    assert machine.shows(Welcome())


def test_a_code_is_asked_about_once_and_becomes_a_ticket_on_paper() -> None:
    """Protects the straight path, and that the request carries the id that came with the scan."""
    machine = Visit().open()
    effects = machine.scan("CODE")
    (asked,) = of(effects, SendCheckIn)
    assert isinstance(asked, SendCheckIn)
    assert (asked.request.code, asked.request.number, asked.request.request_id) == (
        "CODE",
        None,
        UUID(int=machine.ids),
    )
    effects = machine.answer(CheckInReason.ON_TIME, a_ticket())
    assert of(effects, PrintTicket) == [
        PrintTicket(a_ticket(), CheckInReason.ON_TIME, Language.JAPANESE, job=1)
    ]
    assert PlayTone(Tone.ACCEPTED) in effects
    (report,) = of(machine.printed(PrintState.PRINTED), ReportPrint)
    assert isinstance(report, ReportPrint)
    assert report.report.state is PrintState.PRINTED
    screen = machine.state.screen
    assert isinstance(screen, TicketShown)
    assert screen.paper is PaperState.PRINTED


def test_nothing_disturbs_a_request_under_way() -> None:
    """Protects against a second request from impatient taps, scans or keys."""
    machine = Visit().open()
    machine.tap(Button.WALK_IN)
    machine.tap(Button.TAKE_NUMBER)
    before = machine.state
    disturbances: tuple[Input, ...] = (
        Scanned(ScanReason.OK, machine.fresh(), "OTHER"),
        Scanned(ScanReason.MY_NUMBER, machine.fresh()),
        KeyTapped("1", machine.fresh()),
        *(Tapped(button, machine.fresh()) for button in Button if button is not Button.EASE),
    )
    for happened in disturbances:
        assert machine.take(happened) == ()
        assert machine.state == before


@pytest.mark.parametrize("reason", [reason for reason in CheckInReason if not reason.gives_ticket])
def test_every_refusal_of_the_server_has_its_screen(reason: CheckInReason) -> None:
    """Protects that each reason of the closed list reaches the visitor as itself, what is for staff alone as none, and ends."""
    machine = Visit().open()
    machine.scan("CODE")
    effects = machine.answer(reason)
    screen = machine.state.screen
    assert isinstance(screen, Trouble)
    assert screen.reason.value == ("other" if reason.for_staff else reason.value)
    assert seconds(effects) == machine.flow.durations.trouble
    effects = machine.elapse()
    assert machine.shows(replace(screen, warned=True))
    assert seconds(effects) == machine.flow.durations.keypad_warning
    machine.elapse()
    assert machine.shows(Welcome())


def answer_of_a_newer_server(machine: Visit, **told: object) -> tuple[Effect, ...]:
    """What an older kiosk makes of an outcome that it does not know."""
    screen = machine.state.screen
    assert isinstance(screen, Working)
    reply = hear(CheckInReply, {"reason": "of_tomorrow", **told})
    return machine.take(Answered(screen.request.request_id, reply))


def test_an_unknown_outcome_sends_to_the_counter() -> None:
    """Protects a visitor from reading that the server is away, and from asking it again for ever."""
    machine = Visit().open()
    machine.scan("CODE")
    answer_of_a_newer_server(machine)
    screen = machine.state.screen
    assert isinstance(screen, Trouble)
    assert (screen.reason, screen.retry) == (TroubleReason.OTHER, None)


def test_a_number_of_an_unknown_outcome_is_valid_and_printed() -> None:
    """Protects a visitor whom a newer server received: the number counts, however it came about."""
    machine = Visit().open()
    machine.scan("CODE")
    effects = answer_of_a_newer_server(machine, ticket=a_ticket())
    assert of(effects, PrintTicket) == [PrintTicket(a_ticket(), OTHER, Language.JAPANESE, job=1)]
    assert isinstance(machine.state.screen, TicketShown)


def test_a_number_that_has_paper_is_not_printed_again_for_an_unknown_outcome() -> None:
    """Protects one paper for one number, and the word that the counter knows more of a notice that is held up again."""
    machine = Visit().ticket()
    machine.elapse(Timer.SETTLE)
    machine.scan("CODE")
    effects = answer_of_a_newer_server(machine, ticket=a_ticket(print_state=PrintState.PRINTED))
    screen = machine.state.screen
    assert isinstance(screen, TicketShown)
    assert (screen.reason, screen.paper) == (OTHER, PaperState.PRINTED_BEFORE)
    assert of(effects, PrintTicket) == []


def test_a_number_of_an_unknown_state_is_shown_and_not_printed() -> None:
    """Protects whoever is somewhere that this kiosk does not know: the counter tells where, and no paper sends them back."""
    machine = Visit().open()
    machine.scan("CODE")
    ticket = a_ticket().model_dump(mode="json") | {"state": "of_tomorrow", "print_state": "of_tomorrow"}
    effects = answer_of_a_newer_server(
        machine, reason="already_checked_in", ticket=ticket, found="of_tomorrow"
    )
    screen = machine.state.screen
    assert isinstance(screen, TicketShown)
    assert (screen.ticket.number, screen.paper, screen.found) == ("M-001", PaperState.NONE, OTHER)
    assert of(effects, PrintTicket) == []


def test_a_number_of_another_office_is_told_and_not_printed_as_ours() -> None:
    """Protects against paper with this office's name for a number that is called elsewhere."""
    machine = Visit().open()
    machine.scan("CODE")
    assert of(answer_of_a_newer_server(machine, ticket=a_ticket(), office_id="05"), PrintTicket) == []
    screen = machine.state.screen
    assert isinstance(screen, Trouble)
    assert (screen.reason, screen.reply and screen.reply.ticket) == (TroubleReason.OTHER, a_ticket())


@pytest.mark.parametrize("reason", [reason for reason in CheckInReason if reason.gives_ticket])
def test_a_ticketless_answer_that_promises_one_is_not_believed(reason: CheckInReason) -> None:
    """Protects invariant 4: no number is shown that the server did not give."""
    machine = Visit().open()
    machine.scan("CODE")
    machine.answer(reason)
    assert machine.shows(Trouble(TroubleReason.NOT_ACCEPTED))


def test_answers_to_an_older_question_change_nothing() -> None:
    """Protects the next visitor from the answer to the last one."""
    machine = Visit().ticket()
    old = Answered(UUID(int=1001), CheckInReply(reason=CheckInReason.ON_TIME, ticket=a_ticket(2)))
    before = machine.state
    assert machine.take(old) == ()
    assert machine.take(Unanswered(UUID(int=1001), TroubleReason.SERVER_AWAY)) == ()
    assert machine.state == before


def test_a_retry_is_the_same_request() -> None:
    """Protects against a second number when an answer got lost: id and body stay, even in another language."""
    machine = Visit().open()
    machine.tap(Button.WALK_IN)
    (first,) = of(machine.tap(Button.TAKE_NUMBER), WalkIn)
    assert isinstance(first, WalkIn)
    machine.take(Unanswered(first.request.request_id, TroubleReason.SERVER_AWAY))
    machine.take(LanguageTapped(Language.ENGLISH))
    assert of(machine.tap(Button.RETRY), WalkIn) == [first]


def test_holding_the_notice_on_tries_again_only_when_that_may_help() -> None:
    """Protects a kiosk from asking for ever about a notice that is left in view."""
    machine = Visit().open()
    (first,) = of(machine.scan("CODE"), SendCheckIn)
    assert isinstance(first, SendCheckIn)
    machine.take(Unanswered(first.request.request_id, TroubleReason.SERVER_AWAY))
    assert of(machine.scan("CODE"), SendCheckIn) == [first]
    machine.answer(CheckInReason.UNKNOWN)
    assert machine.scan("CODE") == ()
    assert of(machine.scan("ANOTHER"), SendCheckIn)


def test_a_server_that_never_answers_ends_on_a_screen() -> None:
    """Protects a visitor from a working screen that does not end."""
    machine = Visit().open()
    machine.scan("CODE")
    machine.elapse()
    screen = machine.state.screen
    assert isinstance(screen, Trouble)
    assert screen.reason is TroubleReason.SERVER_AWAY
    assert screen.retry is not None


def test_the_same_notice_again_shows_the_number_without_new_paper() -> None:
    """Protects paper: whoever was printed a ticket is offered another copy, not given one."""
    machine = Visit().open()
    machine.scan("CODE")
    effects = machine.answer(CheckInReason.ALREADY_CHECKED_IN, a_ticket(1, PrintState.PRINTED))
    assert of(effects, PrintTicket) == []
    screen = machine.state.screen
    assert isinstance(screen, TicketShown)
    assert screen.paper is PaperState.PRINTED_BEFORE
    (order,) = of(machine.tap(Button.REPRINT), PrintTicket)
    assert isinstance(order, PrintTicket)
    assert order.job == 1


@pytest.mark.parametrize("state", [PrintState.PENDING, PrintState.FAILED])
def test_whoever_never_got_paper_gets_it_with_the_next_scan(state: PrintState) -> None:
    """Protects a visitor whose paper was lost with the answer or the printer."""
    machine = Visit().open()
    machine.scan("CODE")
    assert of(machine.answer(CheckInReason.ALREADY_CHECKED_IN, a_ticket(1, state)), PrintTicket)


def test_reprints_are_new_jobs_of_the_same_ticket_and_end() -> None:
    """Protects invariant 4 and the paper roll: copies of one ticket, never a new number, not without end."""
    machine = Visit().ticket()
    for job in range(2, MAX_PRINT_JOBS + 1):
        (order,) = of(machine.tap(Button.REPRINT), PrintTicket)
        assert isinstance(order, PrintTicket)
        assert (order.ticket, order.job) == (a_ticket(), job)
        assert of(machine.tap(Button.REPRINT), PrintTicket) == []
        machine.printed(PrintState.FAILED, job=job)
    assert machine.tap(Button.REPRINT) == ()


def test_a_failed_print_keeps_the_number_longer() -> None:
    """Protects a visitor who must remember the number: more time, and the report reaches the clerk."""
    machine = Visit().open()
    machine.scan("CODE")
    machine.answer(CheckInReason.ON_TIME, a_ticket())
    effects = machine.printed(PrintState.FAILED)
    assert seconds(effects) == calm(machine.flow.durations.ticket_unprinted)
    (report,) = of(effects, ReportPrint)
    assert isinstance(report, ReportPrint)
    assert report.report.trouble is PrinterTrouble.PAPER_OUT
    screen = machine.state.screen
    assert isinstance(screen, TicketShown)
    assert (screen.paper, screen.ticket) == (PaperState.FAILED, a_ticket())


def test_a_print_is_reported_even_after_the_visitor_left() -> None:
    """Protects the clerk's knowledge of missing paper from a slow printer."""
    machine = Visit().open()
    machine.scan("CODE")
    machine.answer(CheckInReason.ON_TIME, a_ticket())
    machine.tap(Button.HOME)
    before = machine.state
    assert of(machine.printed(PrintState.FAILED), ReportPrint)
    assert machine.state == before


def test_a_late_print_result_does_not_touch_another_ticket() -> None:
    """Protects the next visitor's screen from the last visitor's printer trouble."""
    machine = Visit().ticket()
    before = machine.state.screen
    machine.printed(PrintState.FAILED, ticket=9)
    machine.printed(PrintState.FAILED, job=7)
    assert machine.shows(before)


def test_the_next_notice_takes_over_after_a_moment() -> None:
    """Protects families and the number of the first: held until it could be read, then asked about."""
    machine = Visit().ticket()
    assert of(machine.scan("SECOND"), SendCheckIn) == []
    (asked,) = of(machine.elapse(Timer.SETTLE), SendCheckIn)
    assert isinstance(asked, SendCheckIn)
    assert asked.request.code == "SECOND"


def test_the_next_notice_takes_over_at_once_when_the_first_is_done() -> None:
    """Protects the pace of a family: settled, or tapped away, nothing is waited for."""
    machine = Visit().ticket()
    machine.elapse(Timer.SETTLE)
    assert of(machine.scan("SECOND"), SendCheckIn)
    machine = Visit().ticket()
    machine.scan("SECOND")
    assert of(machine.tap(Button.HOME), SendCheckIn)


def test_the_notice_that_made_the_ticket_may_stay_in_view() -> None:
    """Protects the ticket screen from its own notice while the number is read, and lets it end."""
    machine = Visit().ticket()
    assert machine.scan("CODE") == ()
    machine.elapse(Timer.SETTLE)
    machine.elapse()
    machine.elapse()
    assert machine.shows(Welcome())


@pytest.mark.parametrize("reason", [ScanReason.NONE, ScanReason.UNREADABLE_FILE])
def test_nothing_read_is_nothing_done(reason: ScanReason) -> None:
    """Protects the first screen from scans that say nothing."""
    machine = Visit().open()
    assert machine.scan(None, reason) == ()
    assert machine.shows(Welcome())


@pytest.mark.parametrize("reason", HINTS)
def test_two_codes_are_a_hint_not_a_guess(reason: ScanReason) -> None:
    """Protects against receiving the wrong person: a hint is given, and goes away; the notice is read meanwhile."""
    machine = Visit().open()
    effects = machine.scan(None, reason)
    assert of(effects, SendCheckIn) == []
    assert machine.shows(Welcome(HINTS[reason]))
    machine.elapse()
    assert machine.shows(Welcome())
    machine.scan(None, reason)
    assert of(machine.scan("CODE"), SendCheckIn)


def test_codes_of_others_are_counted_by_kind() -> None:
    """Protects the ward's knowledge of what visitors hold up, without keeping any of it; hints are not counted."""
    machine = Visit().open()
    (report,) = of(machine.scan(None, ScanReason.FOREIGN), ReportRefusal)
    assert isinstance(report, ReportRefusal)
    assert report.report.kind is RefusalKind.FOREIGN_CODE
    assert of(machine.scan(None, ScanReason.AMBIGUOUS), ReportRefusal) == []
    assert of(machine.scan(None, ScanReason.HARD_TO_READ), ReportRefusal) == []


@pytest.mark.parametrize("reason", HINTS)
def test_hints_do_not_disturb_other_screens(reason: ScanReason) -> None:
    """Protects a visitor who reads or types from a hint about what lies before the camera."""
    typing = Visit().open()
    typing.tap(Button.ENTER_NUMBER)
    for machine in (typing, Visit().ticket()):
        before = machine.state
        assert machine.scan(None, reason) == ()
        assert machine.state == before


@pytest.mark.parametrize("text", ["", "X" * 8001])
def test_a_code_that_no_notice_carries_is_only_counted(text: str) -> None:
    """Protects the wire from texts of impossible length."""
    machine = Visit().open()
    effects = machine.scan(text)
    (report,) = of(effects, ReportRefusal)
    assert isinstance(report, ReportRefusal)
    assert report.report.kind is RefusalKind.FOREIGN_CODE
    assert of(effects, SendCheckIn) == []


@pytest.mark.parametrize(
    "text", ["123456789018", "１２３４５６７８９０１８", "1234 5678 9018", "マイナンバー:123456789018"]
)
def test_a_scanned_my_number_leaves_nothing(text: str) -> None:
    """Protects invariant 6 even against a decoder that lets the number through."""
    for machine in (Visit().open(), Visit().ticket()):
        effects = machine.scan(text)
        assert text not in repr((machine.state, effects))
        if isinstance(machine.state.screen, TicketShown):
            held = machine.state.screen.next_scan
            assert held is not None
            assert held.text is None
            effects = machine.elapse(Timer.SETTLE)
        assert machine.shows(Trouble(TroubleReason.REFUSED))
        (report,) = of(effects, ReportRefusal)
        assert isinstance(report, ReportRefusal)
        assert report.report.kind is RefusalKind.MY_NUMBER
        assert PlayTone(Tone.REFUSED) in effects
        assert machine.scan(text) == ()


def test_a_typed_my_number_is_gone_in_the_step_that_completes_it() -> None:
    """Protects invariant 6 on the keypad: eleven digits at most are ever held."""
    machine = Visit().open()
    machine.tap(Button.ENTER_NUMBER)
    machine.type("12345678901")
    effects = machine.type("8")
    assert machine.shows(Trouble(TroubleReason.REFUSED, by_keys=True))
    assert of(effects, ReportRefusal)
    assert of(effects, SendCheckIn) == []
    machine.tap(Button.RETYPE)
    assert machine.shows(Keypad())


def test_the_keypad_holds_eleven_characters_at_most() -> None:
    """Protects the keypad from numbers that no notice has; what is typed beyond is left out."""
    machine = Visit().open()
    machine.tap(Button.ENTER_NUMBER)
    machine.type("ABC1234567890")
    screen = machine.state.screen
    assert isinstance(screen, Keypad)
    assert screen.typed == "ABC12345678"
    assert len(screen.typed) == LONGEST
    machine.type("-あ１")
    assert machine.shows(screen)


def test_typing_is_corrected_confirmed_and_left() -> None:
    """Protects the keypad's buttons."""
    machine = Visit().open()
    machine.tap(Button.ENTER_NUMBER)
    assert machine.tap(Button.CONFIRM) == ()
    machine.type("AB9")
    machine.tap(Button.BACKSPACE)
    machine.tap(Button.PAGE)
    (asked,) = of(machine.tap(Button.CONFIRM), SendCheckIn)
    assert isinstance(asked, SendCheckIn)
    assert (asked.request.number, asked.request.code) == ("AB", None)
    machine.answer(CheckInReason.UNKNOWN)
    machine.tap(Button.ENTER_NUMBER)
    assert machine.shows(Keypad())
    machine.tap(Button.HOME)
    assert machine.shows(Welcome())


def test_a_slow_typist_is_asked_first() -> None:
    """Protects slow visitors (WCAG 2.2.1): a question with its own time, any key answers it."""
    machine = Visit().open()
    machine.tap(Button.ENTER_NUMBER)
    machine.type("12")
    effects = machine.elapse()
    assert seconds(effects) == machine.flow.durations.keypad_warning
    assert machine.shows(Keypad("12", warned=True))
    effects = machine.tap(Button.STAY)
    assert machine.shows(Keypad("12"))
    assert seconds(effects) == machine.flow.durations.keypad
    machine.elapse()
    machine.elapse()
    assert machine.shows(Welcome())


def test_a_clock_that_was_stopped_counts_no_more() -> None:
    """Protects a new screen from the end of the last one's time."""
    machine = Visit().ticket()
    epoch = dict(machine.state.running)[Timer.SCREEN]
    machine.tap(Button.STAY)
    before = machine.state
    assert machine.take(TimerElapsed(Timer.SCREEN, epoch)) == ()
    assert machine.state == before


def test_a_new_visitor_is_spoken_to_in_the_machines_language() -> None:
    """Protects the next visitor from the last one's language, on the first screen and after a visit."""
    machine = Visit().open()
    effects = machine.take(LanguageTapped(Language.KOREAN))
    assert seconds(effects) == machine.flow.durations.language
    machine.elapse()
    assert machine.state.language is Language.JAPANESE
    machine.take(LanguageTapped(Language.KOREAN))
    (asked,) = of(machine.scan("CODE"), SendCheckIn)
    assert isinstance(asked, SendCheckIn)
    assert asked.request.language == "ko"
    machine.answer(CheckInReason.ON_TIME, a_ticket())
    machine.tap(Button.HOME)
    assert machine.state.language is Language.JAPANESE


@pytest.mark.parametrize("reason", list(TroubleReason))
def test_help_is_offered_where_it_helps(reason: TroubleReason) -> None:
    """Protects the assisted queue from machine troubles, and visitors with a notice trouble from a dead end."""
    machine = Visit().open()
    machine.state = State(Trouble(reason), Language.JAPANESE, machine.state.conditions)
    machine.tap(Button.WALK_IN)
    asked = machine.shows(WalkInQuestion(assisted=True))
    assert asked is (
        reason in {"unknown", "not_reserved", "another_day", "another_office", "cancelled", "no_card"}
    )
    assert bool(of(machine.tap(Button.TAKE_NUMBER), WalkIn)) is asked


def test_the_first_screen_follows_the_surroundings_and_a_visit_does_not() -> None:
    """Protects a visit in progress from news that concern the next one."""
    machine = Visit().open()
    machine.take(OfficeChanged(open_now=False, opens_at=NOW))
    assert machine.shows(Closed())
    machine.take(ServerChanged(up=False))
    assert machine.shows(OutOfService())
    machine.take(ServerChanged(up=True))
    machine.take(OfficeChanged(open_now=True))
    machine.take(CameraChanged(working=False))
    assert machine.shows(Welcome())
    machine.tap(Button.ENTER_NUMBER)
    machine.take(ServerChanged(up=False))
    assert machine.shows(Keypad())
    machine.tap(Button.HOME)
    assert machine.shows(OutOfService())


def test_the_server_decides_whether_a_closed_office_takes_a_notice() -> None:
    """Protects against a kiosk that knows better: a notice held up at a closed kiosk is asked about."""
    machine = Visit().open()
    machine.take(OfficeChanged(open_now=False))
    assert of(machine.scan("CODE"), SendCheckIn)
    machine.answer(CheckInReason.CLOSED)
    machine.tap(Button.HOME)
    assert machine.shows(Closed())


def test_no_representation_holds_what_was_shown() -> None:
    """Protects logs and tracebacks: neither codes nor typed numbers are in any repr."""
    machine = Visit().open()
    effects = machine.scan("SECRET-CODE")
    assert "SECRET" not in repr((machine.state, effects, Scanned(ScanReason.OK, UUID(int=1), "SECRET")))
    machine.answer(CheckInReason.ON_TIME, a_ticket())
    machine.scan("SECRET-CODE-2")
    assert "SECRET" not in repr((machine.state, machine.effects))
    machine = Visit().open()
    machine.tap(Button.ENTER_NUMBER)
    machine.type("98765")
    effects = machine.tap(Button.CONFIRM)
    assert "98765" not in repr((machine.state, effects, KeyTapped("9", UUID(int=1)))).replace(
        repr(UUID(int=machine.ids)), ""
    )


def test_what_is_no_input_is_a_fault() -> None:
    """Protects against a new kind of input that nobody handles."""
    with pytest.raises(TypeError, match="not an input"):
        Flow().step(Flow().begin(), "hello")  # type: ignore[arg-type]
