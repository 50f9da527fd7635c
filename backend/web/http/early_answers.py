"""Answers to incomplete or unreadable requests: a text for a browser, a code for a program (adr/0019).

These answers pass through no middleware and no page. They are made once, when the server starts, so that a flood of bad
requests costs little work.
"""

import html
import re
from http import HTTPStatus

from backend.common import Catalogue, Language
from backend.web.http.middleware import CAREFUL_HEADERS, NOT_KEPT

_CODE = b'{"code":"invalid_request","detail":{"fields":"request"}}'
_WORDS = {
    HTTPStatus.BAD_REQUEST: "only_read.invalid_request",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "only_read.invalid_request",
    HTTPStatus.REQUEST_TIMEOUT: "not_arrived.too_late",
    HTTPStatus.SERVICE_UNAVAILABLE: "not_arrived.too_many",
}
_SPOKEN = (Language.JAPANESE, Language.ENGLISH)
"""Two languages at once: the cookie that names the reader's language may be in the part that could not be read."""

_ASKS_FOR_A_PAGE = re.compile(rb"\naccept:[^\r\n]*text/html", re.IGNORECASE)
_LONGEST_BEGINNING = 512


class AcceptLine:
    """Searches the head of a request, as far as it came, for the ``Accept`` line by which a browser asks for a page.

    This is needed because the parser returns no lines of a head that it refuses. The head is not stored; only its last
    incomplete line is kept.
    """

    def __init__(self) -> None:
        self._unfinished = b""
        self.asks_for_a_page = False

    def look(self, data: bytes) -> None:
        """Search the next bytes."""
        if self.asks_for_a_page:
            return
        seen = self._unfinished + data
        self.asks_for_a_page = _ASKS_FOR_A_PAGE.search(seen) is not None
        line = seen.rfind(b"\n")
        self._unfinished = seen[line : line + _LONGEST_BEGINNING] if line >= 0 else b""

    def forget(self) -> None:
        """The next request begins."""
        self._unfinished = b""
        self.asks_for_a_page = False


class EarlyAnswers:
    """Every such answer, ready to be sent."""

    def __init__(self) -> None:
        self._answers = {
            (status, page): _answer(status, _page(words) if page else _CODE, page=page)
            for status, words in _WORDS.items()
            for page in (False, True)
        }

    def answer(self, status: HTTPStatus, *, page: bool) -> bytes:
        """Return head and body.

        Args:
            status: why the request is not carried out.
            page: whether it is for a browser to show.
        """
        return self._answers[status, page]


def _answer(status: HTTPStatus, body: bytes, *, page: bool) -> bytes:
    # This answer passes through no middleware, so the headers that others get there are added here.
    told = {
        "content-type": "text/html; charset=utf-8" if page else "application/json",
        "content-length": str(len(body)),
        "connection": "close",
        **CAREFUL_HEADERS,
        **NOT_KEPT,
    }
    lines = "".join(f"{name.lower()}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status.value} {status.phrase}\r\n{lines}\r\n".encode("ascii") + body


def _page(words: str) -> bytes:
    catalogues = [Catalogue("pages", language) for language in _SPOKEN]

    def said(texts: Catalogue, key: str) -> str:
        return html.escape(texts.text(key))

    source = catalogues[0]
    parts = "".join(
        f'<section lang="{texts.language.html}"><h1>{said(texts, "trouble.title")}</h1><p>{said(texts, words)}</p>'
        f'<p><a class="button" href="/">{said(texts, "trouble.go_on")}</a></p></section>\n'
        for texts in catalogues
    )
    return (
        f'<!doctype html>\n<html lang="{source.language.html}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{said(source, 'trouble.title')} - {said(source, 'product.name')}</title>\n"
        '<link rel="stylesheet" href="/static/tokens.css">\n<link rel="stylesheet" href="/static/app.css">\n</head>\n<body class="page-trouble">\n'
        f'<main class="trouble" data-code="invalid_request">\n{parts}</main>\n</body>\n</html>\n'
    ).encode()
