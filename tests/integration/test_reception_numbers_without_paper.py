"""A number that has no paper stays before the clerks' eyes until it has one or somebody has dealt with it."""

import inspect
import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import insert, select, update

from backend.offices.day import business_day
from backend.protection.actor import Actor
from backend.protection.tables import audit
from backend.reception.deciding.lacking_paper import RESULT_WITHIN
from backend.reception.errors import TicketStateError
from backend.reception.storing.papers import next_due, without_paper
from backend.reception.storing.tables import tickets
from backend.wire.codes import ALIVE_STATES, ErrorCode, PrinterTrouble, PrintState, TicketState
from backend.wire.messages import PrintReport, TicketMessage
from kiosk.paper.printer import NetworkPrinter
from tests.counter import actor_of
from tests.pages_support import FRAGMENT, at_window, banner_of, somebody, walk_in
from tests.support import KIOSK, House, kinds

FAILED, PRINTED, UNCONFIRMED = PrintState.FAILED, PrintState.PRINTED, PrintState.UNCONFIRMED
OUT, SILENT, DROPPED = PrinterTrouble.PAPER_OUT, PrinterTrouble.SILENT, PrinterTrouble.LINE_DROPPED
Told = tuple[PrintState, PrinterTrouble | None]


def report(house: House, ticket: TicketMessage, told: Told) -> None:
    """The kiosk tells what became of a paper."""
    body = PrintReport.model_validate({"request_id": uuid4(), "state": told[0], "trouble": told[1]})
    house.counter.report_print(ticket.ticket_id, body, KIOSK)


def listed(house: House) -> list[str]:
    """The numbers on the list, latest first."""
    with house.database.read() as connection:
        now = house.clock.now
        found, count = without_paper(connection, "00", business_day(now), now, limit=20)
    assert count == len(found)
    return [ticket.label for ticket in found]


def due_of(house: House) -> datetime | None:
    """When the next number is listed if nobody reports about its paper."""
    with house.database.read() as connection:
        return next_due(connection, "00", business_day(house.clock.now), house.clock.now)


def handler(house: House, login: str = "clerk01", office_id: str = "00") -> Actor:
    """A clerk, at no window."""
    return actor_of(house.person(login, office_id=office_id))


@pytest.mark.parametrize(
    ("reports", "stands"),
    [
        ([], False),
        ([(PRINTED, None)], False),
        ([(FAILED, OUT)], True),
        ([(FAILED, None)], True),
        ([(FAILED, OUT), (PRINTED, None)], False),
        ([(FAILED, OUT), (PRINTED, None), (FAILED, PrinterTrouble.COVER_OPEN)], True),
        # A printer that never answers would put every number there; one that was seen in trouble gave no paper.
        ([(UNCONFIRMED, SILENT)], False),
        ([(UNCONFIRMED, None)], False),
        ([(UNCONFIRMED, OUT)], True),
        ([(UNCONFIRMED, DROPPED)], True),
        # Silence after a failure proves nothing: the number stays.
        ([(FAILED, OUT), (UNCONFIRMED, SILENT)], True),
        ([(UNCONFIRMED, OUT), (PRINTED, None)], False),
    ],
)
def test_what_was_reported_last_decides_who_has_no_paper(
    small_house: House, reports: list[Told], stands: bool
) -> None:
    """Failed or in trouble: on the list. Printed: off it. Silent: as it was."""
    ticket = walk_in(small_house)
    for told in reports:
        small_house.clock.advance(seconds=20)
        report(small_house, ticket, told)
    assert listed(small_house) == ([ticket.number] if stands else [])


@pytest.mark.parametrize("state", sorted(TicketState))
def test_a_number_stands_there_in_every_state_while_it_lives(small_house: House, state: TicketState) -> None:
    """Called, absent or with staff: the visitor has no paper all the same; who has gone needs none."""
    ticket = walk_in(small_house)
    report(small_house, ticket, (FAILED, OUT))
    with small_house.database.write() as work:
        work.connection.execute(update(tickets).values(state=state.value))
    assert listed(small_house) == ([ticket.number] if state in ALIVE_STATES else [])


