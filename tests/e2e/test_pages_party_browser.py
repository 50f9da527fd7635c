"""A party at the clerk's page in a browser: tabs for its cards, one licence for all, who goes on; a card tied; a number given up."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from backend.common.catalogue import Language
from backend.reception.deciding.case import CaseState, latest_of
from backend.reception.storing.cases import cases_of
from tests.axe_support import WCAG
from tests.desk_support import LONGEST, Desk, Enter
from tests.pages_support import walk_in
from tests.party_at_window import CHILD, NUMBERS, a_party
from tests.proof import some_of
from tests.support import NUMBER

SHOTS = os.environ.get("UKETSUKE_PAGE_SHOTS", "")
"""A folder for pictures of what is tried here, for looking at."""


def shot(page: Page, name: str) -> None:
    """Keep a picture, where somebody wants to look."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


def with_party(enter: Enter, desk: Desk, language: Language = Language.JAPANESE) -> tuple[Page, str]:
    """A clerk who has begun the check of three children of one parent, and the ticket."""
    ticket_id = a_party(desk.house, NUMBERS, **CHILD)
    desk.sit("clerk1", "1").serve()
    return enter("clerk1", language=language), ticket_id


def states(desk: Desk, ticket_id: str) -> list[CaseState]:
    """What became of each card of a visit."""
    with desk.house.database.read() as connection:
        return [case.state for case in latest_of(cases_of(connection, ticket_id))]


def complete(page: Page) -> None:
    """Tick what the card that is shown needs of its own."""
    for paper in ("notice", "koseki"):
        page.check(f"#tick-papers-{paper}")
    page.click("#tab-applicant")
    page.check("#tick-applicant-A05")
    expect(page.locator("#verdict")).not_to_have_attribute("aria-busy", "true")


def test_a_parents_licence_is_ticked_once_and_the_complete_cards_go_on(enter: Enter, desk: Desk) -> None:
    """By keys: from card to card, the licence is there, the question names who goes on, starts on no, and does what it says."""
    page, ticket_id = with_party(enter, desk)
    expect(page.locator("#cards .card-tab")).to_have_count(3)
    expect(page.locator("#card-1")).to_have_attribute("aria-current", "true")
    expect(page.locator("#do-hand-over")).to_be_disabled()
    page.keyboard.press("t")
    page.check("#tick-visitor-A03")
    page.keyboard.press("c")
    expect(page.locator("#card-2")).to_have_attribute("aria-current", "true")
    expect(page.locator(".who-name")).to_contain_text("受付 太郎")
    page.keyboard.press("t")
    expect(page.locator("#tick-visitor-A03")).to_be_checked()
    complete(page)
    expect(page.locator("#card-2")).to_contain_text("そろいました")
    shot(page, "party")
    page.keyboard.press("h")
    question = page.locator("#ask")
    expect(question.locator(".cards-on")).to_contain_text("受付 太郎")
    expect(question.locator(".cards-ending li")).to_have_count(2)
    expect(page.locator("#ask-no")).to_be_focused()
    shot(page, "party-hand-over")
    page.keyboard.press("Enter")
    expect(question).to_have_count(0)
    expect(page.locator("#do-hand-over")).to_be_focused()
    page.keyboard.press("h")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#do-call-next")).to_be_visible()
    assert states(desk, ticket_id) == [CaseState.INCOMPLETE, CaseState.OPEN, CaseState.INCOMPLETE]


