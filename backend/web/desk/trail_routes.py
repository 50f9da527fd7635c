"""Routes of the auditor's page: the newest entries of the trail, a search, and its result as a file."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from backend.exchange import TRAIL_HEADER, csv_of_trail
from backend.protection import Leaving, OutletKind, Permission, every_entry, let_out
from backend.web.desk.addresses import At
from backend.web.desk.page_route import PageRoute
from backend.web.desk.pages import Asked, page
from backend.web.desk.people import check_csrf, need_session
from backend.web.desk.trail_view import MOST_EXPORTED, Search, search_of, trail_context
from backend.web.desk.work_page import Post, Posted
from backend.web.graph import graph_of
from backend.web.http.forms import Purpose, note_purpose

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get(At.TRAIL)
def newest(request: Request) -> Response:
    """The newest entries."""
    asked = Asked(request, graph_of(request))
    session = need_session(request, asked.graph, Permission.READ_TRAIL)
    return page(asked, "trail.html", trail_context(asked, session, Search()))


@router.post(At.TRAIL)
def search(post: Posted) -> Response:
    """A page of what a form asks for; a form to keep numbers out of the address. The search is an entry of the trail itself."""
    asked, found = _asked(post)
    session = need_session(post.request, post.graph, Permission.READ_TRAIL)
    return page(asked, "trail.html", trail_context(asked, session, found))


@router.post(At.TRAIL_EXPORT)
def export(post: Posted) -> Response:
    """What a form asks for as CSV; entered in the list of files that left before anything of it leaves."""
    asked, found = _asked(post)
    session = need_session(post.request, post.graph, Permission.READ_TRAIL)
    if found.trouble:
        return page(asked, "trail.html", trail_context(asked, session, found))
    database = post.graph.database
    leaving = Leaving(OutletKind.TRAIL_EXPORT, 0, None, session.actor)
    with let_out(database, leaving), database.read() as connection:
        lines = [
            TRAIL_HEADER,
            *csv_of_trail(connection, every_entry(connection, found.wanted, MOST_EXPORTED)),
        ]
    return Response(
        b"".join(lines),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="trail.csv"'},
    )


def _asked(post: Post) -> tuple[Asked, Search]:
    """What a form of ours asks for; it is in the trail before anything is shown.

    Raises:
        WireError: nobody is signed in, somebody who may not, or it is not a form of ours.
        StorageError: the trail cannot be written or read.
    """
    note_purpose(post.request, Purpose.READING)
    asked = Asked(post.request, post.graph)
    session = need_session(post.request, post.graph, Permission.READ_TRAIL)
    check_csrf(post.request, post.form, session)
    return asked, search_of(asked, session, post.form)