@pytest.mark.dialect
def test_a_clerk_deals_with_it_once_for_all(house: House) -> None:
    """One command, an event for all pages, a line in the trail; a second clerk changes nothing, a new failure does."""
    first, second = walk_in(house), walk_in(house)
    for ticket in (first, second):
        house.clock.advance(seconds=5)
        report(house, ticket, (FAILED, OUT))
    assert listed(house) == [second.number, first.number]
    one, other, request_id = handler(house), handler(house, "clerk02"), uuid4()
    settle = house.counter.settle_paper
    reply = settle(request_id, one, first.ticket_id.hex)
    assert reply == {"ticket_id": first.ticket_id.hex, "number": first.number}
    assert settle(request_id, one, first.ticket_id.hex) == reply
    assert settle(uuid4(), other, first.ticket_id.hex) == reply
    assert listed(house) == [second.number]
    assert kinds(house).count("paper_settled") == 1
    with house.database.read() as connection:
        query = select(audit.c.actor, audit.c.subject).where(audit.c.action == "settle_paper")
        noted = {tuple(row) for row in connection.execute(query)}
    assert noted == {(one.id, first.ticket_id.hex), (other.id, first.ticket_id.hex)}
    house.clock.advance(seconds=5)
    report(house, first, (FAILED, PrinterTrouble.COVER_OPEN))
    assert listed(house) == [first.number, second.number]


@pytest.mark.dialect
def test_another_offices_and_yesterdays_numbers_are_not_there(house: House) -> None:
    """A list is of one office and one day, and so is the command."""
    ticket = walk_in(house)
    report(house, ticket, (FAILED, OUT))
    stranger = handler(house, "clerk05", "05")
    with pytest.raises(TicketStateError) as caught:
        house.counter.settle_paper(uuid4(), stranger, ticket.ticket_id.hex)
    assert caught.value.code is ErrorCode.NOT_FOUND
    with house.database.read() as connection:
        now = house.clock.now
        assert without_paper(connection, "05", business_day(now), now, limit=20) == ([], 0)
    house.clock.advance(days=1)
    assert listed(house) == []
    with pytest.raises(TicketStateError):
        house.counter.settle_paper(uuid4(), handler(house), ticket.ticket_id.hex)


def test_the_page_shows_number_time_and_reason_and_takes_it_off(app: FastAPI, small_house: House) -> None:
    """A section of its own, before a window is taken too, in words; the mark in the queue goes with it."""
    ticket = walk_in(small_house)
    report(small_house, ticket, (FAILED, OUT))
    clerk = somebody(app, small_house, "clerk01")
    page = clerk.get("/clerk").text
    assert "番号札が出ていない番号" in page
    clerk.post("/clerk/window", label="1")
    page = clerk.get("/clerk").text
    (row,) = re.findall(r'id="no-paper-rows".*?</ul>', page, re.DOTALL)
    for words in (ticket.number, "9:30", "お待ち", "用紙切れ", "対応済み"):
        assert words in row
    assert "出ていない可能性" not in row
    reply = clerk.post(f"/clerk/tickets/{ticket.ticket_id.hex}/paper", FRAGMENT)
    assert (reply.status_code, banner_of(reply.text)) == (200, "done.paper")
    assert "番号札が出ていない番号" not in reply.text
    assert "番号札が印刷されていません" not in reply.text
    report(small_house, ticket, (UNCONFIRMED, DROPPED))
    row = clerk.get("/clerk").text
    assert "印刷の途中で通信が切れました（番号札が出ていない可能性があります）" in row


def test_a_called_visitor_without_paper_is_still_listed(app: FastAPI, small_house: House) -> None:
    """Being called does not give anybody a paper: the number leaves the queue and stays in the section."""
    ticket = walk_in(small_house)
    report(small_house, ticket, (FAILED, OUT))
    clerk = at_window(app, small_house, "clerk01", "1")
    clerk.ask("/clerk/call-next")
    page = clerk.get("/clerk").text
    assert f'id="paper-{ticket.ticket_id.hex}"' in page
    assert "呼び出し中" in page


def test_a_hundred_failed_prints_do_not_fill_the_page(app: FastAPI, small_house: House) -> None:
    """With the printer dead all morning the section stays short and says how many there are."""
    ticket = walk_in(small_house)
    report(small_house, ticket, (FAILED, OUT))
    with small_house.database.write() as work:
        one = dict(work.connection.execute(select(tickets)).mappings().one())
        work.connection.execute(
            insert(tickets),
            [{**one, "id": uuid4().hex, "number": n, "label": f"W-{n}"} for n in range(401, 500)],
        )
    page = at_window(app, small_house, "clerk01", "1").get("/clerk").text
    (section,) = re.findall(r'id="no-paper-count">(\d+)<', page)
    assert section == "100"
    assert len(re.findall(r'id="paper-[0-9a-f]{32}"', page)) == 20
    assert "ほか80件" in page


