"""A case (案件): one card of a visit. A ticket's end follows from its cases; docs/states.md holds the table. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from backend.reservations import Shown
from backend.wire import EventKind, TicketState


class CaseState(StrEnum):
    """What became of a case. A card has one open case a day, and one issued in all."""

    OPEN = "open"
    ISSUED = "issued"
    INCOMPLETE = "incomplete"
    """Ended for missing papers; the number lives, and the card's next case today is of the same number."""
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
    """

    case_id: str
    card_id: str | None
    reservation_id: str | None
    shown: Shown
    state: CaseState


CASE_AFTER: Final[Mapping[EventKind, CaseState]] = {
    EventKind.ISSUED: CaseState.ISSUED,
    EventKind.ENDED_INCOMPLETE: CaseState.INCOMPLETE,
    EventKind.TICKET_CANCELLED: CaseState.CANCELLED,
}
"""What a step of the ticket makes of the cases that are open; other steps leave them open."""

_FIRST_OF: Final = (
    (CaseState.OPEN, None),
    (CaseState.INCOMPLETE, TicketState.INCOMPLETE),
    (CaseState.ISSUED, TicketState.ISSUED),
    (CaseState.CANCELLED, TicketState.CANCELLED),
)


def ended_as(cases: Sequence[Case]) -> TicketState | None:
    """The end of a ticket that follows from its cases; None while one is open, when the course of the visit says it.

    Of each card the latest case counts. One that is incomplete keeps the number alive, whatever became of the others:
    somebody may come back for it. A ticket of which one card was issued is issued, though another was given up.

    Args:
        cases: of the ticket, the oldest first; one at least.
    """
    latest = {case.card_id: case.state for case in cases}
    found = set(latest.values())
    return next(ticket for state, ticket in _FIRST_OF if state in found)
