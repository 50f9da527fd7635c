"""The fast path for commands of devices: from the server's parser to the command and back.

The framework's work for a request costs more than the command itself (adr/0023). Only requests that are ordinary in
every respect take the fast path; a request with anything unusual, even a single header, goes through the framework.
Nothing is refused here except by the command itself: all other refusals are made in the framework's path.
"""

import asyncio
from collections.abc import Iterable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.web.devices.command_route import JSON, CommandRoute
from backend.web.http.errors import reply_to
from backend.web.http.middleware import MAX_BODY_BYTES, holds_nul

_JSON = JSON.encode()
# Headers about the body or the sender that only the framework's path handles.
_STRANGE = frozenset({b"transfer-encoding", b"content-encoding", b"expect", b"cookie", b"origin", b"upgrade"})


class CommandLane:
    """The outermost middleware.

    Args:
        app: the application, for all other requests.
        routes: the routes of devices; those without ids in their address have a fast path.
        headers: the headers of every answer.
    """

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute], headers: Mapping[str, str]) -> None:
        self._app = app
        self._orders = {
            route.path: route.order
            for route in routes
            if isinstance(route, CommandRoute) and route.order.is_plain
        }
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry out an ordinary command; pass everything else on."""
        order = self._orders.get(scope.get("path", ""))
        if order is None or not _is_ordinary(scope):
            await self._app(scope, receive, send)
            return
        message = await receive()
        whole = message["type"] == "http.request" and not message.get("more_body", False)
        body = message.get("body", b"")
        asked = order.ordinary_body(body) if whole and not holds_nul(body, is_form=False) else None
        if asked is None:
            await self._app(scope, _beginning_with(message, receive), send)
            return
        request = Request(scope)
        try:
            response = Response((await order.carry_out(request, asked)).model_dump_json(), media_type=JSON)
        except Exception as error:  # noqa: BLE001 - every error has its answer, and the unknown ones their line in the log
            response = await asyncio.to_thread(reply_to, request, error)
        response.headers.update(self._headers)
        await response(scope, receive, send)


def _is_ordinary(scope: Scope) -> bool:
    """Whether a request is like those of our kiosks, apart from its body."""
    if scope["type"] != "http" or scope["method"] != "POST" or scope["query_string"]:
        return False
    hosts, kind, length = 0, b"", b""
    for name, value in scope["headers"]:
        if name in _STRANGE or b"\0" in value:
            return False
        if name == b"host":
            hosts += 1
        elif name == b"content-type":
            kind = value
        elif name == b"content-length":
            length = value
    return hosts == 1 and kind == _JSON and length.isdigit() and int(length) <= MAX_BODY_BYTES


def _beginning_with(first: Message, receive: Receive) -> Receive:
    """A ``receive`` that first gives the message that was already received, and then the rest."""
    waiting = [first]

    async def receive_again() -> Message:
        return waiting.pop() if waiting else await receive()

    return receive_again
