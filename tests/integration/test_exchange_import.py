import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Table, event, func, select, update

from backend.__main__ import cli
from backend.cards import read_person
from backend.cards.issuing import mark_issued
from backend.cards.states import CardProgress
from backend.cards.tables import card_persons, cards, person_index
from backend.exchange.csv_file import Encoding, decode
from backend.exchange.import_report import ImportReport
from backend.exchange.importing import EVERY_OFFICE, StoppedError, import_rows
from backend.exchange.parsing import ParsedFile, parse_file
from backend.exchange.sample import HEADER, SampleExport, write_sample
from backend.protection.columns import columns_for_program
from backend.reservations import ReservationState
from backend.reservations.booking import fulfil, read_booking
from backend.reservations.tables import reservation_contacts, reservations
from backend.storage.database import Database
from backend.storage.errors import StorageBusyError, StorageFullError
from tests.exchange_support import DIRECTORY, KEY, MAPPING, NOW, OFFICES, records_in
from tests.proof import examples
from tests.support import events_of
from tests.uketsuke_command import Uketsuke

ON = date(2026, 11, 24)
IDENTIFYING = ("card_number", "application_id")
MY_NUMBER = "1234 5678 9018"


@pytest.fixture
def uketsuke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Uketsuke:
    """The program, at home in a folder of the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("UKETSUKE_CONFIG", raising=False)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, arguments)

    return run


def sample_file(path: Path, rows: int = 60, seed: int = 1, encoding: Encoding = Encoding.CP932) -> list[str]:
    """Write a sample and return its lines."""
    write_sample(path, SampleExport(DIRECTORY, seed, ON).rows(rows), encoding)
    return path.read_bytes().decode(encoding).split("\r\n")


def save(path: Path, lines: Sequence[str], encoding: str = "cp932") -> None:
    """Write lines as the ward's system does."""
    path.write_bytes("\r\n".join(lines).encode(encoding))


def parsed(lines: Sequence[str]) -> ParsedFile:
    """Lines as a file that was read."""
    return parse_file(decode("\r\n".join(lines).encode()), MAPPING, OFFICES, NOW)


def bring_in(
    database: Database, folder: Path, lines: Sequence[str], key: bytes = KEY, **more: Any
) -> ImportReport:
    """Import lines with the key store of a folder."""
    records = records_in(folder)
    try:
        return import_rows(database, records, parsed(lines), key, identifying=IDENTIFYING, **more)
    finally:
        records.store.dispose()


def person_of(database: Database, folder: Path, card_id: str, *columns: str) -> Mapping[str, Any]:
    """What the sealed record of a card says."""
    records = records_in(folder)
    try:
        with database.read() as connection:
            return read_person(connection, records, card_id, columns_for_program(*columns))
    finally:
        records.store.dispose()


def contents(database: Database) -> list[Any]:
    """Everything that is stored of cards and bookings."""
    tables = (cards, card_persons, person_index, reservations, reservation_contacts)
    with database.read() as connection:
        return [
            tuple(row)
            for table in tables
            for row in connection.execute(select(table).order_by(*table.primary_key))
        ]


def bookings(database: Database) -> list[Any]:
    """Every stored booking, by its number."""
    with database.read() as connection:
        return list(connection.execute(select(reservations).order_by(reservations.c.number)))


def count(database: Database, table: Table) -> int:
    """How many rows a table has."""
    with database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


@pytest.mark.dialect
def test_importing_twice_changes_nothing(database: Database, tmp_path: Path) -> None:
    """On both databases a repeated import is recognised row by row and writes nothing, not even an event."""
    lines = sample_file(tmp_path / "a.csv")
    first = bring_in(database, tmp_path, lines)
    stored = contents(database)
    assert (first.accepted, first.changed, first.unchanged, first.refused) == (60, 0, 0, ())
    assert count(database, cards) == 60
    second = bring_in(database, tmp_path, lines)
    assert (second.accepted, second.changed, second.unchanged) == (0, 0, 60)
    assert contents(database) == stored
    events = events_of(database)
    assert [(one.kind, one.office_id, dict(one.facts)) for one in events] == [
        (
            "reservations_imported",
            EVERY_OFFICE,
            {"accepted": 60, "changed": 0, "unchanged": 0, "refused": 0},
        )
    ]


