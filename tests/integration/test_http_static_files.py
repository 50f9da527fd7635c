"""Files that pages load: shipped and made ones are found, kept and asked again in one way."""

import re

import pytest
from fastapi import FastAPI

from backend.common.design.token_css import stylesheet
from backend.web.http.static_files import address_of
from tests.pages_support import browser as browser_of

NAMES = ("app.css", "tokens.css", "icons.woff2")


def test_the_tokens_are_served_as_a_style_sheet(app: FastAPI) -> None:
    """Protects the looks of every page: the colours arrive, and as what browsers take for CSS."""
    reply = browser_of(app).get(address_of("tokens.css"))
    assert (reply.status_code, reply.text) == (200, stylesheet(address_of("icons.woff2")))
    assert reply.headers["content-type"].startswith("text/css")
    assert reply.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", NAMES)
def test_a_browser_keeps_a_file_and_asks_again_cheaply(app: FastAPI, name: str) -> None:
    """Protects slow lines: no file is forbidden to be kept, and one that did not change is not sent twice."""
    browser = browser_of(app)
    first = browser.get(f"/static/{name}")
    assert "no-store" not in first.headers.get("cache-control", "")
    again = browser.get(f"/static/{name}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert browser.get(f"/static/{name}", headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_a_made_file_answers_like_a_shipped_one(app: FastAPI, name: str) -> None:
    """Protects proxies and tools: HEAD has no body, writing is refused, and both say the same of themselves."""
    browser = browser_of(app)
    assert browser.head(f"/static/{name}").content == b""
    assert browser.post(f"/static/{name}").status_code == 405


def test_the_address_changes_with_the_content() -> None:
    """Protects against yesterday's colours after an upgrade: another content has another address."""
    marks = {re.fullmatch(r"/static/[\w.]+\?v=([0-9a-f]{12})", address_of(name))[1] for name in NAMES}  # type: ignore[index]
    assert len(marks) == len(NAMES)
    with pytest.raises(FileNotFoundError):
        address_of("none.css")
