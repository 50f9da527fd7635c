"""The roster, one's own account and the page of a link, in a browser: nothing that axe-core finds, and all with the keyboard."""

import json

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from backend.protection.roles import Role
from backend.web.desk.people import SESSION_COOKIE
from tests.axe_support import WCAG
from tests.support import PASSWORD, House


def flaws(page: Page, name: str) -> list[str]:
    """What axe-core finds on a page."""
    found = Axe().run(page, options={"runOnly": WCAG}).response["violations"]
    return [f"{name}: {one['id']} {json.dumps([node['target'] for node in one['nodes']])}" for one in found]


def test_somebody_is_named_and_sets_the_own_password_without_a_mouse(
    chromium: Browser, small_house: House, address: str
) -> None:
    """From the form of the roster over the link to the own account, with keys alone, and no flaw on any of the pages."""
    _, token, _ = small_house.signed_in("sekinin", Role.RESPONSIBLE)
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/roster")
    found = flaws(page, "roster")
    page.focus("#enter-form [name=handler]")
    page.keyboard.type("受付 花子")
    page.focus("#enter-form [name=login]")
    page.keyboard.type("hanako")
    page.focus("#enter-form [value=clerk]")
    page.keyboard.press("Space")
    page.focus("#do-enter")
    page.keyboard.press("Enter")
    expect(page.locator("#one-time-link")).to_be_visible()
    found += flaws(page, "one of the roster")
    link = address + page.locator("#one-time-link").inner_text()
    context.clear_cookies()
    page.goto(link)
    found += flaws(page, "link")
    for name in ("password", "again"):
        page.focus(f"[name={name}]")
        page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#do-sign-in")).to_be_visible()
    page.goto(link)
    found += flaws(page, "used link")
    page.goto(f"{address}/sign-in")
    page.fill("#login", "hanako")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#window-1")).to_be_visible()
    page.click("#menu > summary")
    page.click("#do-account")
    expect(page.locator("#password-form")).to_be_visible()
    found += flaws(page, "own account")
    context.close()
    assert found == [], "\n".join(found)
