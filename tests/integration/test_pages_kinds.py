"""The clerk page of visits that are about something else than a card, and the pages of windows that do both works."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI

from backend.common.catalogue import Language
from backend.common.shipped import locate
from backend.offices.directory_file import load_directory
from backend.protection.roles import Role
from backend.web.app import create_app
from backend.web.desk.visit_kind_view import view_visit_kind
from backend.wire.codes import TicketState
from backend.wire.messages import WalkInRequest
from tests.pages_support import FRAGMENT, Somebody, arrive, at_window, banner_of, somebody
from tests.support import BOTH, KIOSK, NUMBER, HandClock, House, make_house
from tests.ticket_support import a_ticket


@pytest.fixture
def branch(tmp_path: Path, clock: HandClock) -> Iterator[House]:
    """An office with every kind of visit, whose window 1 does both works and whose window 2 gives advice alone."""
    text = locate("offices", "shinjuku.toml").read_text("utf-8")
    named = '"pick_up", "certificate_renewal", "pin_reset", "record_change", "consultation"'
    for before, after in (
        ('label = "1", kind = "reception"', 'label = "1", kind = "combined"'),
        ('label = "2", kind = "reception"', 'label = "2", kind = "reception", visits = ["consultation"]'),
        ('walk_in_series = "W"', f'walk_in_series = "W"\nkinds = [{named}]'),
    ):
        text = text.replace(before, after, 1)
    path = tmp_path / "offices.toml"
    path.write_text(text)
    built = make_house(f"sqlite:///{tmp_path}/u.db", tmp_path / "var", clock, offices_file=path)
    yield built
    built.database.dispose()


@pytest.fixture
def pages(branch: House) -> FastAPI:
    """Its pages."""
    return create_app(branch.graph)


def come(house: House, kind: str) -> None:
    """Somebody without a notice."""
    house.counter.walk_in(WalkInRequest(request_id=uuid4(), kind=kind), KIOSK)


def serve(person: Somebody) -> str:
    """The next visitor has come; returns the address of their commands."""
    ticket_id = str(person.ask("/clerk/call-next").json()["ticket_id"])
    person.ask(f"/clerk/tickets/{ticket_id}/start")
    return f"/clerk/tickets/{ticket_id}"


def test_a_visit_without_rules_shows_what_it_is_about_and_ends_with_one_button(
    pages: FastAPI, branch: House
) -> None:
    """The kind and a plain list of papers, told as unconfirmed; no verdict, no checklist, nothing to hand over."""
    come(branch, "pin_reset")
    clerk = at_window(pages, branch, "clerk01", "3")
    ticket = serve(clerk)
    page = clerk.get("/clerk").text
    assert 'id="visit-kind"' in page
    assert "暗証番号の再設定" in page
    assert "<li>マイナンバーカード</li>" in page
    assert "区が未確認の例" in page
    assert 'id="verdict"' not in page
    assert 'id="do-hand-over"' not in page
    assert clerk.post(f"{ticket}/finish").status_code == 303
    after = clerk.get("/clerk").text
    assert (banner_of(after), "W-400の用件を済ませました。" in after) == ("done.finish", True)


def test_a_visit_without_a_card_is_cancelled_while_it_is_served(pages: FastAPI, branch: House) -> None:
    """Whoever leaves in the middle is cancelled with a reason, whatever they came for, as a visitor for a card is."""
    clerk = at_window(pages, branch, "clerk01", "3")
    for kind in ("pin_reset", "consultation"):
        come(branch, kind)
        ticket = serve(clerk)
        assert f'action="{ticket}/cancel"' in clerk.get("/clerk").text
        assert clerk.ask(f"{ticket}/cancel", reason="went_home").status_code == 200
    assert 'id="idle"' in clerk.get("/clerk").text


def test_a_list_says_what_somebody_came_for(pages: FastAPI, branch: House) -> None:
    """Who waits, who is next and who is called: a clerk knows before the visitor stands there; a card needs no word."""
    come(branch, "pin_reset")
    come(branch, "pick_up")
    clerk = at_window(pages, branch, "clerk01", "3")
    page = clerk.get("/clerk").text
    rows = page.split('id="waiting-rows"', 1)[1].split("</ol>", 1)[0]
    assert (rows.count("暗証番号の再設定"), rows.count("badge-kind")) == (1, 1)
    assert "暗証番号の再設定" in page.split('id="idle"', 1)[1].split("</section>", 1)[0]
    clerk.ask("/clerk/call-next")
    assert "暗証番号の再設定" in clerk.get("/clerk").text.split('id="called"', 1)[1].split("</section>", 1)[0]


def test_a_window_says_before_it_is_taken_what_it_is_for(pages: FastAPI, branch: House) -> None:
    """One that calls some kinds alone names them where windows are chosen; the others say nothing of it."""
    page = somebody(pages, branch, "clerk01").get("/clerk").text
    tiles = {
        label: page.split(f'id="window-{label}"', 1)[1].split("</button>", 1)[0] for label in ("1", "2", "3")
    }
    assert ["のみ" in tile for tile in tiles.values()] == [False, True, False]
    assert "相談のみ" in tiles["2"]


def test_advice_lists_no_papers(pages: FastAPI, branch: House) -> None:
    """A kind without papers shows no empty list, and no remark about one."""
    come(branch, "consultation")
    clerk = at_window(pages, branch, "clerk01", "3")
    serve(clerk)
    page = clerk.get("/clerk").text
    assert 'id="do-finish"' in page
    assert 'id="kind-papers"' not in page
    assert "区が未確認の例" not in page


def test_a_card_is_not_finished_at_reception(pages: FastAPI, branch: House) -> None:
    """A form that was sent for a card is refused with words that say how the visit ends."""
    come(branch, "pick_up")
    clerk = at_window(pages, branch, "clerk01", "3")
    ticket = serve(clerk)
    assert 'id="do-finish"' not in clerk.get("/clerk").text
    refused = clerk.ask(f"{ticket}/finish")
    assert (refused.status_code, refused.json()["code"]) == (409, "issuance_needed")
    clerk.post(f"{ticket}/finish")
    after = clerk.get("/clerk").text
    assert (banner_of(after), "交付窓口で終わります" in after) == ("error.issuance_needed", True)


def test_a_window_is_told_whom_it_calls_next(pages: FastAPI, branch: House) -> None:
    """The number that is promised is the one that the press calls, also where others wait before it."""
    for kind in ("pick_up", "pin_reset", "consultation"):
        come(branch, kind)
    advice = at_window(pages, branch, "clerk02", "2")
    assert '<span class="large-number">W-402</span>' in advice.get("/clerk").text
    assert advice.ask("/clerk/call-next").json()["number"] == "W-402"
    usual = at_window(pages, branch, "clerk03", "3")
    assert '<span class="large-number">W-400</span>' in usual.get("/clerk").text


def test_one_person_goes_on_with_a_visitor_at_a_combined_window(pages: FastAPI, branch: House) -> None:
    """From the check to the card at one window: each page leads to the other, and both know the visitor."""
    branch.reserve(NUMBER)
    arrive(branch, NUMBER)
    both = somebody(pages, branch, "branch01", BOTH)
    assert both.ask("/clerk/window", label="1").status_code == 200
    ticket = serve(both)
    both.ask(f"{ticket}/tick", recipient="R1", applicant="A05", papers="notice")
    lead = both.post(f"{ticket}/hand-over")
    assert (lead.status_code, lead.headers["location"]) == (303, "/staff")
    arrived = both.get("/staff").text
    assert (banner_of(arrived), "続けて交付してください" in arrived) == ("done.on_at_issuance", True)
    page = both.get("/clerk").text
    assert 'id="do-to-staff"' in page
    assert "書類の確認が終わりました" in page
    staff = both.get("/staff").text
    assert 'id="do-issue"' in staff
    assert 'href="/clerk"' in staff
    assert both.ask(ticket.replace("clerk", "staff") + "/issue").status_code == 200
    assert 'id="do-to-staff"' not in both.get("/clerk").text


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("issue", {}),
        ("end", {"reason": "left"}),
        ("cancel", {"reason": "went_home"}),
        ("send-back", {"reason": "asks_more"}),
    ],
)
def test_whoever_does_both_is_led_back_when_nobody_is_left(
    pages: FastAPI, branch: House, way: str, said: dict[str, Any]
) -> None:
    """After the last card, or any other way out, the next visitor is called where they wait, and what was done is told there."""
    branch.reserve(NUMBER)
    arrive(branch, NUMBER)
    both = somebody(pages, branch, "branch01", BOTH)
    both.ask("/clerk/window", label="1")
    assert 'class="button primary large" href="/clerk"' in both.get("/staff").text
    ticket = serve(both)
    both.ask(f"{ticket}/tick", recipient="R1", applicant="A05", papers="notice")
    both.post(f"{ticket}/hand-over")
    assert 'class="button small" href="/clerk"' in both.get("/staff").text
    lead = both.post(f"{ticket.replace('clerk', 'staff')}/{way}", **said)
    assert (lead.status_code, lead.headers["location"]) == (303, "/clerk")
    assert banner_of(both.get("/clerk").text) == f"done.{way.replace('-', '_')}"


def test_whoever_put_a_visitor_back_stays_with_who_waits_for_a_card(pages: FastAPI, branch: House) -> None:
    """As long as somebody waits with the staff, the page does not go away from under them; nor does a contractor's."""
    branch.reserve(NUMBER)
    arrive(branch, NUMBER)
    both = somebody(pages, branch, "branch01", BOTH)
    both.ask("/clerk/window", label="1")
    ticket = serve(both)
    both.ask(f"{ticket}/tick", recipient="R1", applicant="A05", papers="notice")
    both.post(f"{ticket}/hand-over")
    of_staff = ticket.replace("clerk", "staff")
    assert both.post(f"{of_staff}/put-back").headers["location"] == "/staff"
    both.ask("/clerk/leave")
    staff = at_window(pages, branch, "staff01", "A", Role.STAFF)
    staff.ask(f"{of_staff}/call")
    assert staff.post(f"{of_staff}/issue").headers["location"] == "/staff"


