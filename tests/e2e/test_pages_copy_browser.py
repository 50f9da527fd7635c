"""The copy page in a browser: one record in the ward's fields, each copied with a press, for everybody's eyes."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from backend.common.catalogue import Language
from backend.protection.roles import Role
from tests.axe_support import WCAG
from tests.desk_support import LONGEST, Enter, pages_of
from tests.party_support import come
from tests.proof import some_of
from tests.support import House


@pytest.fixture
def enter(chromium: Browser, address: str, small_house: House) -> Iterator[Enter]:
    """Opens the copy page of a member of staff; an error of a script fails the test."""
    small_house.reserve(
        "11110001",
        name="𠮷田 花子",
        name_kana="ヨシダ　ハナコ",
        address="新宿区見本町1-2-3 サンプルハイツ405",
        card_number="A1B000001",
    )
    come(small_house, "11110002", "11110003")
    _, token, _ = small_house.signed_in("staff01", Role.STAFF)
    with pages_of(chromium, address) as open_page:

        def open_one(language: Language = Language.JAPANESE, width: int = 1280) -> Page:
            return open_page(token, "/copy", language, viewport={"width": width, "height": 720})

        yield open_one


def look(page: Page, number: str, what: str = "reservation") -> None:
    """Ask for a record."""
    page.locator("#copy-what").select_option(what)
    page.locator("#copy-number").fill(number)
    page.locator("#do-open").click()
    expect(page.locator("#record-1")).to_be_visible()


def test_a_field_is_copied_with_a_press(enter: Enter) -> None:
    """The clipboard has exactly what stands there, the press is told, and the next press tells the next one."""
    page = enter()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    look(page, "1111-0001")
    page.get_by_role("button", name="氏名をコピー", exact=True).click()
    expect(page.locator("#say")).to_have_text("氏名をコピーしました")
    assert page.evaluate("navigator.clipboard.readText()") == "𠮷田 花子"
    page.get_by_role("button", name="処理状況をコピー").click()
    expect(page.locator("button.copied")).to_have_count(1)
    assert page.evaluate("navigator.clipboard.readText()") == "予約済"


def test_without_a_clipboard_a_press_copies_too(enter: Enter) -> None:
    """Pages that come by HTTP have no clipboard of their own: the field is selected and copied."""
    page = enter()
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    look(page, "11110001")
    page.get_by_role("button", name="予約番号をコピー").click()
    expect(page.locator("#say")).to_have_text("予約番号をコピーしました")
    assert page.evaluate("window.getSelection().toString()") == "11110001"


@pytest.mark.parametrize("language", some_of(LONGEST, everything=list(Language)))
@pytest.mark.parametrize("width", [1280, 480])
def test_everybody_can_use_the_page(enter: Enter, language: Language, width: int) -> None:
    """No violation that a machine can find, in any language, and nothing wider than the window."""
    page = enter(language, width)
    look(page, "11110001")
    found = Axe().run(page, options={"runOnly": WCAG})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_reception_is_shown_card_by_card(enter: Enter, small_house: House) -> None:
    """A party has a record for each card, with the times of its steps."""
    page = enter()
    page.locator("#copy-day").fill(small_house.clock.now.date().isoformat())
    look(page, "M001", "reception")
    expect(page.locator(".copy-record")).to_have_count(2)
    expect(page.locator("#record-1")).to_contain_text("受付時刻")
