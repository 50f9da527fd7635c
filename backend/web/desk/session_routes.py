"""Routes of signing in and out, of the language, and of the event stream that pages follow."""

import re

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from backend.common import Language
from backend.protection import KNOWN_FOR, Session, SignInError, end_session
from backend.reception import Handler, ReceptionError
from backend.web.desk.banner import Banner
from backend.web.desk.commands import Post, Posted
from backend.web.desk.page_route import PageRoute
from backend.web.desk.pages import LANGUAGE_COOKIE, Asked, page, send_on
from backend.web.desk.people import (
    BROWSER_COOKIE,
    SESSION_COOKIE,
    check_csrf,
    check_same_site,
    drop_cookie,
    give_cookie,
    landing_of,
    need_session,
    read_cookie,
    signed_in,
)
from backend.web.graph import graph_of
from backend.web.http.door import LONGEST_TYPED_NAME, LONGEST_TYPED_PASSWORD, Knock
from backend.web.http.errors import STATUS, WireError, describe, reply_to, retry_after
from backend.web.http.forms import Purpose, note_purpose, wants_json
from backend.web.http.proxies import client_address
from backend.wire import ErrorCode, contains_my_number

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_YEAR_SECONDS = 365 * 24 * 3600
_OUR_PAGES = re.compile(r"/(?:sign-in|clerk|staff|staff/tickets/[0-9a-f]{32})", re.ASCII)


@router.get("/")
def front(request: Request) -> Response:
    """Redirect to the page of the person who is signed in, or to the sign-in."""
    graph = graph_of(request)
    session = signed_in(request, graph)
    # By the address in the settings, if there is one; never by the request's own Host header.
    pages = graph.settings.public_url or ""
    return RedirectResponse(
        pages + (landing_of(session.actor.permissions) if session else "/sign-in"), status_code=303
    )


@router.get("/sign-in")
def sign_in_page(request: Request) -> Response:
    """The sign-in form; a person who is signed in already is redirected to their page."""
    asked = Asked(request, graph_of(request))
    session = signed_in(request, asked.graph)
    if session is not None:
        return RedirectResponse(landing_of(session.actor.permissions), status_code=303)
    again = "again" in request.query_params
    return _form(asked, "", banner=Banner("error.not_signed_in") if again else None)


@router.post("/sign-in")
async def sign_in(post: Posted) -> Response:
    """Begin a new session; an earlier one of this browser is ended, so that a planted cookie is useless.

    Asynchronous: while a password is checked, no thread waits for it.
    """
    request, graph = post.request, post.graph
    note_purpose(request, Purpose.SIGNING_IN)
    check_same_site(request)
    name = post.form.one("login")
    knock = Knock(
        name,
        post.form.one("password"),
        client_address(request),
        read_cookie(request, BROWSER_COOKIE),
        lambda: signed_in(request, graph, touch=False),
    )
    try:
        opened = await graph.door.let_in(knock)
    except (SignInError, WireError) as error:
        if wants_json(request):
            return reply_to(request, error)
        reply = describe(error)
        asked = Asked(request, graph)
        response = _form(asked, name, banner=Banner.of_error(reply), status=STATUS[reply.code])
        response.headers.update(retry_after(error))
        return response
    landing = landing_of(opened.session.actor.permissions)
    answer: Response = (
        JSONResponse({"landing": landing, "csrf": opened.session.csrf})
        if wants_json(request)
        else RedirectResponse(landing, status_code=303)
    )
    give_cookie(answer, graph.settings, SESSION_COOKIE, opened.token)
    known_for = int(KNOWN_FOR.total_seconds())
    give_cookie(answer, graph.settings, BROWSER_COOKIE, opened.browser_cookie, seconds=known_for)
    return answer


def _form(asked: Asked, name: str, *, banner: Banner | None = None, status: int = 200) -> Response:
    """The form; a typed name stays in it, so that only the password must be typed again."""
    name = name.strip()
    kept = len(name) <= LONGEST_TYPED_NAME and name.isprintable() and not contains_my_number(name)
    context = {
        "login": name if kept else "",
        "longest_name": LONGEST_TYPED_NAME,
        "longest_password": LONGEST_TYPED_PASSWORD,
    }
    return page(asked, "sign_in.html", context, banner=banner, status=status)


@router.post("/sign-out")
def sign_out(post: Posted) -> Response:
    """End the session. The window is left, too, unless a visitor is there: then a colleague takes over."""
    note_purpose(post.request, Purpose.SIGNING_OUT)
    asked = Asked(post.request, post.graph)
    session = need_session(post.request, post.graph)
    check_csrf(post.request, post.form, session)
    _leave_window(post, session)
    with post.graph.database.write() as work:
        end_session(work, session)
    answer: Response = (
        JSONResponse({}) if wants_json(post.request) else send_on(asked, "/sign-in", Banner("done.sign_out"))
    )
    drop_cookie(answer, post.graph.settings, SESSION_COOKIE)
    return answer


def _leave_window(post: Post, session: Session) -> None:
    handler = Handler(session.account.id, session.office_id)
    try:
        post.graph.calling.leave_window(post.form.request_id(), handler)
    except ReceptionError:
        return


@router.post("/language")
def choose_language(post: Posted) -> Response:
    """Set the language of this browser: ``language``, and ``back``, the page to return to."""
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
    """Snapshot and further events of the person's office, as server-sent events; ends with the session."""
    graph = graph_of(request)
    session = need_session(request, graph, touch=False)
    return graph.streams.open(
        session.office_id,
        session.token_hash,
        request.headers.get("last-event-id"),
        lambda: signed_in(request, graph, touch=False) is not None,
        for_page=True,
    )
