"""Routes of signing in and out, of the language, and of the event stream that pages follow."""

import re
from datetime import timedelta

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from assets.catalogue import Language
from backend.protection.accounts import (
    Account,
    LockedOutError,
    SignInError,
    WrongCredentialsError,
    check_password,
)
from backend.protection.sessions import Session, end_session, start_session
from backend.reception.desk import Handler
from backend.reception.errors import ReceptionError
from backend.web.banner import Banner
from backend.web.commands import Post, Posted
from backend.web.errors import STATUS, WireError, describe
from backend.web.forms import wants_json
from backend.web.graph import graph_of
from backend.web.page_route import PageRoute
from backend.web.pages import LANGUAGE_COOKIE, Asked, page, send_on
from backend.web.people import (
    LANDING,
    SESSION_COOKIE,
    check_csrf,
    check_same_site,
    give_cookie,
    need_session,
    signed_in,
)
from backend.wire.codes import ErrorCode

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_LONGEST_LOGIN = 200
_LONGEST_PASSWORD = 1000
_YEAR_SECONDS = 365 * 24 * 3600
_OUR_PAGES = re.compile(r"/(?:sign-in|clerk|staff|staff/tickets/[0-9a-f]{32})", re.ASCII)


@router.get("/")
def front(request: Request) -> Response:
    """Lead on to the page of whoever is signed in, or to the sign-in."""
    session = signed_in(request, graph_of(request))
    return RedirectResponse(LANDING[session.account.role] if session else "/sign-in", status_code=303)


@router.get("/sign-in")
def sign_in_page(request: Request) -> Response:
    """The form; whoever is signed in already is led on."""
    asked = Asked(request, graph_of(request))
    session = signed_in(request, asked.graph)
    if session is not None:
        return RedirectResponse(LANDING[session.account.role], status_code=303)
    again = "again" in request.query_params
    return page(asked, "sign_in.html", {}, banner=Banner("error.not_signed_in") if again else None)


@router.post("/sign-in")
def sign_in(post: Posted) -> Response:
    """Begin a new session; an earlier one of this browser ends, so that a planted cookie is worth nothing."""
    asked = Asked(post.request, post.graph)
    check_same_site(post.request)
    try:
        account = _check(post)
    except SignInError as error:
        if wants_json(post.request):
            raise
        reply = describe(error)
        response = page(asked, "sign_in.html", {}, banner=Banner.of_error(reply), status=STATUS[reply.code])
        if isinstance(error, LockedOutError):
            left = error.until - asked.now
            response.headers["Retry-After"] = str(max(1, int(left.total_seconds())))
        return response
    earlier = signed_in(post.request, post.graph, touch=False)
    with post.graph.database.write() as work:
        if earlier is not None:
            end_session(work, earlier)
        token, session = start_session(work, account)
    landing = LANDING[account.role]
    answer: Response = (
        JSONResponse({"landing": landing, "csrf": session.csrf})
        if wants_json(post.request)
        else RedirectResponse(landing, status_code=303)
    )
    give_cookie(answer, post.graph.settings, SESSION_COOKIE, token)
    return answer


def _check(post: Post) -> Account:
    """Check name and password of the form.

    Raises:
        WrongCredentialsError: name or password is wrong.
        LockedOutError: too many failures in a row.
    """
    graph = post.graph
    login, password = post.form.one("login").strip(), post.form.one("password")
    if not login or len(login) > _LONGEST_LOGIN or len(password) > _LONGEST_PASSWORD:
        raise WrongCredentialsError("the name or the password is wrong")
    failures, lockout = graph.settings.login_failures, timedelta(minutes=graph.settings.lockout_minutes)
    return graph.attempts.check(
        login,
        graph.database.clock(),
        lambda: check_password(graph.database, login, password, max_failures=failures, lockout=lockout),
        max_failures=failures,
        lockout=lockout,
    )


@router.post("/sign-out")
def sign_out(post: Posted) -> Response:
    """End the session. The window is left too, unless a visitor is there: then a colleague takes it over."""
    asked = Asked(post.request, post.graph)
    session = need_session(post.request, post.graph)
    check_csrf(post.request, post.form, session)
    _leave_window(post, session)
    with post.graph.database.write() as work:
        end_session(work, session)
    answer: Response = (
        JSONResponse({}) if wants_json(post.request) else send_on(asked, "/sign-in", Banner("done.sign_out"))
    )
    answer.delete_cookie(SESSION_COOKIE, path="/")
    return answer


def _leave_window(post: Post, session: Session) -> None:
    handler = Handler(session.account.id, session.account.office_id)
    try:
        post.graph.calling.leave_window(post.form.request_id(), handler)
    except ReceptionError:
        return


@router.post("/language")
def choose_language(post: Posted) -> Response:
    """Choose the language of this browser: ``language``, and ``back``, the page to go on with."""
    check_same_site(post.request)
    try:
        language = Language(post.form.one("language"))
    except ValueError:
        raise WireError(ErrorCode.INVALID_REQUEST, fields="language") from None
    back = post.form.one("back")
    answer = RedirectResponse(back if _OUR_PAGES.fullmatch(back) else "/", status_code=303)
    give_cookie(answer, post.graph.settings, LANGUAGE_COOKIE, language.value, seconds=_YEAR_SECONDS)
    return answer


@router.get("/pages/events")
def events(request: Request) -> Response:
    """Snapshot and tail of the person's office as server-sent events; ends when the session does."""
    graph = graph_of(request)
    session = need_session(request, graph, touch=False)
    return graph.streams.open(
        session.account.office_id,
        request.headers.get("last-event-id"),
        lambda: signed_in(request, graph, touch=False) is not None,
        for_page=True,
    )
