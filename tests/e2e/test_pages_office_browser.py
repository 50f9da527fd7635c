"""Choosing the office of one's work in a browser: with one key, and every page of the session follows."""

from playwright.sync_api import Browser, expect

from backend.protection.accounts import create_account
from backend.protection.roles import Role
from tests.support import PASSWORD, House


def test_an_office_is_chosen_with_a_digit_and_other_tabs_follow(
    chromium: Browser, small_house: House, address: str
) -> None:
    """From the sign-in to the windows without a mouse; a tab that shows the office of before is of the new one at once."""
    create_account(small_house.database, "suzuki", PASSWORD, Role.CLERK, "00", "01", "02")
    names = [small_house.graph.directory[one].name["ja"] for one in ("00", "01", "02")]
    context = chromium.new_context()
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.fill("#login", "suzuki")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#office-00")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#office-01")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".bar-office")).to_have_text(names[1])
    other = context.new_page()
    other.goto(f"{address}/clerk")
    other.click("#window-1")
    expect(other.locator(".bar-window")).to_be_visible()
    page.click("#menu > summary")
    page.click("#do-choose-office")
    expect(page.locator("#office-01")).to_be_focused()
    page.keyboard.press("3")
    expect(page.locator(".bar-office")).to_have_text(names[2])
    expect(page.locator("#window-1")).to_be_visible()
    expect(other.locator(".bar-office")).to_have_text(names[2])
    expect(other.locator(".bar-window")).to_have_count(0)
    # Loaded anew, so that it follows the events of this office and not of the one before.
    expect(other.locator("body")).to_have_attribute("data-office", "02")
    expect(other.locator("body")).to_have_attribute("data-events", "/pages/events?office=02")
    context.close()
