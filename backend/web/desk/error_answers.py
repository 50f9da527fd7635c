"""Answers to errors, wherever they were raised: a text for a person, a code for a program."""

import asyncio
from typing import TypedDict

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.storage import StorageError
from backend.web.desk.addresses import At
from backend.web.desk.banner import Banner
from backend.web.desk.pages import Asked, fragment, page, send_on
from backend.web.desk.people import SESSION_COOKIE, home_of, read_cookie, signed_in
from backend.web.graph import graph_of
from backend.web.http.errors import KNOWN, STATUS, WireError, reply_for, reply_to, retry_after
from backend.web.http.forms import Purpose, purpose_of, wants_fragment, wants_json
from backend.wire import ErrorCode, ErrorReply, contains_my_number

_API = "/api/"
_NO_SUCH_PAGE = frozenset({404, 405})
log = structlog.get_logger("uketsuke.web")


def answer_trouble(request: Request, error: Exception) -> Response:
    """The answer to an error for which there is no page of its own."""
    if isinstance(error, HTTPException):
        return _answer_http(request, error)
    if wants_json(request) or "text/event-stream" in request.headers.get("accept", ""):
        return reply_to(request, error)
    asked = Asked(request, graph_of(request))
    reply = reply_for(request, error)
    banner = Banner.of_error(reply, purpose_of(request))
    if wants_fragment(request):
        return fragment(asked, "banner.html", {}, banner=banner, status=STATUS[reply.code])
    if reply.code is ErrorCode.NOT_SIGNED_IN:
        return send_on(asked, At.SIGN_IN.again if read_cookie(request, SESSION_COOKIE) else At.SIGN_IN)
    if reply.code is ErrorCode.OFFICE_NEEDED:
        return send_on(asked, At.OFFICE, Banner.of_error(reply))
    response = _page(asked, reply.code, banner, STATUS[reply.code])
    response.headers.update(retry_after(error))
    return response


def _answer_http(request: Request, error: HTTPException) -> Response:
    """The answer to what the framework refuses: an unknown address or method, or an unreadable body."""
    code = ErrorCode.NOT_FOUND if error.status_code == 404 else ErrorCode.INVALID_REQUEST
    for_person = "text/html" in request.headers.get("accept", "")
    for_script = wants_fragment(request)
    if not (for_person or for_script) or request.url.path.startswith(_API):
        return JSONResponse(
            ErrorReply(code=code).model_dump(mode="json"),
            status_code=error.status_code,
            headers=error.headers,
        )
    key = "error.no_such_page" if error.status_code in _NO_SUCH_PAGE else f"error.{code}"
    banner = Banner(key, purpose=purpose_of(request))
    asked = Asked(request, graph_of(request))
    if for_script:
        response = fragment(asked, "banner.html", {}, banner=banner, status=error.status_code)
    else:
        response = _page(asked, code, banner, error.status_code)
    response.headers.update(error.headers or {})
    return response


class TroubleContext(TypedDict):
    """What a page of a trouble shows: its code, the address to go on with, and the key of the title."""

    code: str
    home: str
    title: str


def _page(asked: Asked, code: ErrorCode, banner: Banner, status: int) -> Response:
    purpose = purpose_of(asked.request)
    title = "trouble.title" if purpose is Purpose.READING else f"trouble.title_{purpose.name.lower()}"
    shown: TroubleContext = {"code": code.value, "home": _home(asked), "title": title}
    return page(asked, "trouble.html", shown, banner=banner, status=status)


def _home(asked: Asked) -> str:
    """The address of the page to continue with; the sign-in if the role is unknown."""
    try:
        session = signed_in(asked.request, asked.graph, touch=False)
    except StorageError:
        return At.SIGN_IN
    return home_of(session, asked.graph) if session else At.SIGN_IN


def answer_errors(app: FastAPI) -> None:
    """Make the application answer every known error in the same shape, ``ErrorReply``."""

    def known(request: Request, error: Exception) -> Response:
        return reply_to(request, error)

    def invalid(request: Request, error: Exception) -> Response:
        # Only the places of errors are named; the values that were sent may be personal.
        places = ""
        if isinstance(error, RequestValidationError):
            places = ", ".join(".".join(str(part) for part in item["loc"]) for item in error.errors())
        # The name of an unknown field was chosen by the sender, and may hold anything.
        refused = (
            WireError(ErrorCode.CONTAINS_MY_NUMBER)
            if contains_my_number(places)
            else WireError(ErrorCode.INVALID_REQUEST, fields=places[:200])
        )
        return reply_to(request, refused)

    for kind in KNOWN:
        app.add_exception_handler(kind, known)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, answer_trouble)


class LastAnswer:
    """Answers every error that nothing else answered, also those raised in middleware.

    The framework's own handler of last resort is outside of all middleware: its answers lack our headers, and it
    raises the error again, which gives a second line in the log.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except ClientDisconnect:
            return  # the client is gone
        except Exception as error:  # noqa: BLE001 - every error is logged once
            if begun:
                # Half an answer was sent and cannot be replaced: one line is logged and the server cuts the
                # connection, so that the client does not take the half for the whole.
                reply_for(Request(scope), error)
                return
            response = await asyncio.to_thread(_answer_safely, Request(scope), error)
            await response(scope, receive, send)


def _answer_safely(request: Request, error: Exception) -> Response:
    try:
        if request.url.path.startswith(_API) and not isinstance(error, HTTPException):
            return reply_to(request, error)
        return answer_trouble(request, error)
    except Exception:  # noqa: BLE001 - the error's page may fail with the same error, which is already logged
        return reply_to(request, error)