def test_the_script_of_a_page_is_led_on_too(pages: FastAPI, branch: House) -> None:
    """A script cannot follow a redirect to another page: it is told the address, and the line waits there."""
    branch.reserve(NUMBER)
    arrive(branch, NUMBER)
    both = somebody(pages, branch, "branch01", BOTH)
    both.ask("/clerk/window", label="1")
    ticket = serve(both)
    both.ask(f"{ticket}/tick", recipient="R1", applicant="A05", papers="notice")
    lead = both.post(f"{ticket}/hand-over", FRAGMENT)
    assert (lead.status_code, lead.headers["x-lead-on"], lead.text) == (200, "/staff", "")
    assert banner_of(both.get("/staff").text) == "done.on_at_issuance"


def test_whoever_may_not_hand_out_cards_is_led_nowhere(pages: FastAPI, branch: House) -> None:
    """For a contractor, a window for both works is one of the reception: the visitor waits for the staff."""
    branch.reserve(NUMBER)
    arrive(branch, NUMBER)
    clerk = at_window(pages, branch, "clerk01", "1")
    ticket = serve(clerk)
    clerk.ask(f"{ticket}/tick", recipient="R1", applicant="A05", papers="notice")
    reply = clerk.post(f"{ticket}/hand-over", FRAGMENT)
    assert ("x-lead-on" in reply.headers, banner_of(reply.text)) == (False, "done.hand_over")


