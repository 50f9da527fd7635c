"""Routes of the staff pages (交付窓口): the list, one visitor in detail, and a form per command."""

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from backend.offices import business_day
from backend.protection import Permission, Session
from backend.reception import (
    AbsentAtIssuance,
    BackToIssuance,
    CallToIssuance,
    CancelTicket,
    EndWithoutCard,
    IssueCard,
    LeaveWindow,
    LookForCard,
    NoteContacted,
    PutBack,
    SendBack,
    StopIssuance,
    TakeWindow,
    TicketReply,
    TieCard,
    UntieCard,
    count_in_state,
)
from backend.web.desk.addresses import At
from backend.web.desk.clerk_forms import tie_of
from backend.web.desk.exits import CANCELLED, NOT_ISSUED, SENT_BACK, reason_among
from backend.web.desk.found_card import found_card
from backend.web.desk.page_route import PageRoute
from backend.web.desk.pages import Asked, page
from backend.web.desk.people import need_session
from backend.web.desk.seat_view import place_of
from backend.web.desk.staff_ticket_view import detail_context
from backend.web.desk.staff_view import staff_context
from backend.web.desk.work_page import LeadOn, Leads, Post, Posted, WorkPage, ticket_of
from backend.web.graph import graph_of
from backend.wire import TicketState, WindowKind

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_PLACE_DIGITS = 3
_counter = WorkPage(Permission.ISSUE_CARDS, At.STAFF, "staff.html", "staff_panel.html", staff_context)


@router.get(At.STAFF)
def staff(request: Request) -> Response:
    """The page."""
    return _counter.show(request)


@router.get(At.STAFF_PANEL)
def panel(request: Request) -> Response:
    """The part of the page that changes."""
    return _counter.refresh(request)


@router.get(At.STAFF_TICKET)
def detail(request: Request, ticket_id: str) -> Response:
    """One card of a visitor, with the fields that staff may see: ``card``, its place; the viewing is in the audit trail."""
    asked = Asked(request, graph_of(request))
    session = need_session(request, asked.graph, Permission.ISSUE_CARDS)
    place = _place(request.query_params.get("card", ""))
    return page(asked, "staff_ticket.html", detail_context(asked, session, ticket_of(ticket_id), place))


@router.post(At.STAFF_WINDOW)
async def take_window(post: Posted) -> Response:
    """Sit down at an issuance window: ``label``."""
    return await _counter.carry_out(post, lambda: TakeWindow(post.form.one("label"), WindowKind.ISSUANCE))


@router.post(At.STAFF_LEAVE)
async def leave_window(post: Posted) -> Response:
    """Get up from the window."""
    return await _counter.carry_out(post, LeaveWindow)


@router.post(At.STAFF_CALL)
async def call(post: Posted, ticket_id: str) -> Response:
    """Call a handed-over visitor to the issuance window, or call them again."""
    return await _counter.carry_out(post, lambda: CallToIssuance(ticket_of(ticket_id)))


@router.post(At.STAFF_ISSUE)
async def issue(post: Posted, ticket_id: str) -> Response:
    """A card was handed out: ``case_id``, which may be left out where the visitor has one."""
    return await _counter.carry_out(
        post,
        lambda: IssueCard(ticket_of(ticket_id), case_id=_case(post)),
        tell="issue",
        of_card=True,
        leads=_back_to_reception("issue"),
    )


@router.post(At.STAFF_END)
async def end(post: Posted, ticket_id: str) -> Response:
    """The visit ends without issuance, or one ``case_id`` of it: ``reason``."""
    return await _counter.carry_out(
        post,
        lambda: EndWithoutCard(
            ticket_of(ticket_id),
            reason_among(NOT_ISSUED, post.form.one("reason")),
            case_id=_case(post),
        ),
        tell="end",
        of_card=True,
        leads=_back_to_reception("end"),
    )


@router.post(At.STAFF_ABSENT)
async def set_absent(post: Posted, ticket_id: str) -> Response:
    """The visitor who was called did not come."""
    return await _counter.carry_out(
        post,
        lambda: AbsentAtIssuance(ticket_of(ticket_id)),
        tell="issuance_absent",
        leads=_back_to_reception("issuance_absent"),
    )


@router.post(At.STAFF_BACK)
async def bring_back(post: Posted, ticket_id: str) -> Response:
    """Somebody absent is here after all."""
    return await _counter.carry_out(post, lambda: BackToIssuance(ticket_of(ticket_id)), tell="issuance_back")


@router.post(At.STAFF_PUT_BACK)
async def put_back(post: Posted, ticket_id: str) -> Response:
    """Somebody who was called waits as before."""
    return await _counter.carry_out(post, lambda: PutBack(ticket_of(ticket_id)), tell="put_back")


