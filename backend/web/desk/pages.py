"""Rendering: templates, languages, and the three ways in which a page answers (page, fragment, redirect)."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypedDict

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from backend.common import Catalogue, Language
from backend.documents import name_of
from backend.reception import Judged
from backend.web.desk.addresses import At
from backend.web.desk.banner import BANNER_COOKIE, Banner
from backend.web.desk.page_words import clock_words, window_name
from backend.web.desk.parts import PageParts, versions_in, without_signs
from backend.web.desk.people import drop_cookie, give_cookie, read_cookie
from backend.web.desk.whole_words import with_whole_words
from backend.web.graph import Graph
from backend.web.http.forms import wants_fragment
from backend.web.http.static_files import address_of

LANGUAGE_COOKIE = "uketsuke_language"
OWN_NAMES: dict[Language, str] = {
    Language.JAPANESE: "日本語",
    Language.EASY_JAPANESE: "やさしい日本語",
    Language.ENGLISH: "English",
    Language.CHINESE: "简体中文",
    Language.KOREAN: "한국어",
}
"""The name of every language in that language, as the language switch shows it."""

_STALE_SECONDS = 10.0
_BANNER_SECONDS = 30
_HAVE = "x-have"

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=without_signs,
)


def _mark(secret: str) -> str:
    """A name that the pages of one session share and that reveals nothing about its secret."""
    return hashlib.sha256(secret.encode()).hexdigest()[:12]


def language_of(request: Request) -> Language:
    """The language that was chosen in this browser; by default Japanese."""
    try:
        return Language(read_cookie(request, LANGUAGE_COOKIE) or "")
    except ValueError:
        return Language.JAPANESE


class EveryPage(TypedDict):
    """What every template may show: words, addresses, parts, and how the page is to behave.

    Attributes:
        t: a text of the pages.
        name_of: a name of the rules, by kind and code.
        at: every address.
        part: a part of the page, see ``parts``.
        new_id: for a form.
        asset: the address of a file.
        mark: a name for a secret.
        answer_seconds: how long an answer is waited for.
        now: the server's time, UTC.
        stale_seconds: how long a page is believed that hears nothing.
        banner: the line at the top.
    """

    t: Callable[..., str]
    name_of: Callable[[str, str], str]
    window_name: Callable[[str | None], str]
    clock: Callable[[datetime | None], str]
    at: type[At]
    part: Callable[[str, Callable[[], str]], Markup]
    new_id: Callable[[], Markup]
    asset: Callable[[str], str]
    mark: Callable[[str], str]
    answer_seconds: float
    languages: Mapping[Language, str]
    language: Language
    now: datetime
    stale_seconds: float
    banner: Banner | None
    banner_words: str


@dataclass(frozen=True)
class Asked:
    """One request for a page, with what every page needs for its answer.

    Attributes:
        request: it.
        graph: of the application.
        judged: what the rules said when the command of this request was carried out.
    """

    request: Request
    graph: Graph
    judged: Judged | None = None

    @property
    def language(self) -> Language:
        """The language of the answer."""
        return language_of(self.request)

    @property
    def texts(self) -> Catalogue:
        """The texts of the pages."""
        return Catalogue("pages", self.language)

    @property
    def documents(self) -> Catalogue:
        """The texts of the required documents."""
        return Catalogue("documents", self.language)

    @property
    def now(self) -> datetime:
        """The server's time."""
        return self.graph.database.clock()

    def banner(self) -> Banner | None:
        """The line that the form before this page left in the cookie, or None."""
        return Banner.from_cookie(read_cookie(self.request, BANNER_COOKIE), self.texts)


def render(
    asked: Asked,
    template: str,
    context: Mapping[str, object],
    banner: Banner | None = None,
    parts: PageParts | None = None,
) -> str:
    """A page or a fragment as text. Every value is escaped."""
    parts = parts or PageParts()
    texts, documents = asked.texts, asked.documents
    given: EveryPage = {
        "t": texts.text,
        "name_of": lambda kind, code: name_of(kind, code, documents),
        "window_name": lambda label: window_name(label, texts),
        "clock": clock_words,
        "at": At,
        "part": parts.part,
        "new_id": parts.new_id,
        "asset": address_of,
        "mark": _mark,
        "answer_seconds": asked.graph.settings.page_answer_seconds,
        "languages": OWN_NAMES,
        "language": asked.language,
        "now": asked.now,
        "stale_seconds": max(_STALE_SECONDS, 2 * asked.graph.settings.heartbeat_seconds),
        "banner": banner,
        "banner_words": banner.words(texts, asked.now) if banner else "",
    }
    drawn = _templates.get_template(template).render({**given, **context})
    rendered = parts.whole(drawn)
    return with_whole_words(rendered) if asked.language is Language.EASY_JAPANESE else rendered


def page(
    asked: Asked,
    template: str,
    context: Mapping[str, object],
    *,
    banner: Banner | None = None,
    status: int = 200,
) -> Response:
    """Answer with a whole page; a line left in the cookie is shown once."""
    left = asked.banner() if banner is None else banner
    response = HTMLResponse(render(asked, template, context, left), status_code=status)
    # This policy lets forms of the page send their origin, while other sites still learn nothing.
    response.headers["Referrer-Policy"] = "same-origin"
    if read_cookie(asked.request, BANNER_COOKIE) is not None:
        drop_cookie(response, asked.graph.settings, BANNER_COOKIE)
    return response


def fragment(
    asked: Asked,
    template: str,
    context: Mapping[str, object],
    *,
    banner: Banner | None = None,
    status: int = 200,
) -> Response:
    """Answer with what the page of the script that asks does not have yet, or not as it is now; see ``parts``."""
    parts = PageParts(versions_in(asked.request.headers.get(_HAVE, "")))
    return HTMLResponse(
        render(asked, template, context, banner, parts), status_code=status, headers={"X-Fragment": "page"}
    )


def lead_on(asked: Asked, address: str, banner: Banner) -> Response:
    """Send the browser to another of our pages, also where the script of a page asked: that one cannot follow a redirect."""
    if not wants_fragment(asked.request):
        return send_on(asked, address, banner)
    response = HTMLResponse("", headers={"X-Fragment": "page", "X-Lead-On": address})
    _leave(response, asked, banner)
    return response


def send_on(asked: Asked, address: str, banner: Banner | None = None) -> Response:
    """Redirect the browser to one of our own pages, with a line to show there."""
    response = RedirectResponse(address, status_code=303)
    if banner is not None:
        _leave(response, asked, banner)
    return response


def _leave(response: Response, asked: Asked, banner: Banner) -> None:
    """Leave a line for the next page."""
    give_cookie(response, asked.graph.settings, BANNER_COOKIE, banner.as_cookie(), seconds=_BANNER_SECONDS)
