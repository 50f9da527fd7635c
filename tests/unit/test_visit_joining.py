"""Further notices for a number that somebody has already: what each answer changes, and that the number never goes."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from backend.common.catalogue import Language
from backend.wire.codes import JOINABLE_STATES, CheckInReason, PrintState, ScanReason, TicketState
from backend.wire.heard import OTHER
from backend.wire.messages import CheckInRequest, OfficePlace, TicketMessage
from kiosk.visit.effects import (
    Effect,
    PlayTone,
    PrintTicket,
    ReportRefusal,
    SendCheckIn,
    SendJoin,
    StartTimer,
    Tone,
)
from kiosk.visit.inputs import (
    Button,
    LanguageTapped,
    NotJoinable,
    NumbersChanged,
    PartyLimitChanged,
    ServerChanged,
    Timer,
    TroubleReason,
    Unanswered,
)
from kiosk.visit.presentation import JoiningView, TicketView
from kiosk.visit.presenter import present
from kiosk.visit.screens import (
    Hint,
    Joining,
    JoinNote,
    Keypad,
    PaperState,
    TicketShown,
    Trouble,
    Welcome,
    Working,
)
from kiosk.visit.texts import spoken
from tests.kiosk_support import NOW, Visit, a_ticket, of, seconds, text

LIMIT = 3


def party(cards: int, **more: object) -> TicketMessage:
    """The number of the party."""
    return a_ticket(1, PrintState.PRINTED).model_copy(update={"cards": cards, **more})


def family() -> Visit:
    """Somebody has a number and its paper, and asks to hold up further notices."""
    visit = Visit()
    visit.take(PartyLimitChanged(LIMIT))
    visit.ticket().tap(Button.JOIN)
    return visit


def joining(visit: Visit) -> Joining:
    """The screen for further notices."""
    screen = visit.state.screen
    assert isinstance(screen, Joining)
    return screen


def view(visit: Visit, language: Language = Language.JAPANESE) -> JoiningView:
    """What that screen shows."""
    said = spoken(present(replace(visit.state, language=language), None, NOW))
    assert isinstance(said, JoiningView)
    return said


def kind(visit: Visit) -> type:
    """The kind of screen that is shown."""
    return type(visit.state.screen)


def ticket_view(visit: Visit) -> TicketView:
    """What the ticket screen shows."""
    said = spoken(present(visit.state, None, NOW))
    assert isinstance(said, TicketView)
    return said


def test_a_family_has_one_number() -> None:
    """Protects a mother with two children: three notices, one number, its paper once, and counted on the screen."""
    visit = family()
    assert "M-001" in text(view(visit).title)
    assert (view(visit).cards, view(visit).told) == ("1人分", None)
    for cards in (2, 3):
        (sent,) = of(visit.scan(f"CHILD{cards}"), SendJoin)
        assert isinstance(sent, SendJoin)
        assert (sent.ticket_id, sent.request.code) == (UUID(int=1), f"CHILD{cards}")
        effects = visit.answer(CheckInReason.JOINED, party(cards))
        assert of(effects, PlayTone) == [PlayTone(Tone.ACCEPTED)]
        assert of(effects, PrintTicket) == []
        assert joining(visit).note is JoinNote.JOINED
        told = view(visit).told
        assert told is not None
        assert (told.title, told.minds) == (f"{cards}人分を受け付けました", False)
    visit.tap(Button.HOME)
    shown = visit.state.screen
    assert isinstance(shown, TicketShown)
    assert (shown.ticket.cards, shown.paper) == (3, PaperState.PRINTED)
    assert ticket_view(visit).headline == "3人分を受け付けました"
    (order,) = of(visit.tap(Button.REPRINT), PrintTicket)
    assert isinstance(order, PrintTicket)
    assert (order.ticket.cards, order.job) == (3, 2)


def test_a_number_that_is_called_meanwhile_says_so_and_where_to_go() -> None:
    """Protects a family that holds up notices from missing its call: the window is told beside the number, at once."""
    visit = family()
    assert view(visit).called == ""
    visit.scan("CHILD2")
    visit.answer(CheckInReason.JOINED, party(2, state=TicketState.CALLED, window="12"))
    told = view(visit).told
    assert told is not None
    said = view(visit)
    assert (said.called, said.title) == ("12番窓口でお呼びしています", "12番窓口へお越しください")
    assert (told.next, said.frame, said.enter_number) == ("", "", ""), "one thing is asked for: to go"
    assert said.reading, "who holds up the next notice all the same is heard"
    assert (told.title, view(visit).done) == ("2人分を受け付けました", "これで終わり")
    visit.scan("CHILD3")
    visit.answer(CheckInReason.ANOTHER_OFFICE)
    assert view(visit).called == "12番窓口でお呼びしています", (
        "a notice that does not join takes nothing away"
    )


def test_without_the_button_another_notice_is_that_of_the_next_visitor() -> None:
    """Protects strangers in a row from getting one number: a notice joins only after the button was pressed."""
    visit = Visit().open()
    visit.take(PartyLimitChanged(LIMIT))
    visit.ticket().elapse(Timer.SETTLE)
    effects = visit.scan("STRANGER")
    assert (len(of(effects, SendCheckIn)), of(effects, SendJoin)) == (1, [])


def test_further_notices_are_offered_only_where_they_can_join() -> None:
    """Protects from a promise that the server does not keep: old servers, full parties, numbers that went on."""
    for limit, cards, state, offered in [
        (1, 1, TicketState.WAITING, False),
        (LIMIT, 1, TicketState.WAITING, True),
        (LIMIT, 2, TicketState.SERVING, True),
        (LIMIT, 3, TicketState.WAITING, False),
        *[(LIMIT, 1, state, state in JOINABLE_STATES) for state in TicketState],
        (LIMIT, 1, OTHER, False),
    ]:
        visit = Visit().open()
        visit.take(PartyLimitChanged(limit))
        visit.scan("CODE")
        visit.answer(CheckInReason.ALREADY_CHECKED_IN, party(cards, state=state))
        assert bool(ticket_view(visit).join) is offered, (limit, cards, state)
        visit.tap(Button.JOIN)
        assert isinstance(visit.state.screen, Joining) is offered, (limit, cards, state)


def test_while_the_next_visitor_waits_nothing_joins() -> None:
    """Protects the next visitor, whose notice is held up already, from getting somebody else's number."""
    visit = Visit().open()
    visit.take(PartyLimitChanged(LIMIT))
    visit.scan("CODE")
    visit.answer(CheckInReason.ON_TIME, a_ticket())
    assert ticket_view(visit).join
    visit.scan("NEXT")
    assert not ticket_view(visit).join
    visit.tap(Button.JOIN)
    assert isinstance(visit.state.screen, TicketShown)


