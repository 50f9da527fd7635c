"""One whole visit through the real parts; every step is confirmed in the log of the part where it happened."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ClassVar

from playwright.sync_api import Browser, Error as BrowserError

from backend.demo.counter import CLERK, OFFICE, STAFF, Counter
from backend.demo.errors import StepFailedError
from backend.demo.hold_up import bring_near
from backend.demo.logs import LogLine, happened_at
from backend.demo.page_actions import ClerkPage, StaffPage
from backend.demo.scene import FRAMES
from backend.demo.timeline import PlayedKind, Timeline, VisitStep, due_steps
from backend.demo.virtual_screens import VirtualScreen
from backend.demo.waiting import Waiter
from backend.storage import Database, LoggedEvent, office_events_after
from backend.wire import EventKind

_EVENTS = 10_000
TICKS = ("papers-notice", "applicant-A03")
"""The notice and a driving licence (運転免許証): complete for an applicant who comes alone (rule R1)."""


class PlayedVisit:
    """Plays one visit of somebody who comes alone, and saves pictures of what can be seen.

    Subclasses play other kinds of visits: they replace some of the parts.

    Args:
        counter: every part, running.
        kiosk: the kiosk's virtual screen.
        hall: the hall display's virtual screen.
        browser: the browser for clerk and staff.
        waiter: waits for each step, up to a deadline.
        out: folder for the evidence.
    """

    kind: ClassVar = PlayedKind.ALONE

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
        self._timeline = Timeline(due_steps(self.kind))
        self._database = Database(counter.folders.database_url)

    def play(self, numbers: Sequence[str]) -> str:
        """Play a visit from arrival to end, and return the number of the ticket.

        Args:
            numbers: 予約番号 of the visitors; the first one brings a notice and a driving licence.

        Raises:
            DemoError: a step did not happen in time; the message names it; or a part ended.
        """
        try:
            self._until_line(
                "the kiosk did not welcome anybody", self._kiosk_line("screen_shown", screen="welcome")
            )
            self._keep(self._kiosk, "kiosk-welcome.png")
            ticket = self._arrive(numbers)
            self._reception(ticket, numbers)
            self._issuance(ticket)
            self._expect_one_ticket()
        finally:
            self._timeline.write(self._out / "timeline.json")
            self._database.dispose()
        if not self._timeline.complete:
            raise StepFailedError("not every step of the visit happened")
        return ticket

    # The kiosk -----------------------------------------------------------------------------------------------

    def _arrive(self, numbers: Sequence[str]) -> str:
        """Check in at the kiosk and return the number that it gives."""
        self._hold_up(numbers[0], "notice.png")
        seen = self._until_line(
            "notice_seen: the kiosk did not read the notice", self._kiosk_line("notice_seen")
        )
        ticket = self._received()
        self._timeline.add(VisitStep.NOTICE_SEEN, happened_at(seen), ticket)
        return ticket

    def _hold_up(self, number: str, name: str, pictures: int = FRAMES) -> None:
        """Hold a notice up to the camera for this many of its pictures, and save the notice as ``name``."""
        folders = self._counter.folders
        notice = folders.notices / f"{number}.png"
        shutil.copyfile(notice, self._out / name)
        bring_near(notice, self._out / "frames", folders.camera, pictures)

    def _received(self) -> str:
        """Wait for everything that happens when the kiosk gives a number, and return the number."""
        answered = self._until_line("checked_in: the kiosk got no number", self._kiosk_line("checked_in"))
        ticket = str(answered["ticket"])
        issued = self._until_event(VisitStep.CHECKED_IN, EventKind.TICKET_ISSUED, ticket)
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

    def _reception(self, ticket: str, numbers: Sequence[str]) -> None:
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
        self._check(page, ticket, numbers)
        with self._at_a_page(VisitStep.HANDED_OVER):
            self._hand_over(page)
        self._until_event(VisitStep.HANDED_OVER, EventKind.HANDED_OVER, ticket)
        page.close()

    def _check(self, page: ClerkPage, ticket: str, numbers: Sequence[str]) -> None:  # noqa: ARG002 - who else plays, for others
        """Tick what the visitor shows, and wait until the check is complete."""
        with self._at_a_page(VisitStep.DOCUMENTS_COMPLETE):
            page.tick(*TICKS)
            page.wait_complete()
            page.keep(self._out / "clerk-checklist.png")
        self._until_event(VisitStep.DOCUMENTS_COMPLETE, EventKind.DOCUMENTS_COMPLETE, ticket)

    def _hand_over(self, page: ClerkPage) -> None:
        """Hand over to ward staff."""
        page.hand_over()

    def _issuance(self, ticket: str) -> None:
        """Ward staff's part: call to an issuance window, end the visit there."""
        with self._at_a_page(VisitStep.CALLED_TO_ISSUANCE):
            page = StaffPage.open(self._browser, self._counter.url, *STAFF, seconds=self._waiter.seconds)
            page.take_window("A")
            page.call(ticket)
            page.keep(self._out / "staff.png")
        self._until_event(VisitStep.CALLED_TO_ISSUANCE, EventKind.CALLED_TO_ISSUANCE, ticket)
        self._end(page, ticket)
        page.close()

    def _end(self, page: StaffPage, ticket: str) -> None:
        """Hand out the card."""
        with self._at_a_page(VisitStep.ISSUED):
            page.issue()
        self._until_event(VisitStep.ISSUED, EventKind.ISSUED, ticket)

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

    def _until_event(
        self, step: VisitStep, kind: EventKind, ticket: str, *, case: int | None = None
    ) -> LoggedEvent:
        """Wait for the server's own event of a step and note when it happened.

        Args:
            step: the step.
            kind: what the server records.
            ticket: the number.
            case: number of the card in its party, if the step is about one card.
        """

        def look() -> LoggedEvent | None:
            events = [
                event
                for event in self._events(kind)
                if event.facts.get("number") == ticket and case in {None, event.facts.get("place", case)}
            ]
            return events[0] if events else None

        event = self._waiter.until(f"{step}: the server did not record it", look)
        self._timeline.add(step, event.at, ticket, case)
        return event

    def _events(self, kind: EventKind) -> list[LoggedEvent]:
        with self._database.read() as connection:
            events = office_events_after(connection, OFFICE, 0, limit=_EVENTS)
        return [event for event in events if event.kind == kind]

    def _expect_one_ticket(self) -> None:
        count = len(self._events(EventKind.TICKET_ISSUED))
        if count != 1:
            raise StepFailedError(f"the visit has {count} numbers, and not one")
