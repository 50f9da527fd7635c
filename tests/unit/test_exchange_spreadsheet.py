"""Files that somebody opened and saved in a spreadsheet before the import."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, strategies as st

from backend.exchange.csv_file import Encoding, decode, read_csv
from backend.exchange.mapping import FieldName
from backend.exchange.parsing import parse_file, short_numbers
from backend.exchange.refusals import (
    REASON_WORDS,
    REMARK_WORDS,
    ImportReason,
    ImportRemark,
    Refusal,
    Remark,
)
from backend.exchange.spreadsheet import KINDS, ValueKind, damage
from tests.exchange_support import MAPPING, NOW, OFFICES

FILES = Path(__file__).parents[1] / "files"
GOOD: dict[FieldName, str] = {
    "number": "8887-1018",
    "name": "髙橋　一郎",
    "name_kana": "ﾀｶﾊｼ ｲﾁﾛｳ",
    "alias": "高橋",
    "birth": "昭和25年2月3日",
    "address": "新宿区見本町1-2-3",
    "phone": "090-0000-1234",
    "email": "sample1@example.jp",
    "foreign_category": "中長期在留者",
    "stay_expires_on": "令和10年3月31日",
    "application_id": "73028545688709111752243",
    "card_number": "AB1-234567",
    "dispatch_number": "12E-456789",
    "recipient_type": "本人",
    "proxy_name": "見本　花子",
    "starts_at": "2026/11/24 10:30",
    "office": "本庁舎",
    "ward_ticket_number": "M012",
    "group_number": "G-2026-77",
    "state": "予約済",
    "card_expires_on": "2028/03/31",
    "kept_at": "本庁舎",
    "as_of": "2026/11/24 18:00",
}
IN_EVERY_FIELD = [
    *(
        (value, ImportReason.SPREADSHEET_ERROR)
        for value in (
            "#N/A",
            "#REF!",
            "#VALUE!",
            "#DIV/0!",
            "#NAME?",
            "#NULL!",
            "#NUM!",
            "#SPILL!",
            "#CALC!",
            "#GETTING_DATA",
            "＃Ｎ／Ａ",
            "#n/a",
            "Err:502",
            "#スピル!",
            "＃スピル！",
            "#計算!",
            "#フィールド!",
            "#名前?",
            "#ブロック!",
            "#ANYTHING LATER!",
            "# N/A",
            "# ref !",
        )
    ),
    *((value, ImportReason.SPREADSHEET_NARROW) for value in ("#", "####", "##########", "＃＃＃＃")),
    *(
        (value, ImportReason.SPREADSHEET_FORMULA)
        for value in (
            "=A1&B1",
            '="0432"',
            "=VLOOKUP(A2,Sheet2!A:B,2,FALSE)",
            "＝A1",
            "=",
            "@SUM(A1:A3)",
            "@sum(a1)",
            "-SUM(A1:A3)",
            "@A1",
            "+A1",
            "-A1",
            "+$B$12",
            "+A1*2",
        )
    ),
    *(
        (value, ImportReason.SPREADSHEET_WORD)
        for value in (
            "TRUE",
            "FALSE",
            "true",
            "ＴＲＵＥ",
            "NaN",
            "NaT",
            "<NA>",
            "N/A",
            "INF",
            "inf",
            "-inf",
            "-Infinity",
            "null",
            "NULL",
            "(null)",
            "undefined",
        )
    ),
    *(
        (value, ImportReason.SPREADSHEET_EXPONENT)
        for value in (
            "9.03041E+22",
            "1.2E+11",
            "1E+05",
            "9,03041E+22",
            "１．２Ｅ＋１１",
            "1.2e11",
            "4.3E-02",
            "9E+022",
        )
    ),
    *(
        (value, ImportReason.SPREADSHEET_QUANTITY)
        for value in (
            "43324006.0",
            "43324006.",
            "90123456.00",
            "43,324,006",
            "４３３２４００６．０",
            "¥1,234",
            "12.5%",
            "+1.0",
        )
    ),
]


def file_with(rows: list[dict[FieldName, str]]) -> bytes:
    """Rows as a file with a column for every field."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([MAPPING.shown[field] for field in get_args(FieldName)])
    writer.writerows([row[field] for field in get_args(FieldName)] for row in rows)
    return stream.getvalue().encode()


