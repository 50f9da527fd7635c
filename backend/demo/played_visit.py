"""One whole visit through the real parts; every step is confirmed in the log of the part where it happened."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Browser, Error as BrowserError

from backend.common import FolderTakenError
from backend.demo.counter import CLERK, OFFICE, STAFF, Counter
from backend.demo.errors import StepFailedError
from backend.demo.logs import LogLine, happened_at
from backend.demo.page_actions import ClerkPage, StaffPage
from backend.demo.scene import approaching
from backend.demo.timeline import Timeline, VisitStep
from backend.demo.virtual_screens import VirtualScreen
from backend.demo.waiting import Waiter
from backend.storage import Database, LoggedEvent, office_events_after
from backend.wire import EventKind

PICTURES = ("kiosk-welcome.png", "kiosk-ticket.png", "hall-waiting.png", "hall-called.png")
SHEETS = ("clerk-checklist.png", "staff.png")
FILES = ("notice.png", "ticket.bin", "ticket.png", *PICTURES, *SHEETS, "timeline.json")
FOLDERS = ("frames", "logs")
MARK = ".uketsuke-visit"
"""The file that marks a folder as written by a visit."""

_EVENTS = 10_000
_TICKS = ("papers-notice", "applicant-A03")
"""The notice and a driving licence (運転免許証): complete for an applicant who comes alone (rule R1)."""


def clear(out: Path) -> None:
    """Remove what an earlier visit left in a folder, and nothing else; the folder is made if it is not there.

    Raises:
        FolderTakenError: a file with the name of one to be written is there, but no visit wrote it.
        OSError: the folder cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    if not (out / MARK).exists():
        for name in (*FILES, *FOLDERS):
            if os.path.lexists(out / name):
                raise FolderTakenError(out / name)
    (out / MARK).touch()
    for name in FILES:
        (out / name).unlink(missing_ok=True)
    for name in FOLDERS:
        if (out / name).exists():
            shutil.rmtree(out / name)
        (out / name).mkdir()


