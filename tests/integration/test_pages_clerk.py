"""The clerk page over HTTP: commands in their three shapes, refusals in words, the checklist, what is shown."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from backend.protection.roles import Role
from backend.protection.tables import audit
from backend.reception.storing.tables import tickets
from backend.storage.errors import StorageBusyError
from backend.wire.codes import PrinterTrouble, PrintState
from backend.wire.messages import ErrorReply, PrintReport
from tests.pages_support import (
    FRAGMENT,
    JSON,
    Somebody,
    arrive,
    at_window,
    banner_of,
    browser,
    serve,
    somebody,
    walk_in,
)
from tests.party_at_window import case_ids
from tests.support import KIOSK, NUMBER, House, kinds

HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}"


def fields_of(text: str) -> dict[str, str]:
    """Hidden fields of the form that calls the next visitor, as a browser would send them."""
    form = re.search(r'action="/clerk/call-next".*?</form>', text, re.DOTALL)
    assert form is not None
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form.group(0)))


def test_a_whole_visit_without_scripts(app: FastAPI, small_house: House) -> None:
    """Every step is a form that leads back to the page: from the window to the hand-over, and to the card."""
    small_house.reserve(NUMBER)
    arrive(small_house, NUMBER)
    clerk, staff = (
        somebody(app, small_house, "clerk01"),
        somebody(app, small_house, "staff01", Role.STAFF),
    )

    def step(person: Somebody, address: str, home: str, **fields: Any) -> str:
        reply = person.post(address, **fields)
        assert (reply.status_code, reply.headers["location"]) == (303, home)
        return person.get(home).text

    assert "窓口を選んでください" in clerk.get("/clerk").text
    page = step(clerk, "/clerk/window", "/clerk", label="2")
    assert "2番窓口" in page
    page = step(clerk, "/clerk/call-next", "/clerk")
    assert 'data-visitor="M-001"' in page
    assert "受付 花子" not in page, "nobody's name is shown before they have come"
    found = re.search(r"/clerk/tickets/([0-9a-f]{32})/start", page)
    assert found is not None
    ticket = f"/clerk/tickets/{found.group(1)}"
    page = step(clerk, f"{ticket}/start", "/clerk")
    assert "受付 花子" in page
    assert "書類の確認（受付）" in page
    assert "本人確認" not in page
    page = step(clerk, f"{ticket}/tick", "/clerk", recipient="R1", applicant=["A03"], papers=["notice"])
    assert "そろいました" in page
    page = step(clerk, f"{ticket}/hand-over", "/clerk")
    assert banner_of(page) == "done.hand_over"
    assert "M-001を職員に引き継ぎました。" in page
    step(staff, "/staff/window", "/staff", label="B")
    page = staff.get("/staff").text
    assert "運転免許証" in page
    ticket = ticket.replace("clerk", "staff")
    page = step(staff, f"{ticket}/call", "/staff")
    assert 'data-visitor="M-001"' in page
    page = step(staff, f"{ticket}/issue", "/staff")
    assert banner_of(page) == "done.issue"
    assert kinds(small_house)[-1] == "issued"


def test_programs_get_the_ticket_or_a_code(app: FastAPI, small_house: House) -> None:
    """With Accept: application/json a command answers id and number, a refusal the shape of the wire."""
    first = walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    reply = clerk.ask("/clerk/call-next")
    assert reply.json() == {"ticket_id": first.ticket_id.hex, "number": "W-400"}
    again = clerk.ask("/clerk/call-next")
    error = ErrorReply.model_validate(again.json())
    assert (again.status_code, error.code) == (409, "window_occupied")
    assert error.detail == {"number": "W-400", "window": "1"}
    # An id with hyphens, as other replies write it, names the same ticket.
    assert clerk.ask(f"/clerk/tickets/{first.ticket_id}/start").json()["number"] == "W-400"
    assert clerk.ask("/clerk/leave").json()["code"] == "window_occupied"
    # The last twelve of a UUID may all be digits: it is an id of ours all the same.
    digits = f"{uuid4()}"[:24] + "1" * 12
    for unknown, answer in (
        ("x", (404, "not_found")),
        (str(uuid4()), (404, "not_found")),
        (digits, (404, "not_found")),
        ("1" * 12, (422, "contains_my_number")),
    ):
        missing = clerk.ask(f"/clerk/tickets/{unknown}/recall")
        assert (missing.status_code, missing.json()["code"]) == answer


def test_the_pages_script_gets_the_part_that_changes(app: FastAPI, small_house: House) -> None:
    """A fragment holds the new page and the line, but no frame around it; a refusal has its status."""
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    reply = clerk.post("/clerk/call-next", FRAGMENT)
    assert (reply.status_code, reply.headers["x-fragment"]) == (200, "page")
    assert "<html" not in reply.text
    assert 'data-visitor="W-400"' in reply.text
    refused = clerk.post("/clerk/call-next", FRAGMENT)
    assert (refused.status_code, banner_of(refused.text)) == (409, "error.window_occupied")
    assert 'data-visitor="W-400"' in refused.text
    assert clerk.get("/clerk/panel").text.count('id="page"') == 1


def test_a_double_click_is_one_call(app: FastAPI, small_house: House) -> None:
    """The same form sent twice calls one visitor; a newly drawn page calls the next."""
    walk_in(small_house)
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    fields = fields_of(clerk.get("/clerk").text)
    replies = [clerk.client.post("/clerk/call-next", data=fields, headers=JSON).json() for _ in range(2)]
    assert replies[0] == replies[1]
    assert kinds(small_house).count("ticket_called") == 1
    other = at_window(app, small_house, "clerk02", "2")
    drawn = [fields_of(other.get("/clerk").text)["request_id"] for _ in range(2)]
    assert len({*drawn, fields["request_id"]}) == 3


def test_a_form_without_an_id_or_with_a_used_one_does_nothing(app: FastAPI, small_house: House) -> None:
    """An id belongs to one command; without one nothing is carried out."""
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    nameless = clerk.ask("/clerk/call-next", request_id="")
    assert (nameless.status_code, nameless.json()["detail"]) == (422, {"fields": "request_id"})
    request_id = str(uuid4())
    ticket_id = clerk.ask("/clerk/call-next", request_id=request_id).json()["ticket_id"]
    reused = clerk.ask(f"/clerk/tickets/{ticket_id}/start", request_id=request_id)
    assert (reused.status_code, reused.json()["code"]) == (422, "request_id_reused")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{}", "application/json"),
        (b"a=1", "text/plain"),
        (b"a=" + b"x" * 70_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"a=1" for _ in range(500)), "application/x-www-form-urlencoded"),
        (b"a=\xff\xfe", "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_form_of_ours_is_refused(
    app: FastAPI, small_house: House, content: bytes, kind: str
) -> None:
    """Other kinds, endless forms and broken text end in a code before anything is looked at."""
    clerk = at_window(app, small_house, "clerk01", "1")
    headers = {**JSON, "Content-Type": kind, "X-CSRF-Token": clerk.csrf}
    reply = clerk.client.post("/clerk/call-next", content=content, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_request")


def test_the_loser_of_a_race_is_told_who_has_the_visitor(app: FastAPI, small_house: House) -> None:
    """Who acts on a colleague's visitor reads the number, the window and what to do next."""
    walk_in(small_house)
    winner = at_window(app, small_house, "clerk01", "2")
    loser = at_window(app, small_house, "clerk02", "3")
    ticket_id = winner.ask("/clerk/call-next").json()["ticket_id"]
    asked = loser.ask(f"/clerk/tickets/{ticket_id}/start")
    assert (asked.status_code, asked.json()["code"]) == (409, "ticket_taken")
    assert asked.json()["detail"]["window"] == "2"
    loser.post(f"/clerk/tickets/{ticket_id}/cancel")
    page = loser.get("/clerk").text
    assert "W-400は2番窓口で対応中です。ほかの方の対応に進んでください。" in page
    assert banner_of(loser.get("/clerk").text) == "", "the line is shown once"