def refusals_of(field: FieldName, *values: str) -> tuple[Refusal, ...]:
    """Why a file is refused of which the rows from line 3 on have these values."""
    rows: list[dict[FieldName, str]] = [
        {**GOOD, "number": f"{70000000 + place}", field: value} for place, value in enumerate(values)
    ]
    return parse_file(decode(file_with([GOOD, *rows])), MAPPING, OFFICES, NOW).refused


def test_good_values_are_no_damage() -> None:
    """The row on which the other tests build is read without refusal or remark."""
    read = parse_file(decode(file_with([GOOD])), MAPPING, OFFICES, NOW)
    assert (len(read.records), read.refused, read.remarks) == (1, (), ())


@pytest.mark.parametrize("field", get_args(FieldName))
def test_damage_is_refused_in_every_field(field: FieldName) -> None:
    """No field takes an error value, ####, a formula, an exponent or a quantity; the word says what happened."""
    assert refusals_of(field, *(value for value, _ in IN_EVERY_FIELD)) == tuple(
        Refusal(line, MAPPING.shown[field], reason) for line, (_, reason) in enumerate(IN_EVERY_FIELD, 3)
    )
    assert all(reason in REASON_WORDS for _, reason in IN_EVERY_FIELD)


@pytest.mark.parametrize("field", get_args(FieldName))
@pytest.mark.parametrize("value", ["45961", "45961.4375", "0.4375"])
def test_serial_dates_are_no_dates_and_no_names(field: FieldName, value: str) -> None:
    """A day counted from 1900 is refused where a date or words are meant; five digits alone may be a number."""
    dot = "." in value
    expected = {
        ValueKind.DATE: ImportReason.SPREADSHEET_SERIAL,
        ValueKind.WORDS: ImportReason.SPREADSHEET_QUANTITY if dot else ImportReason.NO_WORDS,
    }.get(KINDS[field], ImportReason.SPREADSHEET_QUANTITY if dot else None)
    reasons = [refusal.reason for refusal in refusals_of(field, value)]
    if expected is not None:
        assert reasons == [expected]
    else:
        unknown = {"office", "kept_at", "state", "recipient_type"}
        assert bool(reasons) is (field in unknown)


@pytest.mark.parametrize(
    "field", [field for field in get_args(FieldName) if KINDS[field] is not ValueKind.DATE]
)
def test_dates_that_a_spreadsheet_made_are_refused(field: FieldName) -> None:
    """1-2-3 becomes a date in a spreadsheet; where no date is meant it is refused."""
    made = [
        "2001/2/3",
        "1/2",
        "1/2/01",
        "2-Jan",
        "Jan-02",
        "1月2日",
        "2001/2/3 0:00",
        "３月４日",
        "2001年2月3日",
        "3-Feb-2001",
    ]
    assert [one.reason for one in refusals_of(field, *made)] == [ImportReason.SPREADSHEET_DATE] * len(made)


@pytest.mark.parametrize("field", [field for field in get_args(FieldName) if KINDS[field] is ValueKind.WORDS])
def test_words_are_not_digits_alone(field: FieldName) -> None:
    """A value of digits only in a column of names is refused: columns must have shifted."""
    digits = ["43324006", "１２３", "1-2-3", "090-0000-1234", "12:30"]
    assert [one.reason for one in refusals_of(field, *digits)] == [ImportReason.NO_WORDS] * len(digits)


@pytest.mark.parametrize(
    "field", [field for field in get_args(FieldName) if KINDS[field] is not ValueKind.WORDS]
)
def test_the_apostrophe_of_a_spreadsheet_is_refused(field: FieldName) -> None:
    """The mark that keeps a spreadsheet from counting is no part of a value; in a name an apostrophe is a letter."""
    assert [r.reason for r in refusals_of(field, f"'{GOOD[field]}")] == [ImportReason.SPREADSHEET_TEXT_MARK]
    assert refusals_of("alias", "'Aisha O'Neill") == ()