def test_where_all_are_complete_the_question_starts_on_yes(enter: Enter, desk: Desk) -> None:
    """Nothing is lost by it, so two keys hand a whole family over."""
    page, ticket_id = with_party(enter, desk)
    page.click("#tab-visitor")
    page.check("#tick-visitor-A03")
    for place in (1, 2, 3):
        page.click(f"#card-{place}")
        expect(page.locator(f"#card-{place}")).to_have_attribute("aria-current", "true")
        complete(page)
        expect(page.locator(f"#card-{place} .tab-enough")).to_be_visible()
    expect(page.locator("#cards .tab-enough")).to_have_count(3)
    page.keyboard.press("h")
    expect(page.locator("#ask-hand-over-yes")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#do-call-next")).to_be_visible()
    assert states(desk, ticket_id) == [CaseState.OPEN] * 3


def test_papers_missing_of_all_is_asked_where_a_card_is_complete(enter: Enter, desk: Desk) -> None:
    """A slip of the finger ends no card whose papers are there: the question names it and starts on no; else nothing is asked."""
    page, ticket_id = with_party(enter, desk)
    page.click("#tab-visitor")
    page.check("#tick-visitor-A03")
    complete(page)
    expect(page.locator("#incomplete-ask")).to_be_visible()
    page.keyboard.press("e")
    question = page.locator("#ask")
    expect(question.locator(".cards-on li")).to_have_count(1)
    expect(page.locator("#ask-no")).to_be_focused()
    expect(page.locator("#ask-no")).to_have_text("いいえ")
    page.keyboard.press("Enter")
    expect(page.locator("#do-incomplete")).to_be_focused()
    assert states(desk, ticket_id) == [CaseState.OPEN] * 3
    page.keyboard.press("e")
    page.click("#ask-incomplete-yes")
    expect(page.locator("#do-call-next")).to_be_visible()
    assert states(desk, ticket_id) == [CaseState.INCOMPLETE] * 3


def test_a_card_that_somebody_else_receives_is_set_apart_by_a_box(enter: Enter, desk: Desk) -> None:
    """The licence of the others is gone from it, and what is ticked there goes nowhere else."""
    page, _ = with_party(enter, desk)
    page.click("#tab-visitor")
    page.check("#tick-visitor-A03")
    page.click("#card-3")
    expect(page.locator("#card-3")).to_have_attribute("aria-current", "true")
    page.click("#tab-visitor")
    page.check("#tick-apart")
    expect(page.locator("#tick-visitor-A03")).not_to_be_checked()
    page.check("#tick-visitor-A05")
    page.click("#card-1")
    expect(page.locator("#card-1")).to_have_attribute("aria-current", "true")
    page.click("#tab-visitor")
    expect(page.locator("#tick-visitor-A03")).to_be_checked()
    expect(page.locator("#tick-visitor-A05")).not_to_be_checked()


def test_the_next_visitor_is_not_shown_by_the_card_of_the_last_one(enter: Enter, desk: Desk) -> None:
    """The address names the number with the card: another party begins with its first card."""
    page, _ = with_party(enter, desk)
    page.click("#card-3")
    expect(page.locator("#card-3")).to_have_attribute("aria-current", "true")
    a_party(desk.house, ("42345676", "52345675", "62345674"), **CHILD)
    page.keyboard.press("e")
    page.click("#do-call-next")
    page.click("#do-start")
    expect(page.locator("#card-1")).to_have_attribute("aria-current", "true")
    assert "card=M-001.3" in page.url


def test_what_is_pressed_while_a_tick_is_not_saved_is_shown_once_it_is(enter: Enter, desk: Desk) -> None:
    """A filter of the queue and a card's tab wait for the tick and are not forgotten; of two presses the last counts."""
    page, _ = with_party(enter, desk)
    number = walk_in(desk.house).number
    expect(page.locator("#waiting-count")).to_have_text("1")
    page.route("**/tick", lambda route: route.abort())
    page.check("#tick-papers-notice")
    expect(page.locator("#banner")).to_contain_text("チェックはまだ保存されていません。")
    page.click("#card-3")
    page.keyboard.press("l")
    page.click("#show-late")
    expect(page.locator("#show-late")).not_to_have_attribute("aria-current", "true")
    expect(page.locator(f'#waiting-rows [data-number="{number}"]')).to_be_visible()
    page.unroute("**/tick")
    expect(page.locator("#show-late")).to_have_attribute("aria-current", "true")
    expect(page.locator("#waiting-rows")).to_have_count(0)
    expect(page.locator("#card-1")).to_have_attribute("aria-current", "true")
    expect(page.locator("#tick-papers-notice")).to_be_checked()
    expect(page.locator("#banner .banner")).to_have_count(0)
    page.reload()
    expect(page.locator("#tick-papers-notice")).to_be_checked()


def test_a_walk_in_is_tied_to_a_card_in_a_dialog(enter: Enter, desk: Desk) -> None:
    """A number that is none is said in the dialog, and what was typed stays to be mended; then the card's record is there."""
    desk.house.reserve(NUMBER)
    walk_in(desk.house)
    desk.sit("clerk1", "1").serve()
    page = enter("clerk1")
    page.click("#do-tie")
    question = page.locator("#ask")
    number = question.locator("[name=card_number]")
    number.fill("9999-0001")
    shot(page, "tie")
    number.press("Enter")
    expect(question.locator(".ask-trouble")).to_contain_text("あてはまるカードはありません")
    expect(number).to_have_value("9999-0001")
    expect(number).to_be_focused()
    number.fill("1234-5678")
    question.locator("[name=card_number]").fill(f"{NUMBER[:4]}-{NUMBER[4:]}")
    shot(page, "tie-refused")
    page.click("#ask-tie-yes")
    expect(question).to_have_count(0)
    expect(page.locator("#found-card")).to_contain_text("受付 花子")
    shot(page, "tie-found")
    page.keyboard.press("Escape")
    expect(page.locator("#guide")).to_have_count(0)
    expect(page.locator("#do-tie")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#ask-no")).to_have_text("やめる")
    question.locator("[name=card_number]").fill(NUMBER)
    page.click("#ask-tie-yes")
    page.click("#do-tie-sure")
    expect(page.locator(".who-name")).to_contain_text("受付 花子")
    expect(page.locator("#do-tie")).to_have_count(0)
    assert NUMBER not in page.url


@pytest.mark.parametrize("stage", ["waiting", "called", "serving"])
def test_a_number_is_given_up_with_its_reason(enter: Enter, desk: Desk, stage: str) -> None:
    """From the row, from who was called and from the check: no reason is given by itself, and the keyboard is enough."""
    ticket_id = walk_in(desk.house).ticket_id.hex
    seat = desk.sit("clerk1", "1")
    if stage == "called":
        seat.call()
    if stage == "serving":
        seat.serve()
    page = enter("clerk1")
    page.locator(f"#menu-{ticket_id} > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#ask-no")).to_be_focused()
    shot(page, f"cancel-{stage}")
    page.locator("#ask button[value=twice]").focus()
    page.keyboard.press("Enter")
    expect(page.locator('[data-banner="done.cancel"]')).to_be_visible()
    with desk.house.database.read() as connection:
        (case,) = cases_of(connection, ticket_id)
    assert (case.state, case.reason) == (CaseState.CANCELLED, "twice")


def test_without_scripts_every_card_has_its_form(enter: Enter, desk: Desk) -> None:
    """Tabs are links, a save leads back to the card, and the question stands below its button."""
    a_party(desk.house, NUMBERS[:2])
    desk.sit("clerk1", "1").serve()
    page = enter("clerk1", java_script_enabled=False)
    page.click("#card-2")
    page.check("#tick-applicant-A03")
    page.check("#tick-papers-notice")
    page.click("#do-check")
    expect(page.locator("#card-2")).to_have_attribute("aria-current", "true")
    expect(page.locator("#card-2")).to_contain_text("そろいました")
    page.click("#do-hand-over")
    page.click("#hand-over-yes")
    expect(page.locator('[data-banner="done.hand_over"]')).to_be_visible()


@pytest.mark.parametrize("language", some_of(LONGEST, everything=list(Language)))
def test_a_party_and_its_questions_are_for_everybody(enter: Enter, desk: Desk, language: Language) -> None:
    """In each language nothing goes sideways and axe-core finds nothing: tabs, hand-over, reasons, a card searched."""
    ticket_id = a_party(desk.house, NUMBERS)
    walk_in(desk.house)
    desk.house.reserve("82345678")
    clerk = desk.sit("clerk1", "1")
    clerk.serve()
    page = enter("clerk1", language=language)
    page.check("#tick-applicant-A03")
    page.check("#tick-papers-notice")
    expect(page.locator("#card-1 .tab-enough")).to_be_visible()
    for width, height in ((1280, 720), (640, 360), (320, 568)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        shot(page, f"party-{language.value}-{width}")
    page.set_viewport_size({"width": 1280, "height": 720})
    wanted = {"runOnly": WCAG, "resultTypes": ["violations"]}
    found = [one["id"] for one in Axe().run(page, options=wanted).response["violations"]]
    page.keyboard.press("h")
    expect(page.locator("#ask")).to_be_visible()
    shot(page, f"hand-over-{language.value}")
    found += [one["id"] for one in Axe().run(page, options=wanted).response["violations"]]
    page.keyboard.press("Escape")
    page.locator(f"#menu-{ticket_id} > summary").click()
    page.locator(f"#cancel-{ticket_id}-ask > summary").click()
    expect(page.locator("#ask")).to_be_visible()
    shot(page, f"reasons-{language.value}")
    found += [one["id"] for one in Axe().run(page, options=wanted).response["violations"]]
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.locator("#ask")).to_be_visible()
    shot(page, f"incomplete-{language.value}")
    found += [one["id"] for one in Axe().run(page, options=wanted).response["violations"]]
    page.click("#ask-incomplete-yes")
    page.click("#do-call-next")
    page.click("#do-start")
    page.click("#do-tie")
    expect(page.locator("#ask")).to_be_visible()
    shot(page, f"tie-{language.value}")
    found += [one["id"] for one in Axe().run(page, options=wanted).response["violations"]]
    page.locator("#ask [name=card_number]").fill("82345678")
    page.click("#ask-tie-yes")
    expect(page.locator("#found-card")).to_be_visible()
    for width, height in ((1280, 720), (640, 360), (320, 568)):
        page.set_viewport_size({"width": width, "height": height})
        shot(page, f"found-{language.value}-{width}")
        page.locator("#do-tie-sure").scroll_into_view_if_needed()
        expect(page.locator("#do-tie-sure")).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        found += [one["id"] for one in Axe().run(page, options=wanted).response["violations"]]
    assert found == []
