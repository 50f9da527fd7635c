"""What the staff pages show: who was handed over, what was checked, and one visitor in detail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.documents import name_of
from backend.offices import business_day
from backend.protection import Session, permitted_columns
from backend.reception import (
    Ticket,
    TicketStateError,
    Ticks,
    checked,
    count_in_state,
    tickets_in,
    wrong_state,
)
from backend.storage import last_event_seq, newest_office_events
from backend.web.desk.card_alarm import CardAlarms, card_alarms, changed_words
from backend.web.desk.checklist_view import Advice, advise, ticked_names
from backend.web.desk.pages import Asked
from backend.web.desk.reservation_words import ReservationLine, lines_of
from backend.web.desk.seat_view import TopBar, not_arrived, place_of, top_bar
from backend.wire import ErrorCode, EventKind, TicketState, WindowKind

_MOST_ROWS = 100
_WITH_STAFF = frozenset({TicketState.HANDED_OVER, TicketState.CALLED_TO_ISSUANCE})


@dataclass(frozen=True)
class HandedOver:
    """A visitor whom the reception handed over."""

    ticket: Ticket
    at: datetime | None
    recipient: str
    documents: tuple[str, ...]


class StaffContext(TopBar):
    """Everything that the staff page shows.

    Attributes:
        seq: of the newest event that is shown for certain.
        current: the visitor at one's own window.
        rows: those who were handed over, the longest waiting first.
        others: those who are at other windows.
        not_arrived: whose cards have to be looked for.
        card_alarms: whose cards are none to hand over any more.
    """

    seq: int
    current: HandedOver | None
    rows: Sequence[HandedOver]
    others: Sequence[Ticket]
    waiting_count: int
    issued_count: int
    not_arrived: Sequence[Ticket]
    card_alarms: CardAlarms


class StaffTicketContext(TopBar):
    """Everything that the page of one visitor shows.

    Attributes:
        lines: of the reservation, as far as it may be seen.
        ticked: what was ticked, as names by field.
        old_notice: whether another notice of the card has taken the place of the one that was shown.
        card_changed: that the card is none to hand over any more; else empty.
        erased: whether what was known of the person was erased.
        mine: whether the visitor is at one's own window.
        free: whether one's own window is free for the visitor.
    """

    seq: int
    ticket: Ticket
    lines: Sequence[ReservationLine]
    recipient: str
    ticked: Mapping[str, Sequence[str]]
    advice: Advice
    old_notice: bool
    card_changed: str
    erased: bool
    mine: bool
    free: bool


def staff_context(asked: Asked, session: Session) -> StaffContext:
    """Everything that the staff page needs.

    Raises:
        WireError: the account's office no longer exists.
        StorageError: the database cannot be read.
    """
    graph = asked.graph
    today = business_day(asked.now)
    with graph.database.read() as connection:
        seq = last_event_seq(connection, session.office_id)
        place = place_of(connection, asked, session, WindowKind.ISSUANCE)
        office_id = place.office.id
        tickets = tickets_in(connection, office_id, today, _WITH_STAFF, limit=_MOST_ROWS)
        waiting_count = count_in_state(connection, office_id, today, TicketState.HANDED_OVER)
        issued_count = count_in_state(connection, office_id, today, TicketState.ISSUED)
        events = newest_office_events(
            connection,
            office_id,
            kinds=[EventKind.HANDED_OVER.value],
            business_day=today,
            limit=2 * _MOST_ROWS,
        )
        missing_cards = not_arrived(connection, asked, office_id)
        gone_cards = card_alarms(connection, asked, session, office_id)
        ticks = checked(connection, [ticket.id for ticket in tickets])
    at = {event.facts["ticket_id"]: event.at for event in reversed(events)}
    rows = [_row(asked, ticket, at.get(ticket.id), ticks.get(ticket.id)) for ticket in tickets]
    rows.sort(key=lambda row: (row.at or asked.now, row.ticket.number))
    visitor = place.visitor
    return {
        **top_bar(asked, session, place),
        "seq": seq,
        "current": next((row for row in rows if visitor and row.ticket.id == visitor.id), None),
        "rows": [row for row in rows if row.ticket.state is TicketState.HANDED_OVER],
        "others": [
            row.ticket
            for row in rows
            if row.ticket.state is TicketState.CALLED_TO_ISSUANCE and row.ticket.window != place.window
        ],
        "waiting_count": waiting_count,
        "issued_count": issued_count,
        "not_arrived": missing_cards,
        "card_alarms": gone_cards,
    }


def _row(asked: Asked, ticket: Ticket, at: datetime | None, ticks: Ticks | None) -> HandedOver:
    if ticks is None:
        return HandedOver(ticket, at, asked.texts.text("common.nothing"), ())
    names = ticked_names(ticks, asked.documents)
    return HandedOver(
        ticket,
        at,
        name_of("recipient", ticks.recipient, asked.documents),
        (*names["applicant"], *names["visitor"], *names["papers"]),
    )


def detail_context(asked: Asked, session: Session, ticket_id: str) -> StaffTicketContext:
    """One visitor with the permitted columns and what was ticked; the viewing is recorded in the audit trail first.

    Raises:
        TicketStateError: there is no such visitor here today, or they were not handed over.
        WireError: the account's office no longer exists.
        StorageError: the database cannot be read, or the audit trail cannot be written.
    """
    graph = asked.graph
    with graph.database.read() as connection:
        seq = last_event_seq(connection, session.office_id)
        place = place_of(connection, asked, session, WindowKind.ISSUANCE)
    sheet = graph.checking.sheet(place.office.id, ticket_id, permitted_columns(session.actor.permissions))
    ticket = sheet.ticket
    if ticket.business_day != business_day(asked.now):
        raise TicketStateError(ErrorCode.NOT_FOUND)
    if ticket.state not in _WITH_STAFF:
        raise wrong_state(ticket)
    if sheet.fields:
        graph.views.note(graph.database, session, ticket.id)
    documents = asked.documents
    return {
        **top_bar(asked, session, place),
        "seq": seq,
        "ticket": ticket,
        "lines": lines_of(sheet.fields, ticket.business_day, graph.directory, asked.texts, documents),
        "recipient": name_of("recipient", sheet.ticks.recipient, documents),
        "ticked": ticked_names(sheet.ticks, documents),
        "advice": advise(sheet, asked.texts, documents),
        "old_notice": sheet.old_notice,
        "card_changed": changed_words(sheet.fields.get("state"), asked.texts),
        "erased": sheet.erased,
        "mine": ticket.window is not None and ticket.window == place.window,
        "free": place.window is not None and place.visitor is None,
    }
