"""The methods of an address: HEAD is answered like GET without a body, and a refusal names all allowed methods.

The framework knows methods by route: a page and its form are two routes with one address, and its refusals name only
the methods of the first.
"""

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.routing import Match, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_KNOWN = ("GET", "POST", "PUT", "PATCH", "DELETE")
_NOT_ALLOWED = 405


class _HeadIsAnsweredError(Exception):
    """Raised after the head was sent in answer to HEAD, to end an answer that would go on, such as an event stream."""


class Methods:
    """Innermost middleware, right before the routes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, HEAD as GET."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        only_head = scope["method"] == "HEAD"

        async def answering(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == _NOT_ALLOWED:
                _name_all(scope, message)
            if only_head and message["type"] == "http.response.body":
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                raise _HeadIsAnsweredError
            await send(message)

        try:
            await self._app({**scope, "method": "GET"} if only_head else scope, receive, answering)
        except* _HeadIsAnsweredError:
            pass  # the rest of the answer has been ended


def _name_all(scope: Scope, refusal: Message) -> None:
    """Write all methods of an address into a refusal; mounted applications have named their own already."""
    methods = methods_of(scope)
    if methods:
        MutableHeaders(scope=refusal)["Allow"] = ", ".join(methods)


def methods_of(scope: Scope) -> list[str]:
    """The methods that an address answers, from all of its routes."""
    app: Starlette = scope["app"]
    routes = [route for route in app.router.routes if not isinstance(route, Mount)]
    found = [
        method
        for method in _KNOWN
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in routes)
    ]
    return ["GET", "HEAD", *found[1:]] if "GET" in found else found