@pytest.mark.parametrize(("numbers", "folded"), [(3, ""), (4, "ほか1件"), (20, "ほか17件"), (21, "ほか18件")])
def test_the_count_agrees_with_what_is_seen(
    app: FastAPI, small_house: House, numbers: int, folded: str
) -> None:
    """Three rows are open; what stands behind them is said and opens at one press, so that no number is hidden."""
    for _ in range(numbers):
        report(small_house, walk_in(small_house), (FAILED, OUT))
    page = at_window(app, small_house, "clerk01", "1").get("/clerk").text
    (seen,) = re.findall(r'id="no-paper-rows".*?</ul>', page, re.DOTALL)
    assert seen.count('class="row"') == 3
    assert re.findall(r'<summary id="no-paper-more">(.*?)</summary>', page) == ([folded] if folded else [])


@pytest.mark.dialect
def test_a_number_whose_kiosk_died_while_printing_is_listed_when_its_time_is_over(house: House) -> None:
    """Nobody reports: not yet listed while a print may still be on its way, then listed in every place of the visit."""
    ticket = walk_in(house)
    due = house.clock.now + RESULT_WITHIN
    house.clock.advance(seconds=RESULT_WITHIN.total_seconds() - 1)
    assert (listed(house), due_of(house)) == ([], due)
    house.clock.advance(seconds=1)
    assert (listed(house), due_of(house)) == ([ticket.number], None)
    with house.database.write() as work:
        work.connection.execute(update(tickets).values(state=TicketState.ABSENT.value))
    assert listed(house) == [ticket.number]
    with house.database.write() as work:
        work.connection.execute(update(tickets).values(state=TicketState.CANCELLED.value))
    assert listed(house) == []


@pytest.mark.parametrize(
    ("told", "stands"),
    [
        ((PRINTED, None), False),
        ((UNCONFIRMED, SILENT), False),
        ((FAILED, OUT), True),
        ((UNCONFIRMED, DROPPED), True),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_a_report_ends_the_waiting_for_it(house: House, told: Told, stands: bool, late: bool) -> None:
    """In time or late, what a kiosk tells takes the place of what nobody knew."""
    ticket = walk_in(house)
    house.clock.advance(seconds=90 if late else 5)
    assert listed(house) == ([ticket.number] if late else [])
    report(house, ticket, told)
    assert due_of(house) is None
    house.clock.advance(seconds=90)
    assert listed(house) == ([ticket.number] if stands else [])


def test_a_number_without_a_report_is_settled_once_it_is_listed(house: House) -> None:
    """Dealt with, it stays off the list; a press before its time, from an old page, hides nothing that comes later."""
    ticket = walk_in(house)
    clerk = handler(house)
    house.counter.settle_paper(uuid4(), clerk, ticket.ticket_id.hex)
    house.clock.advance(seconds=90)
    assert listed(house) == [ticket.number]
    assert "paper_settled" not in kinds(house)
    house.counter.settle_paper(uuid4(), clerk, ticket.ticket_id.hex)
    assert (listed(house), kinds(house).count("paper_settled")) == ([], 1)
    report(house, ticket, (FAILED, OUT))
    assert listed(house) == [ticket.number]


def test_the_page_says_that_no_result_came_and_marks_the_row(app: FastAPI, small_house: House) -> None:
    """The words are of their own; before the time is over the page knows when to look again, afterwards it need not."""
    ticket = walk_in(small_house)
    due = small_house.clock.now + RESULT_WITHIN
    small_house.clock.advance(seconds=30)
    clerk = at_window(app, small_house, "clerk01", "1")
    page = clerk.get("/clerk").text
    assert "印刷の結果が届いていません" not in page
    (redraw,) = re.findall(r'data-redraw-at="(.*?)"', page)
    assert datetime.fromisoformat(redraw) == due
    small_house.clock.advance(seconds=31)
    page = clerk.get("/clerk/panel", headers=FRAGMENT).text
    assert "data-redraw-at" not in page
    (row,) = re.findall(r'id="no-paper-rows".*?</ul>', page, re.DOTALL)
    assert f'id="paper-{ticket.ticket_id.hex}"' in row
    assert "印刷の結果が届いていません（番号札が出ていない可能性があります）" in row
    assert "印刷の結果が届いていません。来庁された方に番号をお伝えください。" in page
    reply = clerk.post(f"/clerk/tickets/{ticket.ticket_id.hex}/paper", FRAGMENT)
    assert banner_of(reply.text) == "done.paper"
    assert "届いていません" not in reply.text


def test_the_time_for_a_result_is_longer_than_a_kiosk_needs() -> None:
    """A print that is merely slow is no alarm: both waits of a job twice over, for one with another before it."""
    waits = inspect.signature(NetworkPrinter).parameters
    job = waits["timeout"].default + waits["confirm_timeout"].default
    assert timedelta(seconds=2 * job) < RESULT_WITHIN