@pytest.mark.dialect
def test_a_changed_row_changes_its_reservation_only(database: Database, tmp_path: Path) -> None:
    """The changed row is updated in place, its neighbours and the rows that the file leaves out stay."""
    lines = sample_file(tmp_path / "a.csv", rows=5)
    bring_in(database, tmp_path, lines)
    before = contents(database)
    fields = lines[2].split(",")
    number = fields[HEADER.index("予約番号")]
    fields[HEADER.index("処理状況")] = "予約済"
    report = bring_in(database, tmp_path, [lines[0], ",".join(fields)])
    own = next(row.card_id for row in bookings(database) if row.number == number)
    fields[HEADER.index("住所")] = "新宿区見本町9-9-9"
    report = bring_in(database, tmp_path, [lines[0], ",".join(fields), lines[3]])
    assert (report.accepted, report.changed, report.unchanged) == (0, 1, 1)
    (booking,) = [row for row in bookings(database) if row.number == number]
    assert booking.card_id == own
    assert person_of(database, tmp_path, own, "address") == {"address": "新宿区見本町9-9-9"}
    assert all({own, booking.id} & {*row} for row in {*contents(database)} ^ {*before})


@pytest.mark.dialect
def test_a_group_of_bookings_comes_in_and_changes(database: Database, tmp_path: Path) -> None:
    """What is booked together is known by one number; who leaves the group, or joins it later, is a changed row."""
    header = "予約番号,氏名,交付予約日時,交付窓口"
    numbers = [f"9000000{place}" for place in range(4)]
    rows = [f"{number},見本　一郎,2026/12/01 10:00,本庁舎" for number in numbers]
    assert bring_in(database, tmp_path, [header, *rows]).accepted == 4

    def grouped(*groups: str) -> list[str]:
        with_group = (f"{row},{group}" for row, group in zip(rows, groups, strict=True))
        return [f"{header},グループ番号", *with_group]

    def kept() -> set[tuple[str, str | None]]:
        return {(row.number, row.group_number) for row in bookings(database)}

    assert {group for _, group in kept()} == {None}
    report = bring_in(database, tmp_path, grouped("g-1", "G1", "", ""))
    assert (report.changed, report.unchanged) == (2, 2)
    assert kept() == set(zip(numbers, ("G1", "G1", None, None), strict=True))
    report = bring_in(database, tmp_path, grouped("", "G1", "G1", ""))
    assert (report.changed, report.unchanged) == (2, 2)
    assert kept() == set(zip(numbers, (None, "G1", "G1", None), strict=True))


@pytest.mark.dialect
def test_what_was_issued_here_is_not_set_back(database: Database, tmp_path: Path) -> None:
    """An export that does not know of the hand-over yet must not make the card waiting again."""
    lines = sample_file(tmp_path / "a.csv", rows=3)
    fields = lines[1].split(",")
    fields[HEADER.index("処理状況")] = "予約済"
    bring_in(database, tmp_path, [lines[0], ",".join(fields)])
    (row,) = bookings(database)
    with database.write() as work:
        assert mark_issued(work, row.card_id)
        fulfil(work, row.card_id)
    fields[HEADER.index("連絡先")] = "090-0000-9999"
    assert bring_in(database, tmp_path, [lines[0], ",".join(fields)]).changed == 1
    (again,) = bookings(database)
    assert (again.id, again.state) == (row.id, ReservationState.FULFILLED)
    with database.read() as connection:
        assert connection.execute(select(cards.c.progress)).scalars().all() == [CardProgress.ISSUED]
    records = records_in(tmp_path)
    with database.read() as connection:
        assert read_booking(connection, records, row.id, columns_for_program("phone")) == {
            "phone": "090-0000-9999"
        }
    records.store.dispose()


def test_an_import_that_is_interrupted_leaves_whole_cards_and_goes_on(
    sqlite: Database, tmp_path: Path
) -> None:
    """What was written stays and is whole; the same file again brings the rest, and nobody twice."""
    lines = sample_file(tmp_path / "a.csv", rows=400)

    def interrupt(done: int, total: int) -> None:
        if done * 2 >= total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring_in(sqlite, tmp_path, lines, progress=interrupt)
    there = count(sqlite, cards)
    assert 200 <= there < 400
    assert count(sqlite, card_persons) == there
    bring_in(sqlite, tmp_path, lines)
    assert count(sqlite, cards) == count(sqlite, card_persons) == 400
    assert bring_in(sqlite, tmp_path, lines).unchanged == 400


