"""The auditor's page: who may read the trail, how it is searched, and that it shows nothing of anybody whose card it is."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from backend.common.catalogue import Catalogue
from backend.protection.audit import ObjectKind, record_audit
from backend.protection.roles import Role
from backend.protection.tables import audit, outlets
from backend.storage.database import Database
from tests.architecture.papers import table_of
from tests.pages_support import Somebody, arrive, at_window, serve, somebody
from tests.support import NUMBER, TODAY, House


@pytest.fixture
def auditor(app: FastAPI, small_house: House) -> Somebody:
    """Somebody who reads the trail."""
    return somebody(app, small_house, "kansa01", Role.AUDITOR)


def lines(house: House, action: str) -> list[tuple[str | None, str | None, object]]:
    """Kind and id of the object, and the facts, of every entry of an action."""
    query = select(audit.c.subject_kind, audit.c.subject, audit.c.facts).where(audit.c.action == action)
    with house.database.read() as connection:
        return [tuple(row) for row in connection.execute(query.order_by(audit.c.seq))]


def test_an_auditor_begins_at_the_trail_and_opens_nothing_else(auditor: Somebody) -> None:
    """The trail is their whole work: no visitor, no record, no card."""
    assert auditor.get("/").headers["location"] == "/trail"
    assert auditor.get("/trail").status_code == 200
    for address in ("/clerk", "/staff", "/copy"):
        assert auditor.get(address).status_code == 403


@pytest.mark.parametrize("role", [one for one in Role if one != Role.AUDITOR])
def test_nobody_else_reads_the_trail(app: FastAPI, small_house: House, role: Role) -> None:
    """Who works with visitors does not look after colleagues; the refusal is an entry."""
    person = somebody(app, small_house, "someone1", role)
    assert person.get("/trail").status_code == 403
    assert person.post("/trail").status_code == 403
    assert person.post("/trail/export").status_code == 403
    assert len(lines(small_house, "refused")) == 3
    assert lines(small_house, "file_left") == []


def test_who_looked_at_a_card_is_found_by_its_number(
    app: FastAPI, small_house: House, auditor: Somebody
) -> None:
    """The look of a clerk is found by the card's number, with columns and without a word of the person; so is the search itself."""
    reservation = small_house.reserve(NUMBER, card_number="A1B000001", address="新宿区見本町1-2-3")
    small_house.reserve("12345687")
    arrive(small_house, NUMBER)
    clerk = at_window(app, small_house, "clerk01", "1")
    serve(clerk)
    assert clerk.get("/clerk").status_code == 200
    told = auditor.post("/trail", kind="card_number", card_number="a1b-000001").text
    assert "予約の項目を見た" in told
    assert "clerk01" in told
    assert "氏名、" in told
    assert "この番号のカードは" not in told
    for hidden in ("受付 花子", "新宿区見本町", "1990", "A1B000001", "a1b-000001", NUMBER):
        assert hidden not in told
    card = small_house.card_of(reservation)
    assert lines(small_house, "trail_searched") == [("card", card, {"by": ["card_number"]})]
    again = auditor.post("/trail", card=card, action="reservation_viewed").text
    assert again.count("<tr>") == 2
    other = auditor.post("/trail", kind="booking_number", card_number="12345687").text
    assert "予約の項目を見た</td>" not in other
    nothing = auditor.post("/trail", kind="card_number", card_number="Z99").text
    assert "この番号のカードは見つかりません" in nothing
    assert nothing.count("<tr>") == 0


def fill(database: Database, count: int, action: str = "tick", actor: str = "console", **more: str) -> None:
    """Entries, one a second."""
    with database.write() as work:
        begun = work.now
        for number in range(count):
            work.now = begun + timedelta(seconds=number)
            record_audit(work, actor, action, f"{action}-{number}", about=ObjectKind.TICKET, **more)  # type: ignore[arg-type] # office_id alone


def test_pages_follow_each_other_without_gap_or_repetition(small_house: House, auditor: Somebody) -> None:
    """However many entries there are, each is on exactly one page, newest first."""
    fill(small_house.database, 120, "device_report")
    seen: list[str] = []
    place = ""
    for _ in range(4):
        told = auditor.post("/trail", action="device_report", place=place).text
        seen += [part.split("<")[0] for part in told.split('"trail-id">')[1:]]
        place = told.split('name="place" value="')[1].split('"')[0] if 'name="place"' in told else ""
        if not place:
            break
    assert seen == [f"device_report-{number}" for number in reversed(range(120))]
    assert len(lines(small_house, "trail_searched")) == 1


