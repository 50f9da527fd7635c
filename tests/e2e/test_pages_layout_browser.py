"""Every page in every language at every width, in one browser: nothing sideways, nothing cut, nothing too small to hit."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from backend.common.catalogue import Language
from backend.protection.accounts import create_account
from backend.protection.actor import Actor
from backend.protection.roles import Role
from backend.protection.sessions import start_session
from backend.reception.deciding.ticks import Ticks
from backend.web.desk.pages import LANGUAGE_COOKIE
from backend.web.desk.people import SESSION_COOKIE
from backend.wire.codes import PrinterTrouble, PrintState
from backend.wire.messages import PrintReport
from tests.counter import actor_of
from tests.desk_support import LONGEST
from tests.pages_support import arrive, walk_in
from tests.proof import some_of
from tests.support import KIOSK, PASSWORD, House

SIZES = ((1920, 1080), (1280, 720), (768, 1024), (640, 360), (320, 568))
"""A wide screen, the smallest of a clerk, a tablet, and what 200 % and 400 % of zoom leave of 1280 pixels."""
LONG_NAME = "アレクサンドリア・ヴィクトリア＝フォン・ホーエンツォレルン・マクシミリアン・デ・ラ・クルス・Ｊｒ"
LONG_WORD = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren"
SHOTS = os.environ.get("UKETSUKE_PAGE_SHOTS", "")
"""A folder for pictures of everything that is measured, for looking at."""

# Everything at once: a page has one moment, and a locator for each of its buttons would take minutes.
TROUBLES = """() => {
  const troubles = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll("body *")].filter((one) =>
      one.checkVisibility() && one.getBoundingClientRect().right > root.clientWidth + 0.5 &&
      ![...one.children].some((child) => child.getBoundingClientRect().right > root.clientWidth + 0.5));
    const names = wide.slice(0, 3).map((one) => `${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 20)}`);
    troubles.push(`${root.scrollWidth - root.clientWidth} px sideways: ${names.join(" | ")}`);
  }
  const modal = document.querySelector("dialog:modal");
  const pressed = "button, summary, a.button, .tick, .bar-window, .badge, th, h1, h2, .who p, .banner, input, select";
  for (const one of (modal ?? document).querySelectorAll(pressed)) {
    if (!one.checkVisibility({ visibilityProperty: true }) || one.closest(".unseen")) continue;
    const box = one.getBoundingClientRect();
    const name = `${one.tagName.toLowerCase()} ${one.textContent.trim().replace(/\\s+/g, " ").slice(0, 24)}`;
    if (!["INPUT", "SELECT"].includes(one.tagName)) {
      const range = document.createRange();
      range.selectNodeContents(one);
      for (const part of range.getClientRects()) {
        if (part.width < 2 || part.height < 2) continue;
        const across = Math.max(box.left - part.left, part.right - box.right);
        // A line of words may be higher than its heading is; only what has an edge cuts it.
        const edged = one.matches("button, summary, a, .badge, .bar-window, .tick");
        const out = edged ? Math.max(across, box.top - part.top, part.bottom - box.bottom) : across;
        if (out > 3 && !one.querySelector(".unseen, .menu-list, details")) {
          troubles.push(`${name}: words ${Math.round(out)} px out of it`);
          break;
        }
      }
    }
    let left = 0;
    let right = root.clientWidth;
    for (let e = one.parentElement; e; e = e.parentElement) {
      if (getComputedStyle(e).overflowX === "visible") continue;
      left = Math.max(left, e.getBoundingClientRect().left);
      right = Math.min(right, e.getBoundingClientRect().right);
    }
    if (box.left < left - 1 || box.right > right + 1) {
      troubles.push(`${name}: cut at its side by ${Math.round(Math.max(left - box.left, box.right - right))} px`);
    }
    const target = ["BUTTON", "SUMMARY", "SELECT"].includes(one.tagName) || one.matches("a.button, .tick");
    if (target && (box.height < 24 || box.width < 24)) troubles.push(`${name}: too small to hit`);
  }
  const head = document.querySelector(".serving-head");
  if (head && innerWidth >= 1280 && head.getBoundingClientRect().height > 150) {
    troubles.push(`the head is ${Math.round(head.getBoundingClientRect().height)} px high`);
  }
  return troubles;
}"""


@dataclass(frozen=True)
class Scene:
    """A page in a state: whose it is, its address, and what is done to it once it is there."""

    name: str
    person: str
    address: str
    then: Callable[[Page], None] = lambda _page: None


@dataclass(frozen=True)
class Counter:
    """A counter in which everything happens at once, and who is signed in where."""

    door: str
    tokens: dict[str, str]
    scenes: tuple[Scene, ...]


@pytest.fixture
def counter(small_house: House, address: str) -> Counter:
    """Clerks at every step of a visit, long names and numbers, many waiting, papers that did not come out."""
    house = small_house
    at = house.counter
    tokens: dict[str, str] = {}

    def person(login: str, role: Role = Role.CLERK, window: str = "") -> Actor:
        account, token, _ = house.signed_in(login, role)
        tokens[login] = token
        handler = actor_of(account)
        if window:
            at.take_window(uuid4(), handler, window)
        return handler

    def served(handler: Actor) -> str:
        ticket_id = str(at.call_next(uuid4(), handler)["ticket_id"])
        at.start(uuid4(), handler, ticket_id)
        return ticket_id

    person("choosing-with-a-long-login-name")
    everywhere = [office.id for office in house.graph.directory]
    for login, office_id in (("at-eleven-offices", None), ("at-several", "00")):
        account = create_account(house.database, login, PASSWORD, Role.CLERK, "00", *everywhere)
        with house.database.write() as work:
            tokens[login], _ = start_session(work, account, office_id)
    idle = person("empty", window="1")
    served_by = {
        name: person(name, window=window) for name, window in (("long", "2"), ("word", "3"), ("done", "4"))
    }
    staff = person("staff01", Role.STAFF, "A")
    person("staff02", Role.STAFF)
    for number, name in (("12345679", LONG_NAME), ("12345687", LONG_WORD), ("12345695", "受付 花子")):
        house.reserve(
            number,
            name=name,
            name_kana="アレクサンドリア" * 6,
            alias=LONG_WORD,
            address="東京都新宿区歌舞伎町一丁目四番一号" * 3,
            card_number="1234567890",
            recipient_type="P1" if number == "12345687" else "R1",
            stay_expires_on=house.clock.now.date() + timedelta(days=3),
        )
        arrive(house, number)
    open_checks = {name: served(handler) for name, handler in served_by.items()}
    at.tick(uuid4(), served_by["done"], open_checks["done"], Ticks("R1", ("A03", "B20"), (), ("notice",)))
    for _ in range(2):
        walk_in(house, "ko")
    handed = []
    for _ in range(2):
        other = served_by["done"]
        at.hand_over(uuid4(), other, open_checks["done"])
        handed.append(open_checks["done"])
        open_checks["done"] = served(other)
        at.tick(uuid4(), other, open_checks["done"], Ticks("R1-NL", ("A03", "A05"), (), ()))
    at.call_to_issuance(uuid4(), staff, handed[0])
    for _ in range(4):
        ticket = walk_in(house)
        report = PrintReport(request_id=uuid4(), state=PrintState.FAILED, trouble=PrinterTrouble.COVER_OPEN)
        at.report_print(ticket.ticket_id, report, KIOSK)
    away = str(at.call_next(uuid4(), idle)["ticket_id"])
    at.recall(uuid4(), idle, away)
    at.set_absent(uuid4(), idle, away)
    at.end_incomplete(uuid4(), idle, served(idle))
    person("sekinin", Role.RESPONSIBLE)
    return Counter(address, tokens, scenes(handed, house.account("empty")))


def scenes(handed: list[str], account: str) -> tuple[Scene, ...]:
    """Every page, in the states that are longest."""

    def guide(page: Page) -> None:
        page.click("#do-guide")
        expect(page.locator("#guide-title")).to_be_visible()

    def cancel(page: Page) -> None:
        page.locator("#waiting-rows .row-menu > summary").first.click()

    def opened(page: Page) -> None:
        for one in ("#missing-more", "#reasons", "#told", "#more-applicant"):
            if page.locator(one).count():
                page.evaluate("selector => { document.querySelector(selector).open = true; }", one)

    def call(page: Page) -> None:
        page.click("#do-call-next")
        expect(page.locator("#do-start")).to_be_visible()

    def menu(page: Page) -> None:
        page.locator("#menu > summary, #language-menu > summary").click()

    def new_link(page: Page) -> None:
        page.click("#do-link")
        expect(page.locator("#one-time-link")).to_be_visible()

    return (
        Scene("sign-in", "", "/sign-in"),
        Scene("sign-in again", "", "/sign-in?again=1", menu),
        Scene("trouble", "empty", "/staff"),
        Scene("office", "at-eleven-offices", "/office"),
        Scene("office again", "at-several", "/office", menu),
        Scene("choose, several offices", "at-several", "/clerk"),
        Scene("choose", "choosing-with-a-long-login-name", "/clerk", menu),
        Scene("empty desk", "empty", "/clerk", cancel),
        Scene("check, long name", "long", "/clerk", opened),
        Scene("check, one long word", "word", "/clerk"),
        Scene("questions", "word", "/clerk", guide),
        Scene("check, complete", "done", "/clerk", menu),
        Scene("called", "empty", "/clerk", call),
        Scene("staff choose", "staff02", "/staff"),
        Scene("staff", "staff01", "/staff"),
        Scene("own account", "at-eleven-offices", "/account"),
        Scene("roster", "sekinin", "/roster"),
        Scene("one of the roster", "sekinin", f"/roster/{account}", new_link),
        Scene("staff detail", "staff01", f"/staff/tickets/{handed[0]}"),
    )


@pytest.mark.parametrize("language", some_of(LONGEST, everything=list(Language)))
def test_every_page_fits_every_screen(chromium: Browser, counter: Counter, language: Language) -> None:
    """Nothing has to be scrolled sideways, no word is cut, the head leaves room, every target can be hit."""
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    context.set_default_timeout(10_000)
    page = context.new_page()
    found: list[str] = []
    for scene in counter.scenes:
        page.goto("about:blank")
        context.clear_cookies()
        context.add_cookies([{"name": LANGUAGE_COOKIE, "value": language.value, "url": counter.door}])
        if scene.person:
            token = counter.tokens[scene.person]
            context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": counter.door}])
        page.set_viewport_size({"width": 1280, "height": 720})
        page.goto(f"{counter.door}{scene.address}")
        scene.then(page)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            found += [f"{scene.name} at {width}: {trouble}" for trouble in page.evaluate(TROUBLES)]
            if SHOTS:
                name = f"{scene.name.replace(' ', '-').replace(',', '')}-{language.value}-{width}.png"
                page.screenshot(path=Path(SHOTS) / name, full_page=width == 320)
    context.close()
    assert found == [], "\n".join(found)


TOUCHED = ((1280, 720), (768, 1024), (390, 844))
"""A screen at a window that is touched, a tablet, a telephone."""
_SMALL = """() => {
  const small = [];
  const modal = document.querySelector("dialog:modal");
  const pressed = "a[href], button, summary, select, input, label.tick, label.tick-mark, [role=tab]";
  for (const one of (modal ?? document).querySelectorAll(pressed)) {
    if (!one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || one.matches(".skip, [type=hidden]")) continue;
    // A box to tick is pressed anywhere on its label; a link within a sentence is as high as its line.
    const place = one.matches("label input") ? one.closest("label") : one;
    if (one.closest(".unseen") || (one.tagName === "A" && getComputedStyle(one).display === "inline")) continue;
    const box = place.getBoundingClientRect();
    if (box.width < 43.5 || box.height < 43.5) {
      const words = one.textContent.trim().replace(/\\s+/g, " ").slice(0, 24);
      small.push(`${one.tagName.toLowerCase()}.${one.className} ${words}: ${Math.round(box.width)}x${Math.round(box.height)}`);
    }
  }
  return small;
}"""


@pytest.mark.parametrize(
    ("size", "language"),
    some_of(
        [((1280, 720), Language.JAPANESE), ((768, 1024), Language.KOREAN), ((390, 844), Language.JAPANESE)],
        everything=[(size, language) for size in TOUCHED for language in Language],
    ),
    ids=str,
)
def test_a_finger_hits_every_target(
    chromium: Browser, counter: Counter, language: Language, size: tuple[int, int]
) -> None:
    """Protects who works at a tablet or a telephone: whatever can be pressed is 44 pixels high and wide, in every state."""
    width, height = size
    context = chromium.new_context(
        viewport={"width": width, "height": height}, has_touch=True, is_mobile=True
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    found: list[str] = []
    for scene in counter.scenes:
        page.goto("about:blank")
        context.clear_cookies()
        context.add_cookies([{"name": LANGUAGE_COOKIE, "value": language.value, "url": counter.door}])
        if scene.person:
            token = counter.tokens[scene.person]
            context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": counter.door}])
        page.goto(f"{counter.door}{scene.address}")
        assert page.evaluate("matchMedia('(pointer: coarse)').matches")
        scene.then(page)
        found += [f"{scene.name}: {small}" for small in page.evaluate(_SMALL)]
    context.close()
    assert found == [], "\n".join(sorted(set(found)))


_BY_COLOUR_ALONE = """() => {
  const bare = [];
  for (const one of document.querySelectorAll(".banner, .badge-care, .badge-ask, .verdict, .chip-care, .row-warning, .no-paper")) {
    if (!one.checkVisibility()) continue;
    const marks = [...one.querySelectorAll(".icon, .banner-mark")].filter((mark) => mark.checkVisibility() && mark.getBoundingClientRect().width > 8);
    const words = [...one.childNodes].map((part) => (marks.includes(part) ? "" : part.textContent)).join("").trim();
    if (!marks.length || !words) bare.push(`${one.className}: ${one.textContent.trim().slice(0, 20)}`);
  }
  const mark = document.querySelector(".verdict .icon");
  return { bare, verdict: mark && [document.querySelector("#verdict").dataset.complete, mark.className] };
}"""


def test_states_are_told_without_colour(chromium: Browser, counter: Counter) -> None:
    """Protects who sees no colours: each alarm, badge of care and verdict has a mark and words; missing looks unlike complete."""
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    bare: list[str] = []
    verdicts: dict[str, set[str]] = {"yes": set(), "no": set()}
    for scene in counter.scenes:
        page.goto("about:blank")
        context.clear_cookies()
        context.add_cookies([{"name": LANGUAGE_COOKIE, "value": "ja", "url": counter.door}])
        if scene.person:
            token = counter.tokens[scene.person]
            context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": counter.door}])
        page.goto(f"{counter.door}{scene.address}")
        scene.then(page)
        told = page.evaluate(_BY_COLOUR_ALONE)
        bare += [f"{scene.name}: {one}" for one in told["bare"]]
        if told["verdict"]:
            complete, mark = told["verdict"]
            verdicts[complete].add(mark)
    context.close()
    assert bare == [], "\n".join(bare)
    assert verdicts == {"yes": {"icon icon-check"}, "no": {"icon icon-warning"}}


_CUT = """() => {
  const cut = [], range = document.createRange();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    if (!node.parentElement.checkVisibility()) continue;
    for (const word of node.data.matchAll(/[^\\s、。：・「」]+/g)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const tops = new Set([...range.getClientRects()].filter(box => box.width).map(box => Math.round(box.top)));
      if (tops.size > 1 && word[0].length < 12 && !/^[ァ-ヶー＝]+$/.test(word[0])) cut.push(word[0]);
    }
  }
  return cut;
}"""
"""Words that stand on two lines although they would fit on one; parts of a name of 55 characters in katakana may."""


def test_easy_japanese_breaks_between_words(chromium: Browser, counter: Counter) -> None:
    """Who reads slowly never meets half a word at the end of a line, nor its reading on the next one."""
    cookies = [{"name": LANGUAGE_COOKIE, "value": Language.EASY_JAPANESE.value, "url": counter.door}]
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    found: list[str] = []
    for scene in counter.scenes:
        # A page that is still open would notice that its person has gone, and lead to the sign-in in between.
        page.goto("about:blank")
        context.clear_cookies()
        mine = (
            [{"name": SESSION_COOKIE, "value": counter.tokens[scene.person], "url": counter.door}]
            if scene.person
            else []
        )
        context.add_cookies([*cookies, *mine])  # type: ignore[list-item]
        page.goto(f"{counter.door}{scene.address}")
        found += [f"{scene.name}: {word}" for word in page.evaluate(_CUT)]
    context.close()
    assert found == [], "\n".join(found)