def test_the_first_paper_is_told_of_whatever_screen_it_ends_on() -> None:
    """Protects who is quick with the button: paper that failed meanwhile is told with the number."""
    for during in (Joining, Keypad, Working):
        visit = Visit().open()
        visit.take(PartyLimitChanged(LIMIT))
        visit.scan("CODE")
        visit.answer(CheckInReason.ON_TIME, a_ticket())
        visit.tap(Button.JOIN)
        if during is Keypad:
            visit.tap(Button.ENTER_NUMBER)
        elif during is Working:
            visit.scan("CHILD")
        effects = visit.printed(PrintState.FAILED)
        assert kind(visit) is during
        assert PlayTone(Tone.REFUSED) in effects
        if during is Working:
            visit.answer(CheckInReason.JOINED, party(2))
        elif during is Keypad:
            visit.tap(Button.HOME)
        visit.tap(Button.HOME)
        shown = visit.state.screen
        assert isinstance(shown, TicketShown)
        assert shown.paper is PaperState.FAILED


def test_the_same_notice_again_changes_nothing() -> None:
    """Protects the count: a notice still held up, or held up twice, is told as taken and is not asked about."""
    visit = family()
    assert of(visit.scan("CODE"), SendJoin) == []
    assert joining(visit).note is JoinNote.SAME
    visit.scan("CHILD")
    visit.answer(CheckInReason.JOINED, party(2))
    assert of(visit.scan("CHILD"), SendJoin) == []
    assert (joining(visit).note, view(visit).cards) == (JoinNote.SAME, "2人分")
    visit.scan("CODE")
    visit.answer(CheckInReason.ALREADY_CHECKED_IN, party(2), found="waiting")
    assert (joining(visit).note, view(visit).cards) == (JoinNote.SAME, "2人分")


