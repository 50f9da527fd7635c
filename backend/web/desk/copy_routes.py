"""Routes of the copy page: an empty form, and one record."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from backend.protection import Permission
from backend.web.desk.addresses import At
from backend.web.desk.copy_view import copy_context
from backend.web.desk.page_route import PageRoute
from backend.web.desk.pages import Asked, page
from backend.web.desk.people import check_csrf, need_session
from backend.web.desk.work_page import Posted
from backend.web.graph import graph_of
from backend.web.http.forms import Purpose, note_purpose

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get(At.COPY)
def empty(request: Request) -> Response:
    """The page before anything was asked for."""
    asked = Asked(request, graph_of(request))
    session = need_session(request, asked.graph, Permission.COPY_RECORDS)
    return page(asked, "copy.html", copy_context(asked, session))


@router.post(At.COPY)
def look(post: Posted) -> Response:
    """One record: ``what``, ``card_number``, ``day``. It is a form to keep the number out of the address."""
    note_purpose(post.request, Purpose.READING)
    asked = Asked(post.request, post.graph)
    session = need_session(post.request, post.graph, Permission.COPY_RECORDS)
    check_csrf(post.request, post.form, session)
    return page(asked, "copy.html", copy_context(asked, session, post.form))