def test_a_busy_database_is_a_plain_error(
    sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program that holds the database makes the import fail as a whole, without a driver's words."""
    monkeypatch.setattr("backend.storage.database.LOCK_TIMEOUT_SECONDS", 0.1)
    lines = sample_file(tmp_path / "a.csv", rows=2)
    with sqlite.write(), pytest.raises(StorageBusyError):
        bring_in(sqlite, tmp_path, lines)
    assert contents(sqlite) == []


def test_a_refused_row_refuses_the_file(uketsuke: Uketsuke, tmp_path: Path) -> None:
    """All or nothing: exit code 1, counts of zero, no row in the database, the value nowhere."""
    lines = sample_file(tmp_path / "a.csv", rows=4)
    fields = lines[3].split(",")
    fields[HEADER.index("電子メールアドレス")] = MY_NUMBER
    lines[3] = ",".join(fields)
    save(tmp_path / "a.csv", lines)
    result = uketsuke("import", "a.csv", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "accepted": 0,
        "changed": 0,
        "unchanged": 0,
        "refused": [{"line": 4, "column": "電子メールアドレス", "reason": "my_number"}],
        "encoding": "cp932",
    }
    assert "1 row was refused and nothing was imported" in result.stderr
    assert "5678" not in result.output
    assert not Path("var/uketsuke.db").exists()


def test_skip_bad_imports_the_good_rows(uketsuke: Uketsuke, tmp_path: Path) -> None:
    """With --skip-bad the others are imported, and nothing of the refused row is in any file."""
    lines = sample_file(tmp_path / "a.csv", rows=4)
    fields = lines[3].split(",")
    fields[HEADER.index("住所")] = MY_NUMBER
    lines[3] = ",".join(fields)
    save(tmp_path / "a.csv", lines)
    result = uketsuke("import", "a.csv", "--json", "--skip-bad")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert (report["accepted"], len(report["refused"])) == (3, 1)
    for path in Path("var").iterdir():
        assert b"5678 9018" not in path.read_bytes()


def test_every_row_refused_is_a_failure(uketsuke: Uketsuke, tmp_path: Path) -> None:
    """--skip-bad does not turn an import of nothing into a success."""
    lines = sample_file(tmp_path / "a.csv", rows=1)
    save(tmp_path / "a.csv", [lines[0], "x,y"])
    result = uketsuke("import", "a.csv", "--skip-bad")
    assert result.exit_code == 1
    assert "every row was refused" in result.stderr


def test_a_dry_run_writes_nothing(uketsuke: Uketsuke, tmp_path: Path) -> None:
    """It reports what the import would do and leaves no file behind; later it compares without writing."""
    lines = sample_file(tmp_path / "a.csv", rows=10)
    first = uketsuke("import", "a.csv", "--dry-run", "--json")
    assert json.loads(first.stdout)["accepted"] == 10
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv"]
    save(tmp_path / "half.csv", lines[:6])
    assert uketsuke("import", "half.csv").exit_code == 0
    second = uketsuke("import", "a.csv", "--dry-run", "--json")
    assert json.loads(second.stdout) | {"refused": []} == {
        "accepted": 5,
        "changed": 0,
        "unchanged": 5,
        "refused": [],
        "encoding": "cp932",
    }
    with sqlite3.connect("var/uketsuke.db") as connection:
        assert connection.execute("SELECT count(*) FROM cards").fetchone() == (5,)
    connection.close()


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("cp932", "cp932"), ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16")],
)
def test_every_encoding_is_imported_and_reported(
    uketsuke: Uketsuke, tmp_path: Path, encoding: str, told: str
) -> None:
    """The same rows in any encoding are the same reservations."""
    lines = sample_file(tmp_path / "a.csv", rows=10)
    save(tmp_path / "b.csv", lines, encoding)
    assert json.loads(uketsuke("import", "a.csv", "--json").stdout)["accepted"] == 10
    result = uketsuke("import", "b.csv", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "accepted": 0,
        "changed": 0,
        "unchanged": 10,
        "refused": [],
        "encoding": told,
    }