def test_a_notice_that_has_another_number_keeps_it() -> None:
    """Protects who was received before: their own number is told, and the party stays as it is."""
    visit = family()
    visit.scan("SISTER")
    effects = visit.answer(CheckInReason.ALREADY_CHECKED_IN, a_ticket(7), found="waiting")
    assert of(effects, PlayTone) == [PlayTone(Tone.REFUSED)]
    told = view(visit).told
    assert told is not None
    assert "M-007" in text(told.title)
    assert view(visit).number == "M-001"
    visit.scan("SISTER")
    assert joining(visit).note is JoinNote.ANOTHER_NUMBER, "what was said of it stays"


def test_a_full_party_tells_the_next_one_how_to_get_a_number() -> None:
    """Protects the seventh of a family: told how many one number can have; what they are told to do gives them one of their own."""
    visit = family()
    visit.scan("CHILD")
    visit.answer(CheckInReason.PARTY_FULL, party(LIMIT))
    told = view(visit).told
    assert told is not None
    assert (joining(visit).note, told.minds) == (JoinNote.FULL, True)
    assert f"{LIMIT}人" in text(told.title)
    assert (
        text(told.next)
        == "この方は別の番号になります。「これで終わり」を押してから、もう一度かざしてください。"
    )
    assert (view(visit).reading, view(visit).enter_number) == (False, "")
    visit.tap(Button.HOME)
    visit.elapse(Timer.SETTLE)
    assert len(of(visit.scan("CHILD"), SendCheckIn)) == 1
    visit.answer(CheckInReason.ON_TIME, a_ticket(7))
    assert ticket_view(visit).number == "M-007"


def test_a_party_that_is_full_by_cards_given_up_asks_for_no_more() -> None:
    """A place that was taken stays taken, so fewer may be counted than the limit: nobody holds up one code after the other."""
    visit = family()
    visit.scan("CHILD")
    visit.answer(CheckInReason.PARTY_FULL, party(LIMIT - 1))
    said = view(visit)
    assert (said.reading, said.enter_number, said.cards) == (False, "", "2人分")
    assert "これですべて" in text(said.title)


def test_the_last_that_joins_is_told_so() -> None:
    """Protects who goes on holding up notices to a number that can have no more."""
    visit = family()
    visit.scan("CHILD")
    visit.answer(CheckInReason.JOINED, party(LIMIT))
    told = view(visit).told
    assert told is not None
    assert "これ以上" in text(told.next)
    visit.tap(Button.HOME)
    assert not ticket_view(visit).join


@pytest.mark.parametrize("language", list(Language))
def test_every_answer_has_words_and_leaves_the_number(language: Language) -> None:
    """Protects each notice that cannot join: why is told in every language, and the number stays in view."""
    said = set()
    for reason in CheckInReason:
        if reason.gives_ticket or reason.for_staff or reason is CheckInReason.PARTY_FULL:
            continue
        visit = family()
        visit.scan("CHILD")
        visit.answer(reason)
        told = view(visit, language).told
        assert told is not None
        assert told.minds
        assert "M-001" in text(told.next)
        said.add(told.title)
        assert joining(visit).shown.ticket.number == "M-001"
    assert len(said) >= 9, "no two reasons are told alike"


def test_the_day_or_the_office_of_another_booking_is_told() -> None:
    """Protects a child who is booked elsewhere: the way there is named, as on the first screen."""
    visit = family()
    visit.scan("CHILD")
    place = OfficePlace(office_id="05", name={"ja": "大久保特別出張所"})
    number = a_ticket(8)
    visit.answer(CheckInReason.ANOTHER_OFFICE, number, office=place, office_id="05", found="waiting")
    told = view(visit).told
    assert told is not None
    assert "大久保特別出張所" in text(told.title)
    assert "M-008" in text(told.fact)
    visit.scan("OTHER CHILD")
    visit.answer(CheckInReason.ANOTHER_DAY, reserved_for=NOW.replace(day=30))
    told = view(visit).told
    assert told is not None
    assert "11月30日" in text(told.fact)


