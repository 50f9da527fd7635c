"""Middleware for every request: a limit on its size, no NUL characters, and security headers.

Written as plain ASGI: nothing is buffered, so that event streams work.
"""

import re
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 256 * 1024
CAREFUL_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
        "frame-ancestors 'none'; form-action 'self'; base-uri 'none'"
    ),
}
_OVER_TLS = {"Strict-Transport-Security": "max-age=31536000"}
NOT_KEPT = {"Cache-Control": "no-store"}
_OF_RANGES = frozenset({b"range", b"if-range"})
_STATIC = "/static/"
_FORM = b"application/x-www-form-urlencoded"
_NUL, _ESCAPED, _IN_COOKIE = b"\0", b"%00", b"\\000"
# After an escaped backslash, what follows is plain text and no escape.
_IN_JSON = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_CLOSE = {"Connection": "close"}


def careful_headers(*, over_tls: bool) -> dict[str, str]:
    """The headers of every answer; with HTTPS, browsers are told never to use HTTP (HSTS)."""
    return {**CAREFUL_HEADERS, **(_OVER_TLS if over_tls else {})}


class CarefulHeaders:
    """Adds security and cache headers to every response; browsers and proxies may keep only static files.

    Args:
        app: the application.
        over_tls: whether browsers reach the server by HTTPS.
    """

    def __init__(self, app: ASGIApp, *, over_tls: bool = False) -> None:
        self._app = app
        self._headers = careful_headers(over_tls=over_tls)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        keep = scope["path"].startswith(_STATIC)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if not keep:
                    for name, value in NOT_KEPT.items():
                        headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class WholeFiles:
    """Removes ``Range`` headers: our files are small, and a server may always answer with the whole file.

    The framework would answer an invalid range with an error text of its own.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        headers = [(name, value) for name, value in scope["headers"] if name not in _OF_RANGES]

        async def send_without_offer(message: Message) -> None:
            if message["type"] == "http.response.start":
                del MutableHeaders(scope=message)["accept-ranges"]
            await send(message)

        await self._app({**scope, "headers": headers}, receive, send_without_offer)


class NoNul:
    """Refuses NUL characters wherever they can be: address, headers, cookies, form, JSON.

    PostgreSQL cannot store them and SQLite ends texts there, and no text of ours has one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and check the body as it arrives."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = scope["headers"]
        cookies = b";".join(value for name, value in headers if name == b"cookie")
        if (
            "\0" in scope["path"]
            or _ESCAPED in scope["query_string"]
            or _NUL in scope["query_string"]
            or any(_NUL in value for _, value in headers)
            or _IN_COOKIE in cookies
        ):
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY)
        is_form = any(name == b"content-type" and value.lower().startswith(_FORM) for name, value in headers)
        taken = bytearray()

        async def looked_at() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                taken.extend(message.get("body", b""))
                if not message.get("more_body", False) and holds_nul(bytes(taken), is_form=is_form):
                    raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY)
            return message

        await self._app(scope, looked_at, send)


def holds_nul(body: bytes, *, is_form: bool) -> bool:
    """Whether a body holds a NUL character, written out or escaped as forms or JSON do it."""
    return _NUL in body or (_ESCAPED in body if is_form else _IN_JSON.search(body) is not None)


class BodyLimit:
    """Refuses a body that is larger than any of our commands, before it is read into memory."""

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and count the bytes of the body as they arrive."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if not told.isdigit() or int(told) > self._limit:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, headers=_CLOSE)
        taken = 0
        expected = told != b"0" or any(name == b"transfer-encoding" for name, _ in scope["headers"])

        async def limited() -> Message:
            nonlocal taken, expected
            message = await receive()
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                expected = message.get("more_body", False)
                if taken > self._limit:
                    # Raised while the application reads, so it is answered like every other refusal.
                    raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, headers=_CLOSE)
            elif expected:
                # A client that sent half a body is gone, or was dropped because it took too long; no error of ours.
                raise HTTPException(HTTPStatus.REQUEST_TIMEOUT)
            return message

        await self._app(scope, limited, send)
