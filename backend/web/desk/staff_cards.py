"""The cards of a visitor as staff see them in a list: codes, names of papers, and at one's own window whose card each is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from backend.documents import name_of
from backend.protection import Session, permitted_columns
from backend.reception import Case, CaseState, Ticket, Ticks, checked, latest_of, parties_of
from backend.reservations import read_fields
from backend.storage import Connection
from backend.web.desk.card_alarm import CardAlarms
from backend.web.desk.checklist_view import ticked_names
from backend.web.desk.pages import Asked
from backend.web.desk.visit_cards import VisitCards, cards_of_visit

_NAME: Final = "name"
_CHECKED: Final = ("applicant", "visitor", "papers")


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
        alarm: what has to be done about it before it is handed out, in words; else empty.
        changed: that there is no such card to hand over any more, in words; else empty.
        name: whose it is, where the page says that.
    """

    case_id: str
    place: int
    state: CaseState
    reason: str
    recipient: str
    documents: tuple[str, ...]
    tied: bool
    alarm: str = ""
    changed: str = ""
    name: str = ""

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
        visit: what the number is for.
        cards: every card of the party, in the order of their places.
    """

    ticket: Ticket
    at: datetime | None
    visit: VisitCards
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
    connection: Connection,
    asked: Asked,
    session: Session,
    tickets: Sequence[Ticket],
    at: Mapping[str, datetime],
    alarms: CardAlarms,
    named: Ticket | None,
) -> list[WithStaff]:
    """Visitors with their cards.

    Args:
        connection: a transaction that may read.
        asked: the request.
        session: of whoever reads the page.
        tickets: whose.
        at: when each was handed over, by the ticket's id.
        alarms: about cards that are none to hand over any more.
        named: whose cards are told apart by name, where there are several and the reader may see names; each name that is
            given out is a look, which the caller notes before showing it.
    """
    ids = [ticket.id for ticket in tickets]
    parties, ticks = parties_of(connection, ids), checked(connection, ids)
    found = []
    for ticket in tickets:
        party, ticked = latest_of(parties.get(ticket.id, ())), ticks.get(ticket.id, {})
        visit = cards_of_visit(ticket, party, asked.texts, session.permissions)
        cards = [_card(asked, case, ticked.get(case.case_id), visit, alarms) for case in party]
        if named is not None and named.id == ticket.id and len(party) > 1:
            names = _names(connection, asked, session, party)
            cards = [replace(card, name=names.get(card.case_id, "")) for card in cards]
        found.append(WithStaff(ticket, at.get(ticket.id), visit, tuple(cards)))
    return found


def _names(connection: Connection, asked: Asked, session: Session, party: Sequence[Case]) -> dict[str, str]:
    """Whose card each open one is, by its case."""
    columns = permitted_columns(session.permissions).only({_NAME})
    known = {
        case.case_id: read_fields(
            connection, asked.graph.records, case.card_id, case.reservation_id, columns
        ).get(_NAME)
        for case in party
        if case.state is CaseState.OPEN
    }
    return {case_id: name for case_id, name in known.items() if name}


def _card(asked: Asked, case: Case, ticks: Ticks | None, visit: VisitCards, alarms: CardAlarms) -> HandedCard:
    reason, is_open = visit.reasons[case.case_id], case.state is CaseState.OPEN
    names = ticked_names(ticks, asked.documents) if ticks else {}
    return HandedCard(
        case.case_id,
        case.place,
        case.state,
        case.reason or "",
        name_of("recipient", ticks.recipient, asked.documents)
        if ticks
        else asked.texts.text("common.nothing"),
        tuple(name for field in _CHECKED for name in names.get(field, ())),
        case.card_id is not None,
        asked.texts.text(reason.words) if is_open and reason.alarm else "",
        alarms.by_case.get(case.case_id, ""),
    )
