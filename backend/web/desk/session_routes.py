"""Routes of signing in and out, of the office of this work, of the language, and of the event stream that pages follow."""

import re
from typing import Any, TypedDict

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from backend.commands import NotPermittedError
from backend.common import Language
from backend.protection import KNOWN_FOR, Session, SignInError, end_session
from backend.reception import LeaveWindow, ReceptionError
from backend.web.desk.about_view import about_context
from backend.web.desk.addresses import At
from backend.web.desk.banner import Banner
from backend.web.desk.office_choice import Arrival, arrive, choice_context, go_to, names_of
from backend.web.desk.page_route import PageRoute
from backend.web.desk.pages import LANGUAGE_COOKIE, Asked, page, send_on
from backend.web.desk.people import (
    BROWSER_COOKIE,
    SESSION_COOKIE,
    check_csrf,
    check_same_site,
    drop_cookie,
    give_cookie,
    home_of,
    is_at_work,
    need_person,
    need_session,
    read_cookie,
    signed_in,
)
from backend.web.desk.work_page import Post, Posted
from backend.web.graph import graph_of
from backend.web.http.door import LONGEST_TYPED_NAME, LONGEST_TYPED_PASSWORD, Knock
from backend.web.http.errors import STATUS, WireError, describe, reply_to, retry_after
from backend.web.http.forms import Purpose, note_purpose, wants_json
from backend.web.http.page_threads import Threads, run_in
from backend.web.http.proxies import client_address
from backend.wire import ErrorCode, contains_my_number

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_YEAR_SECONDS = 365 * 24 * 3600
_OUR_PAGES = re.compile(
    "|".join(
        (At.ABOUT, At.SIGN_IN, At.OFFICE, At.ACCOUNT, At.CLERK, At.STAFF, At.STAFF_TICKET.of("[0-9a-f]{32}"))
    ),
    re.ASCII,
)


@router.get(At.FRONT)
def front(request: Request) -> Response:
    """Redirect to the page of the person who is signed in, or to the sign-in."""
    graph = graph_of(request)
    session = signed_in(request, graph)
    # By the address in the settings, if there is one; never by the request's own Host header.
    pages = graph.settings.public_url or ""
    return RedirectResponse(pages + (home_of(session, graph) if session else At.SIGN_IN), status_code=303)


@router.get(At.ABOUT)
def about(request: Request) -> Response:
    """What the product is and stands on; for everybody, signed in or not."""
    return page(Asked(request, graph_of(request)), "about.html", about_context())


@router.get(At.SIGN_IN)
def sign_in_page(request: Request) -> Response:
    """The sign-in form; a person who is signed in already is redirected to their page."""
    asked = Asked(request, graph_of(request))
    session = signed_in(request, asked.graph)
    again = "again" in request.query_params
    if session is not None:
        lost = again and not is_at_work(session, asked.graph)
        home = home_of(session, asked.graph)
        return send_on(asked, home, Banner(f"error.{ErrorCode.OFFICE_NEEDED}") if lost else None)
    return _form(asked, "", banner=Banner("error.not_signed_in") if again else None)


@router.post(At.SIGN_IN)
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
        graph.database.deadline(),
        lambda: signed_in(request, graph, touch=False),
    )
    office_id = post.form.one("office")
    try:
        opened = await graph.door.let_in(knock)
        arrival = await run_in(Threads.PAGES, knock.deadline.of, arrive, graph, opened.session, office_id)
    except (SignInError, WireError) as error:
        if wants_json(request):
            return reply_to(request, error)
        reply = describe(error)
        asked = Asked(request, graph)
        response = _form(asked, name, banner=Banner.of_error(reply), status=STATUS[reply.code])
        response.headers.update(retry_after(error))
        return response
    answer = _welcome(Asked(request, graph), arrival)
    give_cookie(answer, graph.settings, SESSION_COOKIE, opened.token)
    known_for = int(KNOWN_FOR.total_seconds())
    give_cookie(answer, graph.settings, BROWSER_COOKIE, opened.browser_cookie, seconds=known_for)
    return answer


def _welcome(asked: Asked, arrival: Arrival) -> Response:
    """The answer to the right password: on to one's work, or first to the question at which office that is."""
    session, refused = arrival.session, arrival.refused
    home = home_of(session, asked.graph)
    if not wants_json(asked.request):
        reply = describe(refused) if refused is not None else None
        # The page itself says what to do where an office is still to be chosen.
        asks = reply is None or reply.code is ErrorCode.OFFICE_NEEDED
        return send_on(asked, home, None if asks or reply is None else Banner.of_error(reply))
    told: dict[str, Any] = {"landing": home, "csrf": session.csrf}
    if refused is not None:
        told |= describe(refused).model_dump(mode="json")
        told["choose_office"] = names_of(arrival.offered, asked.language)
    return JSONResponse(told)