@router.post(At.STAFF_SEND_BACK)
async def send_back(post: Posted, ticket_id: str) -> Response:
    """Somebody goes back to reception: ``reason``."""
    return await _counter.carry_out(
        post,
        lambda: SendBack(ticket_of(ticket_id), reason_among(SENT_BACK, post.form.one("reason"))),
        tell="send_back",
        leads=_back_to_reception("send_back"),
    )


@router.post(At.STAFF_CANCEL)
async def cancel(post: Posted, ticket_id: str) -> Response:
    """The number is given up: ``reason``."""
    return await _counter.carry_out(
        post,
        lambda: CancelTicket(ticket_of(ticket_id), reason_among(CANCELLED, post.form.one("reason"))),
        tell="cancel",
        leads=_back_to_reception("cancel"),
    )


@router.post(At.STAFF_TIE)
async def tie(post: Posted, ticket_id: str) -> Response:
    """Say whose card it is, as at reception; ``card``, its place, leads back to the page of that card."""
    place, home = post.form.one("card"), At.STAFF_TICKET.of(ticket_of(ticket_id))
    return await _counter.carry_out(
        post,
        lambda: tie_of(post.form, ticket_of(ticket_id), TieCard),
        tell="tie",
        of_card=True,
        home=f"{home}?card={place}" if _place(place) is not None else None,
    )


@router.post(At.STAFF_UNTIE)
async def untie(post: Posted, ticket_id: str) -> Response:
    """The card that was tied is another person's: ``case_id``; ``card`` as for ``tie``."""
    place, home = post.form.one("card"), At.STAFF_TICKET.of(ticket_of(ticket_id))
    return await _counter.carry_out(
        post,
        lambda: UntieCard(ticket_of(ticket_id), case_id=_case(post)),
        tell="untie",
        of_card=True,
        home=f"{home}?card={place}" if _place(place) is not None else None,
    )


@router.post(At.STAFF_LOOK)
async def look(post: Posted, ticket_id: str) -> Response:
    """Show whose card it is before it is tied, as at reception; ``card`` as for ``tie``."""
    place, home = post.form.one("card"), At.STAFF_TICKET.of(ticket_of(ticket_id))
    of_page = _place(place)

    def shows(asked: Asked, session: Session, reply: TicketReply) -> tuple[str, Mapping[str, object]]:
        tie_at, back = At.STAFF_TIE.of(ticket_of(ticket_id)), At.STAFF if of_page is None else home
        found = found_card(asked, post.form, reply, tie_at, back)
        if of_page is None:
            return "staff.html", {**staff_context(asked, session), "found": found}
        shown = detail_context(asked, session, ticket_of(ticket_id), of_page)
        return "staff_ticket.html", {**shown, "found": found}

    return await _counter.carry_out(
        post,
        lambda: tie_of(post.form, ticket_of(ticket_id), LookForCard),
        shows=shows,
        home=f"{home}?card={place}" if of_page is not None else None,
    )


@router.post(At.STAFF_STOP)
async def stop(post: Posted) -> Response:
    """Nothing can be issued any more: all who wait for a card go home, and are to be contacted."""
    return await _counter.carry_out(post, StopIssuance, tell="stop")


@router.post(At.STAFF_CONTACTED)
async def contacted(post: Posted) -> Response:
    """Somebody was told how it goes on: ``case_id``."""
    return await _counter.carry_out(
        post, lambda: NoteContacted(ticket_of(post.form.one("case_id"))), tell="contacted"
    )


def _back_to_reception(tell: str) -> Leads:
    """At a window for both works, whoever does both goes on with the next at reception once nobody is left for a card.

    Args:
        tell: key of the line that says what was done.
    """

    def leads(asked: Asked, session: Session, _reply: TicketReply) -> LeadOn | None:
        if Permission.CALL_VISITORS not in session.permissions:
            return None
        with asked.graph.database.read() as connection:
            place = place_of(connection, asked, session, WindowKind.ISSUANCE)
            at_both = place.seat is not None and place.seat.kind is WindowKind.COMBINED
            if not at_both or place.visitor is not None:
                return None
            today = business_day(asked.now)
            left = count_in_state(connection, place.office.id, today, TicketState.HANDED_OVER)
        return None if left else LeadOn(At.CLERK, tell)

    return leads


def _place(text: str) -> int | None:
    """Which card of a party an address or a form says; None where it says none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _PLACE_DIGITS else None


def _case(post: Post) -> str | None:
    """The card that a form is about, or none.

    Raises:
        WireError: what it says is no id.
    """
    said = post.form.one("case_id")
    return ticket_of(said) if said else None