@pytest.mark.parametrize("field", get_args(FieldName))
def test_a_year_and_month_with_a_point_are_a_decimal_number_everywhere_but_in_a_date(
    field: FieldName,
) -> None:
    """Protects a birthday without a day (1950.10) from refusal, and a number from having become 1950.10."""
    found = damage("1950.10", field)
    assert found is (None if KINDS[field] is ValueKind.DATE else ImportReason.SPREADSHEET_QUANTITY)


def test_digits_that_a_spreadsheet_cannot_keep_are_refused() -> None:
    """Of 23 digits a spreadsheet keeps 15; a zero at the end alone is a number like others."""
    assert [r.reason for r in refusals_of("application_id", "730285456887091" + "0" * 8)] == [
        ImportReason.SPREADSHEET_DIGITS_LOST
    ]
    assert refusals_of("application_id", "73028545688709111752000") == ()


@pytest.mark.parametrize(
    ("phone", "lost"),
    [
        ("9012345678", True),
        ("352733601", True),
        ("0352733601", False),
        ("5273-3601", False),
        ("+81-3-5273-3601", False),
        ("090-1234-5678", False),
        ("03(5273)3601", False),
        ("03.5273.3601", False),
    ],
)
def test_a_telephone_number_without_its_zero_is_refused(phone: str, lost: bool) -> None:
    """Nine or ten bare digits that do not begin with a zero have lost it; every other way to write one stays."""
    assert [r.reason for r in refusals_of("phone", phone)] == [ImportReason.SPREADSHEET_ZERO_LOST] * lost


@pytest.mark.parametrize("phone", ["43324006;", "03-5273-3601,", "0352733601/", "03-5273-3601(", "03-5273-"])
def test_a_telephone_number_that_ends_in_a_sign_is_refused(phone: str) -> None:
    """A separator at the end says that something stood behind it, or that columns were joined."""
    assert [r.reason for r in refusals_of("phone", phone)] == [ImportReason.BAD_NUMBER]


@pytest.mark.parametrize(
    "phone", ["なし", "03-5273-3601(呼出)", "03-5273-3601 / 090-0000-1234", "(03)5273-3601"]
)
def test_what_people_write_beside_telephone_numbers_stays(phone: str) -> None:
    """Protects rows from being refused for a word, two numbers or a bracket."""
    assert refusals_of("phone", phone) == ()


@pytest.mark.parametrize("field", [field for field in KINDS if KINDS[field] is ValueKind.WORDS])
def test_an_error_beside_words_is_refused_and_a_flat_is_not(field: FieldName) -> None:
    """A formula that joins texts leaves an error among them; # before the number of a flat is none."""
    damaged = ["山田 #REF!", "山田　＃Ｎ／Ａ", "#名前? 太郎", "新宿区見本町1-2-3 #スピル!", "山田 # N/A"]
    assert [r.reason for r in refusals_of(field, *damaged)] == [ImportReason.SPREADSHEET_ERROR] * len(damaged)
    assert (
        refusals_of(field, "見本町1-2-3 ハイツ#101", "見本町1-2 #B?", "Null", "Nan", "INFANTE", "Trueman")
        == ()
    )


@pytest.mark.parametrize("field", ["number", "card_number", "dispatch_number", "application_id"])
def test_no_sign_disappears_inside_a_number(field: FieldName) -> None:
    """Dots, commas, apostrophes and digits in circles are refused, never taken away."""
    signs = ["88.871.018", "8887・1018", "8887,1018", "88’71018", "No.88871018", "8887101②"]
    assert [one.reason for one in refusals_of(field, *signs)] == [ImportReason.BAD_NUMBER] * len(signs)


@given(st.from_regex(r"[0-9]{5,9}", fullmatch=True), st.sampled_from(".,'’・/:;*+%"), st.integers(0, 9))
def test_a_number_is_stored_as_it_stands_or_refused(digits: str, sign: str, place: int) -> None:
    """A foreign sign anywhere in a number never gives another number."""
    written = f"{digits[:place]}{sign}{digits[place:]}"
    assert refusals_of("number", written)


