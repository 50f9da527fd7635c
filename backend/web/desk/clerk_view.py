"""What the clerk page shows, read in one go."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypedDict

from backend.cards import IndexKind
from backend.offices import business_day
from backend.protection import Session, permitted_columns
from backend.reception import (
    ReceptionError,
    Ticket,
    lacks_paper,
    next_due,
    tickets_in,
    troubles_at,
    without_paper,
)
from backend.storage import last_event_seq
from backend.web.desk.banner import Banner
from backend.web.desk.card_alarm import CardAlarms, card_alarms
from backend.web.desk.checklist_view import ChecklistView, view_checklist
from backend.web.desk.clerk_forms import CANCEL_REASONS, tie_kinds
from backend.web.desk.clerk_party import PartyView, seen_cases, view_party
from backend.web.desk.device_alarms import DeviceAlarm, alarms_of
from backend.web.desk.found_card import FoundCard
from backend.web.desk.guide_view import GuideView, view_guide
from backend.web.desk.pages import Asked
from backend.web.desk.queue_view import PAGE, QueuePart, QueueView, view_queue
from backend.web.desk.reservation_words import ReservationLine, lines_of
from backend.web.desk.seat_view import TopBar, not_arrived, place_of, top_bar
from backend.web.desk.visit_cards import VisitCards, visits_of
from backend.web.desk.visit_kind_view import VisitKindView, view_visit_kind
from backend.web.http.errors import describe
from backend.wire import CancelReason, PrinterTrouble, PrintState, TicketState, WindowKind

_MOST_ROWS = PAGE
_MOST_WITHOUT_PAPER = 20
_OPEN_WITHOUT_PAPER = 3
"""This many rows of numbers without paper still leave room for the queue on a low screen."""
_ONLY_SILENT = frozenset({None, PrinterTrouble.SILENT.value})


@dataclass(frozen=True)
class NoPaper:
    """A ticket that was not printed, and the key of the text that says why."""

    ticket: Ticket
    why: str


class _Check(TypedDict):
    checklist: ChecklistView | None
    party: PartyView | None
    lines: Sequence[ReservationLine]
    check_trouble: str


class ClerkContext(TopBar, _Check):
    """Everything that the clerk's templates show.

    Attributes:
        found: the card that a number led to, before it is tied.
        guide: the step of the questions about who came that is open.
        seq: of the newest event that is shown for certain.
        queue: a page of those who wait; ``next_waiting`` is whoever is called next, ``waiting_count`` counts all.
        visitor: who is at the clerk's window.
        visit_of: what a number that the page shows is for.
        visit: what they come for, where that takes the place of the checklist.
        no_paper_open: how many numbers without paper are shown without asking for more.
        redraw_at: when the page would look different without any event, UTC.
        not_arrived: whose cards have to be looked for.
        card_alarms: about whose cards staff are to be asked.
        calls_left: how many more calls are needed before the visitor may be set absent.
        cancel_reasons: those that a person may give.
        tie_kinds: the kinds of numbers by which a card is searched.
    """

    found: FoundCard | None
    guide: GuideView | None
    seq: int
    queue: QueueView
    next_waiting: Ticket | None
    waiting_count: int
    absent: Sequence[Ticket]
    incomplete: Sequence[Ticket]
    others: Sequence[Ticket]
    visitor: Ticket | None
    visit_of: Callable[[Ticket], VisitCards]
    visit: VisitKindView | None
    no_paper: Sequence[NoPaper]
    no_paper_count: int
    no_paper_open: int
    redraw_at: datetime | None
    paper_doubtful: Callable[[Ticket], bool]
    device_troubles: Sequence[DeviceAlarm]
    not_arrived: Sequence[Ticket]
    card_alarms: CardAlarms
    calls_left: int
    cancel_reasons: Sequence[CancelReason]
    tie_kinds: Sequence[IndexKind]


def clerk_context(asked: Asked, session: Session, case_id: str | None = None) -> ClerkContext:
    """Everything that the clerk's templates need.

    Args:
        asked: the request.
        session: of the clerk.
        case_id: which card of the visitor's party to show; else the one that the address names.

    Raises:
        WireError: the clerk's office does not exist any more.
        StorageError: the database cannot be read, or the audit trail cannot be written.
    """
    graph = asked.graph
    now = asked.now
    today = business_day(now)
    with graph.database.read() as connection:
        # Read first: what is read after it may be newer, never older, than this event.
        seq = last_event_seq(connection, session.office_id)
        place = place_of(connection, asked, session, WindowKind.RECEPTION)
        office_id = place.office.id
        absent = tickets_in(connection, office_id, today, {TicketState.ABSENT}, limit=_MOST_ROWS)
        incomplete = tickets_in(connection, office_id, today, {TicketState.INCOMPLETE}, limit=_MOST_ROWS)
        due = graph.policies.of(office_id).due(now)
        part = QueuePart.of(asked.request)
        queue = view_queue(
            connection,
            office_id,
            today,
            due,
            part,
            absent=len(absent),
            visits=place.seat.visits if place.seat else None,
        )
        no_paper, no_paper_count = without_paper(connection, office_id, today, now, limit=_MOST_WITHOUT_PAPER)
        redraw_at = next_due(connection, office_id, today, now)
        troubles = troubles_at(connection, office_id, today)
        missing_cards = not_arrived(connection, asked, office_id)
        gone_cards = card_alarms(connection, asked, session, office_id)
        shown = [*queue.rows, *absent, *incomplete, *filter(None, (queue.next, place.visitor))]
        visit_of = visits_of(connection, asked, session, shown)
    others = [
        ticket
        for label, ticket in sorted(place.at_windows.items())
        if label != place.window and ticket.state is not TicketState.CALLED_TO_ISSUANCE
    ]
    visitor = place.visitor
    visit = view_visit_kind(graph.directory, visitor, asked.language)
    return {
        "found": None,
        "guide": None,
        **top_bar(asked, session, place),
        "seq": seq,
        "queue": queue,
        "next_waiting": queue.next,
        "waiting_count": queue.count,
        "absent": absent,
        "incomplete": incomplete,
        "others": others,
        "visitor": visitor,
        "visit_of": visit_of,
        "visit": visit,
        "no_paper": [NoPaper(ticket, why_no_paper(ticket)) for ticket in no_paper],
        "no_paper_count": no_paper_count,
        "no_paper_open": _OPEN_WITHOUT_PAPER,
        "redraw_at": redraw_at,
        "paper_doubtful": partial(paper_doubtful, now=now),
        "device_troubles": alarms_of(troubles),
        "not_arrived": missing_cards,
        "card_alarms": gone_cards,
        "calls_left": calls_left(visitor, graph.policies.of(office_id).absent_after_calls),
        "cancel_reasons": CANCEL_REASONS,
        "tie_kinds": tie_kinds(),
        **_check(asked, session, None if visit else visitor, part, case_id, visit_of, gone_cards),
    }


def with_guide(
    asked: Asked, session: Session, ticket_id: str, answers: Mapping[str, str], case_id: str | None
) -> ClerkContext:
    """The page with the guide to the recipient type, open at the step to which the answers lead.

    Raises:
        ReceptionError: the visitor is not at this clerk's window, or the rules do not know the answers.
        WireError, StorageError: as in ``clerk_context``.
    """
    guidance = asked.graph.checking.guidance(session.actor, ticket_id, answers, case_id)
    shown = clerk_context(asked, session, case_id)
    return {**shown, "guide": view_guide(guidance, asked.documents, case_id)}


def paper_doubtful(ticket: Ticket, now: datetime) -> bool:
    """Whether the visitor may have no printed ticket and must be told the number, and nobody has done so yet."""
    if lacks_paper(ticket, now):
        return True
    return ticket.print_state is PrintState.UNCONFIRMED and ticket.print_trouble in _ONLY_SILENT


def why_no_paper(ticket: Ticket) -> str:
    """Key of the text that says why a ticket was not printed; a newer kiosk may send troubles unknown here."""
    if ticket.print_state is PrintState.PENDING:
        return "paper.why_pending"
    known = ticket.print_trouble in PrinterTrouble.__members__.values()
    return f"paper.why_{ticket.print_trouble}" if known else "paper.why_unknown"


def calls_left(visitor: Ticket | None, needed: int) -> int:
    """How many more calls are needed before the visitor may be set absent."""
    return max(0, needed - visitor.call_count) if visitor else 0


def _check(
    asked: Asked,
    session: Session,
    visitor: Ticket | None,
    part: QueuePart,
    case_id: str | None,
    visit_of: Callable[[Ticket], VisitCards],
    gone_cards: CardAlarms,
) -> _Check:
    """The reservation and the checklist, but only while the visitor is at the clerk's own window."""
    nothing: _Check = {"checklist": None, "party": None, "lines": [], "check_trouble": ""}
    if visitor is None or visitor.state is not TicketState.SERVING:
        return nothing
    graph = asked.graph
    try:
        sheet = graph.checking.sheet(
            visitor.office_id,
            visitor.id,
            permitted_columns(session.actor.permissions),
            asked.judged,
            case_id,
            part.place_of(visitor),
        )
    except ReceptionError as error:
        # The page is shown without a checklist: the clerk can still finish with this visitor, and serve others.
        words = Banner.of_error(describe(error)).words(asked.texts, asked.now)
        return {**nothing, "check_trouble": words}
    for seen in seen_cases(sheet):
        fields = tuple(sheet.fields) if seen == sheet.case_id else ("name",)
        graph.views.note(graph.database, session, visitor.id, seen, fields=fields)
    return {
        **nothing,
        "checklist": view_checklist(
            sheet,
            asked.texts,
            asked.documents,
            graph.settings.of_office(visitor.office_id).documents_first,
        ),
        "party": view_party(sheet, part, asked.documents, visit_of(visitor).reasons, gone_cards.by_case),
        "lines": lines_of(sheet.fields, visitor.business_day, graph.directory, asked.texts, asked.documents),
    }
