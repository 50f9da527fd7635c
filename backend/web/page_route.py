"""Routes of pages: in threads of their own, and what goes wrong is told in words, or as a code for a program."""

from collections.abc import Callable, Coroutine
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

import structlog
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from backend.storage.errors import StorageError
from backend.web.banner import Banner
from backend.web.errors import KNOWN, STATUS, WireError, describe, reply_to
from backend.web.forms import wants_fragment, wants_json
from backend.web.graph import graph_of
from backend.web.page_threads import Threads, run_in
from backend.web.pages import Asked, fragment, page, send_on
from backend.web.people import LANDING, SESSION_COOKIE, signed_in
from backend.wire.codes import ErrorCode

log = structlog.get_logger("uketsuke.web")


class PageRoute(APIRoute):
    """A route whose work is done in the threads of pages, and whose refusals are pages."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, _in_page_thread(endpoint), **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with refusals turned into answers."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except KNOWN as error:
                return await run_in(Threads.PAGES, answer_refusal, request, error)
            except RequestValidationError:
                return await run_in(
                    Threads.PAGES, answer_refusal, request, WireError(ErrorCode.INVALID_REQUEST)
                )
            except HTTPException:
                raise
            except Exception as error:  # noqa: BLE001 - a person gets words for whatever happened
                # The text of the exception may hold what somebody typed; type and route are enough to find it.
                log.error("unexpected_error", error=type(error).__name__, route=self.path)  # noqa: TRY400 - no trace
                return await run_in(Threads.PAGES, answer_refusal, request, error)

        return answer


def _in_page_thread(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """A plain function as one that waits for a thread of pages; the framework would take one of the devices'."""
    if iscoroutinefunction(endpoint):
        return endpoint

    @wraps(endpoint)
    async def in_thread(**values: Any) -> Any:
        return await run_in(Threads.PAGES, endpoint, **values)

    return in_thread


def answer_refusal(request: Request, error: Exception) -> Response:
    """The answer to a refusal that no page of its own shows."""
    if wants_json(request) or "text/event-stream" in request.headers.get("accept", ""):
        return reply_to(error) if isinstance(error, KNOWN) else _unexpected(error)
    asked = Asked(request, graph_of(request))
    reply = describe(error)
    status = STATUS[reply.code]
    if wants_fragment(request):
        return fragment(asked, "banner.html", {}, banner=Banner.of_error(reply), status=status)
    if reply.code is ErrorCode.NOT_SIGNED_IN:
        return send_on(asked, "/sign-in?again=1" if SESSION_COOKIE in request.cookies else "/sign-in")
    return page(
        asked,
        "trouble.html",
        {"code": reply.code.value, "home": _home(asked)},
        banner=Banner.of_error(reply),
        status=status,
    )


def _unexpected(error: Exception) -> Response:
    reply = describe(error)
    return JSONResponse(reply.model_dump(mode="json"), status_code=STATUS[reply.code])


def _home(asked: Asked) -> str:
    """The page to go on with; that of the sign-in where it cannot be told."""
    try:
        session = signed_in(asked.request, asked.graph, touch=False)
    except StorageError:
        return "/sign-in"
    return LANDING[session.account.role] if session else "/sign-in"
