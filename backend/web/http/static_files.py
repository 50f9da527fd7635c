"""The files that pages load: those of ``assets/pages``, and files that are generated, such as ``tokens.css``.

Both are sent with an ``ETag``; a browser that has the current version gets status 304.
"""

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

from backend.common import FontMissingError, icon_font_of_pages, locate
from backend.common.design import TOKENS_CSS, stylesheet

ICONS_OF_PAGES: Final = "icons.woff2"
"""The icons' font."""


def _tokens() -> bytes:
    """The style sheet of tokens, with icons where their font is installed."""
    try:
        address = address_of(ICONS_OF_PAGES)
    except FontMissingError:
        address = ""
    return stylesheet(address).encode()


_MADE: Final[Mapping[str, tuple[str, Callable[[], bytes]]]] = {
    TOKENS_CSS: ("text/css", _tokens),
    ICONS_OF_PAGES: ("font/woff2", lambda: icon_font_of_pages().read_bytes()),
}
"""Media type and content of every generated file, by name."""


@cache
def content_of(name: str) -> bytes:
    """The content of a file that pages load, generated or shipped.

    Raises:
        FileNotFoundError: there is no such file.
        FontMissingError: it is a font that is not installed.
    """
    return _MADE[name][1]() if name in _MADE else locate("pages", name).read_bytes()


@cache
def address_of(name: str) -> str:
    """The address of such a file; it changes with the content, so browsers may keep the file.

    Raises:
        FileNotFoundError: there is no such file.
    """
    return f"/static/{name}?v={_mark(name)}"


class PageFiles(StaticFiles):
    """Answers requests for these files."""

    def __init__(self) -> None:
        super().__init__(directory=locate("pages"))

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a generated file, or else with a shipped one."""
        if path not in _MADE:
            return await super().get_response(path, scope)
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED)
        media_type, _ = _MADE[path]
        try:
            content = content_of(path)
        except FontMissingError:
            raise HTTPException(HTTPStatus.NOT_FOUND) from None
        response = Response(content, media_type=media_type, headers={"ETag": f'"{_mark(path)}"'})
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            return NotModifiedResponse(response.headers)
        return response


def _mark(name: str) -> str:
    return hashlib.sha256(content_of(name)).hexdigest()[:12]
