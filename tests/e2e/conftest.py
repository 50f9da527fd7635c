"""One Chromium for all tests of pages in a browser; each of them opens windows of its own in it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from backend.common.catalogue import Language
from backend.demo.browser import open_browser
from tests.desk_support import Desk, Enter, pages_of
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
    with pages_of(chromium, address) as open_page:

        def open_one(
            login: str, path: str = "/clerk", language: Language = Language.JAPANESE, **more: object
        ) -> Page:
            return open_page(desk.tokens[login], path, language, **more)

        yield open_one
