"""Files as wards write them: words, cards without bookings, characters, ages, and files that are cut."""

import json
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from backend.__main__ import cli
from backend.cards.sealed_persons import read_person
from backend.cards.tables import cards
from backend.cli import import_reservations
from backend.exchange.importing import StoppedError
from backend.exchange.sample import SampleExport, write_sample
from backend.protection.columns import columns_for_program
from backend.reservations.tables import reservations
from backend.storage.database import Database
from backend.storage.errors import StorageFullError
from tests.exchange_support import DIRECTORY, records_in
from tests.uketsuke_command import Uketsuke


@pytest.fixture
def uketsuke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Uketsuke:
    """The program, at home in a folder of the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("UKETSUKE_CONFIG", raising=False)
    return lambda *words: CliRunner().invoke(cli, words)


def sample_file(path: Path, rows: int) -> list[str]:
    """Write a sample and return its lines."""
    write_sample(path, SampleExport(DIRECTORY, 1, date(2026, 11, 24)).rows(rows))
    return path.read_bytes().decode("cp932").split("\r\n")


def save(path: Path, lines: Sequence[str], encoding: str = "cp932") -> None:
    """Write lines as the ward's system does."""
    path.write_bytes("\r\n".join(lines).encode(encoding))


def test_a_word_that_nobody_explained_keeps_its_row_out_or_is_read_as_it_is(
    uketsuke: Uketsuke, tmp_path: Path
) -> None:
    """Refused with its column; left out with --skip-bad; or, by the mapping, card and booking stay as they were."""
    lines = sample_file(tmp_path / "a.csv", rows=3)
    save(
        tmp_path / "a.csv",
        [lines[0], *(line.replace(line.split(",")[-2], "調査中") for line in lines[1:2]), lines[2]],
    )
    refused = json.loads(uketsuke("import", "a.csv", "--json").stdout)
    assert refused["refused"] == [{"line": 2, "column": "処理状況", "reason": "bad_state"}]
    assert json.loads(uketsuke("import", "a.csv", "--json", "--skip-bad").stdout)["accepted"] == 1
    (tmp_path / "own.toml").write_text('[accept]\nunknown_states = "keep"\n')
    kept = json.loads(uketsuke("import", "a.csv", "--json", "--mapping", "own.toml").stdout)
    assert (kept["accepted"], kept["unchanged"]) == (1, 1)
    assert {"line": 2, "column": "処理状況", "remark": "unknown_state"} in kept["remarks"]


def test_a_card_without_a_booking_needs_no_number_of_one(uketsuke: Uketsuke, tmp_path: Path) -> None:
    """Known again by its own numbers; a place without a time is a wish; what says where it lies is kept."""
    (tmp_path / "own.toml").write_text('required = ["name"]\n')
    header = "製造管理番号,申請書ID,氏名,交付窓口,処理状況,保管場所"
    row = "AB1234567,73028545688709111752243,佐藤,本庁舎,案内済,箪笥町特別出張所"
    save(tmp_path / "a.csv", [header, row, ",73028545688709111752244,鈴木,,交付前設定済,"], "utf-8")
    call = ("import", "a.csv", "--json", "--mapping", "own.toml")
    assert json.loads(uketsuke(*call).stdout)["accepted"] == 2
    again = json.loads(uketsuke(*call).stdout)
    assert (again["accepted"], again["changed"], again["unchanged"]) == (0, 0, 2)
    database = Database("sqlite:///var/uketsuke.db")
    with database.read() as connection:
        assert connection.execute(select(reservations.c.id)).all() == []
        columns = (cards.c.progress, cards.c.wished_office_id, cards.c.kept_at)
        found = connection.execute(select(*columns).order_by(cards.c.progress)).all()
    database.dispose()
    assert [tuple(one) for one in found] == [("notified", "00", "02"), ("prepared", None, None)]
    save(tmp_path / "b.csv", [header, ",,田中,,案内済,", row, row.replace("佐藤", "加藤")], "utf-8")
    refused = json.loads(uketsuke("import", "b.csv", "--json", "--mapping", "own.toml").stdout)["refused"]
    assert [(one["line"], one["column"], one["reason"]) for one in refused] == [
        (2, "予約番号", "missing_value"),
        (3, "製造管理番号", "duplicate_number"),
        (4, "製造管理番号", "duplicate_number"),
    ]


