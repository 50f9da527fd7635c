"""Whom the demonstration expects, at any hour of any day."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from backend.common.shipped import locate
from backend.common.tokyo import TOKYO, in_tokyo
from backend.demo.expected import ROWS, Expected, Outcome, write_changes, write_export
from backend.exchange.csv_file import read_csv
from backend.exchange.sample import HEADER
from backend.offices.directory import Directory
from backend.offices.directory_file import load_directory
from backend.offices.hours import DatedOpening

DAY = date(2026, 11, 22)
"""A Sunday with extra opening hours in the demonstration only."""


def open_all_day() -> Directory:
    """The offices as the demonstration's settings make them."""
    days = (DAY, DAY + timedelta(days=1))
    openings = [DatedOpening(day, time(0), time(23, 59), frozenset({"00"})) for day in days]
    return load_directory(locate("offices", "shinjuku.toml")).with_special_openings(openings)


def rows_of(path: Path) -> dict[str, dict[str, str]]:
    """The export's rows by 予約番号."""
    lines = path.read_text("cp932").splitlines()[1:]
    split = [dict(zip(HEADER, line.split(","), strict=True)) for line in lines]
    return {row["予約番号"]: row for row in split}


@pytest.mark.parametrize("clock", ["00:00", "00:04", "08:59", "12:30", "23:52", "23:57"])
def test_the_first_visitor_is_on_time_whenever_the_demonstration_starts(tmp_path: Path, clock: str) -> None:
    """The visit in one command must work at any hour: reserved within ten minutes from now, on this day."""
    now = datetime.combine(DAY, time.fromisoformat(clock), TOKYO)
    expected = write_export(tmp_path / "export.csv", open_all_day(), now.astimezone(UTC))
    row = rows_of(tmp_path / "export.csv")[expected[0].number]
    reserved = datetime.strptime(row["交付予約日時"], "%Y/%m/%d %H:%M").replace(tzinfo=TOKYO)
    assert timedelta() <= reserved - now <= timedelta(minutes=10)
    assert reserved.date() == DAY
    assert row["受取人種別"] == "本人"
    assert row["処理状況"] == "予約済"


def test_every_outcome_has_a_visitor(tmp_path: Path) -> None:
    """Who tries the counter can see each way that a check-in ends, and several visitors who are on time."""
    now = datetime.combine(DAY, time(12, 0), TOKYO)
    expected = write_export(tmp_path / "export.csv", open_all_day(), now)
    assert [visitor.outcome for visitor in expected] == [
        *[Outcome.ON_TIME] * 4,
        *(outcome for outcome in Outcome if outcome is not Outcome.ON_TIME),
    ]
    assert all(visitor.shows.startswith(visitor.outcome) for visitor in expected)
    assert len({visitor.number for visitor in expected}) == len(expected)


def test_a_party_is_an_adult_two_children_and_a_stray_notice(tmp_path: Path) -> None:
    """The three are booked together and on time; the fourth is of another day and of nobody of them."""
    now = datetime.combine(DAY, time(12, 0), TOKYO)
    expected = write_export(tmp_path / "export.csv", open_all_day(), now, party=True)
    rows = rows_of(tmp_path / "export.csv")
    child = "15歳未満・法定代理人同行"
    assert [(one.outcome, one.together, rows[one.number]["受取人種別"]) for one in expected] == [
        (Outcome.ON_TIME, True, "本人"),
        (Outcome.ON_TIME, True, child),
        (Outcome.ON_TIME, True, child),
        (Outcome.ANOTHER_DAY, False, "本人"),
    ]
    assert len({one.number for one in expected}) == len(expected)


def test_what_happens_after_a_notice_was_sent_is_in_the_later_export_only(tmp_path: Path) -> None:
    """A notice is printed for somebody who is booked; cancelled, moved away and issued come after it."""
    now = datetime.combine(DAY, time(12, 0), TOKYO)
    expected = write_export(tmp_path / "export.csv", open_all_day(), now)
    before = {
        visitor.outcome: rows_of(tmp_path / "export.csv")[visitor.number]["処理状況"] for visitor in expected
    }
    write_changes(tmp_path / "changes.csv", [visitor.moved_to(now) for visitor in expected])
    after = {
        visitor.outcome: rows_of(tmp_path / "changes.csv")[visitor.number]["処理状況"] for visitor in expected
    }
    assert set(before.values()) == {"予約済"}
    assert {outcome: state for outcome, state in after.items() if state != "予約済"} == {
        Outcome.CANCELLED: "取消",
        Outcome.NO_CARD: "区外転出",
        Outcome.ISSUED: "交付済",
    }


def test_the_export_is_one_that_the_import_reads(tmp_path: Path) -> None:
    """The demonstration's file is the ward's form: CP932, its columns, as many rows as promised."""
    path = tmp_path / "export.csv"
    expected: list[Expected] = write_export(
        path, open_all_day(), in_tokyo(datetime(2026, 11, 22, 3, tzinfo=UTC))
    )
    table = read_csv(path)
    assert table.encoding == "cp932"
    assert len(rows_of(path)) == ROWS
    assert expected[0].number in rows_of(path)