def test_a_lost_answer_is_asked_for_with_the_same_request() -> None:
    """Protects from counting a card twice: the button, the notice and a server that is back repeat the one request."""
    visit = family()
    (first,) = of(visit.scan("CHILD"), SendJoin)
    assert isinstance(first, SendJoin)
    ways: list[Callable[[], tuple[Effect, ...]]] = [
        lambda: visit.tap(Button.RETRY),
        lambda: visit.scan("CHILD"),
        lambda: visit.take(ServerChanged(up=True)),
    ]
    for again in ways:
        visit.take(Unanswered(first.request.request_id, TroubleReason.SERVER_AWAY))
        told = view(visit).told
        assert told is not None
        assert "M-001" in text(told.next)
        assert view(visit).retry
        assert of(again(), SendJoin) == [first]
    visit.elapse()
    assert joining(visit).trouble is not None, "no answer in time is one that got lost"
    visit.tap(Button.RETRY)
    visit.answer(CheckInReason.JOINED, party(2))
    assert view(visit).cards == "2人分"


def test_a_number_that_went_on_leaves_the_notice_to_itself() -> None:
    """Protects a child whose mother was handed over meanwhile: it gets its own number at once, and both are shown."""
    visit = family()
    (sent,) = of(visit.scan("CHILD"), SendJoin)
    assert isinstance(sent, SendJoin)
    effects = visit.take(NotJoinable(sent.request.request_id, UUID(int=99)))
    (alone,) = of(effects, SendCheckIn)
    assert isinstance(alone, SendCheckIn)
    expected = CheckInRequest(request_id=UUID(int=99), code="CHILD", language=Language.JAPANESE)
    assert alone.request == expected
    effects = visit.answer(CheckInReason.ON_TIME, a_ticket(2))
    assert len(of(effects, PrintTicket)) == 1
    assert ticket_view(visit).number == "M-002"
    assert "M-001" in text(ticket_view(visit).sentence)


def test_news_of_an_old_request_leave_the_screen_alone() -> None:
    """Protects the party from an answer that comes after its request was given up."""
    visit = family()
    (sent,) = of(visit.scan("CHILD"), SendJoin)
    assert isinstance(sent, SendJoin)
    visit.elapse()
    before = visit.state
    visit.take(NotJoinable(sent.request.request_id, UUID(int=99)))
    assert visit.state == before


def test_a_plain_request_is_never_sent_a_second_time_by_itself() -> None:
    """Protects from a number too many: only a notice that was to join is taken by itself afterwards."""
    visit = Visit().open()
    (sent,) = of(visit.scan("CODE"), SendCheckIn)
    assert isinstance(sent, SendCheckIn)
    assert visit.take(NotJoinable(sent.request.request_id, UUID(int=99))) == ()


def test_a_number_can_be_typed_where_a_code_cannot_be_read() -> None:
    """Protects a party at a kiosk without a camera: the keypad leads back to it, with or without a number."""
    visit = family()
    visit.take(NumbersChanged(()))
    visit.tap(Button.ENTER_NUMBER)
    visit.tap(Button.HOME)
    assert isinstance(visit.state.screen, Joining)
    visit.tap(Button.ENTER_NUMBER)
    visit.type("123")
    (sent,) = of(visit.tap(Button.CONFIRM), SendJoin)
    assert isinstance(sent, SendJoin)
    assert sent.request.number == "123"
    visit.answer(CheckInReason.UNKNOWN)
    assert joining(visit).note is JoinNote.NOT_JOINED
    visit.tap(Button.ENTER_NUMBER)
    (scanned,) = of(visit.scan("CHILD"), SendJoin)
    assert isinstance(scanned, SendJoin), "a notice held up to the keypad of a party is one of the party"