def test_a_taken_window_is_shown_and_refused_in_words(app: FastAPI, small_house: House) -> None:
    """A colleague's window cannot be pressed; who presses it on an old page is told."""
    at_window(app, small_house, "clerk01", "2")
    clerk = somebody(app, small_house, "clerk02")
    assert re.search(r'<button id="window-2" class="tile" disabled>', clerk.get("/clerk").text)
    clerk.post("/clerk/window", label="2")
    assert "2番窓口はほかの担当者が使用中です。別の窓口を選んでください。" in clerk.get("/clerk").text
    for label in ("A", "9", HOSTILE, ""):
        refused = clerk.ask("/clerk/window", label=label)
        assert (refused.status_code, refused.json()["code"]) == (404, "window_unknown")


def test_calling_with_nobody_there_and_without_a_window(app: FastAPI, small_house: House) -> None:
    """Both are told with what to do, and change nothing."""
    clerk = somebody(app, small_house, "clerk01")
    clerk.post("/clerk/call-next")
    assert "先に受付窓口を選んでください。" in clerk.get("/clerk").text
    clerk.ask("/clerk/window", label="1")
    clerk.post("/clerk/call-next")
    assert "お待ちの方はいません。" in clerk.get("/clerk").text
    assert kinds(small_house) == ["window_taken"]


