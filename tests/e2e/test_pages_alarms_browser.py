"""Alarms about cards and persons in a browser: seen in every language and on every screen, whole, and beside what is worked with."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import update

from backend.cards.notifying import notice_of, notify_again
from backend.cards.states import CardProgress
from backend.cards.tables import cards
from backend.common.catalogue import Language
from backend.protection.actor import Actor
from backend.protection.roles import Role
from backend.reception.deciding.ticks import Ticks
from backend.storage.secrets import load_secret
from backend.web.desk.pages import LANGUAGE_COOKIE
from backend.web.desk.people import SESSION_COOKIE
from backend.wire.messages import CheckInRequest
from tests.counter import actor_of
from tests.desk_support import LONGEST
from tests.e2e.test_pages_layout_browser import LONG_NAME, SHOTS, SIZES, TROUBLES
from tests.pages_support import arrive
from tests.proof import some_of
from tests.support import KIOSK, NUMBER, HandClock, House, make_house, serving

HANDED, ERASED, AWAY = "11111112", "22222223", "12345687"
PAGES = (
    (
        "old notice, card gone",
        "clerk1",
        "/clerk",
        ("#old-paper", ".serving-head .badge-care", ".card-changed"),
    ),
    ("erased", "clerk2", "/clerk", ("#erased", "#cards-not-arrived")),
    ("empty desk", "clerk3", "/clerk", (".card-changed", "#cards-not-arrived")),
    ("staff list", "staff1", "/staff", (".handed .badge-care", ".card-changed", "#cards-not-arrived")),
    ("staff, called", "staff2", "/staff", ("#current .badge-care", ".card-changed")),
    ("staff detail", "staff1", "/staff/tickets/{handed}", (".facts .badge-care", "#old-paper")),
)
"""Name, whose page, its address, and the alarms that must be seen there."""


class Alarmed:
    """A counter at which cards went away, a person was erased, and an old notice was shown."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.tokens: dict[str, str] = {}
        at = house.counter
        clerks = [self._sit(f"clerk{window}", str(window), Role.CLERK) for window in (1, 2, 3)]
        staff = [self._sit(f"staff{place}", window, Role.STAFF) for place, window in ((1, "A"), (2, "B"))]
        gone = []
        handed = []
        for number in (HANDED, "12345695"):
            gone.append(self._show_old_notice(number))
            handed.append(self._serve(clerks[0]))
            at.tick(uuid4(), clerks[0], handed[-1], Ticks("R1", ("A03", "B20"), (), ("notice",)))
            at.hand_over(uuid4(), clerks[0], handed[-1])
        at.call_to_issuance(uuid4(), staff[1], handed[1])
        gone.append(self._show_old_notice(NUMBER))
        self._serve(clerks[0])
        erased = house.card_of(house.reserve(ERASED))
        arrive(house, ERASED)
        self._serve(clerks[1])
        house.reserve(AWAY, kept_at="05")
        arrive(house, AWAY)
        with house.database.write() as work:
            for card in gone:
                changed = update(cards).where(cards.c.id == card)
                work.connection.execute(changed.values(progress=CardProgress.DISCARDED.value))
            house.graph.records.store.destroy(work.connection, [erased])
        self.handed = handed[0]

    def _sit(self, login: str, window: str, role: Role) -> Actor:
        account, self.tokens[login], _ = self.house.signed_in(login, role)
        handler = actor_of(account)
        self.house.counter.take_window(uuid4(), handler, window)
        return handler

    def _serve(self, handler: Actor) -> str:
        ticket_id = str(self.house.counter.call_next(uuid4(), handler)["ticket_id"])
        self.house.counter.start(uuid4(), handler, ticket_id)
        return ticket_id

    def _show_old_notice(self, number: str) -> str:
        house = self.house
        card = house.card_of(house.reserve(number, name=LONG_NAME))
        key = load_secret(house.graph.settings.var_dir, house.database)
        with house.database.write() as work:
            first = notice_of(work, card, key)
        house.clock.advance(minutes=1)
        with house.database.write() as work:
            notify_again(work, card, key)
        reply = house.counter.check_in(CheckInRequest(request_id=uuid4(), code=first.code), KIOSK)
        assert reply.ticket is not None
        return card


@pytest.fixture
def alarmed(tmp_path: Path, clock: HandClock) -> Iterator[tuple[Alarmed, str]]:
    """The counter, of a ward that follows its cards, and the address of its server."""
    house = make_house(f"sqlite:///{tmp_path}/alarms.db", tmp_path / "var", clock, track_cards=True)
    made = Alarmed(house)
    with serving(house) as url:
        yield made, url
    house.database.dispose()


@pytest.mark.parametrize("language", some_of(LONGEST, everything=list(Language)))
def test_every_alarm_is_seen_whole(
    chromium: Browser, alarmed: tuple[Alarmed, str], language: Language
) -> None:
    """Protects a card from being handed out that should not be: what warns of it is on the page, cut nowhere, at every width."""
    counter, door = alarmed
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    context.set_default_timeout(10_000)
    page = context.new_page()
    found: list[str] = []
    for name, login, path, alarms in PAGES:
        page.goto("about:blank")
        context.clear_cookies()
        cookies = {LANGUAGE_COOKIE: language.value, SESSION_COOKIE: counter.tokens[login]}
        context.add_cookies([{"name": key, "value": value, "url": door} for key, value in cookies.items()])
        page.set_viewport_size({"width": 1280, "height": 720})
        page.goto(door + path.format(handed=counter.handed))
        for alarm in alarms:
            expect(page.locator(alarm).first, f"{name}: {alarm}").to_be_visible()
            assert page.locator(alarm).first.locator(".icon, .banner-mark").count() == 1, f"{name}: {alarm}"
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            found += [f"{name} at {width}: {trouble}" for trouble in page.evaluate(TROUBLES)]
            if SHOTS:
                shot = f"alarm-{name.replace(' ', '-').replace(',', '')}-{language.value}-{width}.png"
                page.screenshot(path=Path(SHOTS) / shot, full_page=width == 320)
    context.close()
    assert found == [], "\n".join(found)