def test_a_my_number_is_refused_for_a_party_too() -> None:
    """Protects a 12-digit number that is held up as a further notice, or typed: refused here, once, and not kept."""
    visit = family()
    effects = visit.scan("123456789018")
    assert (len(of(effects, ReportRefusal)), of(effects, SendJoin)) == (1, [])
    assert "123456789018" not in repr(visit.state)
    assert joining(visit).trouble == Trouble(TroubleReason.REFUSED)
    assert of(visit.scan(None, ScanReason.MY_NUMBER), ReportRefusal) == []
    visit.tap(Button.ENTER_NUMBER)
    effects = visit.type("123456789018")
    assert len(of(effects, ReportRefusal)) == 1
    assert joining(visit).shown.ticket.number == "M-001"


def test_hints_are_given_where_notices_are_held_up() -> None:
    """Protects who holds up two at once, or another code: the hint stands by the camera, a foreign code is counted."""
    visit = family()
    visit.scan(None, ScanReason.AMBIGUOUS)
    assert (joining(visit).hint, view(visit).hinting) == (Hint.ONE_CODE_AT_A_TIME, True)
    assert "1つだけ" in text(view(visit).frame)
    assert view(visit).retry == ""
    assert len(of(visit.scan(None, ScanReason.FOREIGN), ReportRefusal)) == 1
    visit.scan("SISTER")
    visit.answer(CheckInReason.ALREADY_CHECKED_IN, a_ticket(7), found="waiting")
    visit.scan(None, ScanReason.HARD_TO_READ)
    assert len(of(visit.scan("SISTER"), SendJoin)) == 1, "after a hint it is tried again, not told as taken"


def test_each_notice_gives_the_whole_time_anew() -> None:
    """Protects a large family from a screen that closes between two notices; who is gone loses nothing."""
    visit = family()
    first = seconds(visit.effects)
    visit.elapse()
    assert view(visit).still_there is not None
    visit.tap(Button.STAY)
    assert view(visit).still_there is None
    visit.scan("CHILD")
    effects = visit.answer(CheckInReason.JOINED, party(2))
    assert (seconds(effects), view(visit).still_there) == (first, None)
    visit.take(LanguageTapped(Language.KOREAN))
    visit.elapse()
    visit.elapse()
    assert visit.shows(Welcome())
    assert visit.state.language is Language.JAPANESE


def test_the_ticket_comes_back_for_its_whole_time() -> None:
    """Protects the number of a party from giving way at once to the notice that is still held up."""
    visit = family()
    visit.scan("CHILD")
    visit.answer(CheckInReason.JOINED, party(2))
    effects = visit.tap(Button.HOME)
    assert {one.timer for one in of(effects, StartTimer) if isinstance(one, StartTimer)} == {
        Timer.SCREEN,
        Timer.SETTLE,
    }
    visit.scan("CHILD")
    assert isinstance(visit.state.screen, TicketShown), "the last notice of the party is no new visitor"
    visit.elapse(Timer.SETTLE)
    assert len(of(visit.scan("NEXT"), SendCheckIn)) == 1


def test_a_notice_that_joins_by_itself_brings_no_second_paper() -> None:
    """Protects a group that booked together: its second notice shows the one number, whose paper was printed."""
    visit = Visit().open()
    visit.scan("BOOKED TOGETHER")
    effects = visit.answer(CheckInReason.JOINED, party(2))
    assert of(effects, PrintTicket) == []
    shown = visit.state.screen
    assert isinstance(shown, TicketShown)
    assert shown.paper is PaperState.PRINTED_BEFORE
    assert ticket_view(visit).headline == "2人分を受け付けました"


def test_a_full_party_is_told_on_the_first_screen_too() -> None:
    """Protects a notice booked in one group that has no room left: the staff are named."""
    visit = Visit().open()
    visit.scan("BOOKED TOGETHER")
    visit.answer(CheckInReason.PARTY_FULL, party(LIMIT))
    screen = visit.state.screen
    assert isinstance(screen, Trouble)
    assert screen.reason is TroubleReason.PARTY_FULL
