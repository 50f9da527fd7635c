"""The day's numbers and what became of each card, as the ward's system is given them."""

import csv
import io
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from backend.exchange.csv_file import Encoding
from backend.exchange.csv_out import Written, write_rows
from backend.exchange.mapping import MappingError, OfficeNames, load_mapping
from backend.handing_back.one_record import one_reception, one_reservation
from backend.handing_back.period import Period
from backend.handing_back.visit_cells import visit_cells
from backend.handing_back.ward_file import OUTLET_OF, WardFile
from backend.handing_back.ward_rows import Hand
from backend.protection.columns import permitted_columns
from backend.protection.permissions import OF_ROLE
from backend.protection.register_entries import OutletKind
from backend.protection.roles import Role
from backend.reception.storing.visit_records import KeptStep, VisitRecord, visits_between
from backend.wire.codes import CancelReason, EventKind, NotIssuedReason
from backend.wire.messages import WalkInRequest
from tests.exchange_support import MAPPING, OFFICES
from tests.party_support import come, person, to_staff
from tests.support import KIOSK, TODAY, House

Rows = list[dict[str, str]]


def handed(
    house: House, tmp_path: Path, content: WardFile, period: Period | None = None
) -> tuple[Rows, Written]:
    """A file as whoever gets it reads it."""
    hand = Hand(MAPPING, OFFICES, house.graph.records)
    file = tmp_path / f"{uuid4().hex}.csv"
    with house.database.read() as connection:
        found = hand.find(connection, content, period or Period())
        assert found.persons == len(found.ids)
        done = write_rows(
            file, hand.header(content), hand.rows_for(connection, found), Encoding.CP932, len(found.ids)
        )
    return list(csv.DictReader(io.StringIO(file.read_bytes().decode("cp932"), newline=""))), done


@pytest.fixture
def day(house: House) -> House:
    """A morning: one card issued, of a party one not, one visit cancelled, one without papers, one waiting, one unknown."""
    clerk, staff = person(house, "sato", "1"), person(house, "kato", "A", Role.STAFF)
    at = house.counter
    come(house, "11110001", "11110002")
    ticket = to_staff(house, clerk)
    house.clock.advance(minutes=5)
    at.call_to_issuance(uuid4(), staff, ticket)
    with house.database.read() as connection:
        first, second = visits_between(connection, None, None)
    house.clock.advance(minutes=4)
    at.issue(uuid4(), staff, ticket, case_id=first)
    at.end_without_card(uuid4(), staff, ticket, NotIssuedReason.CARD_DEFECT, case_id=second)
    gone = come(house, "11110003")
    at.cancel(uuid4(), clerk, gone, CancelReason.WENT_HOME)
    come(house, "11110004")
    incomplete = str(at.call_next(uuid4(), clerk)["ticket_id"])
    at.start(uuid4(), clerk, incomplete)
    at.end_incomplete(uuid4(), clerk, incomplete)
    come(house, "11110005")
    reply = at.walk_in(WalkInRequest(request_id=uuid4()), KIOSK)
    assert reply.ticket is not None
    at.cancel(uuid4(), clerk, reply.ticket.ticket_id.hex, CancelReason.TWICE)
    return house


@pytest.mark.dialect
def test_results_say_what_became_of_each_card(day: House, tmp_path: Path) -> None:
    """交付済, 未交付 and 取消 with their reasons, 不備; who still waits and who is unknown are left out and counted."""
    rows, done = handed(day, tmp_path, WardFile.RESULTS)
    assert [(row["予約番号"], row["処理結果"], row["理由コード"], row["理由"]) for row in rows] == [
        ("11110001", "交付済", "", ""),
        ("", "未交付", "card_defect", "カード不具合"),
        ("11110003", "取消", "went_home", "帰宅"),
        ("11110004", "不備", "", ""),
    ]
    assert done.left_out == {"open": 1, "unknown_card": 1}
    assert rows[0]["処理日時"].startswith("2026/11/25 09:39")
    assert rows[0]["受取人種別"] == "本人"


@pytest.mark.dialect
def test_receptions_have_the_times_of_every_step(day: House, tmp_path: Path) -> None:
    """Each card of each number with when, where, what for and what became of it; nobody's name."""
    rows, done = handed(day, tmp_path, WardFile.RECEPTIONS)
    assert (len(rows), done.left_out) == (6, {})
    issued, other = rows[:2]
    assert issued | {} == {
        "受付日": "2026/11/25", "交付窓口": "新宿区役所 本庁舎", "番号札": issued["番号札"], "枚目": "1", "予約番号": "11110001",
        "製造管理番号": "", "申請書ＩＤ": "", "用件": issued["用件"], "受付区分": "予約", "受取人種別": "本人", "受付時刻": "09:30:00",
        "呼出時刻": "09:30:01", "確認開始時刻": "09:30:01", "引継ぎ時刻": "09:30:01", "交付呼出時刻": "09:35:01", "終了時刻": "09:39:01",
        "受付窓口番号": "1", "交付窓口番号": "A", "呼出回数": "1", "結果": "交付済", "理由コード": "", "理由": "",
    }  # fmt: skip
    assert (other["番号札"], other["枚目"]) == (issued["番号札"], "2")
    assert {row["結果"] for row in rows} == {"交付済", "未交付", "取消", "不備", "受付中"}
    assert "花子" not in "".join(value for row in rows for value in row.values())


