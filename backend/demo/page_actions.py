"""Clerk and ward staff at their browsers: what they press and tick on each page."""

from pathlib import Path
from typing import Self

from playwright.sync_api import Browser, Page, TimeoutError as NotInTimeError, ViewportSize

_SIZE: ViewportSize = {"width": 1440, "height": 900}
"""Size of a screen at the counter, in pixels."""
_PRESSES = 5
_LOOK_SECONDS = 5.0


class _CounterPage:
    """A page of somebody who is signed in; every action waits for what it needs, up to the deadline.

    Args:
        page: the browser's page.
    """

    address = ""

    def __init__(self, page: Page) -> None:
        self._page = page

    @classmethod
    def open(cls, browser: Browser, url: str, login: str, password: str, *, seconds: float) -> Self:
        """Sign in, in a new browser session.

        Args:
            browser: the browser, which several pages share.
            url: address of the server.
            login: login name of the account.
            password: password of the account.
            seconds: the deadline of every single action.

        Raises:
            playwright.sync_api.Error: the page did not react in time; this holds for all other methods, too.
        """
        context = browser.new_context(
            viewport=_SIZE,
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
        """Choose a window to work at."""
        self._press(f"#window-{label}", ".bar-window")

    def _press(self, button: str, effect: str) -> None:
        """Press a button as a person does: check whether it had its effect, and if not, press again.

        The page is redrawn whenever something happens at the counter; a press at that moment is lost.
        """
        done = self._page.locator(effect)
        for _ in range(_PRESSES):
            self._page.locator(button).click()
            try:
                done.wait_for(timeout=_LOOK_SECONDS * 1000)
            except NotInTimeError:
                if self._page.locator(button).count() == 0:
                    break  # the press was received; the answer takes a while
            else:
                return
        done.wait_for()

    def keep(self, path: Path) -> None:
        """Save a picture of the whole page, as on a screen so high that nothing needs scrolling."""
        height = int(self._page.evaluate("document.documentElement.scrollHeight"))
        self._page.set_viewport_size({**_SIZE, "height": max(height, _SIZE["height"])})
        self._page.screenshot(path=path, full_page=True, animations="disabled")
        self._page.set_viewport_size(_SIZE)

    def close(self) -> None:
        """Close the page; the account stays signed in until its session ends."""
        self._page.context.close()


class ClerkPage(_CounterPage):
    """The clerk page (受付窓口)."""

    address = "/clerk"

    def call_next(self) -> None:
        """Call whoever is next, once somebody waits."""
        self._press("#do-call-next", "#do-start")

    def start(self) -> None:
        """Press the button that says that the visitor has come."""
        self._press("#do-start", "#checklist")

    def tick(self, *boxes: str) -> None:
        """Tick boxes of the checklist one by one, each until the page redrawn by the server shows it.

        Args:
            boxes: field and code, for example "papers-notice" or "applicant-A03".
        """
        for box in boxes:
            self._turn_to(box.partition("-")[0])
            self._page.evaluate("document.getElementById('page').dataset.seen = 'yes'")
            self._press(f"#tick-{box}:not(:checked)", f"#page:not([data-seen]) #tick-{box}:checked")

    def _turn_to(self, person: str) -> None:
        """Open the tab with a person's documents, if the documents of two persons are needed."""
        tab = f"#tab-{person}"
        if self._page.locator(tab).count():
            self._press(tab, f'{tab}[aria-selected="true"]')

    def show_card(self, place: int) -> None:
        """Open the tab of one card of a party.

        Args:
            place: number of the card, from 1.
        """
        tab = f"#card-{place}"
        self._press(tab, f'{tab}[aria-current="true"]')

    def wait_card_complete(self, place: int) -> None:
        """Wait until the tab of one card of a party shows that its papers are complete."""
        self._page.locator(f"#card-{place} .tab-enough").wait_for()

    def tie(self, number: str) -> None:
        """Tie somebody who took a number without a notice to their card.

        Args:
            number: 予約番号 on the notice that the visitor brought along.
        """
        self._press("#do-tie", "#ask")
        self._page.locator("#ask [name=card_number]").fill(number)
        self._press("#ask-tie-yes", "#do-tie-sure")
        self._press("#do-tie-sure", "#page:not(:has(#do-tie))")

    def wait_complete(self) -> None:
        """Wait until the page itself says that the papers are complete."""
        self._page.locator('#verdict[data-complete="yes"]').wait_for()

    def hand_over(self) -> None:
        """Hand the visitor over to ward staff."""
        self._press("#do-hand-over", "#page:not([data-visitor])")

    def hand_over_all(self) -> None:
        """Hand a whole party over, and confirm the question that the page asks."""
        self._press("#do-hand-over", "#ask")
        self._press("#ask-hand-over-yes", "#page:not([data-visitor])")


class StaffPage(_CounterPage):
    """The staff page (交付窓口)."""

    address = "/staff"

    def call(self, ticket: str) -> None:
        """Call a handed-over visitor to the window."""
        self._press(f'[data-number="{ticket}"] button[id^="call-"]', "#do-recall")

    def issue(self) -> None:
        """Press the button that says that the card was handed out."""
        self._press("#do-issue", "#page:not([data-visitor])")

    def issue_card(self, place: int, *, last: bool) -> None:
        """Press the button that says that one card of a party was handed out.

        Args:
            place: number of the card, from 1.
            last: whether it is the last card, so that the visit ends.
        """
        button = f"#do-issue-{place}"
        self._press(button, "#page:not([data-visitor])" if last else f"#page:not(:has({button}))")

    def end_without_card(self, reason: str) -> None:
        """End the visit without handing the card out (交付せず終了).

        Args:
            reason: why, a code.
        """
        self._press('#current details[id^="end-"] > summary', "#ask")
        self._press(f'#ask button[value="{reason}"]', "#page:not([data-visitor])")
