"""Who is called while they stand at the kiosk hears of it on whichever screen their number is, without holding up anything."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest

from backend.client.fake import FakeNotice
from backend.wire.codes import PrintState, ScanReason, TicketState, WindowKind
from backend.wire.heard import OTHER
from backend.wire.messages import Board, CallMessage, TicketMessage
from kiosk.visit.call_steps import moved, number_in_view
from kiosk.visit.effects import PlayTone, Tone
from kiosk.visit.inputs import Button, CameraChanged, NumberMoved, PartyLimitChanged
from kiosk.visit.presentation import JoiningView, TicketView
from kiosk.visit.presenter import present
from kiosk.visit.screens import Joining, PaperState, TicketShown, Welcome
from kiosk.visit.texts import spoken
from tests.kiosk_bench import CODE, SEEN_AT, bench
from tests.kiosk_support import NOW, Visit, a_ticket, of

TICKET = a_ticket(1, PrintState.PRINTED)
CALLED = NumberMoved(TICKET.ticket_id, TicketState.CALLED, "12", WindowKind.RECEPTION)


def board(*calls: CallMessage, absent: tuple[str, ...] = ()) -> Board:
    """What the hall shows."""
    return Board(
        office_id="00",
        business_day=date(2026, 11, 24),
        at=NOW,
        seq=1,
        calls=list(calls),
        absent=list(absent),
    )


def call(ticket: TicketMessage = TICKET, *, serving: bool = False, kind: str = "reception") -> CallMessage:
    """A number at window 12."""
    said = CallMessage.model_validate(
        {
            "ticket_id": ticket.ticket_id,
            "number": ticket.number,
            "window": "12",
            "kind": "reception" if kind == "somewhere" else kind,
            "called_at": NOW,
            "serving": serving,
        }
    )
    return said.model_copy(update={"kind": OTHER}) if kind == "somewhere" else said


def at_ticket() -> Visit:
    """A visitor reads their number."""
    visit = Visit()
    visit.take(PartyLimitChanged(3))
    return visit.ticket()


def at_joining() -> Visit:
    """They hold up further notices."""
    visit = at_ticket()
    visit.tap(Button.JOIN)
    return visit


def at_keypad() -> Visit:
    """They type the number of a further notice."""
    visit = at_joining()
    visit.tap(Button.ENTER_NUMBER)
    return visit


def at_working() -> Visit:
    """A further notice was held up, and the server has not answered."""
    visit = at_joining()
    visit.scan("CHILD")
    return visit


@pytest.mark.parametrize("begin", [at_ticket, at_joining, at_keypad, at_working])
def test_a_call_is_heard_on_every_screen_with_a_number(begin: Callable[[], Visit]) -> None:
    """Nobody misses their window because they type, wait or read: it is told with a tone, and what they do is not lost."""
    visit = begin()
    before = visit.state
    effects = visit.take(CALLED)
    assert of(effects, PlayTone) == [PlayTone(Tone.ACCEPTED)]
    assert type(visit.state.screen) is type(before.screen)
    assert (visit.state.running, visit.state.closing) == (before.running, before.closing)
    ticket = number_in_view(visit.state.screen)
    assert ticket is not None
    assert (ticket.state, ticket.window) == (TicketState.CALLED, "12")
    assert of(visit.take(CALLED), PlayTone) == [], "the tone is for the news alone"


def test_the_screen_for_further_notices_asks_for_one_thing_then() -> None:
    """To go: neither a code nor a number is asked for beside the window, and without a camera the keys stay the way to join."""
    visit = at_joining()
    waits = spoken(present(visit.state, None, NOW))
    assert isinstance(waits, JoiningView)
    assert "コードをかざして" in str(waits.title)
    visit.take(CameraChanged(working=False))
    blind = spoken(present(visit.state, None, NOW))
    assert isinstance(blind, JoiningView)
    assert "番号を入力して" in str(blind.title)
    visit.take(CameraChanged(working=True))
    visit.take(CALLED)
    said = spoken(present(visit.state, None, NOW))
    assert isinstance(said, JoiningView)
    assert (said.called, said.title) == ("12番窓口でお呼びしています", "12番窓口へお越しください")
    assert (said.frame, said.enter_number, said.reading, said.done) == ("", "", True, "これで終わり")
    visit.take(CameraChanged(working=False))
    said = spoken(present(visit.state, None, NOW))
    assert isinstance(said, JoiningView)
    assert (said.reading, said.enter_number) == (False, "番号を入力")


def test_the_ticket_screen_says_where_to_go() -> None:
    """Whoever still reads the number that was given is told the window in place of a waiting time, and keeps the paper."""
    visit = at_ticket()
    visit.take(CALLED)
    said = spoken(present(visit.state, None, NOW))
    assert isinstance(said, TicketView)
    assert (said.headline, said.go, said.wait) == (
        "12番窓口でお呼びしています",
        "12番窓口へお越しください",
        (),
    )
    assert said.paper is PaperState.PRINTED


def test_a_call_of_somebody_else_changes_nothing() -> None:
    """News of the visitor before, or after everybody left, are nobody's here."""
    visit = at_joining()
    before = visit.state
    assert visit.take(NumberMoved(UUID(int=7), TicketState.CALLED, "3")) == ()
    assert visit.state == before
    visit = Visit().open()
    assert visit.take(CALLED) == ()
    assert isinstance(visit.state.screen, Welcome)