def test_an_absent_visitor_comes_back_or_is_cancelled(app: FastAPI, small_house: House) -> None:
    """Absent after the ward's number of calls, then back in front, or cancelled after a question."""
    walk_in(small_house)
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    ticket_id = clerk.ask("/clerk/call-next").json()["ticket_id"]
    ticket = f"/clerk/tickets/{ticket_id}"
    assert re.search(r'id="do-absent"[^>]*disabled', clerk.get("/clerk").text, re.DOTALL)
    early = clerk.ask(f"{ticket}/absent")
    assert (early.status_code, early.json()["code"]) == (409, "too_soon")
    clerk.ask(f"{ticket}/recall")
    clerk.post(f"{ticket}/absent")
    page = clerk.get("/clerk").text
    assert banner_of(page) == "done.absent"
    assert f'action="{ticket}/back"' in page
    clerk.ask(f"{ticket}/back")
    assert clerk.ask("/clerk/call-next").json()["ticket_id"] == ticket_id
    clerk.ask(f"{ticket}/recall")
    clerk.ask(f"{ticket}/absent")
    assert clerk.ask(f"{ticket}/cancel").status_code == 200
    gone = clerk.ask(f"{ticket}/back")
    assert (gone.status_code, gone.json()["code"]) == (409, "wrong_state")


def test_missing_papers_end_the_visit_and_the_visitor_may_come_again(
    app: FastAPI, small_house: House
) -> None:
    """The visitor who fetches a paper keeps number and ticks and is called next."""
    small_house.reserve(NUMBER)
    arrive(small_house, NUMBER)
    clerk = at_window(app, small_house, "clerk01", "1")
    ticket_id = serve(clerk)
    clerk.ask(f"/clerk/tickets/{ticket_id}/tick", recipient="R1", applicant="A05")
    page = clerk.get("/clerk").text
    assert re.search(r'data-say="交付通知書（はがき）"', page)
    assert "次にすること" in page
    assert "交付通知書（はがき）が必要です" in page
    assert re.search(r'id="do-hand-over"[^>]*disabled', page, re.DOTALL)
    refused = clerk.ask(f"/clerk/tickets/{ticket_id}/hand-over")
    assert (refused.status_code, refused.json()["code"]) == (409, "checklist_incomplete")
    clerk.post(f"/clerk/tickets/{ticket_id}/incomplete")
    page = clerk.get("/clerk").text
    assert banner_of(page) == "done.incomplete"
    assert 'id="incomplete-rows"' in page
    clerk.ask(f"/clerk/tickets/{ticket_id}/back")
    assert serve(clerk) == ticket_id
    assert re.search(r'id="tick-applicant-A05"[^>]*checked', clerk.get("/clerk").text)


def test_a_refused_tick_loses_nothing(app: FastAPI, small_house: House) -> None:
    """Codes that the rules do not know are refused without being repeated; earlier ticks stay."""
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    ticket = f"/clerk/tickets/{serve(clerk)}"
    clerk.ask(f"{ticket}/tick", recipient="R1", applicant="A03")
    attempts: list[tuple[dict[str, Any], str]] = [
        ({"applicant": "123456789018"}, "contains_my_number"),
        ({"applicant": "A99"}, "checklist_invalid"),
        ({"recipient": HOSTILE}, "checklist_invalid"),
        ({"facts": "x"}, "checklist_invalid"),
    ]
    for wrong, code in attempts:
        refused = clerk.ask(f"{ticket}/tick", **{"recipient": "R1", **wrong})
        assert (refused.status_code, refused.json()["code"]) == (422, code)
        assert not any(value in refused.text for value in wrong.values() if len(value) > 1)
        clerk.post(f"{ticket}/tick", **{"recipient": "R1", **wrong})
        page = clerk.get("/clerk").text
        assert banner_of(page) == (f"error.{code}" if code == "checklist_invalid" else "")
        assert re.search(r'id="tick-applicant-A03"[^>]*checked', page)


