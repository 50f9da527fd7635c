"""One kiosk at work for those who come together, and for what somebody comes for."""

from backend.client.fake import FakeNotice
from backend.wire.codes import (
    ScanReason,
    TicketState,
)
from backend.wire.messages import (
    KindChoice,
)
from kiosk.visit.inputs import Button
from kiosk.visit.screens import (
    Joining,
    TicketShown,
    WalkInQuestion,
    Working,
)
from tests.kiosk_bench import CODE, SEEN_AT, bench


async def test_a_family_gets_one_number_and_one_paper() -> None:
    """Protects the way of a further notice to the server and back: one ticket, printed once, and counted."""
    async with bench() as kiosk:
        kiosk.backend.notices |= {f"CHILD-{one}": FakeNotice() for one in "AB"}
        await kiosk.until(lambda: kiosk.session.state.conditions.party_limit == kiosk.backend.party_limit)
        kiosk.session.scanned(ScanReason.OK, CODE, SEEN_AT)
        await kiosk.until(lambda: kiosk.backend.hall.prints)
        kiosk.session.tap(Button.JOIN)
        for child in ("CHILD-A", "CHILD-B"):
            kiosk.session.scanned(ScanReason.OK, child, SEEN_AT)
            await kiosk.see(Working)
            await kiosk.see(Joining)
        kiosk.session.tap(Button.HOME)
        screen = kiosk.session.state.screen
        assert isinstance(screen, TicketShown)
        assert (screen.ticket.number, screen.ticket.cards) == ("M-001", 3)
        assert len(kiosk.backend.hall.tickets) == len(kiosk.paper.orders) == 1
        assert len(kiosk.logged("notice_seen")) == 3
        assert "CHILD-A" not in repr(kiosk.logs)


async def test_a_number_that_went_on_meanwhile_leaves_the_notice_to_itself() -> None:
    """Protects a further notice from being refused because the clerk was quicker: it gets a number of its own."""
    async with bench() as kiosk:
        kiosk.backend.notices |= {"CHILD": FakeNotice()}
        await kiosk.until(lambda: kiosk.session.state.conditions.party_limit == kiosk.backend.party_limit)
        kiosk.session.scanned(ScanReason.OK, CODE, SEEN_AT)
        await kiosk.until(lambda: kiosk.backend.hall.prints)
        kiosk.session.tap(Button.JOIN)
        (first,) = kiosk.backend.hall.tickets
        kiosk.backend.hall.move(first, TicketState.HANDED_OVER)
        kiosk.session.scanned(ScanReason.OK, "CHILD", SEEN_AT)
        await kiosk.see(TicketShown)
        screen = kiosk.session.state.screen
        assert isinstance(screen, TicketShown)
        assert (screen.ticket.number, screen.apart) == ("M-002", "M-001")
        assert kiosk.backend.hall.tickets[first].cards == 1


async def test_what_somebody_comes_for_reaches_the_server() -> None:
    """Protects the way of a kind of visit: the office tells what there is, one press takes its number."""
    async with bench() as kiosk:
        kiosk.backend.kinds = [
            KindChoice(code=code, name={"ja": code}) for code in ("pick_up", "consultation")
        ]
        await kiosk.until(lambda: len(kiosk.session.state.conditions.kinds) == 2)
        kiosk.session.tap(Button.WALK_IN)
        await kiosk.see(WalkInQuestion)
        kiosk.session.come_for("consultation")
        await kiosk.see(TicketShown)
