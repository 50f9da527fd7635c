"""Clerk and staff pages in a real browser: keys, live news, nothing lost, no connection, and without scripts."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Route, expect

from backend.protection.roles import Role
from backend.reception.deciding.lacking_paper import RESULT_WITHIN
from tests.cable import Cable
from tests.counter import actor_of
from tests.pages_support import arrive, walk_in
from tests.support import NUMBER, PASSWORD, House, wait_until

SignIn = Callable[..., Page]


@pytest.fixture
def cable(address: str) -> Iterator[Cable]:
    """A line to the server that can be cut."""
    with Cable(address) as laid:
        yield laid


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[SignIn]:
    """Opens pages in sessions of their own; a script error or a blocked resource fails the test."""
    troubles: list[str] = []
    contexts = []

    def listen(message: ConsoleMessage) -> None:
        # What a server refuses is shown to people in words; the browser notes it here as well.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            troubles.append(message.text)

    def open_one(login: str = "", home: str = "/clerk", *, scripts: bool = True, door: str = address) -> Page:
        context = chromium.new_context(
            viewport={"width": 1366, "height": 768}, java_script_enabled=scripts, locale="ja-JP"
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"{door}/sign-in")
        if login:
            page.fill("#login", login)
            page.fill("#password", PASSWORD)
            page.press("#password", "Enter")
            page.wait_for_url(f"{door}{home}")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert troubles == []


def at_window(open_page: SignIn, login: str, window: str, home: str = "/clerk", **more: str) -> Page:
    """Somebody who is signed in and sits at a window."""
    page = open_page(login, home, **more)
    page.click(f"#window-{window}")
    expect(page.locator("#do-leave")).to_be_attached()
    return page


def at_check(open_page: SignIn) -> Page:
    """A clerk at window 1 who has called the next visitor and begun to check the documents."""
    clerk = at_window(open_page, "clerk01", "1")
    clerk.keyboard.press("n")
    expect(clerk.locator("#do-start")).to_be_visible()
    clerk.keyboard.press("s")
    expect(clerk.locator("#checklist")).to_be_visible()
    return clerk


def focused(page: Page) -> str:
    """Id of the element that has the focus."""
    return str(page.evaluate("document.activeElement.id"))


def ask_why(clerk: Page) -> None:
    """Answer the questions up to the one for the reason, by keys: somebody else comes, for somebody under 75."""
    for key, question in (
        ("q", "どなたが来庁されましたか"),
        ("4", "本人は何歳ですか"),
        ("2", "来られないのはなぜ"),
    ):
        clerk.keyboard.press(key)
        expect(clerk.locator("#guide-title")).to_contain_text(question)


def reach(page: Page, target: Locator) -> None:
    """Move the focus to an element with the tabulator only."""
    for _ in range(120):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("the element cannot be reached with the keyboard")


def test_a_whole_visit_with_the_keyboard_alone(open_page: SignIn, small_house: House) -> None:
    """From the sign-in to the issued card nobody touches a mouse; the shown keys and the tabulator do."""
    small_house.person("clerk01")
    small_house.person("staff01", Role.STAFF)
    small_house.reserve(NUMBER)
    arrive(small_house, NUMBER)
    clerk = open_page("clerk01")
    reach(clerk, clerk.locator("#window-1"))
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#do-call-next")).to_be_enabled()
    clerk.keyboard.press("n")
    expect(clerk.locator("#visitor-title")).to_contain_text("M-001")
    assert focused(clerk) == "visitor-title"
    clerk.keyboard.press("r")
    expect(clerk.locator("#do-absent")).to_be_enabled()
    clerk.keyboard.press("s")
    expect(clerk.locator("#checklist")).to_be_visible()
    for box in ("#tick-papers-notice", "#tick-applicant-A03"):
        reach(clerk, clerk.locator(box))
        clerk.keyboard.press("Space")
        expect(clerk.locator(box)).to_be_checked()
        expect(clerk.locator(box)).to_be_focused()
    expect(clerk.locator("#verdict")).to_have_attribute("data-complete", "yes")
    expect(clerk.locator("#say")).to_have_text("そろいました")
    clerk.keyboard.press("h")
    expect(clerk.locator("#banner")).to_contain_text("M-001を職員に引き継ぎました。")

    staff = open_page("staff01", "/staff")
    reach(staff, staff.locator("#window-A"))
    staff.keyboard.press("Enter")
    reach(staff, staff.get_by_role("button", name="M-001 呼出"))
    staff.keyboard.press("Enter")
    expect(staff.locator("#do-issue")).to_be_enabled()
    staff.keyboard.press("d")
    expect(staff.locator("#banner")).to_contain_text("M-001を交付済みにしました。")


def test_a_visit_with_missing_papers_ends_with_a_key_too(open_page: SignIn, small_house: House) -> None:
    """Every action of the check has its key on its button, also the one that nobody likes to press."""
    small_house.person("clerk01")
    walk_in(small_house)
    clerk = at_check(open_page)
    expect(clerk.locator("#do-incomplete kbd")).to_have_text("E")
    clerk.keyboard.press("e")
    expect(clerk.locator("#banner")).to_contain_text("W-400を書類不足で終了しました。")
    expect(clerk.locator('#incomplete-rows [data-number="W-400"]')).to_be_visible()


def test_keys_rest_while_somebody_types_and_can_be_switched_off(
    open_page: SignIn, small_house: House
) -> None:
    """A letter in the search field is a letter; switched off, no key acts, also after the page is loaded anew."""
    small_house.person("clerk01")
    walk_in(small_house)
    clerk = at_window(open_page, "clerk01", "1")
    clerk.click("#menu > summary")
    clerk.click("#keys")
    expect(clerk.locator("#keys")).to_have_attribute("aria-pressed", "false")
    clerk.keyboard.press("n")
    clerk.reload()
    clerk.keyboard.press("n")
    expect(clerk.locator("#do-call-next kbd")).to_be_hidden()
    clerk.click("#menu > summary")
    clerk.click("#keys")
    clerk.keyboard.press("Control+n")
    clerk.keyboard.press("n")
    expect(clerk.locator("#do-start")).to_be_visible()
    clerk.keyboard.press("s")
    search = clerk.locator("#find-applicant")
    search.fill("")
    search.press_sequentially("ah")
    expect(search).to_have_value("ah")
    expect(clerk.locator("#visitor-title")).to_contain_text("W-400")


def test_news_appear_in_a_second_page_without_loading_it_again(open_page: SignIn, small_house: House) -> None:
    """Check-ins, calls and windows of others are seen at once; the page was loaded once."""
    small_house.person("clerk01")
    small_house.person("clerk02")
    first = at_window(open_page, "clerk01", "1")
    second = open_page("clerk02")
    expect(second.locator("#window-1")).to_be_disabled()
    second.click("#window-2")
    expect(second.locator("#do-leave")).to_be_attached()
    first.evaluate("window.loadedOnce = true")
    walk_in(small_house)
    expect(first.locator('#waiting-rows [data-number="W-400"]')).to_be_visible()
    expect(first.locator("#do-call-next")).to_be_enabled()
    second.click("#do-call-next")
    expect(first.locator("#waiting-count")).to_have_text("0")
    expect(first.locator("#others-title + ul")).to_contain_text("W-400")
    expect(first.locator("#do-call-next")).to_be_disabled()
    assert first.evaluate("window.loadedOnce") is True


def test_a_number_whose_kiosk_died_appears_without_any_event(open_page: SignIn, small_house: House) -> None:
    """Nothing happens when nobody reports: the page looks again by itself at the moment that the server named."""
    small_house.person("clerk01")
    ticket = walk_in(small_house)
    small_house.clock.advance(seconds=RESULT_WITHIN.total_seconds() - 2)
    clerk = at_window(open_page, "clerk01", "1")
    expect(clerk.locator(f'#waiting-rows [data-number="{ticket.number}"]')).to_be_visible()
    expect(clerk.locator("#no-paper-rows")).to_have_count(0)
    clerk.evaluate("window.loadedOnce = true")
    seq = clerk.locator("#page").get_attribute("data-seq")
    small_house.clock.advance(seconds=3)
    expect(clerk.locator(f'#no-paper-rows [data-number="{ticket.number}"]')).to_be_visible()
    expect(clerk.locator("#waiting-rows .row-warning")).to_be_visible()
    assert clerk.locator("#page").get_attribute("data-seq") == seq
    assert clerk.evaluate("window.loadedOnce") is True


def test_who_has_just_come_has_not_waited_zero_minutes(open_page: SignIn, small_house: House) -> None:
    """The first minute is said in words: a clerk who reads "0 minutes" wonders whether the clock is wrong."""
    small_house.person("clerk01")
    walk_in(small_house)
    clerk = at_window(open_page, "clerk01", "1")
    waited = clerk.locator("#idle [data-minutes-since]")
    expect(waited).to_have_text("1分未満")
    small_house.clock.advance(seconds=125)
    clerk.reload()
    expect(waited).to_have_text("2分お待ち")


def test_news_take_nothing_away_from_somebody_at_work(open_page: SignIn, small_house: House) -> None:
    """Focus, a search, an open list and its ticks stay while numbers come in."""
    small_house.person("clerk01")
    walk_in(small_house)
    clerk = at_check(open_page)
    clerk.click("#more-applicant summary")
    clerk.check("#tick-applicant-B20")
    search = clerk.locator("#find-applicant")
    search.fill("うんてん")
    expect(clerk.locator("#lists-applicant .tick:visible")).to_have_count(3)
    walk_in(small_house)
    expect(clerk.locator("#do-queue")).to_contain_text("W-401")
    expect(search).to_be_focused()
    expect(search).to_have_value("うんてん")
    expect(clerk.locator("#lists-applicant .tick:visible")).to_have_count(3)
    search.fill("")
    expect(clerk.locator("#more-applicant")).to_have_attribute("open", "")
    expect(clerk.locator("#tick-applicant-B20")).to_be_checked()


def type_surely(field: Locator, words: str) -> None:
    """Type into a field that news may replace at that very moment, as a person types again what is not there."""

    def is_there() -> bool:
        field.fill(words)
        return field.input_value() == words

    wait_until(is_there)


def test_a_document_is_found_by_typing_and_ticked_with_enter(open_page: SignIn, small_house: House) -> None:
    """Kana readings, katakana, codes and widths all find; the only match is ticked by the enter key."""
    small_house.person("clerk01")
    walk_in(small_house)
    clerk = at_check(open_page)
    search, shown = clerk.locator("#find-applicant"), clerk.locator("#lists-applicant .tick:visible")
    for words in ("ｂ２１", "カイゴ", "かいご", "介護"):
        type_surely(search, words)
        expect(shown).to_have_count(1)
        expect(shown).to_contain_text("介護保険被保険者証")
    search.fill("ないしょるい")
    expect(shown).to_have_count(0)
    expect(clerk.locator(".find-nothing")).to_be_visible()
    search.fill("b21")
    search.press("Enter")
    found = clerk.locator("#tick-applicant-B21")
    expect(found).to_be_checked()
    expect(found).to_be_focused()
    clerk.keyboard.press("/")
    expect(search).to_be_focused()


def test_the_type_is_found_by_questions_with_keys_alone(open_page: SignIn, small_house: House) -> None:
    """Digits answer, backspace goes back, enter takes the type; news leave the question open and no other key acts."""
    small_house.person("clerk01")
    walk_in(small_house)
    clerk = at_check(open_page)
    expect(clerk.locator("#do-guide")).to_be_visible()
    clerk.keyboard.press("q")
    title = clerk.locator("#guide-title")
    expect(title).to_have_text("どなたが来庁されましたか")
    clerk.keyboard.press("4")
    expect(title).to_have_text("本人は何歳ですか")
    walk_in(small_house)
    expect(clerk.locator("#waiting-count")).to_have_text("1")
    expect(title).to_have_text("本人は何歳ですか")
    assert clerk.evaluate(_CONTRAST) == []
    clerk.keyboard.press("Backspace")
    expect(title).to_have_text("どなたが来庁されましたか")
    clerk.keyboard.press("4")
    expect(title).to_have_text("本人は何歳ですか")
    clerk.keyboard.press("3")
    expect(clerk.locator("#do-recipient")).to_be_focused()
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#recipient")).to_have_value("P4")
    verdict, checklist = (clerk.evaluate(_PLACE, name) for name in ("verdict", "checklist"))
    assert verdict["x"] >= checklist["x"] + checklist["width"], (
        "what is needed stands beside the list, in sight"
    )
    assert verdict["y"] < 768
    expect(clerk.locator("#guide")).to_have_count(0)
    clerk.keyboard.press("q")
    expect(title).to_be_visible()
    clerk.keyboard.press("Escape")
    expect(clerk.locator("#guide")).to_have_count(0)


def test_a_reason_far_down_the_list_is_one_key_and_a_refusal_is_told(
    open_page: SignIn, small_house: House
) -> None:
    """Letters answer beyond the tenth reason; what is never accepted is said in words, and set with one more key."""
    small_house.person("clerk01")
    walk_in(small_house)
    clerk = at_check(open_page)
    ask_why(clerk)
    last = clerk.locator(".guide-option").last
    words, letter = last.locator("span").inner_text(), last.locator("kbd").inner_text()
    assert letter.isalpha()
    clerk.keyboard.press(letter.lower())
    expect(clerk.locator(".guide-given")).to_contain_text(words)
    clerk.keyboard.press("Backspace")
    expect(clerk.locator('.guide-option[value="reason:busy_work"] kbd')).to_have_text("0")
    clerk.keyboard.press("0")
    expect(clerk.locator("#guide-refusal")).to_be_visible()
    assert clerk.evaluate(_CONTRAST) == []
    clerk.keyboard.press("1")
    expect(clerk.locator("#recipient")).to_have_value("X1")
    expect(clerk.locator("#verdict")).to_contain_text("この受取人種別では受け付けられません")
    expect(clerk.locator("#do-hand-over")).to_be_disabled()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (683, 384), (400, 800), (320, 568)])
def test_a_question_fits_every_screen(open_page: SignIn, small_house: House, width: int, height: int) -> None:
    """The longest list of reasons is whole at any size: scrolled down, never sideways, and its end can be reached."""
    small_house.person("clerk01")
    walk_in(small_house)
    clerk = at_check(open_page)
    clerk.set_viewport_size({"width": width, "height": height})
    ask_why(clerk)
    expect(clerk.locator('.guide-option[value="reason:busy_work"]')).to_be_attached()
    sideways = "id => { const box = document.getElementById(id); return box.scrollWidth - box.clientWidth; }"
    assert clerk.evaluate(sideways, "guide") <= 0
    box = clerk.evaluate(_PLACE, "guide")
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    clerk.locator("#do-guide-close").scroll_into_view_if_needed()
    expect(clerk.locator("#do-guide-close")).to_be_in_viewport()
    clerk.click("#do-guide-close")
    expect(clerk.locator("#guide")).to_have_count(0)


def test_a_late_answer_is_said_and_the_old_one_is_not_shown(open_page: SignIn, small_house: House) -> None:
    """Nobody reads that everything is there while the tick that was taken away is still on its way."""
    small_house.person("clerk01")
    small_house.reserve(NUMBER)
    arrive(small_house, NUMBER)
    clerk = at_check(open_page)
    clerk.check("#tick-papers-notice")
    clerk.check("#tick-applicant-A05")
    expect(clerk.locator("#verdict")).to_have_attribute("data-complete", "yes")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    clerk.route("**/tick", hold)
    clerk.uncheck("#tick-applicant-A05")
    expect(clerk.locator("#verdict")).to_have_attribute("aria-busy", "true")
    expect(clerk.locator(".verdict-busy")).to_be_visible()
    expect(clerk.locator(".verdict-word")).not_to_be_visible()
    held.pop().continue_()
    expect(clerk.locator("#verdict")).to_have_attribute("data-complete", "no")
    expect(clerk.locator(".verdict-word")).to_be_visible()
    expect(clerk.locator(".verdict-busy")).not_to_be_visible()


def test_two_or_three_kana_and_enter_tick_a_document(open_page: SignIn, small_house: House) -> None:
    """What begins with the typed letters is aimed at first, also while a kana is half typed; arrows choose another."""
    small_house.person("clerk01")
    walk_in(small_house)
    clerk = at_check(open_page)
    search, aimed = clerk.locator("#find-applicant"), clerk.locator(".tick.aimed")
    for words in ("めんき", "めんｋ", "うんて"):
        type_surely(search, words)
        expect(aimed).to_contain_text("運転免許証")
    search.press("ArrowDown")
    expect(aimed).to_contain_text("運転経歴証明書")
    search.press("ArrowUp")
    search.press("Enter")
    expect(clerk.locator("#tick-applicant-A03")).to_be_checked()
    expect(clerk.locator("#tick-applicant-A03")).to_be_focused()
    expect(search).to_have_value("")


def test_ticks_survive_a_server_that_does_not_answer(open_page: SignIn, small_house: House) -> None:
    """What was ticked while the line was down stays on the screen, is said not to be saved, and is saved later."""
    small_house.person("clerk01")
    small_house.reserve(NUMBER)
    arrive(small_house, NUMBER)
    clerk = at_check(open_page)
    clerk.route("**/tick", lambda route: route.abort())
    clerk.check("#tick-papers-notice")
    clerk.check("#tick-applicant-A05")
    expect(clerk.locator("#banner")).to_contain_text("チェックはまだ保存されていません。")
    walk_in(small_house)
    expect(clerk.locator("#tick-applicant-A05")).to_be_checked()
    clerk.unroute("**/tick")
    expect(clerk.locator("#verdict")).to_have_attribute("data-complete", "yes")
    expect(clerk.locator("#tick-papers-notice")).to_be_checked()
    expect(clerk.locator("#banner .banner")).to_have_count(0)
    expect(clerk.locator("#waiting-count")).to_have_text("1")


def test_many_quick_ticks_all_arrive(open_page: SignIn, small_house: House) -> None:
    """Ticking faster than the server answers loses nothing, and the hand-over waits for the last tick."""
    small_house.person("clerk01")
    small_house.reserve(NUMBER)
    arrive(small_house, NUMBER)
    clerk = at_check(open_page)
    boxes = ["papers-notice", *(f"applicant-A{number:02d}" for number in range(3, 11))]
    clerk.evaluate("ids => { for (const id of ids) document.getElementById('tick-' + id).click(); }", boxes)
    expect(clerk.locator("#verdict")).to_have_attribute("data-complete", "yes")
    clerk.reload()
    for box in boxes:
        expect(clerk.locator(f"#tick-{box}")).to_be_checked()


def test_a_press_is_not_lost_when_news_come_while_the_button_is_held(
    open_page: SignIn, small_house: House
) -> None:
    """The page is not drawn anew between pressing and releasing the mouse."""
    small_house.person("clerk01")
    small_house.person("clerk02")
    walk_in(small_house)
    watching = at_window(open_page, "clerk02", "2")
    clerk = at_window(open_page, "clerk01", "1")
    expect(clerk.locator("#do-call-next")).to_be_enabled()
    clerk.hover("#do-call-next")
    clerk.mouse.down()
    # A second page that hears the same news shows that they are there.
    walk_in(small_house)
    expect(watching.locator("#waiting-count")).to_have_text("2")
    clerk.mouse.up()
    expect(clerk.locator("#do-start")).to_be_visible()
    expect(clerk.locator("#waiting-count")).to_have_text("1")


def test_a_colleague_who_was_faster_is_named_at_the_top(open_page: SignIn, small_house: House) -> None:
    """The refusal is words at the top of the page, and the page shows how things are."""
    small_house.person("clerk01")
    first, _, _ = small_house.signed_in("clerk02")
    walk_in(small_house)
    clerk = at_window(open_page, "clerk01", "1")
    other = actor_of(first)
    counter = small_house.counter
    counter.take_window(uuid4(), other, "2")
    clerk.route("**/clerk/panel", lambda route: route.abort())  # the page does not hear of it in time
    clerk.click("#waiting-rows .row-menu > summary")
    clerk.click("#waiting-rows .confirm > summary")
    counter.call_next(uuid4(), other)
    clerk.click("#ask .danger")
    expect(clerk.locator("#banner")).to_contain_text("W-400は2番窓口で対応中です。")
    expect(clerk.locator("#waiting-count")).to_have_text("0")


def test_a_page_without_news_says_that_it_may_be_old(
    open_page: SignIn, small_house: House, cable: Cable
) -> None:
    """When the line is down for longer than ten seconds a line says so, and goes when news come again."""
    small_house.person("clerk01")
    clerk = at_window(open_page, "clerk01", "1", door=cable.address)
    expect(clerk.locator("#stale")).to_be_hidden()
    cable.cut()
    expect(clerk.locator("#stale")).to_be_visible(timeout=20_000)
    walk_in(small_house)
    cable.mend()
    expect(clerk.locator("#stale")).to_be_hidden(timeout=20_000)
    expect(clerk.locator("#waiting-count")).to_have_text("1")


def test_a_session_that_ended_leads_to_the_sign_in(open_page: SignIn, small_house: House) -> None:
    """Whoever acts after the session has ended is asked to sign in again and lands on their page."""
    small_house.person("clerk01")
    walk_in(small_house)
    clerk = at_window(open_page, "clerk01", "1")
    small_house.clock.advance(hours=2)
    clerk.keyboard.press("n")
    expect(clerk.locator("#login")).to_be_visible()
    expect(clerk.locator("#banner")).to_contain_text("サインインが必要です。")
    clerk.fill("#login", "clerk01")
    clerk.fill("#password", PASSWORD)
    clerk.click("#do-sign-in")
    expect(clerk.locator("#do-call-next")).to_be_enabled()


def test_everything_works_without_scripts(open_page: SignIn, small_house: House) -> None:
    """Forms lead through a check of documents where scripts are switched off."""
    small_house.person("clerk01")
    small_house.reserve(NUMBER)
    arrive(small_house, NUMBER)
    clerk = open_page("clerk01", scripts=False)
    clerk.click("#window-1")
    clerk.click("#do-call-next")
    clerk.click("#do-start")
    expect(clerk.locator("#find-applicant")).to_be_hidden()
    clerk.check("#tick-papers-notice")
    clerk.check("#tick-applicant-A05")
    clerk.click("#do-check")
    expect(clerk.locator("#verdict")).to_have_attribute("data-complete", "yes")
    clerk.click("#do-hand-over")
    expect(clerk.locator("#banner")).to_contain_text("M-001を職員に引き継ぎました。")


def test_the_language_is_switched_on_the_page(open_page: SignIn, small_house: House) -> None:
    """One menu, every language in its own words; the page stays where it was."""
    small_house.person("clerk01")
    clerk = at_window(open_page, "clerk01", "1")
    clerk.click("#menu > summary")
    clerk.get_by_role("button", name="English").click()
    expect(clerk.locator("#do-call-next")).to_contain_text("Call next")
    assert clerk.evaluate("document.documentElement.lang") == "en"


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1366, 768), (683, 384), (400, 800)])
def test_nothing_is_cut_off_at_any_size(
    open_page: SignIn, small_house: House, width: int, height: int
) -> None:
    """From a wide screen to one zoomed to 200 % and more, nothing has to be scrolled sideways."""
    small_house.person("clerk01")
    small_house.reserve(NUMBER, name="長い名前" * 12, address="東京都新宿区" * 12)
    arrive(small_house, NUMBER)
    walk_in(small_house)
    clerk = at_window(open_page, "clerk01", "1")
    clerk.set_viewport_size({"width": width, "height": height})
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert clerk.evaluate(overflow) <= 0
    clerk.click("#do-call-next")
    expect(clerk.locator("#do-start")).to_be_visible()
    assert clerk.evaluate(overflow) <= 0
    clerk.click("#do-start")
    expect(clerk.locator("#checklist")).to_be_visible()
    assert clerk.evaluate(overflow) <= 0


def test_words_stand_out_enough_from_what_is_behind_them(open_page: SignIn, small_house: House) -> None:
    """Every text of the checklist reaches the contrast of 4.5 to 1 (WCAG 2 AA, 1.4.3)."""
    small_house.person("clerk01")
    small_house.reserve(NUMBER)
    arrive(small_house, NUMBER)
    walk_in(small_house)
    clerk = at_window(open_page, "clerk01", "1")
    clerk.click("#do-call-next")
    clerk.click("#do-start")
    expect(clerk.locator("#checklist")).to_be_visible()
    clerk.check("#tick-papers-notice")
    clerk.click("#missing-more summary")
    clerk.click("#reasons summary")
    expect(clerk.locator(".missing li")).to_have_count(1)
    weak = clerk.evaluate(_CONTRAST)
    assert weak == []


# In one go: a locator's own box is nothing while news draw the page anew.
_PLACE = """id => {
  const { x, y, width } = document.getElementById(id).getBoundingClientRect();
  return { x, y, width };
}"""

_CONTRAST = """() => {
  const luminance = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const parse = (text) => text.match(/[0-9.]+/g).map(Number);
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const weak = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !element.checkVisibility({ visibilityProperty: true })) continue;
    if (element.closest(":disabled, option, optgroup")) continue;
    const [a, b] = [luminance(parse(getComputedStyle(element).color)), luminance(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) weak.push(`${element.className} ${element.textContent.trim().slice(0, 20)} ${ratio.toFixed(2)}`);
  }
  return weak;
}"""
