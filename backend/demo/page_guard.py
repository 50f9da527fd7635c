"""Who may use the demonstration's page: only a browser on this machine that was given its address.

The page passes taps on to screens, so another page in the same browser, or another person on the same machine, must
not reach it: its address contains a secret, host and origin are checked, and any other request is refused.
"""

import secrets
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self' blob:; font-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # The address is secret; no link may send it elsewhere as the referrer.
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_OURS = frozenset({"same-origin", "none"})


class Guard:
    """Lets a request through to the page, without the secret in its path, or refuses it.

    Args:
        app: the page; its paths follow the secret.
        port: the page's TCP port on the loopback.
        secret: the first part of every path.
    """

    def __init__(self, app: ASGIApp, port: int, secret: str) -> None:
        self._app = app
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._secret = secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it without giving a reason."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not self._from_here(headers):
            await PlainTextResponse("refused", HTTPStatus.FORBIDDEN)(scope, receive, send)
            return
        first, slash, rest = str(scope["path"]).removeprefix("/").partition("/")
        if not slash or not secrets.compare_digest(first.encode(), self._secret.encode()):
            await PlainTextResponse("there is nothing here", HTTPStatus.NOT_FOUND)(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        inner = {**scope, "path": f"/{rest}", "raw_path": f"/{rest}".encode()}
        await self._app(inner, receive, send_with_headers)

    def _from_here(self, headers: Headers) -> bool:
        """Whether the request comes from our own page or from somebody who opened its address, under our own host name."""
        host = headers.get("host", "")
        if host not in self._hosts or len(headers.getlist("host")) != 1:
            return False
        if headers.get("origin", f"http://{host}") != f"http://{host}":
            return False
        opened = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
        return opened or headers.get("sec-fetch-site", "none") in _OURS
