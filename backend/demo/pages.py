"""Clerk and ward staff at their browsers: what they press and tick, page by page."""

from pathlib import Path
from typing import Self

from playwright.sync_api import Browser, Page, Response

_SIZE = {"width": 1440, "height": 900}
"""A screen at the counter, in pixels."""


class _CounterPage:
    """A page of somebody who is signed in; every act waits for what it needs, up to the deadline.

    Args:
        page: the browser's page.
    """

    address = ""

    def __init__(self, page: Page) -> None:
        self._page = page

    @classmethod
    def open(cls, browser: Browser, url: str, login: str, password: str, *, seconds: float) -> Self:
        """Sign in, in a browser session of one's own.

        Args:
            browser: shared.
            url: of the server.
            login: of the account.
            password: of the account.
            seconds: the deadline of every single act.

        Raises:
            playwright.sync_api.Error: the page did not do it in time; here and in all other methods.
        """
        context = browser.new_context(
            viewport={"width": _SIZE["width"], "height": _SIZE["height"]},
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
        )
        context.set_default_timeout(seconds * 1000)
        page = context.new_page()
        page.goto(f"{url}/sign-in")
        page.locator("#login").fill(login)
        page.locator("#password").fill(password)
        page.locator("#do-sign-in").click()
        page.wait_for_url(f"{url}{cls.address}")
        return cls(page)

    def take_window(self, label: str) -> None:
        """Sit down at a window."""
        self._page.locator(f"#window-{label}").click()
        self._page.locator("#do-leave").wait_for()

    def keep(self, path: Path) -> None:
        """Keep a picture of the whole page."""
        self._page.evaluate("window.scrollTo(0, 0)")
        self._page.screenshot(path=path, full_page=True, animations="disabled")

    def close(self) -> None:
        """Leave the browser; the account stays signed in until its session ends."""
        self._page.context.close()


class ClerkPage(_CounterPage):
    """The clerk page (受付窓口)."""

    address = "/clerk"

    def call_next(self) -> None:
        """Call whoever is next, once somebody waits."""
        self._page.locator("#do-call-next").click()

    def start(self) -> None:
        """The visitor has come."""
        self._page.locator("#do-start").click()
        self._page.locator("#checklist").wait_for()

    def tick(self, *boxes: str) -> None:
        """Tick boxes of the checklist, one after the other.

        Args:
            boxes: field and code, for example "papers-notice" or "applicant-A03".
        """
        for box in boxes:
            with self._page.expect_response(_is_tick):
                self._page.locator(f"#tick-{box}").click()
            # The answer replaces the list; what is ticked there is what the server knows.
            self._page.locator(f"#tick-{box}:checked").wait_for()

    def wait_complete(self) -> None:
        """Wait until the page itself says that the papers are complete."""
        self._page.locator('#verdict[data-complete="yes"]').wait_for()

    def hand_over(self) -> None:
        """Hand the visitor over to ward staff."""
        self._page.locator("#do-hand-over").click()


class StaffPage(_CounterPage):
    """The staff page (交付窓口)."""

    address = "/staff"

    def call(self, ticket: str) -> None:
        """Call a handed-over visitor to the window."""
        self._page.locator(f'[data-number="{ticket}"] button[id^="call-"]').click()
        self._page.locator("#do-issue").wait_for()

    def issue(self) -> None:
        """The card was handed out."""
        self._page.locator("#do-issue").click()


def _is_tick(response: Response) -> bool:
    return response.request.method == "POST" and response.url.endswith("/tick")
