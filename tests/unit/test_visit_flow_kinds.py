"""The rules of taking a number without a reservation where the office does several kinds of visit."""

from dataclasses import replace

import pytest

from backend.common.catalogue import Language
from backend.wire.codes import CheckInReason
from backend.wire.messages import CheckInReply, KindChoice, WalkInRequest
from kiosk.visit import walk_in_steps
from kiosk.visit.effects import Effect, WalkIn
from kiosk.visit.inputs import Answered, Button, KindsChanged, KindTapped, LanguageTapped, TroubleReason
from kiosk.visit.presentation import KindsView, WalkInView
from kiosk.visit.presenter import present
from kiosk.visit.screens import Trouble, WalkInQuestion, Welcome, Working
from tests.kiosk_support import NOW, Visit

KINDS = (
    KindChoice(code="pick_up", name={"ja": "受け取り", "en": "Receive"}, icon="card"),
    KindChoice(code="consultation", name={"ja": "相談"}, icon="new-icon"),
)


def asked(kinds: tuple[KindChoice, ...] = KINDS) -> Visit:
    """A visitor before the question, at an office that offers some kinds."""
    machine = Visit().open()
    machine.take(KindsChanged(kinds))
    machine.tap(Button.WALK_IN)
    return machine


def sent(effects: tuple[Effect, ...]) -> list[WalkInRequest]:
    """The requests among effects."""
    return [one.request for one in effects if isinstance(one, WalkIn)]


def test_one_press_takes_the_number_of_a_kind() -> None:
    """Protects the short way: what somebody comes for is sent with the request, in their language."""
    machine = asked()
    machine.take(LanguageTapped(Language.ENGLISH))
    (request,) = sent(machine.take(KindTapped("consultation", machine.fresh())))
    assert (request.kind, request.language) == ("consultation", "en")
    assert isinstance(machine.state.screen, Working)
    assert not sent(machine.take(KindTapped("consultation", machine.fresh())))


def test_a_press_without_a_kind_makes_no_number_where_there_is_a_choice() -> None:
    """Protects against ghost numbers, and against kinds that were never offered, or are no more."""
    machine = asked()
    assert not sent(machine.tap(Button.TAKE_NUMBER))
    assert not sent(machine.take(KindTapped("pin_reset", machine.fresh())))
    machine.take(KindsChanged(KINDS[:1]))
    assert not sent(machine.take(KindTapped("pick_up", machine.fresh())))
    assert machine.shows(WalkInQuestion())


@pytest.mark.parametrize("kinds", [(), KINDS[:1]])
def test_with_one_kind_or_none_nobody_is_asked(kinds: tuple[KindChoice, ...]) -> None:
    """Protects the screen of before, and older servers: they get a request that they know, without a kind."""
    machine = asked(kinds)
    assert isinstance(present(machine.state, None, NOW), WalkInView)
    (request,) = sent(machine.tap(Button.TAKE_NUMBER))
    assert request.kind is None
    assert "kind" not in request.model_dump_json()


def test_who_comes_from_a_notice_is_not_asked() -> None:
    """Protects who holds a notice: they come for the card, whatever else is offered."""
    machine = asked()
    machine.state = replace(machine.state, screen=WalkInQuestion(assisted=True))
    assert walk_in_steps.offered(machine.state) == ()
    assert isinstance(present(machine.state, None, NOW), WalkInView)
    (request,) = sent(machine.tap(Button.TAKE_NUMBER))
    assert request.kind is None


def test_kinds_are_shown_in_the_language_that_was_chosen() -> None:
    """Protects readers: a name that the ward has not translated is told in Japanese, never left out."""
    machine = asked()
    machine.take(LanguageTapped(Language.ENGLISH))
    view = present(machine.state, None, NOW)
    assert isinstance(view, KindsView)
    assert [(one.code, one.words, one.icon) for one in view.choices] == [
        ("pick_up", "Receive", "card"),
        ("consultation", "相談", "new-icon"),
    ]


def test_no_leads_back_and_still_there_asks() -> None:
    """Protects who pressed by mistake, and the next visitor from a question that stays."""
    machine = asked()
    machine.tap(Button.HOME)
    assert machine.shows(Welcome())
    machine = asked()
    machine.elapse()
    view = present(machine.state, None, NOW)
    assert isinstance(view, KindsView)
    assert view.still_there is not None
    machine.tap(Button.STAY)
    assert machine.shows(WalkInQuestion())


def test_a_kind_that_was_just_switched_off_is_told() -> None:
    """Protects who pressed while the ward changed its file: they read why, and whom to ask."""
    machine = asked()
    (request,) = sent(machine.take(KindTapped("consultation", machine.fresh())))
    machine.take(Answered(request.request_id, CheckInReply(reason=CheckInReason.KIND_NOT_OFFERED)))
    screen = machine.state.screen
    assert isinstance(screen, Trouble)
    assert screen.reason is TroubleReason.KIND_NOT_OFFERED
