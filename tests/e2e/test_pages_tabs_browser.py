"""Many tabs, a frozen server and a cut line in a real browser: a click always has an answer or a word."""

import os
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from backend.web.desk.people import SESSION_COOKIE
from backend.wire.codes import EventKind
from tests.counter import actor_of
from tests.pages_support import arrive, walk_in
from tests.support import (
    NUMBER,
    HandClock,
    House,
    events_of,
    make_house,
    real_time_house,
    server_process,
    serving,
    wait_until,
)
from tests.warm_programs import WarmProcess

TABS = 7
"""One more than the connections that a browser opens to a server."""
ANSWER_SECONDS = 3
_SEEN = """() => {
  let state = "visible";
  Object.defineProperty(document, "visibilityState", { get: () => state });
  window.look = (visible) => {
    state = visible ? "visible" : "hidden";
    document.dispatchEvent(new Event("visibilitychange"));
  };
}"""
"""Every page of a browser without windows is in sight; this says otherwise in the way in which browsers do."""


@pytest.fixture
def quick(tmp_path: Path, clock: HandClock) -> Iterator[House]:
    """A server whose streams beat often."""
    house = make_house(
        f"sqlite:///{tmp_path}/uketsuke.db",
        tmp_path / "var",
        clock,
        heartbeat_seconds=0.5,
    )
    yield house
    house.database.dispose()


@pytest.fixture
def door(quick: House) -> Iterator[str]:
    """Its address."""
    with serving(quick) as url:
        yield url


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """One browser with its cookies, in which tabs are opened; a script error fails the test."""
    made = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="ja-JP")
    made.set_default_timeout(10_000)
    made.add_init_script(f"({_SEEN})()")
    troubles: list[str] = []
    made.on("weberror", lambda error: troubles.append(str(error.error)))
    yield made
    made.close()
    assert troubles == []


def tabs_of(context: BrowserContext, house: House, door: str, count: int) -> list[Page]:
    """Tabs of somebody who has signed in once and sits at window 1."""
    account, token, _ = house.signed_in("clerk01")
    house.counter.take_window(uuid4(), actor_of(account), "1")
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": door}])
    tabs = [context.new_page() for _ in range(count)]
    for tab in tabs:
        tab.goto(f"{door}/clerk")
        expect(tab.locator("#do-leave")).to_be_attached()
    return tabs


def streams(door: str) -> int:
    """How many streams the server holds."""
    return int(httpx2.get(f"{door}/api/v1/health").json()["parts"]["streams"])


def shows(tab: Page, number: str) -> None:
    """Wait until a tab lists a number."""
    expect(tab.locator(f'#waiting-rows [data-number="{number}"]')).to_be_visible()


def test_seven_tabs_share_one_stream_and_the_seventh_answers(
    context: BrowserContext, quick: House, door: str
) -> None:
    """However many tabs are in sight the server holds one stream, news reach all, and a click is answered in each."""
    tabs = tabs_of(context, quick, door, TABS)
    wait_until(lambda: streams(door) == 1)
    ticket = walk_in(quick)
    for tab in tabs:
        shows(tab, ticket.number)
    tabs[-1].click("#do-call-next")
    for tab in tabs:
        expect(tab.locator("#visitor-title")).to_contain_text(ticket.number)
    assert streams(door) == 1


def test_the_line_outlives_the_tab_that_opened_it(context: BrowserContext, quick: House, door: str) -> None:
    """The first tab is closed: the others hear what happens in that moment and after it, over one stream."""
    first, second, third = tabs_of(context, quick, door, 3)
    wait_until(lambda: streams(door) == 1)
    during = []
    first.close()
    during.append(walk_in(quick))
    second.close()
    during.append(walk_in(quick))
    for ticket in during:
        shows(third, ticket.number)
    wait_until(lambda: streams(door) == 1)


@pytest.mark.parametrize("worker", [True, False], ids=["shared", "alone"])
def test_a_tab_out_of_sight_holds_no_stream_and_catches_up(
    context: BrowserContext, quick: House, door: str, *, worker: bool
) -> None:
    """Hidden tabs hear nothing and ask nothing; shown again they are as true as any, also without shared workers."""
    if not worker:
        context.add_init_script("delete globalThis.SharedWorker")
    tabs = tabs_of(context, quick, door, 2)
    wait_until(lambda: streams(door) == (1 if worker else 2))
    tabs[0].evaluate("look(false)")
    wait_until(lambda: streams(door) == 1)
    tabs[1].evaluate("look(false)")
    wait_until(lambda: streams(door) == 0)
    asked: list[str] = []
    tabs[0].on("request", lambda request: asked.append(request.url))
    ticket = walk_in(quick)
    tabs[1].evaluate("look(true)")
    shows(tabs[1], ticket.number)
    wait_until(lambda: streams(door) == 1)
    expect(tabs[0].locator("#waiting-rows")).to_have_count(0)
    assert asked == []
    later = walk_in(quick)
    shows(tabs[1], later.number)
    tabs[0].evaluate("look(true)")
    for one in (ticket, later):
        shows(tabs[0], one.number)


