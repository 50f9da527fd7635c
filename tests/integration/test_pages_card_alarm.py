"""Cards that the pages warn of: a file of the ward says meanwhile that there is none to hand over, or the person was erased."""

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from backend.cards.states import CardProgress, WardStatus
from backend.cards.tables import cards
from backend.common.catalogue import Catalogue, Language
from backend.exchange.importing import import_rows
from backend.exchange.parsing import ParsedFile
from backend.exchange.record import ReservationRecord
from backend.protection.columns import permitted_columns
from backend.protection.permissions import Permission
from backend.protection.roles import Role
from backend.reception.storing.tables import tickets
from backend.web.desk.card_alarm import alarms_about, changed_words
from tests.exchange_support import KEY
from tests.pages_support import Somebody, arrive, at_window, serve, walk_in
from tests.support import NUMBER, House
from tests.ticket_support import a_ticket

CARD = "CARD0001"
CHANGED = "カードの状況が変わりました（{}）"
ASK_STAFF = "職員にご確認ください"
ERASED = "この方の情報は消去されています。職員にご確認ください"


def a_visitor(house: House, number: str = NUMBER, card_number: str = CARD) -> str:
    """Somebody with a reservation has a number; returns the id of the card."""
    card = house.card_of(house.reserve(number, card_number=card_number))
    arrive(house, number)
    return card


def file_says(house: House, state: WardStatus, number: str = NUMBER, card_number: str = CARD) -> None:
    """A file of the ward says something of a card."""
    row = ReservationRecord(
        number=number,
        name="受付 花子",
        state=state.value,
        card_number=card_number,
        office_id="00",
        starts_at=house.clock.now,
    )
    import_rows(
        house.database,
        house.graph.records,
        ParsedFile((row,), 0, (), "utf-8"),
        KEY,
        identifying=("card_number",),
    )


def erase(house: House, card: str) -> None:
    """Destroy the key of a card."""
    with house.database.write() as work:
        house.graph.records.store.destroy(work.connection, [card])


def hand_over(clerk: Somebody, ticket_id: str) -> None:
    """Check the papers of the visitor at the window and hand them over."""
    clerk.ask(f"/clerk/tickets/{ticket_id}/tick", recipient="R1", applicant="A05", papers="notice")
    assert clerk.ask(f"/clerk/tickets/{ticket_id}/hand-over").status_code == 200


def shows(client: Somebody | TestClient, page: str) -> str:
    """The text of a page."""
    answer = client.get(page)
    assert answer.status_code == 200
    return str(answer.text)