@pytest.mark.dialect
def test_a_day_an_office_and_a_former_export_choose_visits(day: House, tmp_path: Path) -> None:
    """Business days with both ends, one office, and whatever happened to a number since."""
    assert handed(day, tmp_path, WardFile.RECEPTIONS, Period(date(2026, 11, 26)))[0] == []
    assert handed(day, tmp_path, WardFile.RECEPTIONS, Period(None, date(2026, 11, 24)))[0] == []
    assert handed(day, tmp_path, WardFile.RECEPTIONS, Period(office_id="05"))[0] == []
    before = day.clock.now
    assert len(handed(day, tmp_path, WardFile.RECEPTIONS, Period(TODAY, TODAY, "00"))[0]) == 6
    day.clock.advance(hours=1)
    assert (
        handed(day, tmp_path, WardFile.RESULTS, Period(changed_since=before + timedelta(minutes=2)))[0] == []
    )
    come(day, "11110006")
    since = Period(changed_since=before + timedelta(minutes=2))
    assert [row["予約番号"] for row in handed(day, tmp_path, WardFile.RECEPTIONS, since)[0]] == ["11110006"]


@pytest.mark.dialect
def test_one_record_is_found_by_its_exact_number(day: House) -> None:
    """A booking by 予約番号, a reception by its number of the day, and nothing by a part of either."""
    hand, records = Hand(MAPPING, OFFICES, day.graph.records), day.graph.records
    columns = permitted_columns(OF_ROLE[Role.STAFF])
    with day.database.read() as connection:
        found = one_reservation(connection, records, hand, "11110003", columns)
        assert found is not None
        assert one_reservation(connection, records, hand, "1111000", columns) is None
        reception = one_reception(connection, hand, "00", TODAY, "M-001", columns)
        assert reception


@pytest.mark.dialect
def test_a_card_that_came_back_counts_once(house: House, tmp_path: Path) -> None:
    """After missing papers and a second try the last outcome stands, received when it came first."""
    clerk = person(house, "sato", "1")
    ticket = come(house, "11110001")
    at = house.counter
    at.call_next(uuid4(), clerk)
    at.start(uuid4(), clerk, ticket)
    at.end_incomplete(uuid4(), clerk, ticket)
    house.clock.advance(hours=1)
    at.bring_back(uuid4(), clerk, ticket)
    (row,), _ = handed(house, tmp_path, WardFile.RECEPTIONS)
    assert (row["結果"], row["受付時刻"]) == ("受付中", "09:30:00")


def test_a_ward_names_its_own_columns_and_an_unknown_one_is_refused(house: House, tmp_path: Path) -> None:
    """The columns of a mapping stand in its order under its names."""
    file = tmp_path / "mapping.toml"
    file.write_text('[export.results]\noutcome = "状況"\nnumber = "番号"\n', encoding="utf-8")
    mapping = load_mapping(file)
    offices = OfficeNames(OFFICES.directory, mapping.offices)
    assert Hand(mapping, offices, house.graph.records).header(WardFile.RESULTS) == ["状況", "番号"]
    file.write_text('[export.results]\nshoe_size = "靴"\n', encoding="utf-8")
    with pytest.raises(MappingError, match="shoe_size; known are day, office"):
        Hand(load_mapping(file), offices, house.graph.records)


def test_every_shipped_column_is_known_and_every_reason_has_a_word(house: House) -> None:
    """A reason that can be recorded is never left to a code alone."""
    part = MAPPING.words.part
    cells = visit_cells(Hand(MAPPING, OFFICES, house.graph.records).cells, part, OFFICES.directory)
    assert {*part.receptions, *part.results} == set(cells)
    assert {*CancelReason, *NotIssuedReason} <= set(part.reasons)


def test_a_step_about_another_card_of_the_party_is_not_taken() -> None:
    """Of steps that name a card only its own count; first and last are told apart."""
    steps = [
        KeptStep(EventKind.TICKET_CALLED, datetime(2026, 11, 25, hour), window, case)  # noqa: DTZ001 - only their order matters
        for hour, window, case in ((1, "1", None), (2, "2", "b"), (3, "3", "a"))
    ]
    record = VisitRecord(
        "a", "t", "00", TODAY, "M-001", 1, "pick_up", None, None, None, None, None, None, steps[0].at, None, steps  # type: ignore[arg-type] # of these only the steps matter
    )  # fmt: skip
    first, last = record.first(EventKind.TICKET_CALLED), record.last(EventKind.TICKET_CALLED)
    assert first is steps[0]
    assert last is steps[2]
    assert record.count(EventKind.TICKET_CALLED) == 2
    assert record.first(EventKind.ISSUED) is None


def test_every_kind_of_file_has_its_entry() -> None:
    """A file that leaves is entered as what it is."""
    assert set(OUTLET_OF) == set(WardFile)
    assert set(OUTLET_OF.values()) == {kind for kind in OutletKind if kind.startswith("ward_")}
