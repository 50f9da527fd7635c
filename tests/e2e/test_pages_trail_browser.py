"""The auditor's page in a browser: searched by keyboard, for everybody's eyes, and nothing wider than the window."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from backend.common.catalogue import Language
from backend.protection.roles import Role
from tests.axe_support import WCAG
from tests.desk_support import pages_of
from tests.support import House
from tests.trail_support import write


@pytest.fixture
def many(small_house: House) -> House:
    """A server with more entries than a page shows."""
    write(
        small_house.database,
        *(f"{number:032x}" for number in range(60)),
        action="reservation_viewed",
        fields=("name", "name_kana", "birth", "address", "card_number", "recipient_type"),
        place="2001:db8:85a3:8d3:1319:8a2e:370:7348",
    )
    return small_house


def usable(page: Page) -> None:
    """No violation that a machine can find, and nothing wider than the window."""
    found = Axe().run(page, options={"runOnly": WCAG})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("language", [Language.JAPANESE, Language.ENGLISH])
def test_everybody_can_use_the_page(
    chromium: Browser, address: str, many: House, language: Language, tmp_path: Path
) -> None:
    """On a desk, on a narrow screen and with large letters; an auditor searches, goes on and takes a file, by keyboard alone."""
    _, token, _ = many.signed_in("kansa01", Role.AUDITOR)
    with pages_of(chromium, address) as open_page:
        page = open_page(token, "/trail", language, viewport={"width": 1280, "height": 720})
        expect(page.locator(".trail-rows tbody tr")).to_have_count(50)
        for width in (1280, 640, 320):
            page.set_viewport_size({"width": width, "height": 720})
            usable(page)
        page.set_viewport_size({"width": 1280, "height": 720})
        page.locator("#trail-action").select_option("reservation_viewed")
        page.locator("#trail-actor").focus()
        page.keyboard.type("console")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.locator("#trail-actor")).to_have_value("console")
        expect(page.locator(".trail-rows tbody tr")).to_have_count(50)
        page.locator("#do-following").focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.locator(".trail-rows tbody tr")).to_have_count(10)
        expect(page.locator("#do-following")).to_have_count(0)
        usable(page)
        with page.expect_download() as taken:
            page.locator("#do-export").press("Enter")
        taken.value.save_as(tmp_path / "trail.csv")
        assert len((tmp_path / "trail.csv").read_text("utf-8-sig").splitlines()) == 61
        page.locator("#trail-number").fill("nobody's")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.locator("#trail-trouble")).to_be_visible()
        usable(page)
