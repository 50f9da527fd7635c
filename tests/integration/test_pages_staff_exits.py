"""The ways out of issuance on the staff pages: who sees which button, what each does, and what is told."""

import re

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from backend.common.catalogue import Catalogue, Language
from backend.protection.actor import Actor
from backend.protection.roles import Role
from backend.protection.tables import audit
from backend.web.desk.exits import CANCELLED, NOT_ISSUED, SENT_BACK, exit_reasons, reason_among
from backend.web.http.errors import WireError
from backend.wire.codes import TicketState
from tests.pages_support import FRAGMENT, Somebody, at_window, banner_of, somebody, walk_in
from tests.party_at_window import join
from tests.party_support import come, ends, party, person, state_of, to_staff
from tests.support import House

FIRST, SECOND, THIRD = "12345679", "12345687", "12345695"


@pytest.fixture
def staff(app: FastAPI, small_house: House) -> Somebody:
    """A member of staff at window A."""
    return at_window(app, small_house, "staff01", "A", Role.STAFF)


@pytest.fixture
def clerk(small_house: House) -> Actor:
    """A clerk at window 1."""
    return person(small_house, "clerk01", "1")


def handed_over(house: House, clerk: Actor, *numbers: str) -> str:
    """A visitor with one card or several who was handed over; returns the ticket."""
    come(house, *numbers)
    return to_staff(house, clerk)


def buttons(page: str, name: str) -> list[str]:
    """Ids of the buttons whose id begins so."""
    return re.findall(rf'<button id="({name}[^"]*)"', page)


def viewed(house: House) -> list[tuple[str, dict[str, str]]]:
    """Subject and facts of each look at a record."""
    query = select(audit.c.subject, audit.c.facts).where(audit.c.action == "reservation_viewed")
    with house.database.read() as connection:
        return [(row.subject, row.facts) for row in connection.execute(query)]


def test_each_card_of_a_party_has_its_own_button_and_there_is_none_for_all(
    small_house: House, staff: Somebody, clerk: Actor
) -> None:
    """Cards are confirmed one by one: a card that was handed out loses its button, the others keep theirs."""
    ticket_id = handed_over(small_house, clerk, FIRST, SECOND, THIRD)
    assert '<span class="badge">3枚</span>' in staff.get("/staff").text
    at = f"/staff/tickets/{ticket_id}"
    staff.ask(f"{at}/call")
    assert buttons(staff.get("/staff").text, "do-issue") == ["do-issue-1", "do-issue-2", "do-issue-3"]
    assert staff.ask(f"{at}/issue").json()["code"] == "case_needed"
    second = party(small_house, ticket_id)[1].case_id
    told = staff.post(f"{at}/issue", FRAGMENT, case_id=second)
    assert (banner_of(told.text), "の2枚目を交付済みにしました。" in told.text) == ("done.issue_card", True)
    page = staff.get("/staff").text
    assert buttons(page, "do-issue") == ["do-issue-1", "do-issue-3"]
    assert "交付済み" in page
    told = staff.post(
        f"{at}/end", FRAGMENT, reason="card_defect", case_id=party(small_house, ticket_id)[0].case_id
    )
    assert (banner_of(told.text), "の1枚目を交付せず終了しました。" in told.text) == ("done.end_card", True)
    page = staff.get("/staff").text
    assert "カードの不具合" in page
    staff.ask(f"{at}/issue", case_id=party(small_house, ticket_id)[2].case_id)
    assert state_of(small_house, ticket_id) is TicketState.ISSUED


def test_staff_find_the_card_of_somebody_without_a_notice(
    small_house: House, staff: Somebody, clerk: Actor
) -> None:
    """Where nobody knows whose card it is, the list and the page of the visitor have the search; once found it is gone from both."""
    small_house.reserve(FIRST, name="受付 太郎")
    ticket_id = walk_in(small_house).ticket_id.hex
    to_staff(small_house, clerk)
    at = f"/staff/tickets/{ticket_id}"
    assert 'id="do-tie"' in staff.get(at).text
    staff.ask(f"{at}/call")
    assert 'id="do-tie"' in staff.get("/staff").text
    wrong = staff.post(f"{at}/tie", FRAGMENT, kind="booking_number", card_number="99990001")
    assert (wrong.status_code, banner_of(wrong.text)) == (404, "error.card_unknown")
    done = staff.post(f"{at}/tie", kind="booking_number", card_number=FIRST, card="1")
    assert done.headers["location"] == f"{at}?card=1"
    page = staff.get(done.headers["location"]).text
    assert banner_of(page) == "done.tie"
    assert "受付 太郎" in page
    assert "do-tie" not in page + staff.get("/staff").text
    staff.ask(f"{at}/issue")
    assert state_of(small_house, ticket_id) is TicketState.ISSUED


