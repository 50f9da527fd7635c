"""A kiosk with a newer server: unknown codes at every place of every answer."""

import pytest

from backend.client.fake import FakeNotice
from backend.client.fake_newer import EVERYWHERE
from backend.wire.codes import CheckInReason, PrintState, ScanReason
from backend.wire.heard import OTHER
from kiosk.visit.inputs import Button, TroubleReason
from kiosk.visit.presentation import TicketView, TroubleView
from kiosk.visit.screens import PaperState, TicketShown, Trouble, WalkInQuestion
from kiosk.visit.texts import spoken
from tests.kiosk_bench import CODE, SEEN_AT, bench
from tests.kiosk_support import text


@pytest.mark.parametrize("newer_at", [{"reason"}, {"reason", "ticket.print_state"}])
async def test_a_number_of_a_newer_server_is_printed_and_reported(newer_at: set[str]) -> None:
    """Protects the whole way of a number whose outcome has a new name: screen, paper, report."""
    async with bench() as kiosk:
        kiosk.backend.behaviour.newer_at = frozenset(newer_at)
        kiosk.session.scanned(ScanReason.OK, CODE, SEEN_AT)
        await kiosk.until(lambda: kiosk.backend.hall.prints)
        screen, view = kiosk.session.state.screen, kiosk.views[-1]
        assert isinstance(screen, TicketShown)
        assert isinstance(view, TicketView)
        assert (screen.reason, screen.paper, view.number) == (OTHER, PaperState.PRINTED, "M-001")
        assert [order.ticket.number for order in kiosk.paper.orders] == ["M-001"]
        assert [report.state for _, report in kiosk.backend.hall.prints] == [PrintState.PRINTED]
        assert kiosk.logged("checked_in")[0]["reason"] == "other"


async def test_a_kiosk_lives_on_where_it_knows_no_code_at_all() -> None:
    """Protects a kiosk that was forgotten in an update: every answer sends to the counter, none stops it."""
    async with bench() as kiosk:
        kiosk.backend.behaviour.newer_at = frozenset({EVERYWHERE})
        kiosk.session.scanned(ScanReason.OK, CODE, SEEN_AT)
        await kiosk.see(TicketShown)
        view = kiosk.views[-1]
        assert isinstance(view, TicketView)
        assert (view.number, text(spoken(view).go)) == ("M-001", "窓口でお尋ねください")
        kiosk.session.tap(Button.HOME)
        kiosk.session.tap(Button.WALK_IN)
        await kiosk.see(WalkInQuestion)
        kiosk.session.tap(Button.TAKE_NUMBER)
        await kiosk.see(TicketShown)
        kiosk.session.tap(Button.HOME)
        kiosk.backend.notices["SECOND"] = FakeNotice(CheckInReason.ANOTHER_DAY)
        kiosk.session.scanned(ScanReason.OK, "SECOND", SEEN_AT)
        await kiosk.see(Trouble)
        view = kiosk.views[-1]
        assert isinstance(view, TroubleView)
        assert (view.reason, text(spoken(view).title)) == (TroubleReason.OTHER, "窓口でお尋ねください")
        assert kiosk.logged("check_in_failed") == kiosk.logged("effect_failed") == []


async def test_a_refusal_with_a_new_code_sends_to_the_staff() -> None:
    """Protects a visitor from trying again for ever what a newer server has refused."""
    async with bench() as kiosk:
        kiosk.backend.behaviour.refuse_with = OTHER
        kiosk.session.scanned(ScanReason.OK, CODE, SEEN_AT)
        await kiosk.see(Trouble)
        screen = kiosk.session.state.screen
        assert isinstance(screen, Trouble)
        assert (screen.reason, screen.retry) == (TroubleReason.NOT_ACCEPTED, None)
        assert kiosk.logged("check_in_not_accepted")[0]["code"] == "other"