def test_without_shared_workers_tabs_out_of_sight_leave_room_for_a_click(
    context: BrowserContext, quick: House, door: str
) -> None:
    """Where the browser has no shared workers, the tab in sight is the one that holds a line."""
    context.add_init_script("delete globalThis.SharedWorker")
    walk_in(quick)
    tabs = tabs_of(context, quick, door, 1)
    while len(tabs) < TABS:
        tabs[-1].evaluate("look(false)")
        tabs.append(context.new_page())
        tabs[-1].goto(f"{door}/clerk")
    wait_until(lambda: streams(door) == 1)
    tabs[-1].click("#do-call-next")
    expect(tabs[-1].locator("#do-start")).to_be_visible()


def test_who_signs_out_in_one_tab_has_signed_out_in_all(
    context: BrowserContext, quick: House, door: str
) -> None:
    """No tab goes on showing a visitor after its person has left, whether it is in sight or not."""
    quick.reserve(NUMBER)
    arrive(quick, NUMBER)
    tabs = tabs_of(context, quick, door, 3)
    tabs[0].click("#do-call-next")
    for tab in tabs:
        expect(tab.locator("#visitor-title")).to_be_visible()
    tabs[1].evaluate("look(false)")
    tabs[2].click("#menu > summary")
    tabs[2].click("#do-sign-out")
    for tab in tabs:
        expect(tab.locator("#login")).to_be_visible()
    wait_until(lambda: streams(door) == 0)


def at_check(tab: Page) -> None:
    """Call the only visitor and begin to check."""
    tab.click("#do-call-next")
    tab.click("#do-start")
    expect(tab.locator("#checklist")).to_be_visible()


def test_two_tabs_of_one_check_show_the_same_ticks(context: BrowserContext, quick: House, door: str) -> None:
    """A tick in one tab stands in the other a moment later, and the other goes on from there."""
    quick.reserve(NUMBER)
    arrive(quick, NUMBER)
    first, second = tabs_of(context, quick, door, 2)
    at_check(first)
    expect(second.locator("#checklist")).to_be_visible()
    first.check("#tick-applicant-A03")
    expect(second.locator("#tick-applicant-A03")).to_be_checked()
    second.check("#tick-papers-notice")
    expect(second.locator("#verdict")).to_have_attribute("data-complete", "yes")
    expect(first.locator("#verdict")).to_have_attribute("data-complete", "yes")


def test_a_tab_that_heard_nothing_of_the_other_is_told_what_was_not_taken(
    context: BrowserContext, quick: House, door: str
) -> None:
    """The stale tab shows the ticks as they are and names its own; ticked again they are there."""
    context.add_init_script("delete globalThis.BroadcastChannel")
    quick.reserve(NUMBER)
    arrive(quick, NUMBER)
    first, second = tabs_of(context, quick, door, 2)
    at_check(first)
    expect(second.locator("#checklist")).to_be_visible()
    first.check("#tick-applicant-A03")
    expect(first.locator("#seen")).to_have_value("1 R1 applicant:A03")
    ids = ["tick-papers-notice", "tick-applicant-A05"]
    second.evaluate("ids => { for (const id of ids) document.getElementById(id).click(); }", ids)
    words = second.locator('[data-banner="error.stale_check"]')
    expect(words).to_contain_text("旅券")
    expect(words).to_contain_text("交付通知書")
    expect(second.locator("#tick-applicant-A03")).to_be_checked()
    expect(second.locator("#tick-papers-notice")).not_to_be_checked()
    expect(second.locator("#tick-applicant-A05")).not_to_be_checked()
    second.check("#tick-papers-notice")
    expect(second.locator("#verdict")).to_have_attribute("data-complete", "yes")


