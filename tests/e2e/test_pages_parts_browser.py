"""How a page changes in a real browser: only what changed, never where somebody types, and no press is lost."""

from collections.abc import Iterator
from functools import partial
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from backend.protection.actor import Actor
from backend.web.desk.people import SESSION_COOKIE
from backend.wire.codes import EventKind
from tests.counter import actor_of
from tests.pages_support import arrive, walk_in
from tests.support import NUMBER, House, events_of, wait_until

_DEAF = 'addEventListener("pointerdown", (event) => event.stopImmediatePropagation(), { capture: true })'
"""The page hears nothing of a button that is held down: its guard is off."""


@pytest.fixture
def signed_in(small_house: House) -> tuple[Actor, str]:
    """Somebody at window 1, with the token of a session."""
    account, token, _ = small_house.signed_in("clerk01")
    actor = actor_of(account)
    small_house.counter.take_window(uuid4(), actor, "1")
    return actor, token


@pytest.fixture
def clerk(signed_in: tuple[Actor, str]) -> Actor:
    """The same without it."""
    return signed_in[0]


@pytest.fixture
def windows(chromium: Browser, signed_in: tuple[Actor, str], address: str) -> Iterator[BrowserContext]:
    """A browser in which the clerk has signed in; a script error fails the test."""
    _, token = signed_in
    troubles: list[str] = []
    with chromium.new_context(viewport={"width": 1366, "height": 768}, locale="ja-JP") as context:
        context.set_default_timeout(10_000)
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
        context.on("weberror", lambda error: troubles.append(str(error.error)))
        yield context
    assert troubles == []


def opened(windows: BrowserContext, address: str) -> Page:
    """A window with the clerk's page."""
    page = windows.new_page()
    page.goto(f"{address}/clerk")
    expect(page.locator("#do-leave")).to_be_attached()
    return page


def called(house: House, clerk: Actor) -> str:
    """A visitor whom the clerk has called: the id of the ticket."""
    house.reserve(NUMBER)
    ticket_id = arrive(house, NUMBER).ticket_id.hex
    house.counter.call_next(uuid4(), clerk)
    return ticket_id


def served(house: House, clerk: Actor) -> str:
    """A visitor whose papers the clerk checks."""
    ticket_id = called(house, clerk)
    house.counter.start(uuid4(), clerk, ticket_id)
    return ticket_id


def told(house: House, kind: EventKind) -> int:
    """How often something has happened."""
    return sum(event.kind == kind.value for event in events_of(house.database))


def later(page: Page, moment: float) -> bool:
    """Whether the clock of a page has passed a moment."""
    return bool(page.evaluate("moment => Date.now() > moment", moment))


def held_through_news(page: Page, house: House, clerk: Actor, ticket_id: str) -> None:
    """Press the button that calls again, for longer than anybody would, while its words change, and let go."""
    page.hover("#do-recall")
    page.evaluate("window.pressed = document.getElementById('do-recall')")
    page.mouse.down()
    house.counter.recall(uuid4(), clerk, ticket_id)
    wait_until(partial(later, page, page.evaluate("Date.now()") + 3000))
    page.mouse.up()


def test_a_press_that_takes_long_is_not_lost(
    windows: BrowserContext, small_house: House, clerk: Actor, address: str
) -> None:
    """A hand that holds a button for three seconds, while news change it, still presses it; then the news are there."""
    ticket_id = called(small_house, clerk)
    page = opened(windows, address)
    held_through_news(page, small_house, clerk, ticket_id)
    wait_until(lambda: told(small_house, EventKind.TICKET_RECALLED) == 2)
    expect(page.locator(".called-state")).to_contain_text("3回目")
    assert page.evaluate("window.pressed.isConnected") is False


def test_without_the_guard_such_a_press_would_be_lost(
    windows: BrowserContext, small_house: House, clerk: Actor, address: str
) -> None:
    """The race is real: a page that does not hear the button go down draws it anew, and the press hits nothing."""
    windows.add_init_script(_DEAF)
    ticket_id = called(small_house, clerk)
    page = opened(windows, address)
    page.evaluate("addEventListener('click', () => { window.clicks = (window.clicks ?? 0) + 1; })")
    held_through_news(page, small_house, clerk, ticket_id)
    expect(page.locator(".called-state")).to_contain_text("2回目")
    page.click("#waiting-title")
    wait_until(lambda: page.evaluate("window.clicks") >= 1)
    assert told(small_house, EventKind.TICKET_RECALLED) == 1


