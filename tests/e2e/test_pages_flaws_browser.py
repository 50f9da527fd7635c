"""Saying that a document does not count with two keys, in a real browser."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from backend.web.desk.people import SESSION_COOKIE
from tests.counter import actor_of
from tests.pages_support import arrive
from tests.support import NUMBER, House


@pytest.fixture
def page(chromium: Browser, small_house: House, address: str) -> Iterator[Page]:
    """The checklist of a visitor whom a clerk has begun to serve."""
    small_house.reserve(NUMBER)
    ticket = arrive(small_house, NUMBER)
    account, token, _ = small_house.signed_in("clerk01")
    handler = actor_of(account)
    small_house.counter.take_window(uuid4(), handler, "1")
    small_house.counter.call_next(uuid4(), handler)
    small_house.counter.start(uuid4(), handler, ticket.ticket_id.hex)
    with chromium.new_context(viewport={"width": 1280, "height": 720}, locale="ja-JP") as context:
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
        opened = context.new_page()
        opened.goto(f"{address}/clerk")
        expect(opened.locator("#checklist")).to_be_visible()
        yield opened


def test_two_keys_say_that_a_document_does_not_count(page: Page) -> None:
    """Space ticks the licence, 1 says that it has expired; the focus stays, and 1 again takes it back."""
    page.locator("#tick-papers-notice").check()
    licence = page.locator("#tick-applicant-A03")
    licence.focus()
    page.keyboard.press("Space")
    expect(page.locator("#verdict")).to_have_attribute("data-complete", "yes")
    page.keyboard.press("1")
    expired = page.locator("#tick-flaw-applicant-A03-expired")
    expect(expired).to_be_checked()
    expect(page.locator("#verdict")).to_have_attribute("data-complete", "no")
    expect(licence).to_be_focused()
    page.keyboard.press("1")
    expect(page.locator("#verdict")).to_have_attribute("data-complete", "yes")
    expect(expired).not_to_be_checked()


@pytest.mark.parametrize(("typed", "code"), [("めんき", "A03"), ("B20", "B20")])
def test_a_digit_after_the_search_is_about_the_document_that_was_found(
    page: Page, typed: str, code: str
) -> None:
    """Who found a document by typing says with the next key that it has expired; the key / leads back to the search."""
    page.locator("#tick-papers-notice").check()
    search = page.locator("#find-applicant")
    search.fill(typed)
    search.press("Enter")
    expect(page.locator(f"#tick-applicant-{code}")).to_be_checked()
    page.keyboard.press("1")
    expect(page.locator(f"#tick-flaw-applicant-{code}-expired")).to_be_checked()
    expect(search).to_have_value("")
    expect(page.locator("#verdict")).to_have_attribute("data-complete", "no")
    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.keyboard.type("A05")
    page.keyboard.press("Enter")
    expect(page.locator("#tick-applicant-A05")).to_be_checked()
    expect(page.locator("#verdict")).to_have_attribute("data-complete", "yes")


def test_two_keys_say_that_staff_accept_another_document(page: Page) -> None:
    """Space ticks the other document, 1 says that staff accept it."""
    page.locator("#tick-papers-notice").check()
    page.locator("#more-applicant summary").click()
    page.locator("#tick-applicant-B20").check()
    expect(page.locator("#tick-flaw-applicant-B20-expired")).to_be_visible()
    page.locator("#tick-applicant-BX").focus()
    page.keyboard.press("Space")
    expect(page.locator("#tick-facts-other_document_accepted")).to_be_visible()
    expect(page.locator("#verdict")).to_have_attribute("data-complete", "no")
    page.keyboard.press("1")
    expect(page.locator("#verdict")).to_have_attribute("data-complete", "yes")


def test_a_digit_that_comes_before_the_answer_is_not_lost(page: Page) -> None:
    """A clerk types faster than a busy server draws: an expired licence never stays complete for that."""
    page.locator("#tick-papers-notice").check()

    def late(route: Route) -> None:
        page.wait_for_timeout(600)
        route.continue_()

    page.route("**/tick", late, times=1)
    page.locator("#tick-applicant-A03").focus()
    page.keyboard.press("Space")
    page.keyboard.press("1")
    expect(page.locator("#tick-flaw-applicant-A03-expired")).to_be_checked()
    expect(page.locator("#verdict")).to_have_attribute("data-complete", "no")


def test_a_flawed_document_that_is_ticked_again_is_not_whole(page: Page) -> None:
    """A slip of the mouse takes no remark away: the flaw comes back with its document, until the clerk takes it back."""
    page.locator("#tick-papers-notice").check()
    licence = page.locator("#tick-applicant-A03")
    licence.check()
    expired = page.locator("#tick-flaw-applicant-A03-expired")
    expired.check()
    expect(page.locator("#verdict")).to_have_attribute("data-complete", "no")
    for _ in range(2):
        licence.uncheck()
        expect(expired).to_have_count(0)
        licence.check()
        expect(expired).to_be_checked()
        expect(page.locator("#verdict")).to_have_attribute("data-complete", "no")
    expired.uncheck()
    expect(page.locator("#verdict")).to_have_attribute("data-complete", "yes")
    licence.uncheck()
    expect(expired).to_have_count(0)
    licence.check()
    expect(expired).to_be_visible()
    expect(expired).not_to_be_checked()
    expect(page.locator("#verdict")).to_have_attribute("data-complete", "yes")


def test_marks_fit_beside_their_document(page: Page) -> None:
    """Nothing of the marks is cut or runs over, at the width of a small window and of a telephone."""
    page.locator("#tick-applicant-A03").check()
    marks = page.locator(".tick-marks")
    expect(marks).to_be_visible()
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 720})
        for mark in page.locator(".tick-mark").all():
            assert mark.evaluate("one => one.scrollWidth <= one.clientWidth + 1")
            box = mark.bounding_box()
            assert box is not None
            assert box["height"] >= 24
            assert box["x"] + box["width"] <= width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
