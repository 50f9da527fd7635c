"""The pages of visits without a card, and of windows that do both works, in a browser: every language, every width."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser

from backend.common.catalogue import Language
from backend.common.shipped import locate
from backend.protection.actor import Actor
from backend.protection.roles import Role
from backend.reception.deciding.ticks import Ticks
from backend.web.desk.pages import LANGUAGE_COOKIE
from backend.web.desk.people import SESSION_COOKIE
from backend.wire.messages import WalkInRequest
from tests.counter import actor_of
from tests.desk_support import LONGEST
from tests.e2e.test_pages_layout_browser import SHOTS, SIZES, TROUBLES
from tests.pages_support import arrive
from tests.proof import some_of
from tests.support import BOTH, KIOSK, NUMBER, HandClock, House, Roles, make_house, serving


@pytest.fixture
def branch(tmp_path: Path, clock: HandClock) -> Iterator[House]:
    """A branch that does kinds with papers, whose window 1 does both works."""
    text = locate("offices", "shinjuku.toml").read_text("utf-8")
    for before, after in (
        ('label = "1", kind = "reception"', 'label = "1", kind = "combined"'),
        ('walk_in_series = "W"', 'walk_in_series = "W"\nkinds = ["pick_up", "record_change", "pin_reset"]'),
    ):
        text = text.replace(before, after, 1)
    path = tmp_path / "offices.toml"
    path.write_text(text)
    built = make_house(f"sqlite:///{tmp_path}/u.db", tmp_path / "var", clock, offices_file=path)
    yield built
    built.database.dispose()


def at_window(house: House, login: str, role: Role | Roles, label: str) -> tuple[Actor, str]:
    """Somebody at a window, and the token of their session."""
    account, token, _ = house.signed_in(login, role)
    actor = actor_of(account)
    house.counter.take_window(uuid4(), actor, label)
    return actor, token


def served(house: House, actor: Actor) -> str:
    """The next visitor has come."""
    ticket_id = str(house.counter.call_next(uuid4(), actor)["ticket_id"])
    house.counter.start(uuid4(), actor, ticket_id)
    return ticket_id


@pytest.mark.parametrize("language", some_of(LONGEST, everything=list(Language)))
def test_what_a_visit_is_about_fits_every_screen(
    chromium: Browser, branch: House, language: Language
) -> None:
    """The list of papers, the way to the other page, and that page: nothing cut, every target can be hit."""
    both, branch_token = at_window(branch, "branch01", BOTH, "1")
    clerk, clerk_token = at_window(branch, "clerk01", Role.CLERK, "2")
    branch.reserve(NUMBER)
    arrive(branch, NUMBER)
    ticket_id = served(branch, both)
    branch.counter.tick(uuid4(), both, ticket_id, Ticks("R1", applicant=("A03",), papers=("notice",)))
    branch.counter.hand_over(uuid4(), both, ticket_id)
    branch.counter.walk_in(WalkInRequest(request_id=uuid4(), kind="pin_reset"), KIOSK)
    served(branch, clerk)
    found: list[str] = []
    context = chromium.new_context()
    page = context.new_page()
    with serving(branch) as door:
        for name, token, address in (
            ("kind", clerk_token, "/clerk"),
            ("both-clerk", branch_token, "/clerk"),
            ("both-staff", branch_token, "/staff"),
        ):
            page.goto("about:blank")
            context.clear_cookies()
            cookies = {LANGUAGE_COOKIE: language.value, SESSION_COOKIE: token}
            context.add_cookies(
                [{"name": one, "value": value, "url": door} for one, value in cookies.items()]
            )
            page.goto(f"{door}{address}")
            for width, height in SIZES:
                page.set_viewport_size({"width": width, "height": height})
                found += [f"{name} at {width}: {trouble}" for trouble in page.evaluate(TROUBLES)]
                if SHOTS:
                    page.screenshot(path=Path(SHOTS) / f"{name}-{language.value}-{width}.png")
        page.goto("about:blank")
    context.close()
    assert found == [], "\n".join(found)
