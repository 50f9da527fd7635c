import csv
import io
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import pytest

from backend.common.tokyo import TOKYO, in_tokyo
from backend.exchange.cell_text import as_cp932
from backend.exchange.column_purpose import holds_my_number
from backend.exchange.csv_file import Encoding, read_csv
from backend.exchange.mapping import OfficeNames, fold_header, load_mapping
from backend.exchange.parsing import ParsedFile, parse_file
from backend.exchange.sample import HEADER, SampleError, SampleExport, write_sample
from backend.offices.directory import Directory
from backend.wire.check_digit import damm_is_right

ON = date(2026, 11, 24)
ROWS = 3000
FIELDS = [load_mapping().columns.get(fold_header(name)) for name in HEADER]


@pytest.fixture(scope="module")
def rows(directory: Directory) -> Sequence[list[str]]:
    """A sample."""
    return list(SampleExport(directory, 1, ON).rows(ROWS))


@pytest.fixture(scope="module")
def imported(
    directory: Directory, rows: Sequence[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> ParsedFile:
    """The sample, written in CP932 and read again."""
    path = tmp_path_factory.mktemp("sample") / "sample.csv"
    write_sample(path, iter(rows))
    mapping = load_mapping()
    now = datetime(2026, 11, 24, 1, tzinfo=UTC)
    return parse_file(read_csv(path), mapping, OfficeNames(directory, mapping.offices), now)


def column(rows: Sequence[list[str]], name: str) -> list[str]:
    """Every value of one column."""
    return [row[HEADER.index(name)] for row in rows]


def test_the_same_seed_and_day_give_the_same_rows(directory: Directory, rows: Sequence[list[str]]) -> None:
    """A sample can be made again anywhere; another seed or day gives another one."""
    assert list(islice(SampleExport(directory, 1, ON).rows(ROWS), 50)) == rows[:50]
    assert next(SampleExport(directory, 2, ON).rows(1)) != rows[0]
    assert next(SampleExport(directory, 1, date(2026, 11, 25)).rows(1)) != rows[0]


def test_every_row_is_imported(imported: ParsedFile) -> None:
    """A trial with the sample never stumbles over the sample."""
    assert (len(imported.records), imported.refused, imported.encoding) == (ROWS, (), "cp932")


def test_reservations_lie_in_opening_hours_of_all_offices(directory: Directory, imported: ParsedFile) -> None:
    """Nobody is booked while an office is closed, every office has somebody, the day itself many."""
    booked = [record for record in imported.records if record.starts_at is not None]
    assert {record.office_id for record in booked} == {office.id for office in directory}
    for record in booked:
        assert record.starts_at is not None
        assert directory.open_at(record.office_id or "", record.starts_at) is not None
    days = [in_tokyo(record.starts_at).date() for record in booked if record.starts_at is not None]
    assert days.count(ON) > ROWS // 10


def test_what_makes_exports_hard_is_in_it(rows: Sequence[list[str]], imported: ParsedFile) -> None:
    """Era dates, rare characters, half-width kana, aliases, unknown birthdays, proxies, foreign residents."""
    text = "\n".join(",".join(row) for row in rows)
    for part in (
        "髙",
        "﨑",
        "濵",
        "𠮷",
        "①",
        "㈱",
        "ﾀｶﾊｼ",
        "昭和",
        "R",
        "不明",
        ".00.00",
        "簞",
        "\U000e0100",
    ):
        assert part in text
    assert any(record.alias for record in imported.records)
    assert any(record.proxy_name for record in imported.records)
    assert any(record.stay_expires_on for record in imported.records)
    assert {len(record.birth or "") for record in imported.records} == {4, 7, 10}
    assert {record.recipient_type for record in imported.records} == {"R1", "R2", "P1", "P4", "P5"}


def test_nothing_looks_like_a_my_number(rows: Sequence[list[str]]) -> None:
    """Not one field, and not one line by a plain search either."""
    for row in rows:
        assert not any(map(holds_my_number, row, FIELDS))
        assert not re.search(r"(?<!\d)\d{12}(?!\d)", ",".join(row))


def test_numbers_are_unique_and_checked(rows: Sequence[list[str]]) -> None:
    """Reservation and card numbers never repeat; a slip on the keypad is noticed."""
    numbers, cards = column(rows, "予約番号"), column(rows, "製造管理番号")
    assert len(set(numbers)) == len(set(cards)) == ROWS
    assert all(len(number) == 8 and damm_is_right(number) for number in numbers)
    assert all(re.fullmatch(r"[0-9A-Z]{3}-[0-9]{6}", card) for card in cards)
    assert all("-0000-" in phone for phone in column(rows, "連絡先"))


def test_the_file_is_what_the_ward_exports(directory: Directory, tmp_path: Path) -> None:
    """CP932, CRLF, the ward's columns; in UTF-8 every character is kept."""
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    write_sample(old, SampleExport(directory, 1, ON).rows(300))
    write_sample(new, SampleExport(directory, 1, ON).rows(300), Encoding.UTF_8)
    data = old.read_bytes()
    assert data.count(b"\r\n") == data.count(b"\n") == 301
    assert tuple(next(csv.reader(io.StringIO(data.decode("cp932"))))) == HEADER
    assert "𠮷" in new.read_text(encoding="utf-8")


def test_what_cp932_lacks_is_replaced_as_exports_do() -> None:
    """吉 stands for 𠮷, a selector is dropped, anything else becomes 〓."""
    assert as_cp932("𠮷田 髙﨑 辻\U000e0100 簞 ☃") == "吉田 髙﨑 辻 箪 〓"


def test_a_day_without_open_offices_is_said(directory: Directory) -> None:
    """A day far from any office gives one sentence."""
    with pytest.raises(SampleError, match="2000 to 2100"):
        SampleExport(directory, 1, date(1950, 1, 1))


def test_slots_are_tokyo_times(directory: Directory) -> None:
    """A slot at nine is nine in Tokyo whatever the machine's zone."""
    opening = directory.openings("00", ON)[0]
    assert opening.opens_at.tzinfo is TOKYO