@given(st.text(min_size=1, max_size=30).filter(str.strip), st.sampled_from(get_args(FieldName)))
def test_no_text_breaks_the_look(text: str, field: FieldName) -> None:
    """Whatever a field holds, the answer is a reason with words, or none."""
    found = damage(text.strip(), field)
    assert found is None or found in REASON_WORDS


def test_every_remark_has_words() -> None:
    """The terminal says what a code means."""
    assert set(REMARK_WORDS) == set(ImportRemark)


@pytest.mark.parametrize(
    ("numbers", "short"),
    [
        (["43324006", "51234567", "61234567", "71234567", "1234567"], ["1234567"]),
        (["43324006", "01234567", "61234567", "71234567", "1234567"], []),
        (["43324006", "5123456", "612345", "71234"], []),
        (["AB1234567", "CD123456"], []),
        (["AB1234567", "CD1234567", "EF1234567", "GH1234567", "1234567"], []),
        ([], []),
    ],
)
def test_numbers_that_may_have_lost_a_zero_are_found(numbers: list[str], short: list[str]) -> None:
    """Shorter than nearly all others where nothing begins with a zero; else nothing can be told."""
    assert short_numbers(numbers) == short


def test_a_short_number_is_remarked_with_its_line() -> None:
    """The row is read, for it may be right, and the report says where to look."""
    rows: list[dict[FieldName, str]] = [{**GOOD, "number": f"4332400{last}"} for last in range(8)]
    read = parse_file(decode(file_with([*rows, {**GOOD, "number": "433240"}])), MAPPING, OFFICES, NOW)
    assert (len(read.records), read.remarks) == (9, (Remark(10, "予約番号", ImportRemark.SHORT_NUMBER),))


@pytest.mark.parametrize("name", ["?田　花子", "〓田　花子", "吉？"])
def test_a_character_that_may_be_lost_is_remarked(name: str) -> None:
    """CP932 has no 𠮷, and programs write a question mark for it: the name is kept, and somebody looks."""
    read = parse_file(decode(file_with([{**GOOD, "name": name}])), MAPPING, OFFICES, NOW)
    assert [record.name for record in read.records] == [name]
    assert read.remarks == (Remark(2, "氏名", ImportRemark.LOST_CHARACTER),)


@pytest.mark.parametrize(
    ("file", "encoding"),
    [("spreadsheet-cp932.csv", Encoding.CP932), ("spreadsheet-utf8.csv", Encoding.UTF_8_BOM)],
)
def test_a_file_as_spreadsheets_save_it(file: str, encoding: Encoding) -> None:
    """Both ways in which Excel saves CSV: good rows are read, each damaged one is named by line and column."""
    content = read_csv(FILES / file)
    assert content.encoding is encoding
    read = parse_file(content, MAPPING, OFFICES, NOW)
    assert [(record.number, record.starts_at) for record in read.records] == [
        ("43324006", datetime(2026, 11, 30, 1, tzinfo=UTC)),
        ("55671234", datetime(2026, 11, 30, 4, 30, tzinfo=UTC)),
    ]
    assert [(one.line, one.column, one.reason.value) for one in read.refused] == [
        (3, "予約番号", "spreadsheet_quantity"),
        (4, "申請書ID", "spreadsheet_exponent"),
        (5, "氏名", "spreadsheet_error"),
        (5, "連絡先", "spreadsheet_zero_lost"),
        (6, "生年月日", "spreadsheet_narrow"),
        (7, "交付予約日時", "spreadsheet_serial"),
        (8, "住所", "spreadsheet_date"),
        (10, None, "wrong_column_count"),
    ]
    lost = () if encoding is Encoding.UTF_8_BOM else (Remark(9, "氏名", ImportRemark.LOST_CHARACTER),)
    assert read.remarks == lost


def test_a_formula_of_several_lines_is_one() -> None:
    """Protects names from a formula that somebody has broken into lines, as spreadsheets let people do."""
    assert damage("=A1&\nB1", "name") is ImportReason.SPREADSHEET_FORMULA
    assert damage("@sum(A1,\nB1)", "name") is ImportReason.SPREADSHEET_FORMULA
