"""The staff page in a browser: a party card by card, questions that start on no, lists, narrow screens, everybody's eyes."""

from collections.abc import Callable, Iterator
from typing import NamedTuple
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from backend.common.catalogue import Language
from backend.protection.actor import Actor
from backend.protection.roles import Role
from backend.reception.deciding.case import CaseState
from backend.wire.codes import TicketState
from tests.axe_support import WCAG
from tests.counter import actor_of
from tests.desk_support import LONGEST, pages_of
from tests.pages_support import walk_in
from tests.party_support import come, ends, party, person, state_of, to_staff
from tests.proof import some_of
from tests.support import House

Enter = Callable[..., Page]
NUMBERS = tuple(f"9{count:07d}" for count in range(1, 20))


class Hall(NamedTuple):
    """Somebody at window A with a party of three, others who wait, one absent, and two cards of before to be contacted."""

    house: House
    staff: Actor
    token: str
    family: str
    alone: str
    absent: str
    before: str


@pytest.fixture
def hall(small_house: House) -> Hall:
    """A counter in the middle of its work, some hours after J-LIS stopped."""
    house, at = small_house, small_house.counter
    clerk = person(house, "clerk01", "1")
    before = come(house, NUMBERS[0], NUMBERS[1])
    to_staff(house, clerk)
    at.stop_issuance(uuid4(), person(house, "staff02", "B", Role.STAFF))
    house.clock.advance(hours=3)
    account, token, _ = house.signed_in("staff01", Role.STAFF)
    staff = actor_of(account)
    at.take_window(uuid4(), staff, "A")
    family = come(house, *NUMBERS[2:5])
    to_staff(house, clerk)
    alone = come(house, NUMBERS[5])
    to_staff(house, clerk)
    absent = come(house, NUMBERS[6])
    to_staff(house, clerk)
    for _ in range(2):
        at.call_to_issuance(uuid4(), staff, absent)
    at.absent_at_issuance(uuid4(), staff, absent)
    at.call_to_issuance(uuid4(), staff, family)
    return Hall(house, staff, token, family, alone, absent, before)


@pytest.fixture
def enter(chromium: Browser, address: str, hall: Hall) -> Iterator[Enter]:
    """Opens a page of staff; an error of a script fails the test."""
    with pages_of(chromium, address) as open_page:

        def open_one(
            path: str = "/staff", language: Language = Language.JAPANESE, width: int = 1280, **more: object
        ) -> Page:
            return open_page(hall.token, path, language, viewport={"width": width, "height": 720}, **more)

        yield open_one


def test_a_party_is_handed_out_card_by_card(hall: Hall, enter: Enter) -> None:
    """Each card has its button; the key that hands out one card does nothing where there are several."""
    page = enter()
    page.keyboard.press("d")
    page.locator("#do-issue-2").click()
    expect(page.locator("#do-issue-2")).to_have_count(0)
    assert [state for state, _ in ends(hall.house, hall.family)] == [
        CaseState.OPEN,
        CaseState.ISSUED,
        CaseState.OPEN,
    ]


