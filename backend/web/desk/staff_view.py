"""What the staff page shows: who was handed over, who is absent, who is at one's window with which cards, who is to be contacted."""

from collections.abc import Sequence

from backend.cards import IndexKind
from backend.offices import business_day
from backend.protection import Session
from backend.reception import Ticket, ToContact, count_in_state, count_issued, tickets_in, to_contact
from backend.storage import last_event_seq, newest_office_events
from backend.web.desk.card_alarm import CardAlarms, card_alarms
from backend.web.desk.clerk_forms import tie_kinds
from backend.web.desk.exits import ExitReasons, exit_reasons
from backend.web.desk.found_card import FoundCard
from backend.web.desk.pages import Asked
from backend.web.desk.seat_view import TopBar, not_arrived, place_of, top_bar
from backend.web.desk.staff_cards import WithStaff, with_staff
from backend.wire import EventKind, TicketState, WindowKind

_MOST_ROWS = 100
_WITH_STAFF = frozenset(
    {TicketState.HANDED_OVER, TicketState.CALLED_TO_ISSUANCE, TicketState.ISSUANCE_ABSENT}
)


class StaffContext(TopBar, ExitReasons):
    """Everything that the staff page shows.

    Attributes:
        found: the card that a number led to, before it is tied.
        seq: of the newest event that is shown for certain.
        current: the visitor at one's own window.
        calls_left: how many more calls are needed before that visitor may be set absent.
        rows: those who were handed over, the longest waiting first.
        absent: those who were called and did not come.
        others: those who are at other windows.
        not_arrived: whose cards have to be looked for.
        card_alarms: whose cards are none to hand over any more.
        issued_count: how many cards were handed out here today.
        to_contact: whose cards could not be issued because the system was down, the longest waiting first.
        contact_count: how many these are in all.
        tie_kinds: the kinds of numbers by which a card is searched.
    """

    found: FoundCard | None
    seq: int
    current: WithStaff | None
    calls_left: int
    rows: Sequence[WithStaff]
    absent: Sequence[WithStaff]
    others: Sequence[Ticket]
    waiting_count: int
    issued_count: int
    not_arrived: Sequence[Ticket]
    card_alarms: CardAlarms
    to_contact: Sequence[ToContact]
    contact_count: int
    tie_kinds: Sequence[IndexKind]


def staff_context(asked: Asked, session: Session) -> StaffContext:
    """Everything that the staff page needs.

    Raises:
        WireError: the account's office no longer exists.
        StorageError: the database cannot be read, or the audit trail cannot be written.
    """
    graph = asked.graph
    today = business_day(asked.now)
    with graph.database.read() as connection:
        seq = last_event_seq(connection, session.office_id)
        place = place_of(connection, asked, session, WindowKind.ISSUANCE)
        office_id = place.office.id
        tickets = tickets_in(connection, office_id, today, _WITH_STAFF, limit=_MOST_ROWS)
        waiting_count = count_in_state(connection, office_id, today, TicketState.HANDED_OVER)
        issued_count = count_issued(connection, office_id, today)
        events = newest_office_events(
            connection,
            office_id,
            kinds=[EventKind.HANDED_OVER.value],
            business_day=today,
            limit=2 * _MOST_ROWS,
        )
        missing_cards = not_arrived(connection, asked, office_id)
        gone_cards = card_alarms(connection, asked, session, office_id)
        rows = with_staff(
            connection,
            asked,
            session,
            tickets,
            {event.facts["ticket_id"]: event.at for event in reversed(events)},
            gone_cards,
            place.visitor,
        )
        contacts, contact_count = to_contact(connection, office_id, limit=_MOST_ROWS)
    rows.sort(key=lambda row: (row.at or asked.now, row.ticket.number))
    visitor = place.visitor
    current = next((row for row in rows if visitor and row.ticket.id == visitor.id), None)
    if current:
        for card in current.cards:
            if card.name:
                graph.views.note(graph.database, session, current.ticket.id, card.case_id, fields=("name",))
    needed = graph.policies.of(office_id).absent_after_calls
    return {
        **top_bar(asked, session, place),
        **exit_reasons(asked.texts),
        "found": None,
        "seq": seq,
        "current": current,
        "calls_left": max(0, needed - current.ticket.call_count) if current else 0,
        "rows": [row for row in rows if row.ticket.state is TicketState.HANDED_OVER],
        "absent": [row for row in rows if row.ticket.state is TicketState.ISSUANCE_ABSENT],
        "others": [
            row.ticket
            for row in rows
            if row.ticket.state is TicketState.CALLED_TO_ISSUANCE and row.ticket.window != place.window
        ],
        "waiting_count": waiting_count,
        "issued_count": issued_count,
        "not_arrived": missing_cards,
        "card_alarms": gone_cards,
        "to_contact": contacts,
        "contact_count": contact_count,
        "tie_kinds": tie_kinds(),
    }