def test_the_checklist_follows_the_recipient_type(app: FastAPI, small_house: House) -> None:
    """A proxy brings papers and documents of two people; what was ticked before stays in sight."""
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    ticket = f"/clerk/tickets/{serve(clerk)}"
    alone = clerk.get("/clerk").text
    assert 'id="lists-applicant"' in alone
    assert 'id="lists-visitor"' not in alone
    clerk.ask(f"{ticket}/tick", recipient="P4", applicant="A03", visitor="A05", papers=["notice", "ininjo"])
    proxy = clerk.get("/clerk").text
    assert 'id="lists-visitor"' in proxy
    assert re.search(r'id="tick-papers-ininjo"[^>]*checked', proxy)
    clerk.ask(f"{ticket}/tick", recipient="R1", applicant="A03", visitor="A05", papers=["notice", "ininjo"])
    back = clerk.get("/clerk").text
    assert "この受取人種別では使わない書類" in back
    for kept in ("visitor-A05", "papers-ininjo"):
        assert re.search(rf'id="tick-{kept}"[^>]*checked', back), kept
    clerk.ask(f"{ticket}/tick", recipient="X1")
    assert "この受取人種別では受け付けられません" in clerk.get("/clerk").text


def test_what_staff_settle_is_asked_only_where_there_is_something_to_settle(
    app: FastAPI, small_house: House
) -> None:
    """A guardian without the notice is no dead end: staff decide, the clerk ticks it, and the visit goes on."""
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    ticket = f"/clerk/tickets/{serve(clerk)}"
    shown = {"recipient": "R3", "applicant": "A03", "visitor": "A03"}
    for papers, asked in ((["notice", "touki_seinen_kouken"], False), (["touki_seinen_kouken"], True)):
        clerk.ask(f"{ticket}/tick", **shown, papers=papers)
        assert ('id="tick-facts-notice_settled"' in clerk.get("/clerk").text) is asked
    assert clerk.ask(f"{ticket}/hand-over").json()["code"] == "checklist_incomplete"
    clerk.ask(f"{ticket}/tick", **shown, papers=["touki_seinen_kouken"], facts=["notice_settled"])
    assert "区の取扱いを確認してください" in clerk.get("/clerk").text
    assert clerk.ask(f"{ticket}/hand-over").status_code == 200


def test_what_is_missing_can_be_shown_in_the_visitors_language(app: FastAPI, small_house: House) -> None:
    """The language that was chosen at the kiosk is offered, marked as that language."""
    walk_in(small_house, language="en")
    clerk = at_window(app, small_house, "clerk01", "1")
    serve(clerk)
    page = clerk.get("/clerk").text
    assert "来庁された方に見せる（English）" in page
    assert re.search(r'<ul lang="en">.*Notification', page)


def test_documents_can_be_found_by_reading_and_nothing_can_be_written(
    app: FastAPI, small_house: House
) -> None:
    """Every document has words to search by; the page sends no free text but the letters of a number, and a birthday."""
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    serve(clerk)
    page = clerk.get("/clerk").text
    boxes = re.findall(r'<label [^>]*data-find="([^"]*)" data-code="[^"]*"', page)
    assert len(boxes) > 40
    assert any("めんきょ" in words and "a03" in words for words in boxes)
    assert "<textarea" not in page
    fields = re.findall(r"<input (?![^>]*type=\"(?:hidden|checkbox)\")[^>]*>", page)
    assert fields
    sent = [field for field in fields if " name=" in field]
    assert [re.findall(r' name="(\w+)"', field)[0] for field in sent] == ["number", "card_number", "born"]
    assert 'id="queue-number"' in sent[0]
    assert 'maxlength="6"' in sent[0]


