"""A visit through the pages on each kind of database: what a clerk and a member of staff see and do works on both."""

from uuid import uuid4

import pytest

from backend.offices.day import business_day
from backend.protection.roles import Role
from backend.reception.storing.papers import without_paper
from backend.web.app import create_app
from backend.wire.codes import PrintState
from backend.wire.messages import PrintReport
from tests.pages_support import arrive, at_window, banner_of, browser, sign_in, walk_in
from tests.support import KIOSK, NUMBER, House


@pytest.mark.dialect
def test_a_visit_goes_through_every_page(house: House) -> None:
    """From the sign-in to the card, with an absent visitor, a second call to issuance and windows left."""
    house.reserve(NUMBER)
    app = create_app(house.graph)
    house.person("clerk02")
    somebody_else = browser(app)
    assert sign_in(somebody_else, "clerk02").status_code == 303
    assert somebody_else.get("/clerk").status_code == 200
    arrive(house, NUMBER)
    walk_in(house)
    clerk = at_window(app, house, "clerk01", "1")
    ticket_id = clerk.ask("/clerk/call-next").json()["ticket_id"]
    ticket = f"/clerk/tickets/{ticket_id}"
    assert clerk.ask(f"{ticket}/start").status_code == 200
    assert clerk.ask(f"{ticket}/tick", recipient="R1", applicant="A05", papers="notice").status_code == 200
    assert "M-001" in clerk.get("/clerk").text
    assert clerk.ask(f"{ticket}/hand-over").status_code == 200
    absent_id = clerk.ask("/clerk/call-next").json()["ticket_id"]
    assert clerk.ask(f"/clerk/tickets/{absent_id}/recall").status_code == 200
    assert clerk.ask(f"/clerk/tickets/{absent_id}/absent").status_code == 200
    assert "W-400" in clerk.get("/clerk").text
    assert clerk.ask("/clerk/leave").status_code == 200

    staff = at_window(app, house, "staff01", "A", Role.STAFF)
    assert "旅券（パスポート）" in staff.get("/staff").text
    assert staff.get(f"/staff/tickets/{ticket_id}").status_code == 200
    for step in ("call", "call", "issue"):
        assert staff.ask(f"/staff/tickets/{ticket_id}/{step}").status_code == 200, step
    page = staff.get("/staff").text
    assert "本日の交付済み 1人" in page
    assert banner_of(page) == ""


@pytest.mark.dialect
def test_the_list_of_numbers_without_paper_is_cut_and_counted(house: House) -> None:
    """On a day with more failures than fit, the latest are shown and all are counted."""
    for _ in range(3):
        report = PrintReport(request_id=uuid4(), state=PrintState.FAILED)
        house.clock.advance(seconds=1)
        house.counter.report_print(walk_in(house).ticket_id, report, KIOSK)
    now = house.clock.now
    with house.database.read() as connection:
        shown, count = without_paper(connection, "00", business_day(now), now, limit=2)
    assert ([ticket.label for ticket in shown], count) == (["W-402", "W-401"], 3)
