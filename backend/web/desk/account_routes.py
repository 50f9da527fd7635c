"""Routes of one's own account."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from backend.protection import end_other_sessions
from backend.web.desk.account_view import account_context
from backend.web.desk.addresses import At
from backend.web.desk.banner import Banner
from backend.web.desk.page_route import PageRoute
from backend.web.desk.pages import Asked, page, send_on
from backend.web.desk.people import check_csrf, need_person
from backend.web.desk.work_page import Posted
from backend.web.graph import graph_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get(At.ACCOUNT)
def own_account(request: Request) -> Response:
    """What one is, and where; also before the office of this work is chosen."""
    asked = Asked(request, graph_of(request))
    session = need_person(request, asked.graph)
    return page(asked, "account.html", account_context(asked, session))


@router.post(At.OWN_SESSIONS)
def end_others(post: Posted) -> Response:
    """Sign out at every other browser."""
    asked = Asked(post.request, post.graph)
    session = need_person(post.request, post.graph)
    check_csrf(post.request, post.form, session)
    with post.graph.database.write() as work:
        end_other_sessions(work, session)
    return send_on(asked, At.ACCOUNT, Banner("done.own_sessions"))
