"""Why somebody has a number, as pages say it: some of it is for ward staff, and some is an alarm."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import update

from backend.cards.issuing import mark_issued
from backend.cards.notifying import notice_of, notify_again
from backend.protection.roles import Role
from backend.reception.storing.cases import open_case
from backend.reception.storing.tables import tickets
from backend.reception.storing.tickets import find_ticket
from backend.reservations import AskedCard, print_booking_sheets
from backend.reservations.tables import reservations
from backend.storage.secrets import load_secret
from backend.web.app import create_app
from backend.wire.codes import CheckInReason, TicketState
from backend.wire.messages import CheckInRequest, TicketMessage
from tests.counter import kiosk_at
from tests.pages_support import FRAGMENT, Somebody, arrive, at_window, serve, somebody, walk_in
from tests.party_at_window import NUMBERS, a_party
from tests.support import NUMBER, HandClock, House, make_house

YESTERDAY = date(2026, 11, 24)


@pytest.fixture
def tracking(tmp_path: Path, clock: HandClock) -> Iterator[House]:
    """A server of a ward that knows where each card lies."""
    built = make_house(f"sqlite:///{tmp_path}/tracking.db", tmp_path / "var", clock, track_cards=True)
    yield built
    built.database.dispose()


def hand_over(clerk: Somebody) -> str:
    """Check the papers of the next visitor and hand them over; returns the ticket's id."""
    ticket_id = serve(clerk)
    clerk.ask(f"/clerk/tickets/{ticket_id}/tick", recipient="R1", applicant="A05", papers="notice")
    assert clerk.ask(f"/clerk/tickets/{ticket_id}/hand-over").status_code == 200
    return ticket_id


def show(house: House, code: str) -> TicketMessage:
    """Hold a code up at the kiosk."""
    reply = house.counter.check_in(CheckInRequest(request_id=uuid4(), code=code), kiosk_at("00"))
    assert reply.ticket is not None
    return reply.ticket


def shows(client: Somebody | TestClient, page: str) -> str:
    """The text of a page."""
    answer = client.get(page)
    assert answer.status_code == 200
    return str(answer.text)


def test_a_clerk_is_not_told_that_a_card_has_expired(app: FastAPI, small_house: House) -> None:
    """Clerks read that staff are to be asked, on every page and in every state; the date is for ward staff alone."""
    small_house.reserve(NUMBER, card_expires_on=YESTERDAY)
    assert arrive(small_house, NUMBER).number == "W-400"
    clerk = at_window(app, small_house, "clerk01", "1")
    seen = [shows(clerk, "/clerk")]
    ticket_id = str(clerk.ask("/clerk/call-next").json()["ticket_id"])
    seen.append(shows(clerk, "/clerk"))
    clerk.ask(f"/clerk/tickets/{ticket_id}/start")
    seen.append(shows(clerk, "/clerk"))
    for page in seen:
        assert "職員にご確認ください" in page
        assert "card_expired" not in page
    clerk.ask(f"/clerk/tickets/{ticket_id}/incomplete")
    seen.append(shows(clerk, "/clerk"))
    assert "カードの有効期限" not in "".join(seen)


def test_staff_read_that_the_card_may_have_expired(app: FastAPI, small_house: House) -> None:
    """Whoever hands out cards knows before looking at the card, in the list and beside the visitor's number."""
    small_house.reserve(NUMBER, stay_expires_on=YESTERDAY)
    ticket = arrive(small_house, NUMBER)
    # The clerk's checklist cannot be complete for such a card; what staff read does not depend on how it came to them.
    with small_house.database.write() as work:
        move = update(tickets).where(tickets.c.id == ticket.ticket_id.hex)
        work.connection.execute(move.values(state=TicketState.HANDED_OVER.value))
    staff = at_window(app, small_house, "staff01", "A", Role.STAFF)
    assert "カードの有効期限切れの可能性" in shows(staff, "/staff")
    assert "カードの有効期限切れの可能性" in shows(staff, f"/staff/tickets/{ticket.ticket_id.hex}")


def test_a_card_that_has_not_arrived_is_an_alarm_at_once(tracking: House) -> None:
    """Clerks and staff hear of it when the number is given, not when the visitor has waited for an hour."""
    app = create_app(tracking.graph)
    staff = at_window(app, tracking, "staff01", "A", Role.STAFF)
    clerk = at_window(app, tracking, "clerk01", "1")
    assert "カード未着" not in shows(clerk, "/clerk") + shows(staff, "/staff")
    tracking.reserve(NUMBER, kept_at="05")
    reply = tracking.counter.check_in(CheckInRequest(request_id=uuid4(), number=NUMBER), kiosk_at("00"))
    assert reply.ticket is not None
    assert (reply.reason, reply.ticket.number) == (CheckInReason.WALK_IN, "W-400"), "the hall is not told why"
    for page in (shows(clerk, "/clerk"), shows(staff, "/staff")):
        assert "カード未着：W-400。" in page
    hand_over(clerk)
    assert page_row(shows(staff, "/staff"), "W-400").count("カード未着") == 1
    staff.ask(f"/staff/tickets/{reply.ticket.ticket_id.hex}/call")
    assert "カード未着：" not in shows(clerk, "/clerk") + shows(staff, "/staff")


def page_row(page: str, number: str) -> str:
    """The row of a number in a list."""
    return page.split(f'data-number="{number}"')[1].split("</tr>", maxsplit=1)[0]