@pytest.mark.parametrize(
    ("data", "words", "reason", "line"),
    [
        (b"", "the file is empty", "empty_file", 0),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "NUL byte", "nul_byte", 3),
        (b"a,b\r\n\x81\x20,\r\n", "line 2", "bad_encoding", 2),
        (b"a,b\r\n1,2\r\n", "no column for 予約番号", "missing_column", 1),
        ('予約番号,氏名,交付予約日時,交付窓口\r\n"1,2\r\n'.encode(), "quotation mark", "bad_quoting", 2),
    ],
)
def test_a_foreign_file_is_one_sentence(
    uketsuke: Uketsuke, tmp_path: Path, data: bytes, words: str, reason: str, line: int
) -> None:
    """Damaged and foreign files fail with one sentence, a line and a code, and nothing is made."""
    (tmp_path / "a.csv").write_bytes(data)
    result = uketsuke("import", "a.csv", "--json")
    assert result.exit_code == 1
    assert words in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    (refused,) = json.loads(result.stdout)["refused"]
    assert (refused["reason"], refused["line"]) == (reason, line)
    assert not Path("var/uketsuke.db").exists()


def test_a_mapping_of_the_ward_is_used(uketsuke: Uketsuke, tmp_path: Path) -> None:
    """Other column names, words and separators need a small file, no code."""
    (tmp_path / "own.toml").write_text(
        'required = ["number", "name"]\n[file]\ndelimiter = "\\t"\n'
        '[columns]\nnumber = ["ID"]\nstate = ["ST"]\n[states]\ncancelled = ["9"]\n'
    )
    save(tmp_path / "a.tsv", ["ID\t氏名\tST", "A1234567\t佐藤\t9"], "utf-8")
    assert uketsuke("import", "a.tsv", "--mapping", "own.toml").exit_code == 0
    database = Database("sqlite:///var/uketsuke.db")
    (booking,) = bookings(database)
    assert (booking.number, booking.state) == ("A1234567", ReservationState.CANCELLED)
    assert person_of(database, Path("var"), booking.card_id, "name") == {"name": "佐藤"}
    database.dispose()


def test_the_mapping_of_the_settings_is_used_where_none_is_named(uketsuke: Uketsuke, tmp_path: Path) -> None:
    """What is exported by the ward's words is read by them, too, without saying so at each import."""
    own = 'required = ["number", "name"]\n[columns]\nstate = ["処理状況"]\n[states]\ncancelled = ["9"]\n'
    (tmp_path / "own.toml").write_text(own)
    (tmp_path / "server.toml").write_text('mapping_file = "own.toml"\n')
    save(tmp_path / "a.csv", ["予約番号,氏名,処理状況", "A1234567,佐藤,9"], "utf-8")
    told = uketsuke("import", "a.csv", "--config", "server.toml", "--json")
    assert (told.exit_code, json.loads(told.stdout)["accepted"]) == (0, 1)
    assert uketsuke("import", "a.csv", "--json").exit_code == 1