def test_each_card_of_a_party_without_a_notice_has_its_own_search(
    small_house: House, staff: Somebody, clerk: Actor
) -> None:
    """The search stands beside the card that it is about, and names it aloud; who came with a notice has none."""
    ticket_id = walk_in(small_house).ticket_id.hex
    join(small_house, ticket_id, small_house.card_of(small_house.reserve(SECOND)), 2)
    to_staff(small_house, clerk)
    staff.ask(f"/staff/tickets/{ticket_id}/call")
    page = staff.get("/staff").text
    assert re.findall(r'id="(do-tie[^"]*)" aria-label="([^"]*)"', page) == [
        ("do-tie-1", "1枚目 カードをさがす")
    ]
    done = staff.post(f"/staff/tickets/{ticket_id}/tie", kind="booking_number", card_number="99990001")
    assert done.headers["location"] == "/staff"


def test_one_card_has_the_one_button_with_its_key(small_house: House, staff: Somebody, clerk: Actor) -> None:
    """Nothing has changed for who comes alone."""
    ticket_id = handed_over(small_house, clerk, FIRST)
    staff.ask(f"/staff/tickets/{ticket_id}/call")
    page = staff.get("/staff").text
    assert buttons(page, "do-issue") == ["do-issue"]
    assert re.search(r'id="do-issue"[^>]*data-key="KeyD"', page)


@pytest.mark.parametrize("exit_name", ["put-back", "send-back", "end", "cancel"])
def test_each_way_out_is_a_form_and_says_what_was_done(
    small_house: House, staff: Somebody, clerk: Actor, exit_name: str
) -> None:
    """Without scripts too: the page comes back with one line, and the visit is where the button says."""
    reason, state = {
        "put-back": ("", TicketState.HANDED_OVER),
        "send-back": ("papers_missing", TicketState.WAITING),
        "end": ("pin_undecided", TicketState.ENDED),
        "cancel": ("by_mistake", TicketState.CANCELLED),
    }[exit_name]
    ticket_id = handed_over(small_house, clerk, FIRST)
    staff.ask(f"/staff/tickets/{ticket_id}/call")
    sent = staff.post(f"/staff/tickets/{ticket_id}/{exit_name}", reason=reason)
    assert sent.status_code == 303
    assert banner_of(staff.get("/staff").text) == f"done.{exit_name.replace('-', '_')}"
    assert state_of(small_house, ticket_id) is state


def test_absent_ones_are_listed_and_come_back_with_one_button(
    small_house: House, staff: Somebody, clerk: Actor
) -> None:
    """Before enough calls the button is off and says how many are missing; afterwards the number has a list of its own."""
    ticket_id = handed_over(small_house, clerk, FIRST)
    at = f"/staff/tickets/{ticket_id}"
    staff.ask(f"{at}/call")
    page = staff.get("/staff").text
    assert re.search(r'<button id="do-absent"[^>]*\bdisabled', page)
    assert "あと1回呼び出してから" in page
    assert staff.ask(f"{at}/absent").json()["code"] == "too_soon"
    staff.ask(f"{at}/call")
    assert not re.search(r'<button id="do-absent"[^>]*\bdisabled', staff.get("/staff").text)
    staff.ask(f"{at}/absent")
    page = staff.get("/staff").text
    assert f'id="absent-{ticket_id}"' in page
    assert "交付窓口で不在の方" in page
    staff.ask(f"{at}/back")
    page = staff.get("/staff").text
    assert f'id="absent-{ticket_id}"' not in page
    assert f'id="handed-{ticket_id}"' in page


