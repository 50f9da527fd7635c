"""Who uses a page: the session of a cookie, its office and permissions, and whether a form is one of ours."""

import hmac
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypedDict
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from backend.protection import Permission, Permissions, Session, find_session, session_of
from backend.settings import Settings
from backend.storage import Connection
from backend.web.desk.addresses import At
from backend.web.graph import Graph, graph_of
from backend.web.http.errors import WireError
from backend.web.http.forms import Form
from backend.web.http.proxies import client_address
from backend.wire import ErrorCode

SESSION_COOKIE = "uketsuke_session"
BROWSER_COOKIE = "uketsuke_browser"
"""The cookie by which the sign-in recognises a browser; it gives no access."""
_LANDINGS: dict[Permission, str] = {
    Permission.CALL_VISITORS: At.CLERK,
    Permission.ISSUE_CARDS: At.STAFF,
    Permission.READ_TRAIL: At.TRAIL,
    Permission.KEEP_ROSTER: At.ROSTER,
}
"""The pages that are somebody's work, and what it takes; the first that somebody may use is theirs to begin with."""


def work_of(permissions: Permissions) -> str:
    """The page of somebody's work; nothing where there is none for what they may do."""
    return next((page for needed, page in _LANDINGS.items() if needed in permissions), "")


def landing_of(permissions: Permissions) -> str:
    """The page to begin with: that of the work, or one's own account."""
    return work_of(permissions) or At.ACCOUNT


class Spans(TypedDict):
    """How long a session lasts."""

    lifetime: timedelta
    idle: timedelta


def spans(settings: Settings) -> Spans:
    """The spans of the settings, as ``protection.sessions`` takes them."""
    return Spans(
        lifetime=timedelta(minutes=settings.session_minutes),
        idle=timedelta(minutes=settings.session_idle_minutes),
    )


def signed_in(request: Request, graph: Graph, *, touch: bool = True) -> Session | None:
    """The session of the request's cookie, or None.

    Args:
        request: the request.
        graph: the application's graph.
        touch: whether this counts as use; False if nobody did anything, as when a page follows the event stream.
    """
    token = read_cookie(request, SESSION_COOKIE)
    if not token:
        return None
    found = find_session(graph.database, token, touch=touch, **spans(graph.settings))
    return _placed(found, request)


def _placed(session: Session | None, request: Request) -> Session | None:
    """The session, with the address that this request came from."""
    return None if session is None else replace(session, place=client_address(request) or None)


def is_at_work(session: Session, graph: Graph) -> bool:
    """Whether the office of this work is chosen, and is one that the file of offices still has."""
    return session.chosen is not None and graph.directory.get(session.chosen) is not None


def home_of(session: Session, graph: Graph) -> str:
    """The page to go on with: that of one's work, or the choice of the office as long as there is none."""
    return landing_of(session.permissions) if is_at_work(session, graph) else At.OFFICE


def need_person(request: Request, graph: Graph) -> Session:
    """The session of whoever is signed in, whether they have said where they work or not.

    Raises:
        WireError: nobody is.
    """
    session = signed_in(request, graph)
    if session is None:
        raise WireError(ErrorCode.NOT_SIGNED_IN)
    return session


def session_in(request: Request, graph: Graph, connection: Connection, now: datetime) -> Session | None:
    """The session of the request's cookie in a transaction that is open, at an aware moment, or none."""
    token = read_cookie(request, SESSION_COOKIE)
    if not token:
        return None
    return _placed(session_of(connection, token, now, **spans(graph.settings)), request)


def need_session(
    request: Request, graph: Graph, needed: Permission | None = None, *, touch: bool = True
) -> Session:
    """The session of the person who sent the request, at the office where they work.

    Raises:
        WireError: nobody is signed in, or the person has not chosen an office or may not use this page.
    """
    return need_at_work(signed_in(request, graph, touch=touch), graph, needed)


def need_at_work(session: Session | None, graph: Graph, needed: Permission | None = None) -> Session:
    """A session with which somebody may work.

    Raises:
        WireError: as ``need_session``.
    """
    if session is None:
        raise WireError(ErrorCode.NOT_SIGNED_IN)
    if not is_at_work(session, graph):
        raise WireError(ErrorCode.OFFICE_NEEDED)
    if needed is not None and not session.actor.may(needed):
        raise WireError(ErrorCode.FORBIDDEN, by=session.actor)
    return session


def check_csrf(request: Request, form: Form, session: Session) -> None:
    """Check that a form has the session's CSRF value, which only our own pages know.

    Raises:
        WireError: it does not.
    """
    given = form.one("csrf") or request.headers.get("x-csrf-token", "")
    if not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise WireError(ErrorCode.CSRF_FAILED, by=session.actor_anywhere)


def check_same_site(request: Request) -> None:
    """Check that a form without a session, such as the sign-in, comes from a page of this server.

    Browsers send the origin of a form; a request without one comes from a program, which no other site can control. If
    the settings name the address of the pages, the form must come from there; otherwise from the request's own host.

    Raises:
        WireError: the form comes from elsewhere.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise WireError(ErrorCode.CSRF_FAILED)
    origin = request.headers.get("origin")
    if origin is None:
        return
    ours = graph_of(request).settings.public_url
    from_here = origin == ours if ours is not None else _is_of_host(origin, request.headers.get("host"))
    if not from_here:
        raise WireError(ErrorCode.CSRF_FAILED)


def _is_of_host(origin: str, host: str | None) -> bool:
    """Whether an origin belongs to a host; a broken origin (``http://[``) belongs to none."""
    try:
        return urlsplit(origin).netloc == host
    except ValueError:
        return False


def _cookie_name(settings: Settings, name: str) -> str:
    """The cookie's full name: with secure cookies it has the prefix that browsers accept only from this host by HTTPS."""
    return f"__Host-{name}" if settings.over_tls else name


def read_cookie(request: Request, name: str) -> str | None:
    """The value of a cookie set by :func:`give_cookie`, or None."""
    return request.cookies.get(_cookie_name(graph_of(request).settings, name))


def drop_cookie(response: Response, settings: Settings, name: str) -> None:
    """Delete a cookie, with the attributes that it was set with: otherwise browsers would keep it."""
    response.delete_cookie(
        _cookie_name(settings, name), path="/", secure=settings.over_tls, httponly=True, samesite="strict"
    )


def give_cookie(
    response: Response, settings: Settings, name: str, value: str, *, seconds: int | None = None
) -> None:
    """Set a cookie that scripts cannot read and that other sites' requests do not carry.

    Args:
        response: the response that sets it.
        settings: they say whether it is sent only by HTTPS.
        name: its name, without prefix.
        value: its value.
        seconds: how long it is kept; by default until the browser is closed.
    """
    response.set_cookie(
        _cookie_name(settings, name),
        value,
        path="/",
        httponly=True,
        samesite="strict",
        secure=settings.over_tls,
        max_age=seconds,
    )