class SignInContext(TypedDict):
    """What the form of the sign-in shows: a name that was typed before, and how long what is typed may be."""

    login: str
    longest_name: int
    longest_password: int


def _form(asked: Asked, name: str, *, banner: Banner | None = None, status: int = 200) -> Response:
    """The form; a typed name stays in it, so that only the password must be typed again."""
    name = name.strip()
    kept = len(name) <= LONGEST_TYPED_NAME and name.isprintable() and not contains_my_number(name)
    context: SignInContext = {
        "login": name if kept else "",
        "longest_name": LONGEST_TYPED_NAME,
        "longest_password": LONGEST_TYPED_PASSWORD,
    }
    return page(asked, "sign_in.html", context, banner=banner, status=status)


@router.post(At.SIGN_OUT)
def sign_out(post: Posted) -> Response:
    """End the session. The window is left, too, unless a visitor is there: then a colleague takes over."""
    note_purpose(post.request, Purpose.SIGNING_OUT)
    asked = Asked(post.request, post.graph)
    session = need_person(post.request, post.graph)
    check_csrf(post.request, post.form, session)
    _leave_window(post, session)
    with post.graph.database.write() as work:
        end_session(work, session)
    answer: Response = (
        JSONResponse({}) if wants_json(post.request) else send_on(asked, At.SIGN_IN, Banner("done.sign_out"))
    )
    drop_cookie(answer, post.graph.settings, SESSION_COOKIE)
    return answer


def _leave_window(post: Post, session: Session) -> None:
    try:
        post.graph.runner.run(post.form.request_id(), LeaveWindow(), session.actor_anywhere)
    except (ReceptionError, NotPermittedError):
        return


@router.get(At.OFFICE)
def office_page(request: Request) -> Response:
    """The question at which office somebody works today. Opening it changes nothing."""
    asked = Asked(request, graph_of(request))
    session = need_person(request, asked.graph)
    return page(asked, "office.html", choice_context(asked, session))


@router.post(At.OFFICE)
def choose_office(post: Posted) -> Response:
    """Work at an office from now on: ``office``. Whoever is there already, as after a second click, goes on."""
    note_purpose(post.request, Purpose.CHOOSING_OFFICE)
    check_same_site(post.request)
    asked = Asked(post.request, post.graph)
    session = need_person(post.request, post.graph)
    office_id = post.form.one("office")
    if session.chosen != office_id or not is_at_work(session, post.graph):
        check_csrf(post.request, post.form, session)
        try:
            session = go_to(post.graph, session, office_id)
        except (WireError, ReceptionError) as error:
            reply = describe(error)
            if wants_json(post.request) or reply.code is ErrorCode.NOT_SIGNED_IN:
                raise
            banner = Banner.of_error(reply, Purpose.CHOOSING_OFFICE)
            context = choice_context(asked, session)
            return page(asked, "office.html", context, banner=banner, status=STATUS[reply.code])
    home = home_of(session, post.graph)
    if wants_json(post.request):
        return JSONResponse({"landing": home, "csrf": session.csrf})
    return RedirectResponse(home, status_code=303)


@router.post(At.LANGUAGE)
def choose_language(post: Posted) -> Response:
    """Set the language of this browser: ``language``, and ``back``, the page to return to."""
    check_same_site(post.request)
    try:
        language = Language(post.form.one("language"))
    except ValueError:
        raise WireError(ErrorCode.INVALID_REQUEST, fields="language") from None
    back = post.form.one("back")
    answer = RedirectResponse(back if _OUR_PAGES.fullmatch(back) else At.FRONT, status_code=303)
    give_cookie(answer, post.graph.settings, LANGUAGE_COOKIE, language.value, seconds=_YEAR_SECONDS)
    return answer


@router.get(At.EVENTS)
def events(request: Request) -> Response:
    """Snapshot and further events of the session's office, as server-sent events; ends when the person leaves it.

    A page says for which office it asks (``office``). One that still shows another office is refused: it would take the
    numbers of one office's events for those of the other.

    Raises:
        WireError: nobody is signed in, or they work at another office by now.
    """
    graph = graph_of(request)
    session = need_session(request, graph, touch=False)
    if request.query_params.get("office", session.office_id) != session.office_id:
        raise WireError(ErrorCode.OFFICE_NEEDED)

    def still_there() -> bool:
        now = signed_in(request, graph, touch=False)
        return now is not None and now.chosen == session.office_id

    return graph.streams.open(
        session.office_id,
        session.token_hash,
        request.headers.get("last-event-id"),
        still_there,
        for_page=True,
    )
