"""The pages of clerks and staff as a place of work, in a browser: one screen, keys, questions, long queues, everybody's eyes."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from backend.common.catalogue import Language
from backend.protection.roles import Role
from backend.wire.check_digit import damm_digit
from tests.axe_support import WCAG
from tests.desk_support import Desk, Enter
from tests.pages_support import arrive, walk_in
from tests.support import NUMBER

LONG_NAME = "アレクサンドリア・ヴィクトリア＝フォン・ホーエンツォレルン・マクシミリアン・デ・ラ・クルス・Ｊｒ"
OTHERS = ("12345687", "12345695")


def begin(desk: Desk, number: str = NUMBER, window: str = "1", **columns: Any) -> str:
    """A clerk who has begun the check of somebody with a reservation; returns the login."""
    desk.house.reserve(number, **columns)
    arrive(desk.house, number)
    login = f"clerk{window}"
    desk.sit(login, window).serve()
    return login


_ROOM = """() => ({
  page: document.documentElement.scrollHeight,
  columns: [...document.querySelectorAll(".column")].map((one) => one.scrollHeight - one.clientHeight),
})"""


def test_the_common_check_fits_a_small_screen_in_every_language(enter: Enter, desk: Desk) -> None:
    """Whoever collects their own card is checked without any scrolling at 1280 by 720, in each of the five languages."""
    login = begin(desk, name=LONG_NAME)
    for language in Language:
        page = enter(login, language=language)
        faces = page.locator(".icon").evaluate_all(
            "all => [...new Set(all.map((one) => getComputedStyle(one).fontFamily))]"
        )
        assert len(faces) == 1, "an icon is drawn by the icons' font, whatever the language's font is"
        assert "Icons" in faces[0]
        room = page.evaluate(_ROOM)
        assert room["page"] <= 720, language
        assert max(room["columns"]) <= 1, language
        for one in ("#do-hand-over", ".verdict-word", "#next-step", "#more-applicant", "#do-queue"):
            expect(page.locator(one)).to_be_in_viewport(ratio=1)
        page.context.close()


def test_verdict_and_next_step_never_leave_the_screen(enter: Enter, desk: Desk) -> None:
    """Whatever column is scrolled and whatever is opened, what is needed and what to ask for next stay in sight."""
    login = begin(desk, recipient_type="P4", birth="1940-01-31", name=LONG_NAME)
    for language in (Language.JAPANESE, Language.ENGLISH):
        page = enter(login, language=language)
        for one in ("#more-applicant", "#more-facts", "#missing-more", "#reasons", "#reservation"):
            page.locator(f"{one} > summary").evaluate("summary => { summary.parentElement.open = true; }")
        for scroller in page.locator(".column, .verdict-more, .verdict-parts, #reservation").all():
            scroller.evaluate("element => { element.scrollTop = element.scrollHeight; }")
            expect(page.locator("#next-step")).to_be_in_viewport(ratio=1)
            expect(page.locator(".verdict-word")).to_be_in_viewport(ratio=1)
        assert page.evaluate(_ROOM)["page"] <= 720


def test_digits_tick_the_six_documents_of_the_person_who_is_shown(enter: Enter, desk: Desk) -> None:
    """Keys 1 to 6 tick what stands beside them; T shows the other person, and the digits are that one's."""
    page = enter(begin(desk, recipient_type="P4", birth="1940-01-31"))
    page.keyboard.press("2")
    expect(page.locator("#tick-applicant-A03")).to_be_checked()
    expect(page.locator("#tick-visitor-A03")).not_to_be_visible()
    page.keyboard.press("t")
    expect(page.locator("#tab-visitor")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("4")
    expect(page.locator("#tick-visitor-A05")).to_be_checked()
    expect(page.locator("#tick-applicant-A05")).not_to_be_checked()
    expect(page.locator("#tab-visitor .tab-count")).to_contain_text("1/2")
    expect(page.locator("#tab-visitor")).to_have_attribute("aria-selected", "true")
    page.locator("#tab-visitor").press("ArrowLeft")
    expect(page.locator("#tab-applicant")).to_be_focused()
    expect(page.locator("#tick-applicant-A03")).to_be_visible()


def test_the_queue_is_a_key_away_and_gives_the_place_back(enter: Enter, desk: Desk) -> None:
    """L opens who waits over the check, Escape closes it, and the keyboard is where it was."""
    login = begin(desk)
    walk_in(desk.house)
    page = enter(login)
    expect(page.locator("#queue")).not_to_be_visible()
    page.keyboard.press("l")
    expect(page.locator('#waiting-rows [data-number="W-400"]')).to_be_in_viewport()
    expect(page.locator("#do-queue-close")).to_be_focused()
    expect(page.locator("#do-queue")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#queue")).not_to_be_visible()
    expect(page.locator("#do-queue")).to_be_focused()


def test_keys_rest_while_an_input_method_composes(enter: Enter, desk: Desk) -> None:
    """A letter that an input method has is no command, however the browser says so."""
    desk.sit("clerk1", "1")
    walk_in(desk.house)
    page = enter("clerk1")
    send = "init => document.body.dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyN', key: 'n', bubbles: true, cancelable: true, ...init }))"
    # An event that nobody wanted is not cancelled, so that the dispatch says true.
    assert page.evaluate(send, {"isComposing": True}) is True
    assert page.evaluate(send, {"keyCode": 229}) is True
    assert page.evaluate(send, {}) is False
    expect(page.locator("#do-start")).to_be_visible()


def test_a_person_gives_a_key_another_letter(enter: Enter, desk: Desk) -> None:
    """The own letter acts and is shown, the old one does nothing, and both survive loading the page anew."""
    desk.sit("clerk1", "1")
    walk_in(desk.house)
    page = enter("clerk1")
    page.click("#menu > summary")
    page.click("#do-keys")
    page.fill("#own-N", "g")
    page.fill("#own-S", "r")
    expect(page.locator("#own-R")).to_have_value("S")
    page.click("#do-keys-close")
    page.reload()
    expect(page.locator("#do-call-next kbd")).to_have_text("G")
    page.keyboard.press("n")
    page.keyboard.press("g")
    expect(page.locator("#do-start kbd")).to_have_text("R")
    page.keyboard.press("r")
    expect(page.locator("#checklist")).to_be_visible()


def test_a_question_begins_on_no_and_leaves_everything_as_it_was(enter: Enter, desk: Desk) -> None:
    """Cancelling names the number and why it waits; a hasty Enter answers no, and news leave the question open."""
    desk.sit("clerk1", "1")
    walk_in(desk.house)
    page = enter("clerk1")
    page.locator(".row-menu > summary").press("Enter")
    page.locator(".row-menu .confirm > summary").press("Enter")
    expect(page.locator("#ask-no")).to_be_focused()
    expect(page.locator("#ask")).to_contain_text("W-400")
    expect(page.locator("#ask")).to_contain_text("予約なし")
    walk_in(desk.house)
    expect(page.locator("#waiting-count")).to_have_text("2")
    expect(page.locator("#ask-no")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#ask")).to_have_count(0)
    expect(page.locator(".row-menu > summary").first).to_be_focused()
    page.keyboard.press("Enter")
    page.locator(".row-menu .confirm > summary").first.press("Enter")
    page.click("#ask .danger")
    expect(page.locator("#banner")).to_contain_text("W-400")
    expect(page.locator("#ask")).to_have_count(0)
    expect(page.locator("#waiting-count")).to_have_text("1")


def test_without_scripts_the_queue_opens_and_a_question_is_asked(enter: Enter, desk: Desk) -> None:
    """The link leads to the list, the menu holds the question, and both persons' documents stand below each other."""
    login = begin(desk, recipient_type="P4", birth="1940-01-31")
    walk_in(desk.house)
    page = enter(login, java_script_enabled=False)
    expect(page.locator("#tick-applicant-A03")).to_be_visible()
    expect(page.locator("#tick-visitor-A03")).to_be_visible()
    expect(page.locator("#queue")).not_to_be_visible()
    page.click("#do-queue")
    page.click(".row-menu > summary")
    page.click(".row-menu .confirm > summary")
    page.click(".row-menu .danger")
    expect(page.locator("#banner")).to_contain_text("W-400")


def test_five_hundred_who_wait_can_all_be_reached(enter: Enter, desk: Desk) -> None:
    """Fifty at a time with a way to each other page; a number is found by a few of its letters, kinds by their filter."""
    desk.sit("clerk1", "1")
    numbers = [walk_in(desk.house).number for _ in range(120)]
    desk.house.reserve(NUMBER)
    arrive(desk.house, NUMBER)
    page = enter("clerk1")
    rows = page.locator("#waiting-rows > li")
    expect(rows).to_have_count(50)
    assert page.locator("#waiting-rows > li").nth(1).bounding_box()["height"] <= 50  # type: ignore[index]
    page.click("#do-after")
    expect(page.locator("#waiting-rows")).to_have_attribute("start", "51")
    page.click("#do-after")
    expect(page.locator(f'#waiting-rows [data-number="{numbers[-1]}"]')).to_be_visible()
    expect(page.locator("#do-after")).to_have_count(0)
    page.fill("#queue-number", numbers[60].lower())
    expect(rows).to_have_count(1)
    expect(page.locator("#queue-number")).to_be_focused()
    page.click("#show-reserved")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("M-001")
    page.reload()
    expect(rows).to_have_count(1)
    expect(page.locator("#show-reserved")).to_have_attribute("aria-current", "true")


def test_a_long_queue_does_not_make_the_check_heavier(enter: Enter, desk: Desk) -> None:
    """Protects a clerk's keys on the worst day: with 500 waiting the page is as long as with 60, and the drawer is there at once."""
    login = begin(desk)
    sizes = []
    for walking_in, booked in ((60, range(0)), (140, range(300))):
        for _ in range(walking_in):
            walk_in(desk.house)
        for place in booked:
            number = f"5{place:06}"
            number += str(damm_digit(number))
            desk.house.reserve(number)
            arrive(desk.house, number)
        page = enter(login)
        sizes.append((page.locator("#queue *").count(), len(page.content())))
    assert sizes[1][0] == sizes[0][0]
    assert sizes[1][1] <= 1.01 * sizes[0][1]
    expect(page.locator("#do-queue")).to_contain_text("500")
    page.keyboard.press("l")
    assert page.locator("#waiting-rows > li").count() == 50
    expect(page.locator("#waiting-rows > li").first).to_be_visible()


def test_times_that_move_can_be_stopped(enter: Enter, desk: Desk) -> None:
    """Seconds that run beside what somebody reads are switched off in the menu, and stay off."""
    seat = desk.sit("clerk1", "1")
    walk_in(desk.house)
    seat.call()
    page = enter("clerk1")
    page.click("#menu > summary")
    page.click("#still")
    expect(page.locator("#still")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.locator(".called-state")).to_contain_text("9:30")
    expect(page.locator(".elapsed")).not_to_be_visible()


_STOP = """() => {
  const one = document.activeElement;
  const style = getComputedStyle(one.closest(".tick") ?? one);
  return { name: one.id || one.outerHTML.slice(0, 60), last: one === document.body, seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 };
}"""


def test_the_place_of_the_keyboard_is_seen_at_every_stop(enter: Enter, desk: Desk) -> None:
    """From the first link to the last box, nobody who uses the keyboard alone loses sight of where they are."""
    page = enter(begin(desk))
    unseen, stops = [], set()
    for key in ("Shift+Tab",) * 4 + ("Tab",) * 60:
        page.keyboard.press(key)
        stop = page.evaluate(_STOP)
        if stop["last"]:
            continue
        stops.add(stop["name"])
        if not stop["seen"]:
            unseen.append(stop["name"])
    assert unseen == []
    assert {"do-queue", "recipient", "tick-papers-notice", "tick-applicant-A03"} - stops == set()


WAYS_OF_SEEING: tuple[dict[str, str], ...] = ({}, {"contrast": "more"}, {"forced_colors": "active"})


@pytest.mark.parametrize("seeing", WAYS_OF_SEEING, ids=lambda one: next(iter(one), "light"))
def test_a_machine_finds_no_barrier_in_any_state(enter: Enter, desk: Desk, seeing: dict[str, str]) -> None:
    """Every state of both pages passes axe-core's rules of WCAG 2.2 A and AA, in each theme of a browser."""
    house = desk.house
    first = begin(desk, recipient_type="P4", birth="1940-01-31", name=LONG_NAME)
    for number in OTHERS:
        house.reserve(number)
        arrive(house, number)
    handing = desk.sit("clerk2", "2")
    handed = handing.hand_over()
    desk.sit("staff1", "A", Role.STAFF)
    walk_in(house)
    handing.serve()
    desk.sit("clerk3", "3").call()
    desk.sit("clerk4", "4")
    walk_in(house)
    found: dict[str, list[str]] = {}
    scenes: tuple[tuple[str, str, str], ...] = (
        (first, "/clerk", "#do-queue"),
        ("clerk2", "/clerk", "#menu > summary"),
        ("clerk3", "/clerk", ""),
        ("clerk4", "/clerk", ".row-menu > summary"),
        ("staff1", "/staff", ""),
        ("staff1", f"/staff/tickets/{handed}", ""),
    )
    for login, path, opened in scenes:
        page = enter(login, path, **seeing)
        for way in ("as it comes", opened):
            if way == opened and opened:
                page.locator(opened).first.click()
            results = Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
            said = [
                f"{one['id']}: {node['html'][:90]}"
                for one in results.response["violations"]
                for node in one["nodes"]
            ]
            if said:
                found[f"{login} {path} {way}"] = said
        page.context.close()
    assert found == {}
