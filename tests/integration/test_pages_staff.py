"""The staff pages over HTTP: who was handed over, one visitor in detail, calling to issuance, issued."""

import re
from datetime import date

from fastapi import FastAPI
from sqlalchemy import select

from backend.protection.roles import Role
from backend.protection.tables import audit
from tests.pages_support import arrive, at_window, banner_of, somebody, walk_in
from tests.support import NUMBER, House


def handed_over(app: FastAPI, house: House, number: str = NUMBER, window: str = "1") -> str:
    """A visitor with a reservation whom the reception has handed over; returns the ticket id."""
    arrive(house, number)
    clerk = at_window(app, house, f"clerk-{number}", window)
    ticket_id = str(clerk.ask("/clerk/call-next").json()["ticket_id"])
    ticket = f"/clerk/tickets/{ticket_id}"
    clerk.ask(f"{ticket}/start")
    clerk.ask(f"{ticket}/tick", recipient="R1", applicant="A05", papers="notice")
    assert clerk.ask(f"{ticket}/hand-over").status_code == 200
    return ticket_id


def test_the_list_shows_what_was_checked_in_the_order_of_the_hand_over(
    app: FastAPI, small_house: House
) -> None:
    """Number, time, recipient type and documents, so that nothing is checked twice; no name."""
    small_house.reserve("11111112", name="後 花子")
    small_house.reserve("22222223", name="先 花子")
    handed_over(app, small_house, "22222223", "1")
    small_house.clock.advance(minutes=3)
    handed_over(app, small_house, "11111112", "2")
    page = at_window(app, small_house, "staff01", "A", Role.STAFF).get("/staff").text
    rows = re.findall(
        r'<tr data-number="(\S+)"[^>]*>.*?<td>([\d:]+)\b.*?</td>\s*<td>(.*?)</td>\s*<td>(.*?)</td>',
        page,
        re.DOTALL,
    )
    documents = "旅券（パスポート）、交付通知書（はがき）"
    assert rows == [
        ("M-001", "9:30", "本人（15歳以上）", documents),
        ("M-002", "9:33", "本人（15歳以上）", documents),
    ]
    assert "花子" not in page


def test_the_detail_shows_what_staff_may_see_and_the_look_is_noted(app: FastAPI, small_house: House) -> None:
    """Staff see the columns of their role, and the audit trail says who looked at whom."""
    small_house.reserve(
        NUMBER,
        name="<b>花子</b>",
        phone="090-0000-1111",
        email="hanako@example.jp",
        application_id="98765432109876543210987",
        foreign_category="永住者",
        stay_expires_on=date(2030, 4, 1),
        card_expires_on=date(2031, 1, 31),
    )
    ticket_id = handed_over(app, small_house)
    staff = somebody(app, small_house, "staff01", Role.STAFF)
    page = staff.get(f"/staff/tickets/{ticket_id}").text
    assert "&lt;b&gt;花子&lt;/b&gt;" in page
    assert "永住者" in page
    assert "2030年4月1日（月）" in page
    assert "2031年1月31日（金）" in page
    assert "旅券（パスポート）" in page
    for hidden in ("090-0000-1111", "hanako@example.jp", "98765432109876543210987", "<b>"):
        assert hidden not in page
    title = re.search(r"<title>(.*?)</title>", page)
    assert title is not None
    assert "花子" not in title.group(1)
    with small_house.database.read() as connection:
        rows = connection.execute(select(audit).where(audit.c.action == "reservation_viewed")).all()
    assert [(row.subject, row.facts) for row in rows] == [(ticket_id, {})]


def test_details_are_of_visitors_with_the_staff_only(app: FastAPI, small_house: House) -> None:
    """Before the hand-over, after the card, on another day and at another office there is nothing to look at."""
    small_house.reserve(NUMBER)
    waiting = walk_in(small_house).ticket_id.hex
    staff = at_window(app, small_house, "staff01", "A", Role.STAFF)
    assert staff.get(f"/staff/tickets/{waiting}").status_code == 409
    ticket_id = handed_over(app, small_house)
    branch = somebody(app, small_house, "staff02", Role.STAFF, office_id="01")
    assert branch.get(f"/staff/tickets/{ticket_id}").status_code == 404
    staff.ask(f"/staff/tickets/{ticket_id}/call")
    assert staff.get(f"/staff/tickets/{ticket_id}").status_code == 200
    staff.ask(f"/staff/tickets/{ticket_id}/issue")
    gone = staff.get(f"/staff/tickets/{ticket_id}")
    assert (gone.status_code, banner_of(gone.text)) == (409, "error.wrong_state")
    assert "受付 花子" not in gone.text
    assert staff.get("/staff/tickets/nonsense").status_code == 404


