"""Routes of one's own account."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from backend.web.desk.account_view import account_context
from backend.web.desk.addresses import At
from backend.web.desk.page_route import PageRoute
from backend.web.desk.pages import Asked, page
from backend.web.desk.people import need_person
from backend.web.graph import graph_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get(At.ACCOUNT)
def own_account(request: Request) -> Response:
    """What one is, and where; also before the office of this work is chosen."""
    asked = Asked(request, graph_of(request))
    session = need_person(request, asked.graph)
    return page(asked, "account.html", account_context(asked, session))