def test_numbers_that_nobody_could_type_are_told(uketsuke: Uketsuke, tmp_path: Path) -> None:
    """A ward whose numbers have another form learns it at the import, not from the visitors at the keypad."""
    (tmp_path / "own.toml").write_text('required = ["number", "name"]\n')
    save(tmp_path / "a.csv", ["予約番号,氏名", "1234-5678,佐藤", "12345,鈴木", "A-123456,田中"], "utf-8")
    result = uketsuke("import", "a.csv", "--mapping", "own.toml", "--json")
    assert (result.exit_code, json.loads(result.stdout)["accepted"]) == (0, 3)
    assert "2 reservation numbers have a form that the kiosk's keypad does not take" in result.stderr
    sample_file(tmp_path / "b.csv", rows=20)
    assert "keypad" not in uketsuke("import", "b.csv").stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("none.csv",), 1, "the file cannot be read: No such file or directory"),
        (("a.csv", "--mapping", "none.toml"), 1, "the mapping file none.toml cannot be read"),
        (("a.csv", "--encoding", "klingon"), 2, "klingon"),
        (("a.csv", "--database", "mysql://x/y"), 1, "use"),
        (("a.csv", "--rows", "5"), 2, "No such option"),
    ],
)
def test_wrong_use_is_one_sentence(
    uketsuke: Uketsuke, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    """A slip on the command line says what is wrong and does nothing."""
    sample_file(tmp_path / "a.csv", rows=2)
    result = uketsuke("import", *arguments)
    assert result.exit_code == code
    assert words in result.stderr
    assert not Path("var/uketsuke.db").exists()


def test_the_table_names_what_was_refused(uketsuke: Uketsuke, tmp_path: Path) -> None:
    """Without --json a person reads counts, lines, columns and codes, and no more than a screenful."""
    lines = sample_file(tmp_path / "a.csv", rows=1)
    save(tmp_path / "a.csv", [lines[0], *[lines[1].replace(lines[1].split(",")[-2], "謎")] * 60])
    result = uketsuke("import", "a.csv")
    assert result.exit_code == 1
    assert "line 2, column 処理状況: bad_state" in result.stdout
    assert "and 20 more" in result.stdout


def test_the_sample_command_feeds_the_import(uketsuke: Uketsuke) -> None:
    """What `uketsuke sample` writes, `uketsuke import` takes as a whole; the same seed is the same file."""
    arguments = ("--rows", "50", "--seed", "7", "--on", "令和8年11月24日")
    assert uketsuke("sample", *arguments, "--out", "one/a.csv").exit_code == 0
    assert uketsuke("sample", *arguments, "--out", "b.csv").exit_code == 0
    assert Path("one/a.csv").read_bytes() == Path("b.csv").read_bytes()
    result = uketsuke("import", "one/a.csv", "--json")
    assert (result.exit_code, json.loads(result.stdout)["accepted"]) == (0, 50)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--rows", "0", "--out", "a.csv"), "0 is not in the range"),
        (("--on", "2026-02-30", "--out", "a.csv"), "this is not a date"),
        (("--out", "."), "is a directory"),
    ],
)
def test_wrong_use_of_sample_is_one_sentence(
    uketsuke: Uketsuke, arguments: tuple[str, ...], words: str
) -> None:
    """A slip on the command line writes no file."""
    result = uketsuke("sample", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr


def test_growth_is_even(sqlite: Database, tmp_path: Path) -> None:
    """1 200 rows take well under a fiftieth of the time that 60 000 may take, as `make proof` shows, and all are there."""
    rows = examples(1200)
    lines = sample_file(tmp_path / "a.csv", rows=rows)
    started = time.process_time()
    report = bring_in(sqlite, tmp_path, lines)
    assert isinstance(report, ImportReport)
    assert report.accepted == rows
    assert time.process_time() - started < 6 * rows / 5000 + 2
    assert count(sqlite, cards) == rows


def test_an_id_survives_a_new_secret(sqlite: Database, tmp_path: Path) -> None:
    """With another key no row is known by its hash, but each by what it says, and nobody becomes a second reservation."""
    lines = sample_file(tmp_path / "a.csv", rows=3)
    bring_in(sqlite, tmp_path, lines)
    with sqlite.write() as work:
        for table in (cards, reservations):
            work.connection.execute(update(table).values(fingerprint="0" * 64))
    before = {row.number: (row.id, row.card_id) for row in bookings(sqlite)}
    assert bring_in(sqlite, tmp_path, lines, b"x" * 32).unchanged == 3
    assert {row.number: (row.id, row.card_id) for row in bookings(sqlite)} == before
    assert count(sqlite, cards) == 3


def test_a_full_disk_loses_nothing(sqlite: Database, tmp_path: Path) -> None:
    """When the disk is full in the middle of a file, whole cards are kept, and with room again the file goes on."""
    lines = sample_file(tmp_path / "a.csv", rows=300)
    bring_in(sqlite, tmp_path, lines[:3])
    with sqlite.read() as connection:
        room = connection.exec_driver_sql("PRAGMA page_count").scalar_one() + 120
    full = True

    @event.listens_for(sqlite.engine, "checkout")
    def limit(connection: sqlite3.Connection, _record: Any, _proxy: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {room if full else 1_000_000}")

    with pytest.raises(StoppedError) as stopped:
        bring_in(sqlite, tmp_path, lines)
    assert isinstance(stopped.value.because, StorageFullError)
    assert 2 < stopped.value.done < stopped.value.total == 300
    assert count(sqlite, cards) == count(sqlite, card_persons) == stopped.value.done
    full = False
    bring_in(sqlite, tmp_path, lines)
    assert count(sqlite, cards) == 300


def test_the_program_itself_ends_with_one_sentence(tmp_path: Path) -> None:
    """As a process: JSON alone on stdout, one sentence on stderr, exit code 1."""
    lines = sample_file(tmp_path / "a.csv", rows=1)
    save(tmp_path / "a.csv", [lines[0], "1234-5678-9018"])
    done = subprocess.run(
        [sys.executable, "-m", "backend", "import", str(tmp_path / "a.csv"), "--json"],
        env=os.environ | {"UKETSUKE_VAR_DIR": str(tmp_path / "var")},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert [refused["reason"] for refused in json.loads(done.stdout)["refused"]] == [
        "my_number",
        "wrong_column_count",
    ]
    assert done.stderr.decode() == (
        "uketsuke: 1 row was refused and nothing was imported; correct the file, or leave bad rows out with"
        " --skip-bad.\n"
    )


def test_the_terminal_says_what_a_spreadsheet_did(uketsuke: Uketsuke, tmp_path: Path) -> None:
    """Beside the code stands what happened, for refusals and for remarks, and never a value."""
    lines = sample_file(tmp_path / "a.csv", rows=3)
    fields = lines[1].split(",")
    fields[HEADER.index("申請書ＩＤ")] = "9.03041E+22"
    remarked = lines[2].split(",")
    remarked[HEADER.index("氏名")] = "?田　花子"
    save(tmp_path / "b.csv", [lines[0], ",".join(fields), ",".join(remarked), ""])
    told = uketsuke("import", "b.csv", "--skip-bad")
    assert told.exit_code == 0
    assert (
        "line 2, column 申請書ＩＤ: spreadsheet_exponent (a spreadsheet shortened a long number"
        in told.stdout
    )
    assert "line 3, column 氏名: lost_character (" in told.stdout
    assert "9.03" not in told.output
    report = json.loads(uketsuke("import", "b.csv", "--skip-bad", "--json").stdout)
    assert report["remarks"] == [{"line": 3, "column": "氏名", "remark": "lost_character"}]


def test_an_extra_opening_of_the_settings_is_open_for_the_import_too(
    uketsuke: Uketsuke, tmp_path: Path
) -> None:
    """What the server opens on a Sunday is no closed day for the file that brings its reservations."""
    lines = sample_file(tmp_path / "a.csv", rows=1)
    fields = lines[1].split(",")
    fields[HEADER.index("交付予約日時")] = "2026/11/29 10:00"
    fields[HEADER.index("交付窓口")] = DIRECTORY["00"].name["ja"]
    save(tmp_path / "a.csv", [lines[0], ",".join(fields), ""])
    config = tmp_path / "server.toml"
    config.write_text("")
    call = ("import", "a.csv", "--dry-run", "--json", "--config", str(config))
    assert "closed_day" in uketsuke(*call).stdout
    config.write_text(
        'special_openings = [{ office = "00", on = 2026-11-29, opens = 09:00:00, closes = 17:00:00 }]'
    )
    done = uketsuke(*call)
    assert done.exit_code == 0
    assert "closed_day" not in done.stdout


def test_a_mapping_with_a_type_that_no_rule_has_is_one_sentence(uketsuke: Uketsuke, tmp_path: Path) -> None:
    """Nothing is read by a mapping that would book visitors under a type that nobody can check."""
    sample_file(tmp_path / "a.csv", rows=3)
    (tmp_path / "own.toml").write_text('[recipients]\nR1 = ["本人"]\nR99 = ["x"]\n', "utf-8")
    told = uketsuke("import", "a.csv", "--mapping", "own.toml", "--dry-run")
    assert told.exit_code == 1
    assert (
        "own.toml, line 3: the mapping names a recipient type that no rule has: R99; known are "
        in told.output
    )
    assert ", P13, " in told.output
    (tmp_path / "own.toml").write_text('[recipients]\nR1 = ["本人"]\nP4 = ["04"]\n', "utf-8")
    assert uketsuke("import", "a.csv", "--mapping", "own.toml", "--dry-run").exit_code == 0