class PlayedVisit:
    """Plays one visit and saves pictures of what can be seen.

    Args:
        counter: every part, running.
        kiosk: the kiosk's virtual screen.
        hall: the hall display's virtual screen.
        browser: the browser for clerk and staff.
        waiter: waits for each step, up to a deadline.
        out: folder for the evidence.
    """

    def __init__(
        self,
        counter: Counter,
        kiosk: VirtualScreen,
        hall: VirtualScreen,
        browser: Browser,
        waiter: Waiter,
        out: Path,
    ) -> None:
        self._counter = counter
        self._kiosk = kiosk
        self._hall = hall
        self._browser = browser
        self._waiter = waiter
        self._out = out
        self._timeline = Timeline()
        self._database = Database(counter.folders.database_url)

    def play(self, number: str) -> str:
        """Receive one visitor from the notice to the card and return the number of the ticket.

        Args:
            number: 予約番号 of a visitor who is on time, comes alone and brings notice and driving licence.

        Raises:
            StepFailedError: a step did not happen in time; the message names it.
            ChildEndedError: a part ended.
        """
        try:
            self._welcome(number)
            ticket = self._check_in()
            self._reception(ticket)
            self._issuance(ticket)
        finally:
            self._timeline.write(self._out / "timeline.json")
            self._database.dispose()
        if not self._timeline.complete:
            raise StepFailedError("not every step of the visit happened")
        return ticket

    # The kiosk -----------------------------------------------------------------------------------------------

    def _welcome(self, number: str) -> None:
        self._until_line(
            "the kiosk did not welcome anybody", self._kiosk_line("screen_shown", screen="welcome")
        )
        self._keep(self._kiosk, "kiosk-welcome.png")
        notice = self._counter.folders.notices / f"{number}.png"
        shutil.copyfile(notice, self._out / "notice.png")
        self._hold_up(notice)

    def _hold_up(self, notice: Path) -> None:
        """Hold the notice up to the camera; every picture gets its name only when it is complete."""
        printed = cv2.imread(str(notice))
        if printed is None:
            raise StepFailedError("the notice that was printed is no picture")
        frames = self._out / "frames"
        names = []
        for place, picture in enumerate(approaching(np.asarray(printed, np.uint8)), start=1):
            name = f"{place:03}.jpg"
            cv2.imwrite(str(frames / name), picture, [cv2.IMWRITE_JPEG_QUALITY, 92])
            names.append(name)
        camera = self._counter.folders.camera
        for name in names:
            shutil.copyfile(frames / name, camera / f".{name}")
        for name in names:
            (camera / f".{name}").replace(camera / name)

    def _check_in(self) -> str:
        """Wait for everything that a check-in causes and return the ticket's number."""
        seen = self._until_line(
            "notice_seen: the kiosk did not read the notice", self._kiosk_line("notice_seen")
        )
        answered = self._until_line("checked_in: the kiosk got no number", self._kiosk_line("checked_in"))
        ticket = str(answered["ticket"])
        issued = self._until_event(VisitStep.CHECKED_IN, EventKind.TICKET_ISSUED, ticket)
        self._timeline.add(VisitStep.NOTICE_SEEN, happened_at(seen), ticket)
        self._until_line(
            "printed: the kiosk did not report a printed ticket",
            self._kiosk_line("ticket_printed", ticket=ticket, state="printed"),
        )
        job = self._until_line(
            "printed: the printer got no ticket", lambda: self._counter.printer_lines.first("job_received")
        )
        self._timeline.add(VisitStep.PRINTED, happened_at(job), ticket)
        shutil.copyfile(str(job["path"]), self._out / "ticket.bin")
        shutil.copyfile(str(job["picture"]), self._out / "ticket.png")
        self._until_line(
            "the kiosk did not show the ticket",
            self._kiosk_line("screen_shown", screen="ticket", ticket=ticket),
        )
        self._keep(self._kiosk, "kiosk-ticket.png")
        waiting = self._until_line(
            "waiting_shown: the hall display did not count the visitor",
            lambda: self._waiting_line(issued.seq),
        )
        self._timeline.add(VisitStep.WAITING_SHOWN, happened_at(waiting), ticket)
        self._keep(self._hall, "hall-waiting.png")
        return ticket

    def _waiting_line(self, seq: int) -> LogLine | None:
        lines = self._counter.display_lines.all("waiting_shown")
        return next((line for line in lines if line["seq"] >= seq and line["waiting"] == 1), None)

    # The windows ---------------------------------------------------------------------------------------------

    def _reception(self, ticket: str) -> None:
        """The clerk's part: call, check the documents, hand over."""
        with self._at_a_page(VisitStep.CALLED):
            page = ClerkPage.open(self._browser, self._counter.url, *CLERK, seconds=self._waiter.seconds)
            page.take_window("1")
            page.call_next()
        self._until_event(VisitStep.CALLED, EventKind.TICKET_CALLED, ticket)
        shown = self._until_line(
            "call_shown: the hall display did not show the call",
            lambda: self._counter.display_lines.first("call_shown", ticket=ticket, kind="reception"),
        )
        self._timeline.add(VisitStep.CALL_SHOWN, happened_at(shown), ticket)
        self._keep(self._hall, "hall-called.png")
        with self._at_a_page(VisitStep.DOCUMENTS_COMPLETE):
            page.start()
            page.tick(*_TICKS)
            page.wait_complete()
            page.keep(self._out / "clerk-checklist.png")
        self._until_event(VisitStep.DOCUMENTS_COMPLETE, EventKind.DOCUMENTS_COMPLETE, ticket)
        with self._at_a_page(VisitStep.HANDED_OVER):
            page.hand_over()
        self._until_event(VisitStep.HANDED_OVER, EventKind.HANDED_OVER, ticket)
        page.close()

    def _issuance(self, ticket: str) -> None:
        """Ward staff's part: call to an issuance window, hand out the card."""
        with self._at_a_page(VisitStep.CALLED_TO_ISSUANCE):
            page = StaffPage.open(self._browser, self._counter.url, *STAFF, seconds=self._waiter.seconds)
            page.take_window("A")
            page.call(ticket)
            page.keep(self._out / "staff.png")
        self._until_event(VisitStep.CALLED_TO_ISSUANCE, EventKind.CALLED_TO_ISSUANCE, ticket)
        with self._at_a_page(VisitStep.ISSUED):
            page.issue()
        self._until_event(VisitStep.ISSUED, EventKind.ISSUED, ticket)
        page.close()

    @contextmanager
    def _at_a_page(self, step: VisitStep) -> Iterator[None]:
        """Turn an error of the browser into one sentence; the error's first line names what was waited for."""
        try:
            yield
        except BrowserError as error:
            self._waiter.check()
            self._keep_pages()
            first = error.message.splitlines()[0] if error.message else "no reason given"
            raise StepFailedError(f"{step}: the page did not do what was asked: {first}") from None

    def _keep_pages(self) -> None:
        """Save pictures of the open pages beside the logs: they show why a step failed."""
        pages = [page for context in self._browser.contexts for page in context.pages]
        for place, page in enumerate(pages, start=1):
            with suppress(BrowserError):
                page.screenshot(path=self._out / "logs" / f"page-{place}.png", timeout=5000)

    # What happened -------------------------------------------------------------------------------------------

    def _keep(self, screen: VirtualScreen, name: str) -> None:
        screen.picture().save(self._out / name)

    def _kiosk_line(self, event: str, **values: object) -> Callable[[], LogLine | None]:
        return lambda: self._counter.kiosk_lines.first(event, **values)

    def _until_line(self, what: str, look: Callable[[], LogLine | None]) -> LogLine:
        return self._waiter.until(what, look)

    def _until_event(self, step: VisitStep, kind: EventKind, ticket: str) -> LoggedEvent:
        """Wait for the server's own event of a step and note when it happened."""
        event = self._waiter.until(f"{step}: the server did not record it", lambda: self._event(kind, ticket))
        self._timeline.add(step, event.at, ticket)
        return event

    def _event(self, kind: EventKind, ticket: str) -> LoggedEvent | None:
        with self._database.read() as connection:
            events = office_events_after(connection, OFFICE, 0, limit=_EVENTS)
        return next(
            (event for event in events if event.kind == kind and event.facts.get("number") == ticket), None
        )
