"""What to bring in the session: learnt from the server, and handed to the printer."""

from functools import partial

from backend.client.errors import BackendRefusedError
from backend.wire.codes import ErrorCode, PrinterTrouble, PrintState
from backend.wire.messages import BringGuide
from kiosk.paper.printer import PrintResult
from kiosk.session.session import KioskSession
from kiosk.visit.inputs import Button
from kiosk.visit.screens import Bring, OutOfService, PaperState, Welcome
from tests.kiosk_bench import bench


def has_paper(session: KioskSession, told: PaperState) -> bool:
    """Whether the reader of what to bring is told this of the paper."""
    screen = session.state.screen
    return isinstance(screen, Bring) and screen.paper is told


async def test_a_list_goes_the_way_of_tickets_and_its_trouble_is_learnt() -> None:
    """Protects the list on paper: a printer that fails or breaks is said on the screen and in the kiosk's health."""
    async with bench() as kiosk:
        await kiosk.until(lambda: kiosk.session.state.conditions.bring)
        kiosk.session.tap(Button.BRING)
        kiosk.session.choose("self")
        outcomes = (
            (PrintResult(PrintState.PRINTED), None, PaperState.PRINTED),
            (PrintResult(PrintState.FAILED, PrinterTrouble.PAPER_OUT), None, PaperState.FAILED),
            (PrintResult(PrintState.PRINTED), OSError("gone"), PaperState.FAILED),
        )
        for outcome, error, told in outcomes:
            kiosk.paper.outcome, kiosk.paper.error = outcome, error
            kiosk.session.tap(Button.PRINT_LIST)
            await kiosk.until(partial(has_paper, kiosk.session, told))
        assert [order.situation.code for order in kiosk.paper.lists] == ["self"] * 3
        assert [line["trouble"] for line in kiosk.logged("list_printed")] == [None, "paper_out", "error"]
        assert not kiosk.paper.orders
        assert not kiosk.backend.hall.requests.keys() & {"report_print"}


async def test_what_to_bring_is_learnt_and_kept_while_the_server_is_away() -> None:
    """Protects the page of what to bring: it comes by itself, changes with the rules, and outlives a silence."""
    async with bench() as kiosk:
        await kiosk.until(lambda: len(kiosk.session.state.conditions.bring) == 2)
        kiosk.session.tap(Button.BRING)
        kiosk.session.choose("agent")
        await kiosk.until(
            lambda: kiosk.views[-1].name == "bring_list" and kiosk.session.state.screen != Bring()
        )
        kiosk.session.tap(Button.HOME)
        kiosk.backend.situations = kiosk.backend.situations[:1]
        await kiosk.until(lambda: len(kiosk.session.state.conditions.bring) == 1)
        kiosk.backend.behaviour.available = False
        await kiosk.see(OutOfService)
        kiosk.backend.behaviour.available = True
        await kiosk.see(Welcome)
        assert len(kiosk.session.state.conditions.bring) == 1


async def test_an_older_server_without_what_to_bring_is_no_fault() -> None:
    """Protects a kiosk that is newer than its server: no page, no log line, no trouble told to the clerks."""
    async with bench() as kiosk:
        asked: list[int] = []

        async def refuse() -> BringGuide:
            """Know no such route."""
            asked.append(1)
            raise BackendRefusedError(ErrorCode.NOT_FOUND)

        kiosk.backend.bring = refuse  # type: ignore[method-assign]
        await kiosk.until(lambda: len(asked) > 1)
        assert not [line for line in kiosk.logs if "bring" in str(line)]
