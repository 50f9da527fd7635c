"""Routes of the staff pages (交付窓口): the list, one visitor in detail, and a form per command."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from backend.protection import Permission
from backend.reception import CallToIssuance, IssueCard, LeaveWindow, TakeWindow
from backend.web.desk.addresses import At
from backend.web.desk.page_route import PageRoute
from backend.web.desk.pages import Asked, page
from backend.web.desk.people import need_session
from backend.web.desk.staff_view import detail_context, staff_context
from backend.web.desk.work_page import Posted, WorkPage, ticket_of
from backend.web.graph import graph_of
from backend.wire import WindowKind

router = APIRouter(route_class=PageRoute, include_in_schema=False)
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
    """One visitor, with the fields that staff may see; the viewing is recorded in the audit trail."""
    asked = Asked(request, graph_of(request))
    session = need_session(request, asked.graph, Permission.ISSUE_CARDS)
    return page(asked, "staff_ticket.html", detail_context(asked, session, ticket_of(ticket_id)))


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
    """The card was handed out."""
    return await _counter.carry_out(post, lambda: IssueCard(ticket_of(ticket_id)), tell="issue")
