"""One Chromium for all tests of pages in a browser; each of them opens windows of its own in it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from backend.demo.browser import open_browser


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium without a window, started once; what a test opens, it closes."""
    with open_browser(seconds=60) as opened:
        yield opened