def test_it_is_searched_by_day_actor_action_office_and_object(small_house: House, auditor: Somebody) -> None:
    """Every filter holds by itself and with others; what nobody has is found nowhere."""
    fill(small_house.database, 2, "tick", office_id="00")
    fill(small_house.database, 1, "issue", office_id="05")
    fill(small_house.database, 1, "recall", "system")

    def found(**asked: Any) -> int:
        return auditor.post("/trail", **asked).text.count('class="trail-id"')

    today, tomorrow = TODAY.isoformat(), (TODAY + timedelta(days=1)).isoformat()
    assert found(action="tick") == 2
    assert found(action="tick", office="05") == 0
    assert found(office="05", actor="console", since=today, until=today) == 1
    assert found(actor="system") == 1
    assert found(actor="console", action="issue") == 1
    assert found(object="tick-1") == 1
    assert found(since=tomorrow) == 0
    assert found(actor="nobody at all") == 0
    assert found(action="<script>") == 0


@pytest.mark.parametrize(
    ("since", "until"),
    [("2026-11-26", "2026-11-25"), ("x", ""), ("", "9999-12-31"), ("2026-02-30", ""), ("0001-01-01", "")],
)
def test_days_that_are_none_are_asked_for_again(auditor: Somebody, since: str, until: str) -> None:
    """What was typed stays, and a sentence says what to do."""
    told = auditor.post("/trail", since=since, until=until, actor="sato").text
    assert 'id="trail-trouble"' in told or since == "0001-01-01"
    assert 'value="sato"' in told


def test_html_in_every_field_is_shown_as_text(small_house: House, auditor: Somebody) -> None:
    """Whatever stands in an entry or is typed into the form, it is text and no part of the page."""
    evil = "<b id=x>&"
    with small_house.database.write() as work:
        record_audit(
            work, evil, evil, evil, {evil: [evil, {evil: evil}]}, fields=(evil,), role=evil, place=evil,
            office_id="<b>",
        )  # fmt: skip
    told = auditor.post("/trail", actor=evil).text
    assert "<b" not in told.partition("<body")[2].replace("<button", "").replace("<body", "")
    assert told.count("&lt;b id=x&gt;&amp;") >= 5


def test_a_12_digit_number_is_searched_for_nowhere(small_house: House, auditor: Somebody) -> None:
    """A 個人番号 in any field is refused, and stands in no entry."""
    for field in ("card_number", "actor", "object", "action"):
        typed: Any = {field: "123456789018"}
        told = auditor.post("/trail", **typed)
        assert told.status_code == 422
        assert "123456789018" not in told.text
    assert lines(small_house, "trail_searched") == []


def test_the_trail_is_taken_away_through_the_one_outlet(small_house: House, auditor: Somebody) -> None:
    """A file of entries is one that left: entered with whoever took it, before anything of it; no cell is a formula."""
    fill(small_house.database, 3, "tick", "=1+1")
    reply = auditor.post("/trail/export", action="tick")
    assert reply.status_code == 200
    assert "attachment" in reply.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(reply.content.decode("utf-8-sig"))))
    assert [row["object"] for row in rows] == ["tick-2", "tick-1", "tick-0"]
    assert rows[0]["actor"] == "\u3000=1+1"
    assert rows[0]["at"].endswith("+09:00")
    with small_house.database.read() as connection:
        left = connection.execute(select(outlets)).mappings().one()
        by = connection.execute(
            select(audit.c.actor, audit.c.role, audit.c.place).where(audit.c.action == "file_left")
        ).one()
    assert (left["kind"], left["place"], left["state"]) == ("trail_export", "browser", "written")
    assert (by.actor, by.role, by.place) == (left["actor"], "auditor", "testclient")
    assert lines(small_house, "trail_searched")[0][2] == {"by": ["action"]}
    assert auditor.post("/trail/export", since="x").headers["content-type"].startswith("text/html")


def test_a_form_that_is_none_of_ours_searches_nothing(auditor: Somebody, small_house: House) -> None:
    """Another site cannot make an auditor's browser search or export."""
    for address in ("/trail", "/trail/export"):
        assert auditor.client.post(address, data={"csrf": "x"}).status_code == 403
    assert lines(small_house, "trail_searched") == []
    assert [facts for _, _, facts in lines(small_house, "refused")] == [
        {"code": "csrf_failed", "route": address, "method": "POST"} for address in ("/trail", "/trail/export")
    ]


def test_every_action_has_words() -> None:
    """An auditor reads no code where there are words: each action of the papers has them, and no other stands there."""
    words = {key.removeprefix("action.") for key in Catalogue("trail").keys() if key.startswith("action.")}  # noqa: SIM118 - a catalogue is no mapping
    assert words == set(table_of("protection.md", "action").codes())
    known = Catalogue("trail").keys()
    assert {f"object.{kind.value}" for kind in ObjectKind} <= known
    assert {f"role.{role.value}" for role in Role} <= known
    assert date(2026, 11, 25) == TODAY