def test_yesterdays_visitors_are_gone(app: FastAPI, small_house: House) -> None:
    """Who was handed over and not served yesterday is not shown today, also by an old address."""
    small_house.reserve(NUMBER)
    ticket_id = handed_over(app, small_house)
    small_house.clock.advance(days=1)
    staff = at_window(app, small_house, "staff01", "A", Role.STAFF)
    assert "M-001" not in staff.get("/staff").text
    assert staff.get(f"/staff/tickets/{ticket_id}").status_code == 404


def test_calling_again_and_issuing(app: FastAPI, small_house: House) -> None:
    """A call, a recall and the card; the count of the day goes up and the list is empty."""
    small_house.reserve(NUMBER)
    ticket = f"/staff/tickets/{handed_over(app, small_house)}"
    staff = at_window(app, small_house, "staff01", "A", Role.STAFF)
    assert staff.ask(f"{ticket}/issue").json()["code"] == "wrong_state"
    assert staff.ask(f"{ticket}/call").json()["number"] == "M-001"
    assert staff.ask(f"{ticket}/call").status_code == 200
    assert "（2回目・" in staff.get("/staff").text
    assert staff.ask(f"{ticket}/issue").status_code == 200
    page = staff.get("/staff").text
    assert "本日の交付済み 1人" in page
    assert "M-001" not in page


def test_two_of_the_staff_do_not_call_the_same_visitor(app: FastAPI, small_house: House) -> None:
    """The second is told at which window the visitor is."""
    small_house.reserve(NUMBER)
    ticket = f"/staff/tickets/{handed_over(app, small_house)}"
    first = at_window(app, small_house, "staff01", "A", Role.STAFF)
    second = at_window(app, small_house, "staff02", "B", Role.STAFF)
    assert first.ask(f"{ticket}/call").status_code == 200
    refused = second.ask(f"{ticket}/call")
    assert (refused.status_code, refused.json()["code"]) == (409, "ticket_taken")
    second.post(f"{ticket}/issue")
    page = second.get("/staff").text
    assert "M-001はA窓口で対応中です。" in page
    assert "ほかの窓口" in page


def test_staff_sit_at_issuance_windows_and_need_one_to_call(app: FastAPI, small_house: House) -> None:
    """Reception windows are not offered; without a window nobody is called."""
    small_house.reserve(NUMBER)
    ticket = f"/staff/tickets/{handed_over(app, small_house)}"
    staff = somebody(app, small_house, "staff01", Role.STAFF)
    page = staff.get("/staff").text
    assert re.findall(r'id="window-(\w+)"', page) == ["A", "B", "C"]
    assert staff.ask("/staff/window", label="1").json()["code"] == "window_unknown"
    assert staff.ask(f"{ticket}/call").json()["code"] == "window_needed"
    staff.post(f"{ticket}/call")
    assert "先に交付窓口を選んでください。" in staff.get("/staff").text


def test_who_waits_long_after_the_hand_over_is_marked(app: FastAPI, small_house: House) -> None:
    """After ten minutes a sign and the minutes stand beside the time, so that nobody is forgotten in the list."""
    small_house.reserve("11111112")
    handed_over(app, small_house, "11111112", "1")
    staff = at_window(app, small_house, "staff01", "A", Role.STAFF)
    badge = r'class="badge badge-care" (hidden)?>'
    small_house.clock.advance(minutes=9)
    assert re.findall(badge, staff.get("/staff").text) == ["hidden"]
    small_house.clock.advance(minutes=2)
    page = staff.get("/staff").text
    assert re.findall(badge, page) == [""]
    assert ">11分<" in page
