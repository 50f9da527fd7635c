"""Cells for the ward: each value as an import reads it back, no formula, and nothing lost without a word."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from backend.exchange.cell_text import LOST, as_cp932, guarded, is_guarded, not_in_cp932, same_text
from backend.exchange.cells import Cells
from backend.exchange.csv_file import Encoding
from backend.exchange.csv_out import Replaced, Written, write_rows
from backend.exchange.dates import Notation, read_birth, read_date
from backend.exchange.export_words import merged_export
from backend.exchange.mapping import ColumnMapping, MappingError, OfficeNames, load_mapping
from backend.exchange.record import ReservationRecord, RowReader
from backend.exchange.times import read_date_time
from tests.exchange_support import DIRECTORY, MAPPING, OFFICES

RECORD = ReservationRecord(number="12345679", name="受付 花子", state="booked")


def written_in(notation: Notation, tmp_path: Path, *more: str) -> Cells:
    """Cells of a ward that writes dates in a notation."""
    file = tmp_path / "mapping.toml"
    file.write_text("\n".join([f'[export]\ndates = "{notation}"', *more]), encoding="utf-8")
    return Cells(load_mapping(file), OFFICES)


@pytest.mark.parametrize("notation", [Notation.WESTERN, Notation.JAPANESE_ERA, Notation.COMPACT])
@given(day=st.dates(date(1873, 1, 2), date(2099, 12, 31)), parts=st.integers(1, 3))
def test_a_date_is_read_back_whole_or_in_parts(
    notation: Notation, day: date, parts: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever notation the ward writes, days and birthdays of which month or day are unknown come back as they were."""
    cells = written_in(notation, tmp_path_factory.mktemp("cells"))
    iso = "-".join(day.isoformat().split("-")[:parts])
    born = read_birth(cells.birth(iso))
    assert born is not None
    assert born.parts.iso() == iso
    assert read_date(cells.day(day)).whole == day


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)))  # noqa: DTZ001 - it gets its zone below
def test_a_moment_is_read_back_to_the_second(moment: datetime) -> None:
    """A booking keeps its time, whatever second it begins at."""
    at = moment.replace(microsecond=0, tzinfo=UTC)
    assert read_date_time(Cells(MAPPING, OFFICES).moment(at)).at == at


@pytest.mark.parametrize("window", [None, "交付窓口A", "3"])
def test_an_office_is_read_back_with_its_window(window: str | None) -> None:
    """交付窓口 of every office, with and without a window, is understood again."""
    cells = Cells(MAPPING, OFFICES)
    for office in DIRECTORY:
        assert OFFICES.find(cells.office(office.id, window)) == (office.id, window)


def test_what_the_ward_has_no_word_for_is_refused_and_an_unread_notation_too(tmp_path: Path) -> None:
    """Nothing is exported that an import of the same mapping would not understand."""
    with pytest.raises(MappingError, match=r"no word in \[states\] for lost"):
        Cells(MAPPING, OFFICES).reservation(replace(RECORD, state="lost"))
    with pytest.raises(MappingError, match="writes dates as wareki"):
        written_in(Notation.JAPANESE_ERA, tmp_path, '[dates]\nnotations = ["seireki"]')
    file = tmp_path / "other.toml"
    file.write_text('[export]\nreservations = ["number", "shoe_size"]', encoding="utf-8")
    with pytest.raises(MappingError, match="shoe_size"):
        Cells(load_mapping(file), OFFICES)


def test_a_ward_adds_words_and_replaces_columns(tmp_path: Path) -> None:
    """Of the words only those named differ; the columns are the named ones, in their order."""
    file = tmp_path / "mapping.toml"
    file.write_text(
        '[columns]\nnumber = ["受付ID"]\n[states]\nbooked = ["1"]\n[recipients]\nR1 = ["01"]\n[export]\n'
        'reservations = ["state", "number", "recipient_type"]\n[export.outcomes]\nissued = "済"\n',
        encoding="utf-8",
    )
    mapping = load_mapping(file)
    cells = Cells(mapping, OfficeNames(DIRECTORY, mapping.offices))
    assert cells.header() == ["処理状況", "受付ID", "受取人種別"]
    assert cells.reservation(replace(RECORD, recipient_type="R1")) == ["1", "12345679", "01"]
    assert mapping.words.part.outcomes["issued"] == "済"
    assert mapping.words.part.outcomes["ended"] == MAPPING.words.part.outcomes["ended"]
    assert merged_export({"outcomes": {"a": "1"}, "dates": "x"}, {"outcomes": {"b": "2"}}) == {
        "outcomes": {"a": "1", "b": "2"},
        "dates": "x",
    }


