"""The methods of an address: HEAD is answered as GET without a body, and a refusal names all that there are.

The framework knows methods by route: a page and its form are two routes of one address, and a refused method was told
the first of them only.
"""

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.routing import Match, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_KNOWN = ("GET", "POST", "PUT", "PATCH", "DELETE")
_NOT_ALLOWED = 405


class _HeadIsAnsweredError(Exception):
    """The head was sent and nobody waits for more, although a stream would go on."""


class Methods:
    """Stands right before the routes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, a HEAD as a GET."""
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
            pass  # what went on behind the head has been ended


def _name_all(scope: Scope, refusal: Message) -> None:
    """Write the methods of an address into a refusal; what is mounted there has said its own."""
    methods = methods_of(scope)
    if methods:
        MutableHeaders(scope=refusal)["Allow"] = ", ".join(methods)


def methods_of(scope: Scope) -> list[str]:
    """The methods to which an address answers, of whichever of its routes."""
    app: Starlette = scope["app"]
    routes = [route for route in app.router.routes if not isinstance(route, Mount)]
    found = [
        method
        for method in _KNOWN
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in routes)
    ]
    return ["GET", "HEAD", *found[1:]] if "GET" in found else found