def test_news_beside_a_button_leave_it_the_same_button(
    windows: BrowserContext, small_house: House, clerk: Actor, address: str
) -> None:
    """A new number in the list changes the list alone: buttons, rows and fields are the elements that they were."""
    called(small_house, clerk)
    first = walk_in(small_house)
    page = opened(windows, address)
    names = ["do-recall", "bar", "work", f"waiting-{first.ticket_id.hex}"]
    page.evaluate("names => { window.before = names.map((name) => document.getElementById(name)); }", names)
    second = walk_in(small_house)
    expect(page.locator(f"#waiting-{second.ticket_id.hex}")).to_be_visible()
    same = "names => names.map((name, i) => document.getElementById(name) === window.before[i])"
    assert page.evaluate(same, names) == [True] * len(names)


def test_what_is_pressed_while_another_command_is_on_its_way_comes_after_it(
    windows: BrowserContext, small_house: House, clerk: Actor, address: str
) -> None:
    """Called again and begun in one breath: both are done, the second once the first is answered."""
    called(small_house, clerk)
    page = opened(windows, address)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/recall", hold)
    page.click("#do-recall")
    wait_until(lambda: page.evaluate("document.body.classList.contains('busy')"))
    page.click("#do-start")
    page.click("#do-recall")  # the same press again: one call
    wait_until(lambda: bool(page.evaluate("1")) and len(held) == 1)
    held.pop().continue_()
    expect(page.locator("#checklist")).to_be_visible()
    assert told(small_house, EventKind.TICKET_RECALLED) == 1
    assert told(small_house, EventKind.SERVICE_STARTED) == 1


def test_who_types_keeps_the_field_and_sees_the_news(
    windows: BrowserContext, small_house: House, clerk: Actor, address: str
) -> None:
    """A tick in another window and a new number come while a document is searched; the field is never replaced."""
    served(small_house, clerk)
    first, second = opened(windows, address), opened(windows, address)
    search = first.locator("#find-applicant")
    search.press_sequentially("うんてん")
    search.press("ArrowLeft")
    first.evaluate("window.field = document.activeElement")
    second.check("#tick-papers-notice")
    walk_in(small_house)
    expect(first.locator("#tick-papers-notice")).to_be_checked()
    expect(first.locator("#waiting-count")).to_have_text("1")
    expect(search).to_be_focused()
    expect(search).to_have_value("うんてん")
    assert first.evaluate("window.field === document.activeElement && window.field.selectionStart") == 3
    expect(first.locator("#lists-applicant .tick:visible")).to_have_count(3)


def test_what_could_not_change_where_somebody_typed_is_caught_up_with(
    windows: BrowserContext, small_house: House, clerk: Actor, address: str
) -> None:
    """The type is changed in another window: the check here follows as a whole once the field is left, not before."""
    served(small_house, clerk)
    first, second = opened(windows, address), opened(windows, address)
    search = first.locator("#find-applicant")
    search.fill("うん")
    second.select_option("#recipient", "P4")
    expect(second.locator("#visitor-card")).to_be_attached()
    walk_in(small_house)
    expect(first.locator("#waiting-count")).to_have_text("1")
    expect(search).to_be_focused()
    expect(first.locator("#visitor-card")).to_have_count(0)
    expect(first.locator("#seen")).to_have_value("0 R1")
    first.keyboard.press("Tab")
    expect(first.locator("#visitor-card")).to_be_attached()
    expect(first.locator("#recipient")).to_have_value("P4")
    expect(search).to_have_value("うん")


def test_the_answer_to_a_tick_is_the_verdict_and_little_else(
    windows: BrowserContext, small_house: House, clerk: Actor, address: str
) -> None:
    """Neither the list of numbers nor the other documents travel again, and all windows agree after it."""
    served(small_house, clerk)
    walk_in(small_house)
    first, second = opened(windows, address), opened(windows, address)
    with first.expect_response("**/tick") as answered:
        first.check("#tick-papers-notice")
    text = answered.value.text()
    assert 'id="verdict"' in text
    for name in ("bar", "queue", "waiting", "box-applicant-A03", "reservation"):
        assert f'id="{name}"' not in text, name
    for page in (first, second):
        expect(page.locator("#seen")).to_have_value("1 R1 papers:notice")
        expect(page.locator("#tick-papers-notice")).to_be_checked()
