"""Parties and exits in plain Python: whose card is where, which number it has, and what becomes of both, also overnight."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from backend.reception.deciding.case import CaseState
from backend.wire.codes import CheckInReason, TicketState

MOST_CARDS: Final = 3
"""How many cards a number may be for."""
GROUPED: Final = (0, 1)
"""The cards that were booked together."""
UNBOOKED, ELSEWHERE = 4, 5
"""Cards that get no number here: nothing is booked, or at another office."""
CARDS: Final = 6
ADVICE: Final = "consultation"
"""A kind of visit that is about no card, and ends at reception."""
MOST_FAILED: Final = 10
"""So many searches that found no card to tie make whoever made them wait, until the next day at the latest."""

ON_THE_WAY: Final = (
    TicketState.WAITING,
    TicketState.CALLED,
    TicketState.SERVING,
    TicketState.ABSENT,
    TicketState.HANDED_OVER,
    TicketState.CALLED_TO_ISSUANCE,
    TicketState.ISSUANCE_ABSENT,
    TicketState.INCOMPLETE,
)
BEHIND_RECEPTION: Final = (
    TicketState.HANDED_OVER,
    TicketState.CALLED_TO_ISSUANCE,
    TicketState.ISSUANCE_ABSENT,
)
MAY_BE_JOINED: Final = (
    TicketState.WAITING,
    TicketState.CALLED,
    TicketState.SERVING,
    TicketState.ABSENT,
    TicketState.INCOMPLETE,
)
MAY_BE_TIED: Final = (
    TicketState.SERVING,
    *BEHIND_RECEPTION,
)

MAY_COME: Final = (CaseState.OPEN, CaseState.INCOMPLETE)
"""A card that may still be handed out in its visit."""
_COMES_BACK: Final = {
    TicketState.ABSENT: TicketState.WAITING,
    TicketState.INCOMPLETE: TicketState.WAITING,
    TicketState.ISSUANCE_ABSENT: TicketState.HANDED_OVER,
}


@dataclass
class Part:
    """One card of a visit; None for somebody without a notice."""

    card: int | None
    state: CaseState = CaseState.OPEN
    complete: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.state is CaseState.OPEN


@dataclass
class Visited:
    """A number and its cards, in the order of their places."""

    ticket: str
    parts: list[Part]
    state: TicketState = TicketState.WAITING
    kind: str | None = None
    label: str = ""

    @property
    def may_be_joined(self) -> bool:
        """Whether further cards may come to its number."""
        return self.kind is None and self.state in MAY_BE_JOINED

    @property
    def open_parts(self) -> list[Part]:
        """The cards that go on."""
        return [part for part in self.parts if part.is_open]

    def cancel(self) -> None:
        """It is given up, and with it what somebody might have come back for."""
        ends = (CaseState.OPEN, CaseState.INCOMPLETE)
        self.end([part for part in self.parts if part.state in ends], CaseState.CANCELLED)

    @property
    def cards(self) -> int:
        """For how many cards it is still here."""
        return max(1, sum(part.state in MAY_COME for part in self.parts))

    def open_again(self) -> None:
        """Cards whose papers were missing are looked at anew."""
        for part in self.parts:
            if part.state is CaseState.INCOMPLETE:
                part.state = CaseState.OPEN

    def come_back(self) -> None:
        """Who was absent, or fetched papers, is here."""
        if self.state is TicketState.INCOMPLETE:
            self.open_again()
        self.state = _COMES_BACK.get(self.state, self.state)

    def end(self, parts: list[Part], state: CaseState) -> None:
        """Some cards end; with the last open one the number does, as its cards say."""
        for part in parts:
            part.state = state
        found = {part.state for part in self.parts}
        if CaseState.OPEN in found:
            return
        for case, ticket in (
            (CaseState.INCOMPLETE, TicketState.INCOMPLETE),
            (CaseState.ISSUED, TicketState.ISSUED),
            (CaseState.DONE, TicketState.DONE),
            (CaseState.ENDED, TicketState.ENDED),
            (CaseState.CANCELLED, TicketState.CANCELLED),
        ):
            if case in found:
                self.state = ticket
                return


@dataclass
class Told:
    """What a kiosk is told: why, and whose number stands beside it."""

    reason: CheckInReason
    visit: Visited | None = None
    is_new: bool = False


@dataclass
class Model:
    """One office, today and on the days before.

    Attributes:
        visits: of today.
        past: of the days before.
        handed_out: cards that were issued.
        failed: how many searches of each person found no card today.
    """

    visits: list[Visited] = field(default_factory=list)
    past: list[Visited] = field(default_factory=list)
    handed_out: set[int] = field(default_factory=set)
    failed: Counter[str] = field(default_factory=Counter)

    def show(self, card: int) -> Told:
        """A notice is shown by itself; what is booked together joins one number."""
        told = self._alone(card)
        if told.is_new and card in GROUPED:
            # All of one moment, so the lower number is the older one.
            for visit in sorted(self.visits, key=lambda visit: visit.label[2:]):
                of_group = any(part.card in GROUPED for part in visit.parts)
                if of_group and visit.may_be_joined and len(visit.parts) < MOST_CARDS:
                    return self._join(visit, card)
        if told.is_new:
            told.visit = Visited("", [Part(card)])
            self.visits.append(told.visit)
        return told

    def join(self, visit: Visited, card: int) -> Told | None:
        """A notice is shown to join a number; None where that number cannot be joined."""
        if not visit.may_be_joined:
            return None
        told = self._alone(card)
        if not told.is_new:
            return told
        if len(visit.parts) >= MOST_CARDS:
            return Told(CheckInReason.PARTY_FULL, visit)
        return self._join(visit, card)

    def tie(self, visit: Visited, part: Part, card: int, by: str, *, theirs: bool) -> bool:
        """A card is searched and tied to a part of a visit; False where that is refused.

        Args:
            visit: whose.
            part: which card of it.
            card: the one that is searched.
            by: who searches.
            theirs: whether the visitor is at nobody else's window.
        """
        may = (
            visit.kind is None
            and visit.state in MAY_BE_TIED
            and theirs
            and part.is_open
            and part.card is None
        )
        if not may or self.failed[by] == MOST_FAILED:
            return False
        if self.known(card) is not None or card in self.handed_out:
            self.failed[by] += 1
            return False
        part.card = card
        return True

    def ends_open(self) -> Counter[TicketState]:
        """The day ends: what nobody brought to its end ends, and what waits for papers stays; counts what it became."""
        ended = []
        for visit in self.visits:
            if visit.state in BEHIND_RECEPTION:
                visit.end(visit.open_parts, CaseState.ENDED)
                ended.append(visit)
            elif visit.state in ON_THE_WAY and visit.state is not TicketState.INCOMPLETE:
                visit.cancel()
                ended.append(visit)
        return Counter(visit.state for visit in ended)

    def next_day(self) -> None:
        """The numbers of today are of the past."""
        self.past += self.visits
        self.visits = []
        self.failed.clear()

    def known(self, card: int) -> Visited | None:
        """The number that a card has today: one in which it may still be handed out, or was."""
        for visit in self.visits:
            for part in visit.parts:
                living = part.state in MAY_COME and visit.state in ON_THE_WAY
                if part.card == card and (living or part.state is CaseState.ISSUED):
                    return visit
        return None

    def at_window(self, *states: TicketState) -> Visited | None:
        """Who is at a window, in one of some states."""
        return next((visit for visit in self.visits if visit.state in states), None)

    def _join(self, visit: Visited, card: int) -> Told:
        visit.come_back()
        visit.parts.append(Part(card))
        return Told(CheckInReason.JOINED, visit)

    def _alone(self, card: int) -> Told:
        if card in self.handed_out:
            return Told(CheckInReason.ALREADY_ISSUED)
        known = self.known(card)
        if known is not None:
            known.come_back()
            return Told(CheckInReason.ALREADY_CHECKED_IN, known)
        if card == UNBOOKED:
            return Told(CheckInReason.NOT_RESERVED)
        if card == ELSEWHERE:
            return Told(CheckInReason.ANOTHER_OFFICE)
        return Told(CheckInReason.ON_TIME, is_new=True)
