"""Rendering: templates, languages, and the three ways in which a page answers (page, fragment, redirect)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from backend.common import Catalogue, Language
from backend.documents import name_of
from backend.web.desk.banner import BANNER_COOKIE, Banner
from backend.web.desk.page_words import clock_words, window_name
from backend.web.desk.people import drop_cookie, give_cookie, read_cookie
from backend.web.desk.whole_words import with_whole_words
from backend.web.graph import Graph
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

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
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


@dataclass(frozen=True)
class Asked:
    """One request for a page, with what every page needs for its answer."""

    request: Request
    graph: Graph

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


def render(asked: Asked, template: str, context: Mapping[str, Any], banner: Banner | None = None) -> str:
    """A page or a fragment as text. Every value is escaped."""
    texts, documents = asked.texts, asked.documents
    rendered = _templates.get_template(template).render(
        t=texts.text,
        name_of=lambda kind, code: name_of(kind, code, documents),
        window_name=lambda label: window_name(label, texts),
        clock=clock_words,
        new_id=lambda: str(uuid4()),
        asset=address_of,
        mark=_mark,
        answer_seconds=asked.graph.settings.page_answer_seconds,
        languages=OWN_NAMES,
        language=asked.language,
        now=asked.now,
        stale_seconds=max(_STALE_SECONDS, 2 * asked.graph.settings.heartbeat_seconds),
        banner=banner,
        banner_words=banner.words(texts, asked.now) if banner else "",
        **context,
    )
    return with_whole_words(rendered) if asked.language is Language.EASY_JAPANESE else rendered


def page(
    asked: Asked,
    template: str,
    context: Mapping[str, Any],
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
    context: Mapping[str, Any],
    *,
    banner: Banner | None = None,
    status: int = 200,
) -> Response:
    """Answer with the part of a page that changes; the page's script replaces it."""
    return HTMLResponse(
        render(asked, template, context, banner), status_code=status, headers={"X-Fragment": "page"}
    )


def send_on(asked: Asked, address: str, banner: Banner | None = None) -> Response:
    """Redirect the browser to one of our own pages, with a line to show there."""
    response = RedirectResponse(address, status_code=303)
    if banner is not None:
        give_cookie(
            response,
            asked.graph.settings,
            BANNER_COOKIE,
            banner.as_cookie(),
            seconds=_BANNER_SECONDS,
        )
    return response