def test_characters_that_other_machines_lose_are_told_and_kept(uketsuke: Uketsuke, tmp_path: Path) -> None:
    """外字 and variation selectors stay in the name; line and column say where somebody should look."""
    name = "\ue000田　葛\U000e0100子"
    header = "予約番号,氏名,交付予約日時,交付窓口"
    save(tmp_path / "a.csv", [header, f"88871018,{name},2026/12/01 10:00,本庁舎"], "utf-8")
    report = json.loads(uketsuke("import", "a.csv", "--json").stdout)
    assert [one for one in report["remarks"] if one["column"] == "氏名"] == [
        {"line": 2, "column": "氏名", "remark": "own_character"},
        {"line": 2, "column": "氏名", "remark": "variant_character"},
    ]
    database = Database("sqlite:///var/uketsuke.db")
    records = records_in(Path("var"))
    with database.read() as connection:
        card_id = connection.execute(select(cards.c.id)).scalar_one()
        assert read_person(connection, records, card_id, columns_for_program("name")) == {"name": name}
    records.store.dispose()
    database.dispose()


def test_a_whole_file_and_an_older_one_are_told_at_the_terminal(uketsuke: Uketsuke, tmp_path: Path) -> None:
    """Counts with their meaning, the number of who is booked and not named, and how the file was written."""
    header = "予約番号,氏名,交付予約日時,交付窓口,出力日時"
    booked = [f"8887101{last},佐藤,2026/12/01 10:00,本庁舎" for last in (1, 2)]
    save(tmp_path / "a.csv", [header, *(f"{row},2024/11/24 18:00" for row in booked)], "utf-8")
    first = uketsuke("import", "a.csv").stdout
    assert re.search(r"written in \d+ pieces, the longest \d+ ms", first)
    whole = uketsuke("import", "a.csv", "--full").stdout
    assert "missing          0  (cards here" in whole
    save(tmp_path / "b.csv", [header, f"{booked[0].replace('佐藤', '加藤')},2024/11/23"], "utf-8")
    told = uketsuke("import", "b.csv", "--full").stdout
    assert "older            1  (a newer file has told of these cards" in told
    assert "missing          1" in told
    assert "  booked here, not in the file: 8887-1012" in told
    assert uketsuke("import", "b.csv", "--as-of", "someday").exit_code == 1
    late = uketsuke("import", "b.csv", "--as-of", "2062-11-24 18:00")
    assert (late.exit_code, "a day that has not come; nothing was imported" in late.stderr) == (1, True)
    assert uketsuke("import", "").exit_code == 2
    assert uketsuke("import", "b.csv", "--conflicts", "mine").exit_code == 2


def test_a_file_that_is_cut_in_the_middle_is_named_by_line(uketsuke: Uketsuke, tmp_path: Path) -> None:
    """Cut between two fields, inside quotes or inside a character: nothing of it is written."""
    lines = sample_file(tmp_path / "a.csv", rows=5)
    whole = "\r\n".join(lines).encode("cp932")
    inside = len("\r\n".join(lines[:4]).encode("cp932"))
    found = set()
    for cut in range(inside + 3, inside + 40):
        (tmp_path / "b.csv").write_bytes(whole[:cut])
        (refused,) = json.loads(uketsuke("import", "b.csv", "--json").stdout)["refused"]
        assert refused["line"] == 5
        found.add(refused["reason"])
    assert found == {"bad_encoding", "wrong_column_count"}
    assert not Path("var/uketsuke.db").exists()


def test_an_import_that_stops_says_what_is_written_and_what_to_do(
    uketsuke: Uketsuke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk in the middle of a file: that rows are there and that nothing was written are not said in one sentence."""

    def stopped(*_: object) -> None:
        raise StoppedError(StorageFullError("the disk is full; nothing was written"), 147, 1500)

    sample_file(tmp_path / "a.csv", rows=5)
    monkeypatch.setattr(import_reservations, "_write", stopped)
    failed = uketsuke("import", "a.csv")
    assert failed.exit_code == 1
    assert "the disk is full; 147 of 1500 rows are imported. Import the same file again" in failed.stderr
