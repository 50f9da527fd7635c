"""Visits other than that of one person with a notice: a party, no reservation, or no card at the end."""

from collections.abc import Sequence
from typing import ClassVar, Final

from backend.demo.errors import StepFailedError
from backend.demo.logs import LogLine
from backend.demo.page_actions import ClerkPage, StaffPage
from backend.demo.played_visit import TICKS, PlayedVisit
from backend.demo.timeline import PARTY_CARDS, PlayedKind, VisitStep
from backend.demo.virtual_screens import KIOSK_SIZE
from backend.wire import CheckInReason, EventKind, NotIssuedReason

Place = tuple[int, int]
"""Pixels from the left and from the top of the screen, which has the size of the design."""

_WIDTH, _HEIGHT = KIOSK_SIZE
WITHOUT_RESERVATION: Final[Place] = (_WIDTH * 3 // 4, _HEIGHT - 454)
"""The right one of the two buttons below the camera's picture, on the first screen."""
RECEIVE_A_CARD: Final[Place] = (_WIDTH // 2, _HEIGHT - 1062)
"""The button for the first of the two kinds of visit that the main office offers."""

_OF_A_CHILD = ("papers-notice", "papers-koseki", "applicant-A05")
_TICKS_OF_PARTY: Final = (TICKS, ("visitor-A03", *_OF_A_CHILD), _OF_A_CHILD)
"""For each card, the boxes to tick. The mother's licence is ticked once, for both children (R2)."""
HURRIED_FRAMES = 12
"""How many pictures the camera sees of a further notice; half of the usual, as the notices are in one pile."""
_TAPS = 5


class PlayedParty(PlayedVisit):
    """A mother and her two children, booked together, get one number; a notice of another day is held up in between."""

    kind: ClassVar = PlayedKind.PARTY

    def _arrive(self, numbers: Sequence[str]) -> str:
        mother, first, second, stray = numbers
        ticket = super()._arrive((mother,))
        self._join(first, ticket, 2)
        self._hold_up(stray, "notice-stray.png", HURRIED_FRAMES)
        self._until_line(
            "the kiosk did not tell that a notice is of another day",
            self._kiosk_line("screen_shown", screen="trouble", reason=CheckInReason.ANOTHER_DAY.value),
        )
        self._keep(self._kiosk, "kiosk-stray.png")
        shown = len(self._ticket_screens(ticket))
        self._join(second, ticket, PARTY_CARDS)
        self._until_line(
            "the kiosk did not show the party's ticket",
            lambda: next(iter(self._ticket_screens(ticket)[shown:]), None),
        )
        self._keep(self._kiosk, "kiosk-party.png")
        return ticket

    def _join(self, number: str, ticket: str, place: int) -> None:
        """Hold up a further notice, which joins the party without a button."""
        self._hold_up(number, f"notice-{place}.png", HURRIED_FRAMES)
        reason = CheckInReason.JOINED.value
        self._until_line(
            f"joined: the kiosk was not told that notice {place} joined",
            lambda: self._nth_line(place - 1, "checked_in", ticket=ticket, reason=reason),
        )
        self._until_event(VisitStep.JOINED, EventKind.CARD_JOINED, ticket, case=place)

    def _ticket_screens(self, ticket: str) -> list[LogLine]:
        lines = self._counter.kiosk_lines.all("screen_shown")
        return [line for line in lines if line["screen"] == "ticket" and line["ticket"] == ticket]

    def _nth_line(self, nth: int, event: str, **values: object) -> LogLine | None:
        lines = self._counter.kiosk_lines.all(event)
        fitting = [line for line in lines if all(line.get(name) == value for name, value in values.items())]
        return fitting[nth - 1] if len(fitting) >= nth else None

    def _check(self, page: ClerkPage, ticket: str, numbers: Sequence[str]) -> None:  # noqa: ARG002 - as of any visit
        for place, ticks in enumerate(_TICKS_OF_PARTY, start=1):
            with self._at_a_page(VisitStep.CASE_COMPLETE):
                page.show_card(place)
                page.tick(*ticks)
                page.wait_complete()
                page.wait_card_complete(place)
            event = self._until_event(
                VisitStep.CASE_COMPLETE, EventKind.DOCUMENTS_COMPLETE, ticket, case=place
            )
        self._timeline.add(VisitStep.DOCUMENTS_COMPLETE, event.at, ticket)
        with self._at_a_page(VisitStep.DOCUMENTS_COMPLETE):
            page.keep(self._out / "clerk-checklist.png")

    def _hand_over(self, page: ClerkPage) -> None:
        page.hand_over_all()

    def _end(self, page: StaffPage, ticket: str) -> None:
        for place in range(1, PARTY_CARDS + 1):
            with self._at_a_page(VisitStep.ISSUED):
                page.issue_card(place, last=place == PARTY_CARDS)
            if place < PARTY_CARDS:
                self._until_event(VisitStep.ISSUED, EventKind.CARD_ISSUED, ticket, case=place)
            else:
                self._until_event(VisitStep.ISSUED, EventKind.ISSUED, ticket, case=place)


class PlayedWalkIn(PlayedVisit):
    """Somebody whose reservation was cancelled takes a number at the kiosk; the clerk ties it to the card."""

    kind: ClassVar = PlayedKind.WALK_IN

    def _arrive(self, numbers: Sequence[str]) -> str:  # noqa: ARG002 - nothing is held up
        self._tap_through(WITHOUT_RESERVATION, "welcome")
        self._until_line(
            "the kiosk did not ask what somebody comes for", self._kiosk_line("screen_shown", screen="kinds")
        )
        self._keep(self._kiosk, "kiosk-kinds.png")
        self._tap_through(RECEIVE_A_CARD, "kinds")
        return self._received()

    def _tap_through(self, place: Place, screen: str) -> None:
        """Tap until another screen is shown, because the kiosk ignores touches just after a change of screens."""
        for _ in range(_TAPS):
            self._kiosk.tap(*place)
            if self._waiter.soon(lambda: self._shown() != screen):
                return
        raise StepFailedError(f"the kiosk went on showing the screen {screen}, whatever was pressed")

    def _shown(self) -> str | None:
        line = self._counter.kiosk_lines.last("screen_shown")
        return None if line is None else str(line["screen"])

    def _check(self, page: ClerkPage, ticket: str, numbers: Sequence[str]) -> None:
        with self._at_a_page(VisitStep.DOCUMENTS_COMPLETE):
            page.tie(numbers[0])
        super()._check(page, ticket, numbers)


class PlayedWithoutCard(PlayedVisit):
    """Somebody with a notice, whose visit ends at the issuance window without the card, for a reason."""

    kind: ClassVar = PlayedKind.NO_CARD

    def _end(self, page: StaffPage, ticket: str) -> None:
        with self._at_a_page(VisitStep.NOT_ISSUED):
            page.end_without_card(NotIssuedReason.PIN_UNDECIDED.value)
        self._until_event(VisitStep.NOT_ISSUED, EventKind.NOT_ISSUED, ticket)


class PlayedWalkInWithoutCard(PlayedWalkIn, PlayedWithoutCard):
    """Somebody without a reservation, whose visit ends at the issuance window without the card."""

    kind: ClassVar = PlayedKind.WALK_IN_NO_CARD