def test_who_needs_staff_is_found_in_the_list_by_kind(app: FastAPI, small_house: House) -> None:
    """No number falls out of the filters of the list: expired cards stand with those whom staff must help."""
    small_house.reserve("11111112")
    small_house.reserve("22222223", card_expires_on=YESTERDAY)
    for number in ("11111112", "22222223"):
        arrive(small_house, number)
    clerk = at_window(app, small_house, "clerk01", "1")
    assisted = shows(clerk, "/clerk?show=walk_in").split('id="waiting-list"')[1]
    assert "W-400" in assisted
    assert "M-001" not in assisted.split('id="work"')[0]


def test_a_party_is_found_by_any_of_its_cards(app: FastAPI, small_house: House) -> None:
    """Who came in time with a child whose card is expired is among both; the counts of the filters say the same as the list."""
    ticket_id = a_party(small_house, NUMBERS[:1])
    walk_in(small_house)
    with small_house.database.write() as work:
        ticket = find_ticket(work.connection, ticket_id)
        assert ticket is not None
        open_case(work, ticket, None, place=2, admitted=CheckInReason.CARD_EXPIRED)
    clerk = at_window(app, small_house, "clerk01", "1")
    for kind, numbers in (("reserved", ["M-001"]), ("late", []), ("walk_in", ["M-001", "W-400"])):
        page = shows(clerk, f"/clerk?show={kind}")
        assert re.findall(r'data-number="([^"]+)"', page) == numbers
        assert re.findall(rf'id="show-{kind}"[^>]*>[^<]*<strong>(\d+)<', page) == [str(len(numbers))]


@pytest.mark.parametrize("again", [False, True])
def test_an_old_notice_is_told_at_the_check(app: FastAPI, small_house: House, again: bool) -> None:
    """The clerk and the staff see that another notice was sent since, and only then; the visitor got a number as usual."""
    card = small_house.card_of(small_house.reserve(NUMBER))
    key = load_secret(small_house.graph.settings.var_dir, small_house.database)
    with small_house.database.write() as work:
        first = notice_of(work, card, key)
    if again:
        small_house.clock.advance(minutes=1)
        with small_house.database.write() as work:
            notify_again(work, card, key)
    assert show(small_house, first.code).number == "M-001"
    clerk = at_window(app, small_house, "clerk01", "1")
    assert "旧通知書" not in shows(clerk, "/clerk"), "before the check nobody has the sheet in hand"
    ticket_id = serve(clerk)
    assert ("旧通知書" in shows(clerk, "/clerk")) is again
    clerk.ask(f"/clerk/tickets/{ticket_id}/tick", recipient="R1", applicant="A05", papers="notice")
    assert clerk.ask(f"/clerk/tickets/{ticket_id}/hand-over").status_code == 200
    staff = somebody(app, small_house, "staff01", Role.STAFF)
    assert ("旧通知書" in shows(staff, f"/staff/tickets/{ticket_id}")) is again


@pytest.mark.parametrize("moved", [False, True])
def test_an_old_booking_sheet_is_told_at_the_check(app: FastAPI, small_house: House, moved: bool) -> None:
    """Who holds up a sheet of before the booking was moved gets a number, and clerk and staff see that the sheet is old."""
    card = small_house.card_of(small_house.reserve(NUMBER))
    key = load_secret(small_house.graph.settings.var_dir, small_house.database)
    with small_house.database.write() as work:
        (sheet,) = print_booking_sheets(work, [AskedCard(card, NUMBER)], key)
    if moved:
        with small_house.database.write() as work:
            work.connection.execute(
                update(reservations).values(starts_at=sheet.starts_at + timedelta(minutes=5))
            )
    assert show(small_house, sheet.code).number == "M-001"
    clerk = at_window(app, small_house, "clerk01", "1")
    ticket_id = serve(clerk)
    assert ("旧予約票" in shows(clerk, "/clerk")) is moved
    clerk.ask(f"/clerk/tickets/{ticket_id}/tick", recipient="R1", applicant="A05", papers="notice")
    assert clerk.ask(f"/clerk/tickets/{ticket_id}/hand-over").status_code == 200
    staff = somebody(app, small_house, "staff01", Role.STAFF)
    assert ("旧予約票" in shows(staff, f"/staff/tickets/{ticket_id}")) is moved


def test_a_card_that_was_handed_out_elsewhere_is_told_so(app: FastAPI, small_house: House) -> None:
    """Of two who hand out one card in the same second the second is told, and nothing of the visit is lost."""
    card = small_house.card_of(small_house.reserve(NUMBER))
    arrive(small_house, NUMBER)
    ticket_id = hand_over(at_window(app, small_house, "clerk01", "1"))
    staff = at_window(app, small_house, "staff01", "A", Role.STAFF)
    staff.ask(f"/staff/tickets/{ticket_id}/call")
    with small_house.database.write() as work:
        elsewhere = uuid4().hex
        work.connection.exec_driver_sql(
            "INSERT INTO cases (id, ticket_id, business_day, card_id, shown, state, place, opened_at)"  # noqa: S608 - ids of ours
            f" SELECT '{elsewhere}', id, business_day, '{card}', 'number', 'issued', 2, created_at FROM tickets"
        )
        assert mark_issued(work, card)
    refused = staff.ask(f"/staff/tickets/{ticket_id}/issue")
    assert (refused.status_code, refused.json()["code"]) == (409, "already_issued")
    page = staff.post(f"/staff/tickets/{ticket_id}/issue", FRAGMENT).text
    assert "M-001のカードは、すでに交付済みです。" in page
    with small_house.database.read() as connection:
        state = connection.exec_driver_sql("SELECT state FROM tickets").scalar_one()
    assert state == TicketState.CALLED_TO_ISSUANCE