def test_hostile_values_are_shown_as_text(app: FastAPI, small_house: House) -> None:
    """A name from the ward's file is never markup, nor a template, on any page."""
    small_house.reserve(NUMBER, name=HOSTILE, address=HOSTILE, alias=HOSTILE, recipient_type="<b>")
    arrive(small_house, NUMBER)
    clerk = at_window(app, small_house, "clerk01", "1")
    serve(clerk)
    page = clerk.get("/clerk").text
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 3
    assert "{{7*7}}" in page
    assert "<b>" not in page
    title = re.search(r"<title>(.*?)</title>", page)
    assert title is not None
    assert "alert" not in title.group(1)


def test_only_permitted_columns_reach_the_page(app: FastAPI, small_house: House) -> None:
    """Telephone, e-mail, application id and what only staff may see are not in what the clerk is sent."""
    hidden: dict[str, Any] = {
        "phone": "090-0000-1111",
        "email": "hanako@example.jp",
        "application_id": "98765432109876543210987",
        "foreign_category": "永住者の区分",
        "window_name": "秘密の窓口",
        "ward_ticket_number": "ZZ-99",
    }
    small_house.reserve(
        NUMBER,
        card_number="AB00001",
        proxy_name="受付 次郎",
        stay_expires_on=small_house.clock.now.date() + timedelta(days=777),
        **hidden,
    )
    arrive(small_house, NUMBER)
    clerk = at_window(app, small_house, "clerk01", "1")
    serve(clerk)
    page = clerk.get("/clerk").text
    assert "AB00001" in page
    assert "受付 次郎" in page
    for column, value in hidden.items():
        assert value not in page, column
    assert "在留期間等満了日" not in page


def test_the_reservation_is_told_in_both_calendars_and_in_tokyos_time(
    app: FastAPI, small_house: House
) -> None:
    """9:30 in Tokyo is 9:30 on the page although it is stored in UTC; unknown parts of a birthday are said."""
    small_house.reserve(NUMBER, birth="1950", recipient_type="P4")
    arrive(small_house, NUMBER)
    clerk = at_window(app, small_house, "clerk01", "1")
    serve(clerk)
    page = clerk.get("/clerk").text
    assert "2026年11月25日（水）9:30" in page
    assert "1950年（昭和25年）（月日不明）" in page
    assert "75～76歳" in page
    assert "75歳以上の方の代理人" in page


def test_a_look_at_a_reservation_is_noted_once_per_session(app: FastAPI, small_house: House) -> None:
    """However often the page is drawn, the audit trail has one line per person and visitor, without content."""
    small_house.reserve(NUMBER)
    arrive(small_house, NUMBER)
    clerk = at_window(app, small_house, "clerk01", "1")
    ticket_id = serve(clerk)
    for _ in range(3):
        clerk.get("/clerk")
        clerk.get("/clerk/panel")
    with small_house.database.read() as connection:
        rows = connection.execute(select(audit).where(audit.c.action == "reservation_viewed")).all()
    (case_id,) = case_ids(small_house, ticket_id)
    assert [(row.subject, row.facts) for row in rows] == [(ticket_id, {"case": case_id})]