def test_who_does_one_work_is_led_to_one_page(pages: FastAPI, branch: House) -> None:
    """A contractor at a combined window sees no way to a page that they may not open."""
    clerk = at_window(pages, branch, "clerk01", "1")
    assert 'id="both-pages"' not in clerk.get("/clerk").text
    staff = at_window(pages, branch, "staff01", "A", Role.STAFF)
    assert 'id="both-pages"' not in staff.get("/staff").text


def test_a_kind_that_the_file_has_no_more_is_told_so() -> None:
    """Protects who waits while the ward changes its file: the page has words, and the button that ends the visit."""
    directory = load_directory(locate("offices", "shinjuku.toml"))
    gone = a_ticket(TicketState.SERVING, kind="gone")
    shown = view_visit_kind(directory, gone, Language.JAPANESE)
    assert shown is not None
    assert (shown.name, shown.papers, shown.confirmed) == ("", (), True)
    waiting = a_ticket(TicketState.CALLED, kind="consultation")
    assert view_visit_kind(directory, waiting, Language.JAPANESE) is None
    card = a_ticket(TicketState.SERVING)
    assert view_visit_kind(directory, card, Language.JAPANESE) is None
    english = view_visit_kind(directory, a_ticket(TicketState.SERVING, kind="pin_reset"), Language.ENGLISH)
    assert english is not None
    assert (english.name, english.papers[0]) == ("Reset a PIN", "My Number Card")
