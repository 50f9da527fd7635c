"""The cards of a visitor as staff see them in a list: codes and names of papers, nothing about anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.documents import name_of
from backend.reception import Case, CaseState, Ticket, Ticks, checked, latest_of, parties_of
from backend.storage import Connection
from backend.web.desk.checklist_view import ticked_names
from backend.web.desk.pages import Asked


@dataclass(frozen=True)
class HandedCard:
    """One card of a visitor.

    Attributes:
        case_id: its case.
        place: which card of the party, from 1.
        state: what became of it.
        reason: why it ended so, a code; empty where nobody had to say.
        recipient: the recipient type, in words.
        documents: what was checked, as names.
        tied: whether it is known whose card it is.
    """

    case_id: str
    place: int
    state: CaseState
    reason: str
    recipient: str
    documents: tuple[str, ...]
    tied: bool

    @property
    def open(self) -> bool:
        """Whether it may still be handed out in this visit."""
        return self.state is CaseState.OPEN


@dataclass(frozen=True)
class WithStaff:
    """A visitor whom the reception handed over.

    Attributes:
        ticket: their number.
        at: when they were handed over; None where the log does not know any more.
        cards: every card of the party, in the order of their places.
    """

    ticket: Ticket
    at: datetime | None
    cards: tuple[HandedCard, ...]

    @property
    def going_on(self) -> tuple[HandedCard, ...]:
        """The cards that may still be handed out."""
        return tuple(card for card in self.cards if card.open)

    @property
    def recipients(self) -> tuple[str, ...]:
        """The recipient types of these cards, each once."""
        return tuple(dict.fromkeys(card.recipient for card in self.going_on or self.cards))

    @property
    def documents(self) -> tuple[str, ...]:
        """What was checked for these cards, each paper once."""
        return tuple(dict.fromkeys(name for card in self.going_on or self.cards for name in card.documents))


def with_staff(
    connection: Connection, asked: Asked, tickets: Sequence[Ticket], at: Mapping[str, datetime]
) -> list[WithStaff]:
    """Visitors with their cards.

    Args:
        connection: a transaction that may read.
        asked: the request.
        tickets: whose.
        at: when each was handed over, by the ticket's id.
    """
    ids = [ticket.id for ticket in tickets]
    parties, ticks = parties_of(connection, ids), checked(connection, ids)
    return [
        WithStaff(
            ticket,
            at.get(ticket.id),
            tuple(
                _card(asked, case, ticks.get(ticket.id, {}).get(case.case_id))
                for case in latest_of(parties.get(ticket.id, ()))
            ),
        )
        for ticket in tickets
    ]


def _card(asked: Asked, case: Case, ticks: Ticks | None) -> HandedCard:
    reason, tied = case.reason or "", case.card_id is not None
    if ticks is None:
        nothing = asked.texts.text("common.nothing")
        return HandedCard(case.case_id, case.place, case.state, reason, nothing, (), tied)
    names = ticked_names(ticks, asked.documents)
    return HandedCard(
        case.case_id,
        case.place,
        case.state,
        reason,
        name_of("recipient", ticks.recipient, asked.documents),
        (*names["applicant"], *names["visitor"], *names["papers"]),
        tied,
    )
