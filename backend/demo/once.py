"""One whole visit, played automatically: set up, play, keep the evidence, end everything."""

import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from backend.common import in_tokyo
from backend.demo.browser import find_browser, open_browser
from backend.demo.counter import Counter, Folders, prepare
from backend.demo.evidence import clear
from backend.demo.expected import Outcome
from backend.demo.other_visits import PlayedParty, PlayedWalkIn, PlayedWalkInWithoutCard, PlayedWithoutCard
from backend.demo.played_visit import PlayedVisit
from backend.demo.processes import Children
from backend.demo.starting import Starting
from backend.demo.timeline import PARTY_CARDS, PlayedKind
from backend.demo.virtual_screens import HALL_SIZE, KIOSK_SIZE, open_screen
from backend.demo.visitors import Visitors
from backend.demo.waiting import Waiter

STEP_SECONDS = 60.0
_PLAYED: Final = {
    one.kind: one
    for one in (PlayedVisit, PlayedParty, PlayedWalkIn, PlayedWithoutCard, PlayedWalkInWithoutCard)
}
_WHO: Final = {
    PlayedKind.ALONE: "one visitor",
    PlayedKind.PARTY: "a party of three",
    PlayedKind.WALK_IN: "one without reservation",
    PlayedKind.NO_CARD: "one visitor",
    PlayedKind.WALK_IN_NO_CARD: "one without reservation",
}
_RECEIVED: Final = {
    PlayedKind.ALONE: "received, from the notice to the card",
    PlayedKind.PARTY: "received with one number, from the notices to three cards",
    PlayedKind.WALK_IN: "received, from the kiosk's button to the card",
    PlayedKind.NO_CARD: "received, and gone without the card",
    PlayedKind.WALK_IN_NO_CARD: "received by the kiosk's button, and gone without the card",
}
_NEEDED = timedelta(minutes=2)
"""Less than this before midnight no visit is begun, as it could extend over two business days."""


def play_once(out: Path, *, port: int, starting: Starting, kind: PlayedKind = PlayedKind.ALONE) -> str:
    """Play one visit through real processes on virtual screens and return the number of its ticket.

    Args:
        out: folder for the evidence; that of an earlier visit is replaced.
        port: TCP port of the server; 0 takes a free one.
        starting: prints what happens on the console.
        kind: how the visit goes.

    Raises:
        FolderTakenError: the folder holds a file from elsewhere with the name of one to be written.
        DemoError: a step did not happen, a part ended, or something is not installed.
        OSError: the evidence cannot be written.
    """
    clear(out)
    find_browser()  # a missing browser is reported before anything starts
    _wait_past_midnight(starting.say)
    with tempfile.TemporaryDirectory(prefix="uketsuke-visit-") as work, Children(out / "logs") as children:
        folders = Folders(Path(work), out / "logs")
        waiter = Waiter(children.check, STEP_SECONDS)
        starting.say("Setting up:")
        with closing(
            prepare(folders, datetime.now(UTC), starting, party=kind is PlayedKind.PARTY)
        ) as visitors:
            numbers = _numbers(visitors, kind)
        starting.say("Starting:")
        with starting.step("two virtual screens"):
            kiosk = open_screen(children, waiter, "kiosk", KIOSK_SIZE)
            hall = open_screen(children, waiter, "hall", HALL_SIZE)
        counter = Counter(folders, children, waiter)
        with starting.step("server") as result:
            counter.start_server(port)
            result.words = f"up at {counter.url}"
        with starting.step("virtual printer"):
            printer = counter.start_printer()
        with starting.step("kiosk window"):
            counter.start_kiosk(kiosk, printer, f"watch:{folders.camera}", KIOSK_SIZE)
        with starting.step("hall display window"):
            counter.start_display(hall, HALL_SIZE, sound=False)
        with open_browser(seconds=STEP_SECONDS) as browser:
            with starting.step(_WHO[kind]) as result:
                visit = _PLAYED[kind](counter, kiosk, hall, browser, waiter, out.absolute())
                ticket = visit.play(numbers)
                result.words = _RECEIVED[kind]
            return ticket


def _numbers(visitors: Visitors, kind: PlayedKind) -> list[str]:
    """The 予約番号 of the visitors who take part; also prints what they hold up."""
    if kind.without_reservation:
        return [visitors.number_of(Outcome.CANCELLED)]
    if kind is not PlayedKind.PARTY:
        return [visitors.samples[0].name]
    numbers = [sample.name for sample in visitors.samples[: PARTY_CARDS + 1]]
    for _ in numbers[1:]:  # the first one is printed
        visitors.print_next()
    return numbers


def _wait_past_midnight(say: Callable[[str], None]) -> None:
    """If the day in Tokyo is about to end, wait until the next one begins."""
    now = in_tokyo(datetime.now(UTC))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    if midnight - now >= _NEEDED:
        return
    say("It is almost midnight in Tokyo; the visit begins with the new day.")
    while datetime.now(UTC) < midnight:
        time.sleep(1)
