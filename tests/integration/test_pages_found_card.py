"""The question whose card it is, on the pages of clerks and staff: asked with a name, answered with yes or no."""

from typing import Any

from fastapi import FastAPI
from starlette.requests import Request

from backend.protection.roles import Role
from backend.reception.commands import TicketReply
from backend.web.desk.found_card import found_card
from backend.web.desk.pages import Asked
from backend.web.http.forms import Form
from tests.pages_support import FRAGMENT, Somebody, at_window, banner_of, serve, walk_in
from tests.party_support import person, to_staff
from tests.support import NUMBER, House


def test_the_clerks_page_asks_before_it_ties(app: FastAPI, small_house: House) -> None:
    """The search leads to a question with the name; yes ties the card that was shown, and no leaves all as it was."""
    small_house.reserve(NUMBER, name="受付 太郎")
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    ticket = f"/clerk/tickets/{serve(clerk)}"
    asked: dict[str, Any] = {"kind": "booking_number", "card_number": NUMBER}
    assert f'action="{ticket}/look"' in clerk.get("/clerk").text
    for page in (clerk.post(f"{ticket}/look", **asked), clerk.post(f"{ticket}/look", FRAGMENT, **asked)):
        question = page.text.split('id="guide"', 1)[1].split("</dialog>", 1)[0]
        assert "受付 太郎" in question
        assert f'action="{ticket}/tie"' in question
        assert f'name="card_number" value="{NUMBER}"' in question
    assert "受付 太郎" not in clerk.get("/clerk").text
    wrong = clerk.post(f"{ticket}/look", FRAGMENT, kind="booking_number", card_number="99990001")
    assert (wrong.status_code, banner_of(wrong.text)) == (404, "error.card_unknown")
    clerk.post(f"{ticket}/tie", **asked)
    assert "受付 太郎" in clerk.get("/clerk").text


def test_the_pages_of_staff_ask_before_they_tie(app: FastAPI, small_house: House) -> None:
    """At the window and on the record of the card, the question is there with the name and leads back to where it was asked."""
    small_house.reserve(NUMBER, name="受付 太郎")
    walk_in(small_house)
    ticket_id = to_staff(small_house, person(small_house, "clerk01", "1"))
    staff: Somebody = at_window(app, small_house, "staff01", "A", Role.STAFF)
    at = f"/staff/tickets/{ticket_id}"
    assert f'action="{at}/look"' in staff.get(at).text
    staff.ask(f"{at}/call")
    asked: dict[str, Any] = {"kind": "booking_number", "card_number": NUMBER}
    for fields, home in (
        (asked, 'action="/staff"'),
        ({**asked, "card": "1"}, f'action="{at}"><input type="hidden" name="card" value="1">'),
    ):
        question = staff.post(f"{at}/look", **fields).text.split('id="guide"', 1)[1].split("</dialog>", 1)[0]
        assert "受付 太郎" in question
        assert f'action="{at}/tie"' in question
        assert home in question
    back = staff.post(f"{at}/look", kind="booking_number", card_number="99990001", card="1")
    assert back.headers["location"] == f"{at}?card=1"
    assert staff.post(f"{at}/tie", **asked, card="1").headers["location"] == f"{at}?card=1"


def test_a_wrong_tie_is_taken_back_where_it_was_made(app: FastAPI, small_house: House) -> None:
    """Beside the record of a card that was found by a number, and nowhere else: the button takes it back, and the search is there again."""
    small_house.reserve(NUMBER, name="受付 太郎")
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    ticket = f"/clerk/tickets/{serve(clerk)}"
    asked: dict[str, Any] = {"kind": "booking_number", "card_number": NUMBER}
    assert "do-untie" not in clerk.get("/clerk").text
    clerk.ask(f"{ticket}/tie", **asked)
    assert f'action="{ticket}/untie"' in clerk.get("/clerk").text
    assert banner_of(clerk.post(f"{ticket}/untie", FRAGMENT).text) == "done.untie"
    page = clerk.get("/clerk").text
    assert ("受付 太郎" in page, "do-untie" in page, 'id="do-tie"' in page) == (False, False, True)
    ticked = {"recipient": "R1", "applicant": "A05", "papers": "notice"}
    clerk.ask(f"{ticket}/tick", **ticked)
    assert clerk.ask(f"{ticket}/hand-over").status_code == 200
    staff: Somebody = at_window(app, small_house, "staff01", "A", Role.STAFF)
    at = ticket.replace("clerk", "staff")
    staff.ask(f"{at}/tie", **asked)
    assert f'action="{at}/untie"' in staff.get(at).text
    assert staff.post(f"{at}/untie", card="1").headers["location"] == f"{at}?card=1"
    assert "do-untie" not in staff.get(at).text


def test_a_reply_without_a_look_shows_nothing_of_anybody(app: FastAPI, small_house: House) -> None:
    """What a program is answered holds nothing personal, so a page of it shows none; what was asked goes back as it came."""
    asked = Asked(Request({"type": "http", "headers": [], "app": app}), small_house.graph)
    form = Form({"kind": ("booking_number",), "card_number": (NUMBER,)})
    shown = found_card(asked, form, TicketReply("t", "W-400"), "/tie", "/back")
    assert (shown.number, list(shown.lines), shown.tie_at, shown.back) == ("W-400", [], "/tie", "/back")
    assert shown.asked == {
        "kind": "booking_number",
        "card_number": NUMBER,
        "born": "",
        "case_id": "",
        "card": "",
    }
