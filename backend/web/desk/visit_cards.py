"""What a number is for, as pages show it beside it: what somebody came for, how many cards, and which of them need somebody."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from backend.common import Catalogue
from backend.offices import PICK_UP
from backend.protection import Permissions, Session
from backend.reception import Case, CaseState, Ticket, latest_of, parties_of
from backend.reservations import Shown
from backend.storage import Connection
from backend.web.desk.pages import Asked
from backend.web.desk.reason_words import ReasonWords, words_of
from backend.web.desk.visit_kind_view import kind_words
from backend.wire import CheckInReason


@dataclass(frozen=True)
class VisitCards:
    """What a number is for.

    Attributes:
        kind: what somebody came for, in words; empty for receiving cards.
        count: for how many cards the visit goes on.
        came: how many cards it was for in all.
        reason: why the number was given; None where it is said of the card itself.
        alarms: about which cards somebody has to do something, each of them with what, in words.
        reasons: why each card was received, by its case.
        tied: the open cases whose card was found by a number, which may be taken back.
    """

    kind: str
    count: int
    came: int
    reason: ReasonWords | None
    alarms: Sequence[str]
    reasons: Mapping[str, ReasonWords]
    tied: frozenset[str]


def reason_of_case(ticket: Ticket, case: Case) -> CheckInReason:
    """Why a card was received; of one of before that was kept, its number says it for the first card of a party."""
    if case.admitted is not None:
        return case.admitted
    return ticket.reason if case.place == 1 else CheckInReason.JOINED


def visits_of(
    connection: Connection, asked: Asked, session: Session, tickets: Iterable[Ticket]
) -> Callable[[Ticket], VisitCards]:
    """What each of some numbers is for, as a function of the number.

    Args:
        connection: a reading transaction.
        asked: the request.
        session: of whoever reads the page.
        tickets: the numbers that the page shows.

    Raises:
        StorageError: the database cannot be read.
    """
    by_id = {ticket.id: ticket for ticket in tickets}
    parties = parties_of(connection, by_id)
    found = {
        ticket.id: cards_of_visit(
            ticket,
            latest_of(parties.get(ticket.id, ())),
            asked.texts,
            session.permissions,
            "" if ticket.kind == PICK_UP else kind_words(asked.graph.directory, ticket.kind, asked.texts),
        )
        for ticket in by_id.values()
    }
    return lambda ticket: found[ticket.id]


def cards_of_visit(
    ticket: Ticket, party: Sequence[Case], texts: Catalogue, permissions: Permissions, kind: str = ""
) -> VisitCards:
    """What one number is for.

    Args:
        ticket: it.
        party: the latest case of each card.
        texts: the catalogue ``pages``.
        permissions: of whoever reads it: some reasons are for ward staff alone.
        kind: what somebody came for, in words.
    """
    own = words_of(ticket.reason, permissions)
    reasons = {case.case_id: words_of(reason_of_case(ticket, case), permissions) for case in party}
    going_on = [case for case in party if case.state is CaseState.OPEN] or [
        case for case in party if case.state is CaseState.INCOMPLETE
    ]
    places: dict[str, list[int]] = {}
    for case in going_on:
        if reasons[case.case_id].alarm:
            places.setdefault(reasons[case.case_id].words, []).append(case.place)
    return VisitCards(
        kind=kind,
        count=len(going_on) or len(party),
        came=len(party),
        reason=None if own.alarm else own,
        alarms=[_alarm(words, which, texts, several=len(party) > 1) for words, which in places.items()],
        reasons=reasons,
        tied=frozenset(
            case.case_id
            for case in party
            if case.state is CaseState.OPEN and case.card_id is not None and case.shown is Shown.NOTHING
        ),
    )


def _alarm(words: str, places: Iterable[int], texts: Catalogue, *, several: bool) -> str:
    said = texts.text(words)
    if not several:
        return said
    named = texts.text("common.comma").join(texts.text("party.card", place=place) for place in places)
    return texts.text("party.alarm", cards=named, words=said)
