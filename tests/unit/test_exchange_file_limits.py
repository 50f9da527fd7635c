"""A file of the ward as a whole: how far the reading is, which column is missing, what a number may be long."""

from dataclasses import replace

import pytest

from backend.cards.numbers import BadNumberError, normalise_number
from backend.common.shipped import locate
from backend.exchange.csv_file import decode
from backend.exchange.mapping import OfficeNames
from backend.exchange.parsing import ParsedFile, parse_file
from backend.exchange.record import shown_column
from backend.exchange.refusals import CsvFileError, ImportReason, Refusal
from backend.offices.directory_file import load_directory
from tests.exchange_support import KEY, MAPPING, NOW, OFFICES

HEAD = "予約番号,氏名,交付予約日時,交付窓口\r\n"


def line(number: str, name: str = "山田") -> str:
    """A row of the file."""
    return f"{number},{name},2026/11/24 10:30,00\r\n"


def parsed(text: str, reports: list[tuple[int, int]] | None = None) -> ParsedFile:
    """A file's text, read with the default mapping."""
    progress = None if reports is None else lambda done, total: reports.append((done, total))
    return parse_file(decode(text.encode()), MAPPING, OFFICES, NOW, progress)


def test_who_waits_for_a_long_import_sees_it_move() -> None:
    """Protects from an import that looks hung: it begins low, grows, never passes the whole, and ends with it."""
    text = HEAD + "".join(line(f"{number:08d}") for number in range(10_000_000, 10_002_001))
    reports: list[tuple[int, int]] = []
    assert len(parsed(text, reports).records) == 2001
    done = [one for one, _ in reports]
    assert {total for _, total in reports} == {len(text)}
    assert 0 < done[0] < 50
    assert done == sorted(done)
    assert done[-1] == len(text)
    assert 3 <= len(reports) <= 12
    assert done[-2] > len(text) * 0.9


def test_a_short_file_never_tells_of_more_than_there_is() -> None:
    """Protects the bar from running over its end where fields stand in many quotes and the text is short."""
    reports: list[tuple[int, int]] = []
    parsed(HEAD + line("10000000").strip(), reports)
    assert all(0 < done <= total for done, total in reports)


def test_a_number_twice_with_one_content_is_one_and_with_two_is_none() -> None:
    """Protects a visitor from a reservation that the file contradicts: every row of the number is refused."""
    same = parsed(HEAD + line("10000000") + line("1000-0000") + line("10000001", "川"))
    assert ([one.number for one in same.records], same.repeated, same.refused) == (
        ["10000000", "10000001"],
        1,
        (),
    )
    other = parsed(HEAD + line("10000000") + line("10000000") + line("10000000", "田山"))
    assert other.records == ()
    assert other.refused == tuple(
        Refusal(line, "予約番号", ImportReason.DUPLICATE_NUMBER) for line in (2, 3, 4)
    )


@pytest.mark.parametrize(
    ("header", "column", "hinted"),
    [
        ("氏名,住所", "予約番号", False),
        ("氏名,メモ", "予約番号", False),
        ("予約番号,住所", "氏名", False),
        ("メモ,覚え", "予約番号", True),
    ],
)
def test_a_missing_column_is_named_and_a_foreign_file_asked_about(
    header: str, column: str, hinted: bool
) -> None:
    """Protects whoever chose the wrong file: the first missing column, and the question only where none is known."""
    with pytest.raises(CsvFileError) as caught:
        parsed(f"{header}\r\n1,2\r\n")
    assert caught.value.refusal == Refusal(1, column, ImportReason.MISSING_COLUMN)
    assert ("is this the ward's export" in str(caught.value)) is hinted


def test_what_refuses_a_file_says_so_in_a_sentence() -> None:
    """Protects the report: a sentence for people, and line 0 if no line can be named."""
    error = CsvFileError("the file is empty", ImportReason.EMPTY_FILE)
    assert str(error) == "the file is empty"
    assert error.refusal == Refusal(0, None, ImportReason.EMPTY_FILE)


@pytest.mark.parametrize(("length", "taken"), [(5, True), (20, True), (21, False)])
def test_a_number_has_twenty_characters_at_most(length: int, taken: bool) -> None:
    """Protects the longest number of another system, and the database from a longer one."""
    typed = "A" * length
    if taken:
        assert normalise_number(typed.lower()) == typed
        return
    with pytest.raises(BadNumberError):
        normalise_number(typed)


def test_two_rows_are_told_apart_by_everything_that_they_say() -> None:
    """Protects a changed name or time from being passed over as already imported."""
    one = parsed(HEAD + line("10000000")).records[0]
    assert one.fingerprint(KEY) == parsed(HEAD + line("1000-0000")).records[0].fingerprint(KEY)
    others = [
        replace(one, name="山口"),
        replace(one, number="10000001"),
        replace(one, alias="山田"),
        replace(one, alias="None"),
        replace(one, name_kana="山田"),
        replace(one, starts_at=NOW),
    ]
    assert len({record.fingerprint(KEY) for record in [one, *others]}) == 7
    assert one.fingerprint(KEY) != one.fingerprint(b"o" * 32)
    long = b"o" * 64
    assert one.fingerprint(long) != one.fingerprint(long[:-1] + b"k")
    assert one.fingerprint(long) == one.fingerprint(long + b"k")


@pytest.mark.parametrize(
    ("name", "index", "shown"),
    [("予約番号", 0, "予約番号"), ("", 6, "#7"), (" ", 0, "#1"), ("長" * 61, 0, "長" * 60)],
)
def test_a_column_is_named_as_the_file_has_it(name: str, index: int, shown: str) -> None:
    """Protects the report from a page of text in a header, and a column without a name from being no column."""
    assert shown_column(name, index) == shown


def test_the_longer_name_of_an_office_wins_over_its_beginning() -> None:
    """Protects visitors of an office whose name begins with another's from being sent to that one."""
    names = OfficeNames(
        load_directory(locate("offices", "shinjuku.toml")), {"01": ["見本町"], "02": ["見本町南"]}
    )
    assert names.find("見本町南　３番窓口") == ("02", "3番窓口")
    assert names.find("見本町　３番窓口") == ("01", "3番窓口")