@pytest.mark.parametrize("status", [502, 503])
def test_a_server_that_is_not_there_is_told_in_words(
    context: BrowserContext, quick: House, door: str, status: int
) -> None:
    """What a proxy says while the server restarts is no page of ours: the clerk reads what to do, and can do it."""
    walk_in(quick)
    (clerk,) = tabs_of(context, quick, door, 1)

    def away(route: Route) -> None:
        route.fulfill(status=status, body="<h1>nginx</h1>", content_type="text/html")

    clerk.route("**/clerk/**", away)
    clerk.click("#do-call-next")
    expect(clerk.locator('[data-banner="not_available"]')).to_be_visible()
    clerk.unroute("**/clerk/**")
    expect(clerk.locator('[data-banner="again"]')).to_be_visible()
    clerk.click("#do-call-next")
    expect(clerk.locator("#do-start")).to_be_visible()


def test_a_lost_answer_repeated_is_one_command(context: BrowserContext, quick: House, door: str) -> None:
    """The server called once more and the answer was lost: the page is drawn anew, and the press after it calls nobody."""
    walk_in(quick)
    (clerk,) = tabs_of(context, quick, door, 1)
    clerk.click("#do-call-next")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    clerk.route("**/recall", lose)
    clerk.click("#do-recall")
    expect(clerk.locator('[data-banner="no_connection"], [data-banner="again"]')).to_be_visible()
    expect(clerk.locator(".called-state")).to_contain_text("2回目")
    clerk.unroute("**/recall")
    with clerk.expect_response("**/recall") as answered:
        clerk.click("#do-recall")
    assert answered.value.ok
    expect(clerk.locator("#banner .banner")).to_have_count(0)
    assert calls(quick) == 2


def calls(house: House) -> int:
    """How often somebody was called."""
    called = {EventKind.TICKET_CALLED.value, EventKind.TICKET_RECALLED.value}
    return sum(event.kind in called for event in events_of(house.database))


Frozen = Callable[[], None]


@pytest.fixture
def process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[WarmProcess, str, House]]:
    """A server of its own process, whose pages lose patience soon, and a look at its counter."""
    monkeypatch.setenv("UKETSUKE_PAGE_ANSWER_SECONDS", str(ANSWER_SECONDS))
    url = f"sqlite:///{tmp_path}/uketsuke.db"
    house = real_time_house(url, tmp_path)
    with server_process(url, tmp_path) as (running, address):
        try:
            yield running, address, house
        finally:
            os.kill(running.pid, signal.SIGCONT)
    house.database.dispose()


def test_a_frozen_server_is_said_and_a_second_press_is_the_same_command(
    context: BrowserContext, process: tuple[WarmProcess, str, House]
) -> None:
    """Within the page's limit there is a word; ticks and typing stay; thawed, the page recovers and nothing is done twice."""
    running, door, house = process
    walk_in(house)
    walk_in(house)
    (clerk,) = tabs_of(context, house, door, 1)
    clerk.click("#do-call-next")
    expect(clerk.locator("#do-recall")).to_be_enabled()
    os.kill(running.pid, signal.SIGSTOP)
    words = clerk.locator('[data-banner="no_answer"]')
    for _ in range(2):
        clerk.click("#do-recall")
        expect(words).to_be_visible(timeout=ANSWER_SECONDS * 1000 + 3000)
        expect(words).to_contain_text("2回行われることはありません")
        clerk.evaluate("document.getElementById('banner').replaceChildren()")
    clerk.click("#menu > summary")
    clerk.click("#do-sign-out")
    expect(clerk.locator('[data-banner="not_opened"]')).to_be_visible()
    os.kill(running.pid, signal.SIGCONT)
    expect(clerk.locator('[data-banner="again"]')).to_be_visible()
    with clerk.expect_response("**/recall") as answered:
        clerk.click("#do-recall")
    assert answered.value.ok
    expect(clerk.locator(".called-state")).to_contain_text("2回目")
    assert calls(house) == 2
    clerk.click("#do-start")
    expect(clerk.locator("#checklist")).to_be_visible()
    os.kill(running.pid, signal.SIGSTOP)
    clerk.check("#tick-applicant-A03")
    expect(clerk.locator('[data-banner="not_saved"]')).to_be_visible()
    clerk.check("#tick-applicant-A05")
    os.kill(running.pid, signal.SIGCONT)
    expect(clerk.locator("#banner .banner")).to_have_count(0)
    for code in ("A03", "A05"):
        expect(clerk.locator(f"#tick-applicant-{code}")).to_be_checked()
    clerk.reload()
    for code in ("A03", "A05"):
        expect(clerk.locator(f"#tick-applicant-{code}")).to_be_checked()