@pytest.mark.parametrize(
    ("state", "word"), [(WardStatus.ISSUED, "交付済"), (WardStatus.WITHDRAWN, "廃棄・返戻など")]
)
def test_whoever_waits_for_a_card_that_is_gone_is_an_alarm_until_it_is_handed_over(
    app: FastAPI, small_house: House, state: WardStatus, word: str
) -> None:
    """Staff read what became of the card wherever they see the number, and can still record what they hand over."""
    card = a_visitor(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    staff = at_window(app, small_house, "staff01", "A", Role.STAFF)
    changed = CHANGED.format(word)
    assert changed not in shows(staff, "/staff")
    file_says(small_house, state)
    assert f"{changed}：M-001。" in shows(staff, "/staff"), "although the visitor is still with the reception"
    ticket_id = serve(clerk)
    hand_over(clerk, ticket_id)
    row = shows(staff, "/staff").split('<tr data-number="M-001"')[1].split("</tr>", maxsplit=1)[0]
    assert row.count(changed) == 1
    assert shows(staff, f"/staff/tickets/{ticket_id}").count(changed) == 1
    staff.ask(f"/staff/tickets/{ticket_id}/call")
    at_the_window = shows(staff, "/staff").split('id="current"')[1].split("</section>", maxsplit=1)[0]
    assert at_the_window.count(changed) == 1
    assert shows(staff, f"/staff/tickets/{ticket_id}").count(changed) == 1
    assert staff.ask(f"/staff/tickets/{ticket_id}/issue").status_code == 200
    assert changed not in shows(staff, "/staff")
    with small_house.database.read() as connection:
        progress = connection.execute(select(cards.c.progress).where(cards.c.id == card)).scalar_one()
    assert progress == CardProgress.ISSUED


@pytest.mark.parametrize("state", [WardStatus.ISSUED, WardStatus.WITHDRAWN])
def test_a_clerk_reads_that_staff_are_to_be_asked_and_no_reason(
    app: FastAPI, small_house: House, state: WardStatus
) -> None:
    """What the ward's file says of a card is for staff; a clerk learns whose number needs them, also at the check."""
    a_visitor(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    assert ASK_STAFF not in shows(clerk, "/clerk")
    file_says(small_house, state)
    seen = [shows(clerk, "/clerk")]
    serve(clerk)
    seen.append(shows(clerk, "/clerk"))
    assert all(f"M-001：{ASK_STAFF}。" in page for page in seen)
    check = seen[1].split('class="serving-head"')[1].split("</header>", maxsplit=1)[0]
    assert check.count(ASK_STAFF) == 1
    for word in ("カードの状況", "交付済", "廃棄"):
        assert word not in "".join(seen)


def test_a_card_that_is_there_and_a_number_that_ended_are_no_alarm(app: FastAPI, small_house: House) -> None:
    """An alarm is about somebody who is here: not about other cards, other days, or a number that was cancelled."""
    card = a_visitor(small_house)
    a_visitor(small_house, "22222223", "CARD0002")
    staff = at_window(app, small_house, "staff01", "A", Role.STAFF)
    clerk = at_window(app, small_house, "clerk01", "1")
    with small_house.database.write() as work:
        gone = update(cards).where(cards.c.id == card)
        work.connection.execute(gone.values(progress=CardProgress.DISCARDED.value))
    page = shows(staff, "/staff")
    assert "M-001。" in page
    assert "M-002" not in page
    with small_house.database.read() as connection:
        first = select(tickets.c.id).where(tickets.c.label == "M-001")
        ticket_id = connection.execute(first).scalar_one()
    assert clerk.ask(f"/clerk/tickets/{ticket_id}/cancel").status_code == 200
    assert "カードの状況" not in shows(staff, "/staff")
    assert ASK_STAFF not in shows(clerk, "/clerk")


@pytest.mark.parametrize("language", list(Language))
def test_the_words_of_an_alarm_name_every_number_once_for_each_reason(
    small_house: House, language: Language
) -> None:
    """Two reasons are two lines, in every language, and a clerk's one line tells none."""
    texts = Catalogue("pages", language)
    gone = [
        (a_ticket(id="a", label="M-001"), CardProgress.WITHDRAWN),
        (a_ticket(id="b", label="M-002"), CardProgress.ISSUED),
        (a_ticket(id="c", label="M-003"), CardProgress.MOVED_OUT),
        (a_ticket(id="c", label="M-003"), CardProgress.DISCARDED),
    ]
    told = alarms_about(gone, texts, in_full=True)
    assert [[number in line for number in ("M-001", "M-002", "M-003")] for line in told.lines] == [
        [False, True, False],
        [True, False, True],
    ]
    assert told.by_ticket["a"] == told.by_ticket["c"] == changed_words("withdrawn", texts)
    hidden = alarms_about(gone, texts, in_full=False)
    assert len(hidden.lines) == 1
    assert all(line.count("M-003") == 1 for line in (*hidden.lines, told.lines[1]))
    assert set(hidden.by_ticket.values()) == {texts.text("reason.ask_staff")}
    assert alarms_about([], texts, in_full=False).lines == []
    assert changed_words("booked", texts) == changed_words(None, texts) == ""


def test_who_was_erased_is_told_apart_from_an_empty_export(app: FastAPI, small_house: House) -> None:
    """Clerk and staff read that the information was erased, not 「氏名 ―」; what is left of the booking still stands there."""
    card = a_visitor(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    ticket_id = serve(clerk)
    before = shows(clerk, "/clerk")
    assert ERASED not in before
    assert "受付 花子" in before
    erase(small_house, card)
    page = shows(clerk, "/clerk")
    assert page.count(ERASED) == 1
    assert not {"who-name", "line-name", "line-birth"} & set(re.findall(r"[a-z]+-[a-z]+", page))
    assert NUMBER in page.split('id="reservation"')[1]
    hand_over(clerk, ticket_id)
    staff = at_window(app, small_house, "staff01", "A", Role.STAFF)
    detail = shows(staff, f"/staff/tickets/{ticket_id}")
    assert detail.count(ERASED) == 1
    assert not {"line-name", "line-birth"} & set(re.findall(r"[a-z]+-[a-z]+", detail))
    assert "予約のない方です" not in detail


def test_a_record_without_a_name_is_not_called_erased(app: FastAPI, small_house: House) -> None:
    """An export that says nothing of a person was not erased by anybody, and a visitor without a card has no record."""
    small_house.reserve("22222223", name=None, birth=None)
    arrive(small_house, "22222223")
    walk_in(small_house)
    clerk = at_window(app, small_house, "clerk01", "1")
    first = serve(clerk)
    page = shows(clerk, "/clerk")
    assert ERASED not in page
    assert "who-name" in page
    clerk.ask(f"/clerk/tickets/{first}/incomplete")
    serve(clerk)
    assert ERASED not in shows(clerk, "/clerk")


@pytest.mark.parametrize("erased", [False, True])
def test_nobody_is_proposed_a_type_by_an_age_that_was_erased(
    app: FastAPI, small_house: House, erased: bool
) -> None:
    """Types go by age: of whoever was erased the clerk is asked who came, whatever was booked, and no age is judged."""
    booked = small_house.reserve(NUMBER, birth="2015-04-02", recipient_type="R2")
    arrive(small_house, NUMBER)
    if erased:
        erase(small_house, small_house.card_of(booked))
    ticket_id = serve(at_window(app, small_house, "clerk01", "1"))
    columns = permitted_columns({Permission.SEE_COUNTER_COLUMNS})
    sheet = small_house.graph.checking.sheet("00", ticket_id, columns)
    assert sheet.erased is erased
    assert sheet.asked is erased
    assert (sheet.ticks.recipient == "R2") is not erased
    assert ("birth" in sheet.fields) is not erased


@pytest.mark.parametrize("language", list(Language))
def test_erased_is_said_in_every_language(language: Language) -> None:
    """Whoever reads the page in another language is not left with a dash."""
    words = Catalogue("pages", language).text("check.erased")
    assert (words == ERASED + "。") is (language is Language.JAPANESE)
