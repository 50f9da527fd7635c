"""One visitor in detail, for staff: each card on its own tab, and each look in the audit trail."""

from collections.abc import Mapping, Sequence

from backend.cards import IndexKind
from backend.documents import name_of
from backend.offices import business_day
from backend.protection import Session, permitted_columns
from backend.reception import (
    BEHIND_RECEPTION,
    CardTab,
    CaseState,
    CheckSheet,
    Ticket,
    TicketStateError,
    is_to_contact,
    latest_of,
    parties_of,
    wrong_state,
)
from backend.reservations import Shown
from backend.storage import Connection, last_event_seq
from backend.web.desk.card_alarm import card_alarms, changed_words
from backend.web.desk.checklist_view import Advice, advise, ticked_names
from backend.web.desk.clerk_forms import tie_kinds
from backend.web.desk.exits import ExitReasons, exit_reasons
from backend.web.desk.found_card import FoundCard
from backend.web.desk.pages import Asked
from backend.web.desk.reason_words import ReasonWords
from backend.web.desk.reservation_words import ReservationLine, lines_of
from backend.web.desk.seat_view import TopBar, place_of, top_bar
from backend.web.desk.visit_cards import visits_of
from backend.wire import ErrorCode, WindowKind


class StaffTicketContext(TopBar, ExitReasons):
    """Everything that the page of one visitor shows.

    Attributes:
        found: the card that a number led to, before it is tied.
        case_id: the card that is shown.
        party: every card of the party.
        lines: of the reservation, as far as it may be seen.
        ticked: what was ticked, as names by field.
        alarms: what has to be done about each open card before it is handed out, in words, by its case.
        old_paper: the old paper that was shown, if it was one.
        card_changed: that the card is none to hand over any more; else empty.
        erased: whether what was known of the person was erased.
        mine: whether the visitor is at one's own window.
        free: whether one's own window is free for the visitor.
        contact: whether the visit is over, and its page is there to contact somebody.
        tied: whether its card was found by a number, and may be taken back here.
        to_tie: the card that is shown, where it is open and nobody has found it yet.
        tie_kinds: the kinds of numbers by which a card is searched.
    """

    found: FoundCard | None
    seq: int
    ticket: Ticket
    case_id: str
    party: Sequence[CardTab]
    lines: Sequence[ReservationLine]
    recipient: str
    ticked: Mapping[str, Sequence[str]]
    advice: Advice
    alarms: Mapping[str, Sequence[str]]
    old_paper: Shown | None
    card_changed: str
    erased: bool
    mine: bool
    free: bool
    contact: bool
    tied: bool
    to_tie: CardTab | None
    tie_kinds: Sequence[IndexKind]


def detail_context(
    asked: Asked, session: Session, ticket_id: str, place: int | None = None
) -> StaffTicketContext:
    """One card of a visitor with the permitted columns and what was ticked; the look is in the audit trail first.

    Args:
        asked: the request.
        session: of whoever looks.
        ticket_id: whose visit.
        place: which card of the party; the first that is open by default. Of a visit that is over, a card whose person
            is to be contacted.

    Raises:
        TicketStateError: there is no such visitor here today, or they were not handed over; or no such card.
        WireError: the account's office no longer exists.
        StorageError: the database cannot be read, or the audit trail cannot be written.
    """
    graph = asked.graph
    with graph.database.read() as connection:
        seq = last_event_seq(connection, session.office_id)
        seat = place_of(connection, asked, session, WindowKind.ISSUANCE)
        office_id = seat.office.id
        case_id = None if place is None else _case_at(connection, ticket_id, place)
        gone = card_alarms(connection, asked, session, office_id).by_case
        contact = case_id is not None and is_to_contact(connection, office_id, case_id) == ticket_id
    columns = permitted_columns(session.actor.permissions)
    sheet = graph.checking.sheet(office_id, ticket_id, columns, case_id=case_id)
    ticket = sheet.ticket
    if not contact:
        if ticket.business_day != business_day(asked.now):
            raise TicketStateError(ErrorCode.NOT_FOUND)
        if ticket.state not in BEHIND_RECEPTION:
            raise wrong_state(ticket)
    with graph.database.read() as connection:
        visit = visits_of(connection, asked, session, [ticket])(ticket)
    if sheet.fields:
        several = len(sheet.party) > 1
        seen = sheet.case_id if several else ""
        graph.views.note(graph.database, session, ticket.id, seen, fields=sheet.fields)
    documents, mine = asked.documents, ticket.window is not None and ticket.window == seat.window
    at_hand = mine or (ticket.at_kind is None and not contact)
    return {
        **top_bar(asked, session, seat),
        **exit_reasons(asked.texts),
        "found": None,
        "seq": seq,
        "ticket": ticket,
        "case_id": sheet.case_id,
        "party": sheet.party,
        "lines": lines_of(sheet.fields, ticket.business_day, graph.directory, asked.texts, documents),
        "recipient": name_of("recipient", sheet.ticks.recipient, documents),
        "ticked": ticked_names(sheet.ticks, documents),
        "advice": advise(sheet, asked.texts, documents),
        "alarms": {one.case_id: _alarms(one, visit.reasons, gone, asked) for one in sheet.going_on},
        "old_paper": sheet.old_paper,
        "card_changed": changed_words(sheet.fields.get("state"), asked.texts),
        "erased": sheet.erased,
        "mine": mine,
        "free": seat.window is not None and seat.visitor is None,
        "contact": contact,
        "tied": sheet.case_id in visit.tied and at_hand,
        "to_tie": _to_tie(sheet) if at_hand else None,
        "tie_kinds": tie_kinds(),
    }


def _alarms(
    tab: CardTab, reasons: Mapping[str, ReasonWords], gone: Mapping[str, str], asked: Asked
) -> Sequence[str]:
    """What has to be done about one card, in words."""
    reason = reasons.get(tab.case_id)
    said = asked.texts.text(reason.words) if reason is not None and reason.alarm else ""
    return [words for words in (said, gone.get(tab.case_id, "")) if words]


def _to_tie(sheet: CheckSheet) -> CardTab | None:
    """The card of a sheet, if it is open and nobody has found it."""
    tab = sheet.tab
    return tab if not tab.tied and tab.state is CaseState.OPEN else None


def _case_at(connection: Connection, ticket_id: str, place: int) -> str:
    """The case at a place of a party.

    Raises:
        TicketStateError: there is none.
    """
    party = latest_of(parties_of(connection, [ticket_id]).get(ticket_id, ()))
    for case in party:
        if case.place == place:
            return case.case_id
    raise TicketStateError(ErrorCode.NOT_FOUND)