STALE_SECONDS = 2
_SOON_STALE = f"""document.addEventListener("readystatechange", () => {{
  if (document.body) document.body.dataset.staleSeconds = "{STALE_SECONDS}";
}})"""
"""A page is stale after so long, before its scripts read when."""
_WATCH_STALE = """() => {
  const stale = document.getElementById("stale");
  window.shownAt = Infinity;
  window.hides = 0;
  new MutationObserver(() => {
    if (!stale.hidden) window.shownAt = Math.min(window.shownAt, Date.now());
    else if (window.shownAt < Infinity) window.hides += 1;
  }).observe(stale, { attributes: true, attributeFilter: ["hidden"] });
}"""


def later(tab: Page, moment: float) -> bool:
    """Whether a tab's clock has passed a moment."""
    return float(tab.evaluate("Date.now()")) > moment


@pytest.mark.parametrize("worker", [True, False], ids=["shared", "alone"])
def test_every_tab_says_in_time_that_it_is_stale_and_goes_on_saying_it(
    context: BrowserContext,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    *,
    worker: bool,
) -> None:
    """A server freezes: however many tabs there are, none takes the opening of a new line for a sign of life."""
    monkeypatch.setenv("UKETSUKE_HEARTBEAT_SECONDS", "0.5")
    running, door, house = request.getfixturevalue("process")
    context.add_init_script(_SOON_STALE)
    if not worker:
        context.add_init_script("delete globalThis.SharedWorker")
    tabs = tabs_of(context, house, door, 3)
    wait_until(lambda: streams(door) == (1 if worker else 3))
    for tab in tabs:
        tab.evaluate(_WATCH_STALE)
    frozen = tabs[0].evaluate("Date.now()")
    os.kill(running.pid, signal.SIGSTOP)
    for tab in tabs:
        # Long enough for a page and for the worker to give up one line, and to open the next.
        wait_until(partial(later, tab, frozen + 2500 * STALE_SECONDS))
        shown, hides = tab.evaluate("[window.shownAt, window.hides]")
        assert shown - frozen < STALE_SECONDS * 1000 + 300
        assert hides == 0
    os.kill(running.pid, signal.SIGCONT)
    for tab in tabs:
        expect(tab.locator("#stale")).to_be_hidden()
    wait_until(lambda: streams(door) == (1 if worker else 3))


def test_what_was_typed_stays_while_the_server_does_not_answer(
    context: BrowserContext, quick: House, door: str
) -> None:
    """A form that leads to another page waits until the server answers at all; no page of the browser takes its place."""
    quick.person("clerk01")
    page = context.new_page()
    page.goto(f"{door}/sign-in")
    page.route("**/api/v1/health", lambda route: route.abort())
    page.fill("#login", "clerk01")
    page.fill("#password", "correct horse battery")
    page.click("#do-sign-in")
    expect(page.locator('[data-banner="not_opened"]')).to_be_visible()
    expect(page.locator("#login")).to_have_value("clerk01")
    page.unroute("**/api/v1/health")
    page.click("#do-sign-in")
    page.wait_for_url(f"{door}/clerk")


def test_a_page_that_does_not_come_is_said_too(
    context: BrowserContext, process: tuple[WarmProcess, str, House]
) -> None:
    """The server answers, but not with the page: after the limit the page that is there says so and can be used."""
    _, door, house = process
    (clerk,) = tabs_of(context, house, door, 1)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    clerk.route("**/language", hold)
    clerk.click("#menu > summary")
    clerk.get_by_role("button", name="English").click()
    expect(clerk.locator('[data-banner="not_opened"]')).to_be_visible()
    walk_in(house)
    expect(clerk.locator("#waiting-count")).to_have_text("1")
    assert held


def test_windows_of_one_person_follow_each_other(context: BrowserContext, quick: House, door: str) -> None:
    """A person sits at one window: who moves in one tab has moved in the other, and calls to where they sit."""
    first, second = tabs_of(context, quick, door, 2)
    walk_in(quick)
    first.click("#menu > summary")
    first.click("#do-leave")
    first.click("#window-2")
    expect(second.locator(".bar-window")).to_contain_text("2番窓口")
    second.click("#do-call-next")
    expect(first.locator("#do-start")).to_be_visible()
    account, _, _ = quick.signed_in("clerk02")
    quick.counter.take_window(uuid4(), actor_of(account), "1")
