"""One Chromium for all tests of pages in a browser; each of them opens windows of its own in it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from backend.common.catalogue import Language
from backend.demo.browser import open_browser
from backend.web.desk.pages import LANGUAGE_COOKIE
from backend.web.desk.people import SESSION_COOKIE
from tests.desk_support import Desk, Enter
from tests.support import House


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium without a window, started once; what a test opens, it closes."""
    with open_browser(seconds=60) as opened:
        yield opened


@pytest.fixture
def desk(small_house: House) -> Desk:
    """An empty counter."""
    return Desk(small_house)


@pytest.fixture
def enter(chromium: Browser, address: str, desk: Desk) -> Iterator[Enter]:
    """Opens the page of somebody who is signed in; an error of a script fails the test."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_one(
        login: str, path: str = "/clerk", language: Language = Language.JAPANESE, **more: object
    ) -> Page:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 720}, **more})  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        contexts.append(context)
        cookies = {SESSION_COOKIE: desk.tokens[login], LANGUAGE_COOKIE: language.value}
        context.add_cookies([{"name": name, "value": one, "url": address} for name, one in cookies.items()])
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"{address}{path}")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert troubles == []
