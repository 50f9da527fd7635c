"""One whole visit by itself: set up, play, keep the evidence, end everything."""

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from backend.demo.browser import find_browser, open_browser
from backend.demo.counter import Counter, Folders, prepare
from backend.demo.processes import Children
from backend.demo.screens import HALL_SIZE, KIOSK_SIZE, open_screen
from backend.demo.visit import Visit, clear
from backend.demo.waiting import Waiter
from backend.offices.business_day import in_tokyo

STEP_SECONDS = 60.0
_NEEDED = timedelta(minutes=2)
"""A visit that began before midnight and ended after it would be two business days' visit."""


def play_once(out: Path, *, port: int, say: Callable[[str], None]) -> str:
    """Play one visit through real processes on virtual screens and return the number of its ticket.

    Args:
        out: folder of the evidence; an earlier visit's is replaced.
        port: of the server; 0 takes a free one.
        say: tells the person at the console what is going on.

    Raises:
        DemoError: a step did not happen, a part ended, or something is not installed.
        OSError: the evidence cannot be written.
    """
    clear(out)
    find_browser()  # what is missing is told before anything starts
    _wait_past_midnight(say)
    with tempfile.TemporaryDirectory(prefix="uketsuke-visit-") as work, Children(out / "logs") as children:
        folders = Folders(Path(work), out / "logs")
        waiter = Waiter(children.check, STEP_SECONDS)
        say("Setting up: a database, an invented export, a notice, accounts, devices.")
        visitor = prepare(folders, datetime.now(UTC), visitors=1)[0]
        say("Starting: two virtual screens, server, virtual printer, kiosk, hall display, browser.")
        kiosk = open_screen(children, waiter, "kiosk", KIOSK_SIZE)
        hall = open_screen(children, waiter, "hall", HALL_SIZE)
        counter = Counter(folders, children, waiter)
        counter.start_server(port)
        printer = counter.start_printer()
        counter.start_kiosk(kiosk, printer, f"watch:{folders.camera}", KIOSK_SIZE)
        counter.start_display(hall, HALL_SIZE, sound=False)
        with open_browser(seconds=STEP_SECONDS) as browser:
            say("Receiving one visitor, from the notice to the card.")
            return Visit(counter, kiosk, hall, browser, waiter, out.absolute()).play(visitor.number)


def _wait_past_midnight(say: Callable[[str], None]) -> None:
    """Where the day in Tokyo is about to end, begin after it has."""
    now = in_tokyo(datetime.now(UTC))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    if midnight - now >= _NEEDED:
        return
    say("It is almost midnight in Tokyo; the visit begins with the new day.")
    while datetime.now(UTC) < midnight:
        time.sleep(1)