def test_a_reason_is_chosen_in_a_dialog_that_starts_on_no(hall: Hall, enter: Enter) -> None:
    """Enter answers no and nothing happens; the reason of one card ends that card alone."""
    page = enter()
    page.locator("#end-card-1-ask > summary").click()
    expect(page.locator("#ask-no")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#ask")).to_have_count(0)
    expect(page.locator("#end-card-1-ask > summary")).to_be_focused()
    assert {state for state, _ in ends(hall.house, hall.family)} == {CaseState.OPEN}
    page.locator("#end-card-1-ask > summary").click()
    page.locator("#ask-end-card-1-card_missing").click()
    expect(page.locator("#banner")).to_contain_text("M-002の1枚目を交付せず終了しました。")
    expect(page.locator("#ask")).to_have_count(0)
    assert ends(hall.house, hall.family)[0] == (CaseState.ENDED, "card_missing")
    assert state_of(hall.house, hall.family) is TicketState.CALLED_TO_ISSUANCE


def test_keys_call_again_put_back_and_set_absent(hall: Hall, enter: Enter) -> None:
    """R calls again, after which A sets absent; W puts back; who is absent comes back with one press."""
    page = enter()
    page.keyboard.press("r")
    expect(page.locator("#do-absent")).to_be_enabled()
    page.keyboard.press("a")
    expect(page.locator(f"#absent-{hall.family}")).to_be_visible()
    page.locator(f"#back-{hall.family}").click()
    expect(page.locator(f"#handed-{hall.family}")).to_be_visible()
    page.locator(f"#call-{hall.family}").click()
    expect(page.locator("#do-put-back")).to_be_enabled()
    page.keyboard.press("w")
    expect(page.locator("#do-put-back")).to_have_count(0)
    assert state_of(hall.house, hall.family) is TicketState.HANDED_OVER


def test_a_row_has_its_ways_out_in_a_small_menu(hall: Hall, enter: Enter) -> None:
    """Whoever leaves before being called is sent back, ended or cancelled from the list."""
    page = enter()
    page.locator(f"#menu-{hall.alone} > summary").click()
    page.locator(f"#send-back-{hall.alone}-ask > summary").click()
    page.locator(f"#ask-send-back-{hall.alone}-papers_wrong").click()
    expect(page.locator(f"#handed-{hall.alone}")).to_have_count(0)
    assert state_of(hall.house, hall.alone) is TicketState.WAITING


def test_without_scripts_a_question_stands_where_its_button_is(hall: Hall, enter: Enter) -> None:
    """A browser without scripts opens the reasons in place, and each is a button of a form."""
    page = enter(java_script_enabled=False)
    page.locator(f"#end-{hall.family}-ask > summary").click()
    page.locator(f"#end-{hall.family}-left").click()
    expect(page.locator("#banner")).to_contain_text("M-002を交付せず終了しました。")
    assert state_of(hall.house, hall.family) is TicketState.ENDED


def test_somebody_of_the_list_is_opened_and_ticked_off(hall: Hall, enter: Enter) -> None:
    """From the list to the record and back: the card that was ticked off is gone, the other one stays."""
    page = enter()
    expect(page.locator("#to-contact .row")).to_have_count(2)
    page.locator("#to-contact .row").first.get_by_role("link").click()
    expect(page.locator(".reservation")).to_contain_text("受付 花子")
    page.locator("#do-contacted").click()
    expect(page.locator("#banner")).to_contain_text("連絡済みにしました。")
    page.goto(page.url.split("/staff")[0] + "/staff")
    expect(page.locator("#to-contact .row")).to_have_count(1)


def test_the_card_of_somebody_without_a_notice_is_searched_at_issuance(hall: Hall, enter: Enter) -> None:
    """In a dialog, as at reception: a number that is none is said there; afterwards the one button for the card stays."""
    house = hall.house
    walk_in(house)
    ticket_id = to_staff(house, person(house, "clerk02", "2"))
    house.reserve(NUMBERS[10])
    page = enter()
    page.keyboard.press("w")
    page.locator(f"#call-{ticket_id}").click()
    page.locator("#do-tie").click()
    number = page.locator("#ask [name=card_number]")
    number.fill("9999-0001")
    number.press("Enter")
    expect(page.locator("#ask .ask-trouble")).to_contain_text("あてはまるカードはありません")
    expect(number).to_have_value("9999-0001")
    number.fill(NUMBERS[10])
    page.locator("#ask-tie-yes").click()
    expect(page.locator("#found-card")).to_contain_text("受付 花子")
    page.locator("#do-tie-sure").click()
    expect(page.locator("#do-tie")).to_have_count(0)
    page.locator("#do-issue").click()
    expect(page.locator("#do-issue")).to_have_count(0)
    assert [state for state, _ in ends(house, ticket_id)] == [CaseState.ISSUED]


@pytest.mark.parametrize("language", some_of(LONGEST, everything=list(Language)))
def test_nothing_has_to_be_scrolled_sideways(hall: Hall, enter: Enter, language: Language) -> None:
    """At 320 px, and at 1280, the page of a party and that of a card fit, also while a question is open."""
    for width in (320, 1280):
        for path in ("/staff", f"/staff/tickets/{hall.family}", f"/staff/tickets/{hall.before}?card=2"):
            page = enter(path, language, width)
            room = "[document.documentElement.scrollWidth, innerWidth]"
            assert page.evaluate(room) == [width, width], (path, width)
            if path == "/staff":
                page.locator("#stop-ask > summary").click()
                expect(page.locator("#ask-no")).to_be_focused()
                assert page.evaluate(room) == [width, width], (path, width)
            page.context.close()


def test_a_machine_finds_no_barrier(hall: Hall, enter: Enter) -> None:
    """The party, an open question, an open menu, tabs and the record of somebody to contact pass axe-core."""
    found: dict[str, list[str]] = {}
    scenes = (
        ("/staff", ""),
        ("/staff", f"#end-{hall.family}-ask > summary"),
        ("/staff", f"#menu-{hall.alone} > summary"),
        (f"/staff/tickets/{hall.family}?card={party(hall.house, hall.family)[1].place}", ""),
        (f"/staff/tickets/{hall.before}?card=1", ""),
    )
    for path, opened in scenes:
        page = enter(path)
        if opened:
            page.locator(opened).click()
        results = Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
        said = [
            f"{one['id']}: {node['html'][:90]}"
            for one in results.response["violations"]
            for node in one["nodes"]
        ]
        if said:
            found[f"{path} {opened}"] = said
        page.context.close()
    assert found == {}