def test_who_was_given_up_is_told_no_window_any_more() -> None:
    """A call that is over sends nobody to the window: the next notice, or the same, brings them back."""
    visit = at_joining()
    visit.take(CALLED)
    assert of(visit.take(NumberMoved(TICKET.ticket_id, TicketState.ABSENT)), PlayTone) == []
    said = spoken(present(visit.state, None, NOW))
    assert isinstance(said, JoiningView)
    assert said.called == ""
    assert "かざして" in str(said.title)


@pytest.mark.parametrize("state", [TicketState.ISSUED, TicketState.ENDED, TicketState.CANCELLED])
def test_a_number_that_is_over_is_not_listened_for(state: TicketState) -> None:
    """The hall is asked for nobody who is called no more."""
    visit = at_ticket()
    visit.take(NumberMoved(TICKET.ticket_id, state))
    assert number_in_view(visit.state.screen) is None
    assert number_in_view(Visit().open().state.screen) is None


def test_the_hall_tells_what_the_kiosk_does_not_know() -> None:
    """A call, its window and that the visitor is there; what is known already is no news, nor is anybody else's call."""
    assert moved(TICKET, board()) is None
    assert moved(TICKET, board(call(a_ticket(2)))) is None
    assert moved(TICKET, board(call(a_ticket(2)), call())) == CALLED
    change = {"state": TicketState.CALLED, "window": "12", "window_kind": WindowKind.RECEPTION}
    called = TICKET.model_copy(update=change)
    assert moved(called, board(call())) is None
    serving = NumberMoved(TICKET.ticket_id, TicketState.SERVING, "12", WindowKind.RECEPTION)
    assert moved(called, board(call(serving=True))) == serving
    other = called.model_copy(update={"window": "3"})
    assert moved(other, board(call())) == CALLED
    issuance = moved(TICKET, board(call(kind="issuance")))
    assert issuance == NumberMoved(
        TICKET.ticket_id, TicketState.CALLED_TO_ISSUANCE, "12", WindowKind.ISSUANCE
    )
    newer = moved(TICKET, board(call(kind="somewhere")))
    assert newer == NumberMoved(TICKET.ticket_id, TicketState.CALLED, "12", None)
    assert moved(called.model_copy(update={"window_kind": None}), board(call(kind="somewhere"))) is None


def test_the_hall_tells_that_a_call_is_over() -> None:
    """Only of somebody who was called: an absent number in an older picture takes nothing away from who waits again."""
    called = TICKET.model_copy(update={"state": TicketState.CALLED, "window": "12"})
    gone = NumberMoved(TICKET.ticket_id, TicketState.ABSENT)
    assert moved(called, board(absent=(TICKET.number,))) == gone
    assert moved(called, board(absent=("M-999",))) is None
    assert moved(TICKET, board(absent=(TICKET.number,))) is None


async def test_a_kiosk_hears_a_call_while_further_notices_are_held_up() -> None:
    """The whole way: the clerk calls, and the screen says so although nobody holds anything up; then it asks the hall no more."""
    async with bench() as kiosk:
        kiosk.backend.notices["CHILD"] = FakeNotice()
        asked = kiosk.backend.hall.requests
        await kiosk.until(lambda: asked["office"] > 3)
        assert asked["board"] == 0, "nobody stands there"
        kiosk.backend.party_limit = 3
        await kiosk.until(lambda: kiosk.session.state.conditions.party_limit == 3)
        kiosk.session.scanned(ScanReason.OK, CODE, SEEN_AT)
        await kiosk.see(TicketShown)
        kiosk.session.tap(Button.JOIN)
        await kiosk.see(Joining)
        (ticket_id,) = kiosk.backend.hall.tickets
        kiosk.backend.behaviour.available = False
        await kiosk.until(lambda: kiosk.logged("part_away"))
        kiosk.backend.behaviour.available = True
        kiosk.backend.hall.move(ticket_id, TicketState.CALLED, "5")
        await kiosk.until(lambda: isinstance(view := kiosk.views[-1], JoiningView) and view.called)
        kiosk.session.tap(Button.HOME)
        kiosk.session.tap(Button.HOME)
        await kiosk.see(Welcome)
        seen = asked["board"] + 1
        now = asked["office"]
        await kiosk.until(lambda: asked["office"] > now + 5)
        assert asked["board"] <= seen