def test_a_reason_that_nobody_may_choose_is_refused(
    small_house: House, staff: Somebody, clerk: Actor
) -> None:
    """Nothing, nonsense, the day's end, and the reason of another exit: the visit stays where it is."""
    ticket_id = handed_over(small_house, clerk, FIRST)
    for exit_name, reason in (
        ("end", ""), ("end", "day_end"), ("end", "went_home"), ("send-back", "left"), ("cancel", "day_end"),
    ):  # fmt: skip
        refused = staff.ask(f"/staff/tickets/{ticket_id}/{exit_name}", reason=reason)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
    assert staff.ask(f"/staff/tickets/{ticket_id}/end", reason="left", case_id="nonsense").status_code == 404
    assert state_of(small_house, ticket_id) is TicketState.HANDED_OVER


def test_each_card_has_its_own_tab_and_its_own_line_in_the_trail(
    small_house: House, staff: Somebody, clerk: Actor
) -> None:
    """Who looked at which card of a family is told; one card is shown at a time."""
    ticket_id = handed_over(small_house, clerk, FIRST, SECOND)
    first, second = (case.case_id for case in party(small_house, ticket_id))
    page = staff.get(f"/staff/tickets/{ticket_id}").text
    assert re.findall(r'\?card=(\w+)" (aria-current="page")?', page) == [
        ("1", 'aria-current="page"'),
        ("2", ""),
    ]
    assert staff.get(f"/staff/tickets/{ticket_id}?card=2").status_code == 200
    assert viewed(small_house) == [(ticket_id, {"case": first}), (ticket_id, {"case": second})]
    assert staff.get(f"/staff/tickets/{ticket_id}?card=3").status_code == 404


def test_stopping_sends_all_home_and_lists_whom_to_contact(
    app: FastAPI, small_house: House, staff: Somebody, clerk: Actor
) -> None:
    """The list has numbers and days and nothing personal; the record opens on days to come, in the trail, until it is ticked off."""
    ticket_id = handed_over(small_house, clerk, FIRST, SECOND)
    assert staff.post("/staff/stop").status_code == 303
    assert banner_of(staff.get("/staff").text) == "done.stop"
    assert {state for state, _ in ends(small_house, ticket_id)} == {"ended"}
    small_house.clock.advance(days=1)
    staff = at_window(app, small_house, "staff03", "B", Role.STAFF)
    page = staff.get("/staff").text
    assert "再度ご連絡する方" in page
    assert "花子" not in page
    assert page.count("記録を開く</a>") == 2
    first = party(small_house, ticket_id)[0].case_id
    assert staff.get(f"/staff/tickets/{ticket_id}").status_code == 404, "the visit itself is over"
    record = staff.get(f"/staff/tickets/{ticket_id}?card=1").text
    assert "受付 花子" in record
    assert "do-issue" not in record
    assert viewed(small_house) == [(ticket_id, {"case": first})]
    branch = somebody(app, small_house, "staff05", Role.STAFF, office_id="05")
    assert branch.get(f"/staff/tickets/{ticket_id}?card=1").status_code == 404
    assert staff.ask("/staff/contacted", case_id=first).status_code == 200
    assert staff.get("/staff").text.count("記録を開く</a>") == 1
    assert staff.get(f"/staff/tickets/{ticket_id}?card=1").status_code == 404


def test_clerks_press_none_of_these_buttons(app: FastAPI, small_house: House, clerk: Actor) -> None:
    """The pages of staff are theirs, whatever address somebody types."""
    ticket_id = handed_over(small_house, clerk, FIRST)
    other = somebody(app, small_house, "clerk02")
    for path in ("end", "absent", "back", "put-back", "send-back", "cancel"):
        assert other.ask(f"/staff/tickets/{ticket_id}/{path}", reason="left").status_code == 403
    for path in ("/staff/stop", "/staff/contacted"):
        assert other.ask(path).status_code == 403
    assert state_of(small_house, ticket_id) is TicketState.HANDED_OVER


@pytest.mark.parametrize("language", Language)
def test_every_reason_has_words_in_every_language(language: Language) -> None:
    """A reason that is offered can be read; that a day ended is offered to nobody."""
    texts = Catalogue("pages", language)
    shown = exit_reasons(texts)
    for words, reasons in (
        ("not_issued", NOT_ISSUED),
        ("sent_back", SENT_BACK),
        ("cancel_reason", CANCELLED),
    ):
        for reason in reasons:
            assert texts.text(f"{words}.{reason}")
            assert reason.value != "day_end"
    assert shown["why_words"]("left") == texts.text("not_issued.left")
    assert shown["why_words"]("day_end") == ""
    with pytest.raises(WireError):
        reason_among(NOT_ISSUED, "day_end")
