"""A case (案件): one card of a visit. A ticket's end follows from its cases; docs/states.md holds the table. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from backend.offices import PICK_UP
from backend.reception.deciding.ticket import Ticket
from backend.reservations import Shown
from backend.wire import CheckInReason, EventKind, TicketState


class CaseState(StrEnum):
    """What became of a case. A card has one open case a day, and one issued in all."""

    OPEN = "open"
    ISSUED = "issued"
    INCOMPLETE = "incomplete"
    """Ended for missing papers; the number lives, and the card's next case today is of the same number."""
    ENDED = "ended"
    """The visit ended without this card; the reason stands beside it."""
    DONE = "done"
    """What somebody came for, other than a card, is done."""
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Case:
    """One card of a visit.

    Attributes:
        case_id: our id.
        card_id: whose card; None for somebody without a notice.
        reservation_id: under which booking, where there was one.
        shown: what was shown for it.
        state: what became of it.
        place: which card of the party it is, from 1; a case that is opened again has the place of its card.
        kind: what it is about, a code of the ward's kinds of visit.
        admitted: why this card got a number, or none for one that was given before 0.2.0.
        reason: why it ended as it did, a code; None where nobody had to say.
    """

    case_id: str
    card_id: str | None
    reservation_id: str | None
    shown: Shown
    state: CaseState
    place: int = 1
    kind: str = PICK_UP
    admitted: CheckInReason | None = None
    reason: str | None = None


@dataclass(frozen=True)
class CardVisit:
    """The visit that a card has today.

    Attributes:
        ticket: its number.
        state: what became of this card; others of the party may be elsewhere.
    """

    ticket: Ticket
    state: CaseState = CaseState.OPEN


CASE_AFTER: Final[Mapping[EventKind, CaseState]] = {
    EventKind.ISSUED: CaseState.ISSUED,
    EventKind.NOT_ISSUED: CaseState.ENDED,
    EventKind.FINISHED: CaseState.DONE,
    EventKind.ENDED_INCOMPLETE: CaseState.INCOMPLETE,
    EventKind.TICKET_CANCELLED: CaseState.CANCELLED,
}
"""What a step of the ticket makes of the cases that are open; other steps leave them open."""

_END_BY: Final[Mapping[TicketState, EventKind]] = {
    TicketState.INCOMPLETE: EventKind.ENDED_INCOMPLETE,
    TicketState.ISSUED: EventKind.ISSUED,
    TicketState.DONE: EventKind.FINISHED,
    TicketState.ENDED: EventKind.NOT_ISSUED,
    TicketState.CANCELLED: EventKind.TICKET_CANCELLED,
}

_FIRST_OF: Final = (
    (CaseState.OPEN, None),
    (CaseState.INCOMPLETE, TicketState.INCOMPLETE),
    (CaseState.ISSUED, TicketState.ISSUED),
    (CaseState.DONE, TicketState.DONE),
    (CaseState.ENDED, TicketState.ENDED),
    (CaseState.CANCELLED, TicketState.CANCELLED),
)


def ended_as(cases: Sequence[Case]) -> TicketState | None:
    """The end of a ticket that follows from its cases; None while one is open, when the course of the visit says it.

    Of each place of the party the latest case counts. One that is incomplete keeps the number alive, whatever became of the others:
    somebody may come back for it. A ticket of which one card was issued is issued, though another was given up.

    Args:
        cases: of the ticket, the oldest first; one at least.
    """
    found = {case.state for case in latest_of(cases)}
    return next(ticket for state, ticket in _FIRST_OF if state in found)


def latest_of(cases: Sequence[Case]) -> Sequence[Case]:
    """The latest case of each place of a party, in the order of their places.

    Args:
        cases: of one ticket, the oldest first.
    """
    latest = {case.place: case for case in cases}
    return [latest[place] for place in sorted(latest)]


def open_of(cases: Sequence[Case]) -> Sequence[Case]:
    """The cases of a ticket that are open, in the order of their places."""
    return [case for case in latest_of(cases) if case.state is CaseState.OPEN]


def event_of_end(cases: Sequence[Case]) -> EventKind | None:
    """The step by which a ticket ends as its cases say; None while one is open.

    Args:
        cases: of the ticket, the oldest first; one at least.
    """
    ended = ended_as(cases)
    return None if ended is None else _END_BY[ended]