def test_what_cannot_be_noted_is_not_shown(
    app: FastAPI, small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the audit line cannot be written the page tells so in words, and no field is shown."""
    from backend.protection.viewing import Views

    def busy(*_: object, **__: object) -> None:
        raise StorageBusyError("busy")

    small_house.reserve(NUMBER)
    arrive(small_house, NUMBER)
    clerk = at_window(app, small_house, "clerk01", "1")
    ticket_id = clerk.ask("/clerk/call-next").json()["ticket_id"]
    monkeypatch.setattr(Views, "note", busy)
    clerk.ask(f"/clerk/tickets/{ticket_id}/start")
    reply = clerk.get("/clerk")
    assert (reply.status_code, banner_of(reply.text)) == (503, "error.storage_busy")
    assert "受付 花子" not in reply.text


def test_a_ticket_without_paper_is_flagged(app: FastAPI, small_house: House) -> None:
    """A failed print is seen in the list and at the call, with what to do."""
    ticket = walk_in(small_house)
    report = PrintReport(request_id=uuid4(), state=PrintState.FAILED, trouble=PrinterTrouble.PAPER_OUT)
    small_house.counter.report_print(ticket.ticket_id, report, KIOSK)
    clerk = at_window(app, small_house, "clerk01", "1")
    words = "番号札が印刷されていません。来庁された方に番号をお伝えください。"
    assert words in clerk.get("/clerk").text
    clerk.ask("/clerk/call-next")
    assert words in clerk.get("/clerk").text


def test_the_list_shows_who_is_on_time_late_or_without_reservation(app: FastAPI, small_house: House) -> None:
    """Each waiting number carries its reserved time and how it stands to it, in the order of the calls."""
    now = small_house.clock.now
    small_house.reserve("11111112", now)
    small_house.reserve("22222223", now - timedelta(minutes=30))
    small_house.clock.advance(seconds=1)
    arrive(small_house, "22222223")
    arrive(small_house, "11111112")
    small_house.clock.advance(seconds=1)
    walk_in(small_house)
    page = at_window(app, small_house, "clerk01", "1").get("/clerk").text
    rows = re.findall(r'<li[^>]* data-number="(\S+?)".*?row-time">(\S+?)<.*?badge-(\w+)', page, re.DOTALL)
    assert rows == [
        ("M-002", "9:30", "on_time"),
        ("M-001", "9:00", "late"),
        ("W-400", "―", "walk_in"),
    ]
    assert 'id="waiting-count">3<' in page


def test_a_birthday_that_cannot_be_leaves_the_clerk_a_way_on(app: FastAPI, small_house: House) -> None:
    """Where the rules cannot judge, the page says why, and the visitor can still be seen off."""
    reservation = small_house.reserve(NUMBER)
    arrive(small_house, NUMBER)
    clerk = at_window(app, small_house, "clerk01", "1")
    ticket_id = serve(clerk)
    card_id = small_house.card_of(reservation)
    small_house.reserve(NUMBER, reservation_id=reservation, card_id=card_id, birth="2999-01-01")
    page = clerk.get("/clerk")
    assert page.status_code == 200
    assert "生年月日が正しくないため" in page.text
    assert clerk.ask(f"/clerk/tickets/{ticket_id}/incomplete").status_code == 200


def test_an_unexpected_error_is_a_page_that_tells_nothing(
    app: FastAPI, small_house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bug is words for people and a code for programs; its message stays inside."""
    from backend.reception import calling

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("受付 花子")

    clerk = at_window(app, small_house, "clerk01", "1")
    monkeypatch.setattr(calling, "call_next", broken)
    page, code = clerk.post("/clerk/call-next"), clerk.ask("/clerk/call-next")
    assert (page.status_code, banner_of(page.text)) == (500, "error.internal")
    assert (code.status_code, code.json()["code"]) == (500, "internal")
    told = capsys.readouterr()
    assert "花子" not in page.text + code.text + told.out + told.err


def test_another_offices_visitors_are_out_of_reach(app: FastAPI, small_house: House) -> None:
    """A clerk of a branch neither sees nor moves a number of the main office."""
    ticket = walk_in(small_house)
    clerk = somebody(app, small_house, "clerk01", office_id="01")
    clerk.ask("/clerk/window", label="1")
    assert "W-400" not in clerk.get("/clerk").text
    refused = clerk.ask(f"/clerk/tickets/{ticket.ticket_id}/cancel")
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    with small_house.database.read() as connection:
        assert connection.execute(select(tickets.c.state)).scalar_one() == "waiting"


@pytest.mark.parametrize("cookie", ["", "x", "W10=", "W251bGwsIDFd", "e30=", "x" * 5000])
def test_a_foreign_line_in_the_cookie_is_ignored(app: FastAPI, small_house: House, cookie: str) -> None:
    """Whatever stands in the cookie of the line, the page is drawn."""
    clerk = at_window(app, small_house, "clerk01", "1")
    clerk.client.cookies.set("uketsuke_banner", cookie)
    reply = clerk.get("/clerk")
    assert (reply.status_code, banner_of(reply.text)) == (200, "")


def test_nobody_sees_anything_without_signing_in(app: FastAPI, small_house: House) -> None:
    """Every page leads to the sign-in, every command is refused."""
    walk_in(small_house)
    stranger = browser(app)
    for address in ("/", "/clerk", "/clerk/panel", "/staff", f"/staff/tickets/{'0' * 32}", "/pages/events"):
        reply = stranger.get(address)
        assert (reply.status_code, reply.headers["location"]) == (303, "/sign-in"), address
        assert reply.text == ""
    refused = stranger.post("/clerk/call-next", data={"request_id": str(uuid4())}, headers=JSON)
    assert (refused.status_code, refused.json()["code"]) == (401, "not_signed_in")
