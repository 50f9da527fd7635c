"""The copy page: who may open one record, what stands in it, and the line that each opening leaves."""

from collections.abc import Sequence

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from backend.handing_back.one_record import one_reception, one_reservation
from backend.protection.columns import Columns, permitted_columns
from backend.protection.permissions import OF_ROLE
from backend.protection.roles import Role
from backend.protection.tables import audit
from backend.protection.viewing import note_opened
from backend.web.app import create_app
from backend.web.desk import copy_routes
from backend.web.desk.copy_view import RECEPTION, RESERVATION
from tests.pages_support import Somebody, somebody
from tests.party_support import come
from tests.support import TODAY, House

STAFF_COLUMNS = permitted_columns(OF_ROLE[Role.STAFF])


@pytest.fixture
def staff(small_house: House) -> Somebody:
    """A member of staff, and a card of somebody whose telephone nobody at a window may see."""
    small_house.reserve(
        "11110001",
        name="𠮷田 花子",
        phone="03-1234-0000",
        email="hanako@example.jp",
        application_id="99999",
        window_name="交付窓口A",
    )
    return somebody(create_app(small_house.graph), small_house, "staff01", Role.STAFF)


def opened(house: House) -> Sequence[tuple[str | None, object, str | None]]:
    """Subject, facts and office of every line about an opened record."""
    with house.database.read() as connection:
        query = select(audit.c.subject, audit.c.facts, audit.c.office_id).where(
            audit.c.action == "record_opened"
        )
        return [tuple(row) for row in connection.execute(query)]


def test_a_reservation_stands_in_the_wards_fields_and_no_other_column(
    staff: Somebody, small_house: House
) -> None:
    """Exactly by its number, in the ward's order and words; each opening is a line of the trail."""
    assert staff.get("/copy").status_code == 200
    assert opened(small_house) == []
    told = staff.post("/copy", what=RESERVATION, card_number="1111-0001").text
    order = ["氏名", "生年月日", "予約番号", "受取人種別", "交付予約日時", "交付窓口", "処理状況"]
    places = [told.index(f"<dt>{name}</dt>") for name in order]
    assert places == sorted(places)
    assert "𠮷田 花子" in told
    assert "2026/11/25 09:30" in told
    for hidden in ("03-1234-0000", "hanako", "99999", "交付窓口A", "連絡先"):
        assert hidden not in told
    staff.post("/copy", what=RESERVATION, card_number="11110001")
    lines = opened(small_house)
    assert len(lines) == 2
    assert {(str(facts), office) for _, facts, office in lines} == {("{'what': 'reservation'}", "00")}


@pytest.mark.parametrize("number", ["11110009", "1111", "1111000", "%", "", "吉田"])
def test_only_an_exact_number_opens_anything(staff: Somebody, small_house: House, number: str) -> None:
    """No part, no name, no pattern finds somebody, and nothing is noted where nothing is shown."""
    told = staff.post("/copy", what=RESERVATION, card_number=number)
    assert told.status_code == 200
    assert "花子" not in told.text
    assert ("copy-none" in told.text) is bool(number)
    assert opened(small_house) == []


def test_a_reception_is_one_of_the_own_office_on_its_day(staff: Somebody, small_house: House) -> None:
    """The cards of a number with times and outcome; of another day, or with a day that is none, nothing."""
    come(small_house, "11110005", "11110006")
    day = TODAY.isoformat()
    told = staff.post("/copy", what=RECEPTION, card_number="m-001", day=day).text
    assert told.count('class="card copy-record"') == 2
    assert "受付中" in told
    assert "花子" not in told
    assert len(opened(small_house)) == 2
    assert "copy-none" in staff.post("/copy", what=RECEPTION, card_number="M-001", day="2026-11-24").text
    assert "copy-none" not in staff.post("/copy", what=RECEPTION, card_number="M-001", day="someday").text
    for strange in ("M-00", "M", "001", "M-001%", "𠮷-001"):
        assert "copy-none" in staff.post("/copy", what=RECEPTION, card_number=strange, day=day).text


def test_clerks_may_not_and_forms_of_others_are_refused(small_house: House, staff: Somebody) -> None:
    """Only whoever has the permission opens records, and only by a form of our own page."""
    clerk = somebody(create_app(small_house.graph), small_house, "clerk01", Role.CLERK)
    assert clerk.get("/copy").status_code == 403
    assert clerk.post("/copy", what=RESERVATION, card_number="11110001").status_code == 403
    client: TestClient = staff.client
    assert client.post("/copy", data={"card_number": "11110001", "csrf": "x"}).status_code == 403
    assert 'id="do-copy"' in staff.get("/copy").text
    assert 'id="do-copy"' not in clerk.get("/clerk").text
    assert opened(small_house) == []
    assert copy_routes.router.routes


def test_who_was_erased_is_not_shown_and_other_columns_are_never_opened(
    staff: Somebody, small_house: House
) -> None:
    """The page says that the data was erased; a role without a column does not get it from the record either."""
    graph = small_house.graph
    with small_house.database.read() as connection:
        seen = one_reservation(connection, graph.records, graph.hand, "11110001", Columns(("name", "number")))
        assert seen is not None
        assert [title for title, _ in seen.fields] == ["氏名", "予約番号"]
        come(small_house, "11110007")
    with small_house.database.read() as connection:
        (card,) = one_reception(connection, graph.hand, "00", TODAY, "M-001", Columns())
        assert "予約番号" not in dict(card.fields)
        assert dict(card.fields)["番号札"] == "M-001"
        booked = one_reservation(connection, graph.records, graph.hand, "11110001", STAFF_COLUMNS)
    assert booked is not None
    with small_house.database.write() as work:
        graph.records.store.destroy(work.connection, [small_house.card_of(booked.subject)])
    told = staff.post("/copy", what=RESERVATION, card_number="11110001").text
    assert 'id="erased"' in told
    assert "花子" not in told
    assert callable(note_opened)