def test_every_field_of_a_row_has_a_column_in_the_export() -> None:
    """A field that the export left out would be emptied when the file comes back.

    Where a card lies, and of when a file is, the ward's system alone says: without these columns both stay as they are.
    """
    shipped: ColumnMapping = MAPPING
    assert set(shipped.words.part.reservations) == set(shipped.shown) - {"kept_at", "as_of"}


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "　=1+1"),
        ("+81-3-0000", "　+81-3-0000"),
        ("-A1", "　-A1"),
        ("@SUM(A1)", "　@SUM(A1)"),
        ("\tx", "　\tx"),
        ("\rx", "　\rx"),
        ("＝A1", "　＝A1"),
        ("受付 花子", "受付 花子"),
        ("", ""),
        ("　受付", "　受付"),
    ],
)
def test_a_cell_is_no_formula(text: str, cell: str) -> None:
    """Whatever begins like a formula gets a blank before it, and that is known again."""
    assert guarded(text) == cell
    assert is_guarded(cell) is (text != cell)


def test_a_guarded_name_is_read_as_it_was() -> None:
    """A name of somebody that begins with = is refused as a formula, except behind our own blank."""
    reader = RowReader(["予約番号", "氏名", "処理状況"], MAPPING, OFFICES, date(2026, 11, 25))
    assert reader.read(2, ["12345679", "=A1", "案内済"]).record is None
    read = reader.read(2, ["12345679", guarded("=A1"), "案内済"])
    assert read.record is not None
    assert read.record.name == "=A1"


@given(st.text())
def test_what_stands_in_cp932_stays_and_all_else_is_named(text: str) -> None:
    """A text is either written as it is or each of its lost characters is named; and it counts as the same when it comes back."""
    shown = as_cp932(text)
    assert shown.encode("cp932").decode("cp932") == shown
    lost = {chr(point) for point in not_in_cp932(text)}
    assert (shown == text) is not bool(lost)
    assert lost <= set(text)
    assert same_text(text, shown)


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("𠮷田", "吉田", True),
        ("吉田", "𠮷田", False),
        ("𠮷田", "𠮷野", False),
        ("☃", LOST, True),
        ("辻\U000e0100", "辻", True),
        ("03−1234", "03-1234", True),
        ("ﾊﾅｺ", "ハナコ", False),
        (None, "", True),
        (None, "x", False),
        ("髙", "高", False),
    ],
)
def test_a_replaced_value_is_known_again_and_no_other(
    ours: str | None, theirs: str | None, same: bool
) -> None:
    """What the ward changed is a change; what CP932 changed is none."""
    assert same_text(ours, theirs) is same


def put(path: Path, rows: Sequence[Sequence[str] | str], encoding: Encoding, **more: Any) -> Written:
    """Write rows with two columns."""

    def each() -> Iterator[Sequence[str] | str]:
        yield from rows

    return write_rows(path, ("氏名", "住所"), each(), encoding, len(rows), **more)


def test_a_file_says_line_column_and_code_point_of_what_it_lost(tmp_path: Path) -> None:
    """No character is replaced silently, and lines are counted correctly after a cell with two lines."""
    file = tmp_path / "a.csv"
    done = put(
        file,
        [("受付", 'a "b",\nc'), "erased", ("𠮷田𠮷", "辻\U000e0100"), ("=1", "\ue000")],
        Encoding.CP932,
    )
    assert done.replaced == (
        Replaced(4, "氏名", "U+20BB7"),
        Replaced(4, "住所", "U+E0100"),
    )
    assert (done.rows, done.guarded, done.left_out) == (3, 1, {"erased": 1})
    with file.open(encoding="cp932", newline="") as opened:
        assert list(csv.reader(opened, strict=True)) == [
            ["氏名", "住所"],
            ["受付", 'a "b",\nc'],
            ["吉田吉", "辻"],
            ["　=1", "\ue000"],
        ]
    assert file.read_bytes().count(b"\r\n") == 4
    assert file.stat().st_mode & 0o777 == 0o600
    assert done.as_json()["replaced"][0] == {"line": 4, "column": "氏名", "code_point": "U+20BB7"}


@pytest.mark.parametrize(("encoding", "mark"), [(Encoding.UTF_8, b""), (Encoding.UTF_8_BOM, b"\xef\xbb\xbf")])
def test_in_utf_8_nothing_is_lost(encoding: Encoding, mark: bytes, tmp_path: Path) -> None:
    """Every character stays, but for halves of characters; the mark stands at the beginning and nowhere else."""
    file = tmp_path / "a.csv"
    done = put(file, [("𠮷", "辻\U000e0100"), ("\ud842", "x")] * 700, encoding)
    data = file.read_bytes()
    assert data.startswith(mark)
    assert data.count(b"\xef\xbb\xbf") == len(mark) // 3
    assert data.decode(encoding).split("\r\n")[1:3] == ["𠮷,辻\U000e0100", f"{LOST},x"]
    assert {one.code_point for one in done.replaced} == {"U+D842"}
    assert (len(done.replaced), done.rows) == (700, 1400)


def test_progress_ends_with_all_of_it(tmp_path: Path) -> None:
    """Somebody who waits sees how far it is, and that it is done."""
    told: list[tuple[int, int]] = []
    put(
        tmp_path / "a.csv",
        [("a", "b")] * 1200,
        Encoding.CP932,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(0, 1200), (500, 1200), (1000, 1200), (1200, 1200)]


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    """A draft has a name of its own; whatever has it already stays."""
    file = tmp_path / "a.csv"
    file.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        put(file, [], Encoding.CP932)
    assert file.read_bytes() == b"mine"
