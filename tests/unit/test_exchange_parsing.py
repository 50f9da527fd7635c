import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from backend.exchange.csv_file import decode
from backend.exchange.mapping import ColumnMapping
from backend.exchange.parsing import ParsedFile, parse_file
from backend.exchange.record import ReservationRecord
from backend.exchange.refusals import CsvFileError, ImportReason, ImportRemark, Refusal, Remark
from backend.exchange.sample import HEADER
from backend.wire.my_number import contains_my_number
from tests.exchange_support import MAPPING, NOW, OFFICES
from tests.invented_number import MY_NUMBER

ROW = {
    "氏名": "髙橋　一郎",
    "氏名カナ": "ﾀｶﾊｼ ｲﾁﾛｳ",
    "通称": "",
    "生年月日": "S25.00.00",
    "住所": "新宿区見本町1-2-3　㈱見本ビル①号棟",
    "連絡先": "０９０－００００－１２３４",
    "外国人住民の区分": "中長期在留者",
    "在留期間等満了日": "令和10年3月31日",
    "申請書ＩＤ": "73028545688709111752243",
    "製造管理番号": "ab1-234567",
    "発送番号": "H57809782",
    "予約番号": "8887-1018",
    "電子メールアドレス": "sample1@example.jp",
    "受取人種別": "任意代理人（75歳以上）",
    "代理受取人氏名": "𠮷田　花子",
    "交付予約日時": "2026/11/24 10:30",
    "交付窓口": "簞笥町特別出張所　窓口Ａ",
    "受付番号": "M012",
    "処理状況": "予約済",
    "有効期限": "2028/03/31",
}

FINGERPRINT = "b07ac62865a1730bf3790c74b1f6a7805e9d5edee9f507a4a45320ee23c9a36e"
"""Of this row, by the program before there were groups and a key that says so."""


def written(*rows: dict[str, str], header: tuple[str, ...] = HEADER) -> bytes:
    """A CSV file in UTF-8."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([row.get(name, "") for name in header] for row in rows)
    return stream.getvalue().encode()


def parsed(
    *rows: dict[str, str], header: tuple[str, ...] = HEADER, mapping: ColumnMapping = MAPPING
) -> ParsedFile:
    """Rows as a file, read with the default mapping or another one."""
    return parse_file(decode(written(*rows, header=header)), mapping, OFFICES, NOW)


def test_a_row_becomes_a_reservation() -> None:
    """Every item of the ward's list arrives in its place, names as they are written."""
    assert parsed(ROW).records == (
        ReservationRecord(
            number="88871018",
            name="髙橋　一郎",
            name_kana="タカハシ　イチロウ",
            alias=None,
            birth="1950",
            address="新宿区見本町1-2-3　㈱見本ビル①号棟",
            phone="090-0000-1234",
            email="sample1@example.jp",
            foreign_category="中長期在留者",
            stay_expires_on=date(2028, 3, 31),
            card_expires_on=date(2028, 3, 31),
            application_id="73028545688709111752243",
            card_number="AB1234567",
            dispatch_number="H57809782",
            recipient_type="P4",
            proxy_name="𠮷田　花子",
            office_id="02",
            starts_at=datetime(2026, 11, 24, 1, 30, tzinfo=UTC),
            window_name="窓口A",
            ward_ticket_number="M012",
            state="booked",
        ),
    )


@pytest.mark.parametrize(
    ("written_so", "kept", "reason"),
    [
        ("g-2026-77", "G202677", None),
        ("Ｇ２０２６７７", "G202677", None),
        ("", None, None),
        ("1" * 41, None, ImportReason.TOO_LONG),
        ("組の一", None, ImportReason.BAD_NUMBER),
        ("1234", None, ImportReason.BAD_NUMBER),
        (MY_NUMBER, None, ImportReason.MY_NUMBER),
        ("#REF!", None, ImportReason.SPREADSHEET_ERROR),
    ],
)
def test_a_group_of_bookings_is_a_number_like_the_others(
    written_so: str, kept: str | None, reason: ImportReason | None
) -> None:
    """A column of its own that no export need have: folded, so that one group is one, and refused like any number."""
    file = parsed(ROW | {"グループ番号": written_so}, header=(*HEADER, "グループ番号"))
    if reason is not None:
        assert [(one.column, one.reason) for one in file.refused] == [("グループ番号", reason)]
        return
    assert [record.group_number for record in file.records] == [kept]


def test_a_row_without_a_group_is_known_again_by_the_hash_that_it_had() -> None:
    """An update of the program does not make every row of the next export a changed one."""
    (record,) = parsed(ROW).records
    grouped = replace(record, group_number="G1")
    assert (
        record.fingerprint(b"key")
        != grouped.fingerprint(b"key")
        != replace(record, group_number="G2").fingerprint(b"key")
    )
    assert record.fingerprint(b"key") == FINGERPRINT


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"予約番号": ""}, "予約番号", ImportReason.MISSING_VALUE),
        ({"氏名": "　"}, "氏名", ImportReason.MISSING_VALUE),
        ({"交付予約日時": ""}, "交付予約日時", ImportReason.MISSING_VALUE),
        ({"交付窓口": ""}, "交付窓口", ImportReason.MISSING_VALUE),
        ({"交付予約日時": "2026/11/31 10:00"}, "交付予約日時", ImportReason.BAD_DATE),
        ({"生年月日": "平成31年5月1日"}, "生年月日", ImportReason.BAD_DATE),
        ({"生年月日": "2026/11/25"}, "生年月日", ImportReason.BAD_DATE),
        ({"在留期間等満了日": "2028"}, "在留期間等満了日", ImportReason.BAD_DATE),
        ({"有効期限": "そのうち"}, "有効期限", ImportReason.BAD_DATE),
        ({"交付予約日時": "2026/11/24（月） 10:30"}, "交付予約日時", ImportReason.WRONG_WEEKDAY),
        ({"有効期限": "平成40年3月31日"}, "有効期限", ImportReason.BAD_DATE),
        ({"申請書ＩＤ": "730285456887091117522431"}, "申請書ＩＤ", ImportReason.TOO_LONG),
        ({"申請書ＩＤ": "申請中"}, "申請書ＩＤ", ImportReason.BAD_NUMBER),
        ({"交付窓口": "渋谷区役所"}, "交付窓口", ImportReason.UNKNOWN_OFFICE),
        ({"受取人種別": "友人"}, "受取人種別", ImportReason.UNKNOWN_RECIPIENT),
        ({"処理状況": "謎"}, "処理状況", ImportReason.BAD_STATE),
        ({"予約番号": "88#71018"}, "予約番号", ImportReason.BAD_NUMBER),
        ({"予約番号": "1234"}, "予約番号", ImportReason.BAD_NUMBER),
        ({"予約番号": "A" * 21}, "予約番号", ImportReason.TOO_LONG),
        ({"氏名": "長" * 201}, "氏名", ImportReason.TOO_LONG),
        ({"住所": "新宿区\x07"}, "住所", ImportReason.BAD_CHARACTERS),
        ({"氏名": "山\ufffd"}, "氏名", ImportReason.BAD_CHARACTERS),
        ({"氏名": "山\u202e田"}, "氏名", ImportReason.BAD_CHARACTERS),
    ],
)
def test_a_bad_row_is_refused_with_line_and_column(
    change: dict[str, str], column: str, reason: ImportReason
) -> None:
    """The report says where and why, never what."""
    result = parsed(ROW, ROW | {"予約番号": "70000000"} | change)
    assert result.refused == (Refusal(3, column, reason),)
    assert [record.number for record in result.records] == ["88871018"]


@pytest.mark.parametrize("column", HEADER)
@pytest.mark.parametrize(
    "number",
    [
        "123456789018",
        "１２３４　５６７８　９０１８",
        "1234-5678-9018",
        "番号:123456789018です",
        "一二三四五六七八九〇一八",
    ],
)
def test_a_12_digit_number_is_refused_in_every_column(column: str, number: str) -> None:
    """No field is a place where a 個人番号 slips through, in whatever form it is written."""
    result = parsed(ROW | {column: number})
    assert result.records == ()
    assert result.refused == (Refusal(2, column, ImportReason.MY_NUMBER),)
    assert "5678" not in repr(result)


def test_columns_that_nobody_reads_are_searched_too() -> None:
    """A 12-digit number in an unknown, a nameless or a surplus column refuses the row."""
    header = (*HEADER, "備考", "")
    result = parsed(ROW | {"備考": "123456789018"}, ROW | {"": "123456789018"}, header=header)
    assert result.refused == (
        Refusal(2, "備考", ImportReason.MY_NUMBER),
        Refusal(3, "#22", ImportReason.MY_NUMBER),
    )
    longer = written(ROW)[:-2] + b",123456789018\r\n"
    surplus = parse_file(decode(longer), MAPPING, OFFICES, NOW)
    assert surplus.refused == (
        Refusal(2, "#21", ImportReason.MY_NUMBER),
        Refusal(2, None, ImportReason.WRONG_COLUMN_COUNT),
    )


@pytest.mark.parametrize("name", ["申請書ＩＤ", "申請書ID", "申請書 ＩＤ", "ﾋﾞｺｳ", "第①連絡先"])
def test_a_report_names_a_column_as_the_file_has_it(name: str) -> None:
    """Who searches the file for the name in the report finds it, whatever width its letters have."""
    header = (*(column for column in HEADER if column != "申請書ＩＤ"), name)
    result = parsed(ROW | {name: "123456789018"}, header=header)
    assert result.refused == (Refusal(2, name, ImportReason.MY_NUMBER),)


def test_a_12_digit_number_in_the_header_refuses_the_file() -> None:
    """The message counts the column instead of naming it."""
    with pytest.raises(CsvFileError, match="column 21 of the first line") as caught:
        parsed(ROW, header=(*HEADER, "123456789018"))
    assert caught.value.refusal == Refusal(1, "#21", ImportReason.MY_NUMBER)


def test_dates_and_telephone_numbers_are_not_taken_for_it() -> None:
    """What stands in its own column is read by that column's shape first, whatever a check digit would say."""
    others = {
        "申請書ＩＤ": "73012345678901811752243",
        "連絡先": "03-3209-9999-18",
        "交付予約日時": "2026-11-24 10:30",
        "通称": "会員 7948,328,1019,149",
    }
    assert contains_my_number(others["申請書ＩＤ"])
    assert parsed(ROW | others).refused == ()
    assert (
        parsed(ROW | {"交付予約日時": "2026-11-24 10:30:00", "連絡先": "03-5273-4004 内線1234"}).refused == ()
    )


@pytest.mark.parametrize(
    "column", ["氏名", "氏名カナ", "通称", "住所", "電子メールアドレス", "代理受取人氏名"]
)
@pytest.mark.parametrize(
    "dress",
    [
        "+123456789018",
        "(1234)5678(9018)",
        "1234〜5678〜9018",
        "1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣9️⃣0️⃣1️⃣8️⃣",
        "1234:5678:9018",
        "1234|5678'9018",
        "1234•5678*9018",
        "1234    5678    9018",
        "壱弐参四五六七八九〇一八",
        "01234567890180",
        "1\u03322\u03323\u033245678\u03329018",
    ],
)
def test_no_dress_hides_a_12_digit_number_in_a_free_column(column: str, dress: str) -> None:
    """Where people write what they like, whatever they put between the digits does not bring them in."""
    refused = parsed(ROW | {column: dress}, header=(*HEADER, "備考")).refused
    assert refused == (Refusal(2, column, ImportReason.MY_NUMBER),)


@pytest.mark.parametrize(
    ("text", "kept_out"),
    [
        ("123456789012", True),
        ("1234-5678-9018", True),
        ("1234-5678-9012", False),
        ("12-34-56-78-90-18", False),
        ("01234567890180", False),
        ("8/1, 8/2, 8/10, 8/11, 8/12", False),
        ("処理 12345 枝番 678 回数 9018", False),
    ],
)
def test_of_a_column_that_is_not_stored_only_a_written_number_counts(text: str, *, kept_out: bool) -> None:
    """Nothing of it is kept: twelve in a row, or four by four as on the card, refuse the row; chance does not."""
    refused = parsed(ROW | {"備考": text}, header=(*HEADER, "備考")).refused
    assert refused == ((Refusal(2, "備考", ImportReason.MY_NUMBER),) if kept_out else ())


@pytest.mark.parametrize("column", ["通称", "住所", "電子メールアドレス"])
def test_of_a_column_that_is_stored_every_dress_counts(column: str) -> None:
    """What is kept is searched thoroughly."""
    for text in ("12-34-56-78-90-18", "01234567890180"):
        refused = parsed(ROW | {column: text}).refused
        assert refused == (Refusal(2, column, ImportReason.MY_NUMBER),)


def test_a_short_row_is_refused_whole() -> None:
    """Where columns shifted, nothing can be trusted."""
    data = written(ROW) + b"70000000,x\r\n"
    assert parse_file(decode(data), MAPPING, OFFICES, NOW).refused == (
        Refusal(3, None, ImportReason.WRONG_COLUMN_COUNT),
    )


def test_a_row_that_lacks_optional_fields_is_read_on_request() -> None:
    """Programs leave out empty fields at the end of a row: read and remarked where the mapping says so, else refused."""
    asked = replace(MAPPING, short_rows=True)
    whole = written(ROW).decode().splitlines()[1]
    cut = {count: ",".join(next(csv.reader([whole]))[:count]) for count in (19, 17, 16, 0)}
    header = written().decode().strip()
    for count, line in cut.items():
        read = parse_file(decode(f"{header}\n{line or '70000000'}\n".encode()), asked, OFFICES, NOW)
        if count in {19, 17}:
            assert [record.card_expires_on for record in read.records] == [None]
            assert read.remarks == (Remark(2, None, ImportRemark.SHORT_ROW),)
        else:
            assert read.refused == (Refusal(2, None, ImportReason.WRONG_COLUMN_COUNT),)
        assert parse_file(decode(f"{header}\n{line or '7'}\n".encode()), MAPPING, OFFICES, NOW).records == ()
    longer = parse_file(decode(f"{header}\n{whole},\n".encode()), asked, OFFICES, NOW)
    assert longer.refused == (Refusal(2, None, ImportReason.WRONG_COLUMN_COUNT),)


@pytest.mark.parametrize(
    ("written_at", "state", "remark"),
    [
        ("2026/11/24 10:30", "予約済", None),
        ("2026/11/24 3:00", "予約済", ImportRemark.OUTSIDE_HOURS),
        ("2026/11/24 午前12時", "予約済", ImportRemark.OUTSIDE_HOURS),
        ("2026/11/23（月・祝）10:30", "予約済", ImportRemark.CLOSED_DAY),
        ("2026/11/28 10:30", "", ImportRemark.CLOSED_DAY),
        ("2026/11/23 10:30", "取消", None),
    ],
)
def test_a_time_at_which_nobody_is_there_is_remarked(
    written_at: str, state: str, remark: ImportRemark | None
) -> None:
    """A booking outside of the office's hours is read, and the report names its line and column."""
    read = parsed(ROW | {"交付予約日時": written_at, "処理状況": state})
    assert len(read.records) == 1
    assert read.remarks == (() if remark is None else (Remark(2, "交付予約日時", remark),))


@pytest.mark.parametrize(
    ("column", "written_at", "unlikely"),
    [
        ("交付予約日時", "1926/11/24 10:30", True),
        ("交付予約日時", "2015/11/24 10:30", True),
        ("交付予約日時", "2016/11/24 10:30", False),
        ("交付予約日時", "2027/11/24 10:30", False),
        ("交付予約日時", "2028/1/4 10:30", True),
        ("交付予約日時", "2062/11/24 10:30", True),
        ("生年月日", "1905", True),
        ("生年月日", "明治39年1月1日", False),
        ("生年月日", "2026/1/4", False),
        ("有効期限", "昭和10年3月31日", True),
        ("有効期限", "2015/12/31", True),
        ("有効期限", "2016/1/1", False),
        ("有効期限", "2037/12/31", False),
        ("有効期限", "2038/1/1", True),
        ("在留期間等満了日", "2015/12/31", True),
        ("在留期間等満了日", "2016/1/1", False),
        ("在留期間等満了日", "2034/12/31", False),
        ("在留期間等満了日", "2035/1/1", True),
        ("在留期間等満了日", "2082/3/31", True),
    ],
)
def test_a_year_that_hardly_any_row_has_is_remarked(column: str, written_at: str, *, unlikely: bool) -> None:
    """A slip of the era or of one digit makes a day that exists: it is read, and the report names line and column."""
    read = parsed(ROW | {column: written_at, "処理状況": "取消"})
    assert len(read.records) == 1
    assert read.remarks == ((Remark(2, column, ImportRemark.UNLIKELY_YEAR),) if unlikely else ())


@pytest.mark.parametrize(
    "written_at", ["2026/11/30 25:00", "2026-11-31 10:05", "2026/11/30（月） 24:60:00", "2026.13.01 09:04"]
)
def test_a_moment_that_does_not_exist_is_never_told_as_a_number(written_at: str) -> None:
    """Once in eleven times chance makes the check digit right; the report has to say what is wrong with the time."""
    refused = {parsed(ROW | {"交付予約日時": f"{written_at[:-1]}{last}"}).refused for last in range(10)}
    assert refused == {(Refusal(2, "交付予約日時", ImportReason.BAD_DATE),)}


def test_what_a_mapping_accepts_is_remarked() -> None:
    """A wrong weekday and 平成 after its end are read where the mapping says so, each with line and column."""
    rules = replace(MAPPING.dates, wrong_weekday=True, heisei_continued=True)
    read = parsed(
        ROW | {"交付予約日時": "2026/11/24（月） 10:30", "有効期限": "平成40年3月31日"},
        mapping=replace(MAPPING, dates=rules),
    )
    assert [record.card_expires_on for record in read.records] == [date(2028, 3, 31)]
    assert set(read.remarks) == {
        Remark(2, "交付予約日時", ImportRemark.WRONG_WEEKDAY),
        Remark(2, "有効期限", ImportRemark.HEISEI_CONTINUED),
    }


def test_a_span_is_stored_as_its_beginning() -> None:
    """10:00-10:30 is ten o'clock in Tokyo, not ten and a half hours west of Greenwich on the day after."""
    for span in (
        "2026/11/30 10:00-10:30",
        "2026/11/30 10:00～10:30",
        "令和8年11月30日(月) 10時から10時半まで",
    ):
        read = parsed(ROW | {"交付予約日時": span})
        assert [record.starts_at for record in read.records] == [datetime(2026, 11, 30, 1, tzinfo=UTC)]


def test_one_number_with_two_contents_is_refused_twice() -> None:
    """Which of two rows is right is the ward's to say; an exact repetition is harmless."""
    other = ROW | {"予約番号": "70000000"}
    result = parsed(ROW, other, ROW | {"氏名": "別人"}, other)
    assert result.refused == (
        Refusal(2, "予約番号", ImportReason.DUPLICATE_NUMBER),
        Refusal(4, "予約番号", ImportReason.DUPLICATE_NUMBER),
    )
    assert [record.number for record in result.records] == ["70000000"]
    assert result.repeated == 1


def test_only_a_booking_needs_time_and_place() -> None:
    """Somebody who was only notified, or whose booking was cancelled, has neither."""
    empty = {"交付予約日時": "", "交付窓口": ""}
    states = ("案内済", "取消", "")
    result = parsed(
        *(ROW | empty | {"予約番号": f"7000000{n}", "処理状況": state} for n, state in enumerate(states))
    )
    assert result.refused == ()
    assert [record.state for record in result.records] == ["notified", "cancelled", "notified"]


def test_an_empty_state_with_a_time_is_a_booking() -> None:
    """Exports without 処理状況 hold bookings."""
    header = tuple(name for name in HEADER if name != "処理状況")
    assert [record.state for record in parsed(ROW, header=header).records] == ["booked"]


@pytest.mark.parametrize(
    ("header", "reason", "words"),
    [
        (
            tuple(name for name in HEADER if name not in {"予約番号", "交付窓口"}),
            "missing_column",
            "予約番号, 交付窓口",
        ),
        (("a", "b"), "missing_column", "is its encoding right"),
        ((*HEADER, "予約日時"), "duplicate_column", "予約日時 is the second"),
    ],
)
def test_a_wrong_header_is_one_sentence(header: tuple[str, ...], reason: str, words: str) -> None:
    """Missing columns are named all at once, before any row is read."""
    with pytest.raises(CsvFileError, match=words) as caught:
        parsed(ROW, header=header)
    assert caught.value.refusal.reason == reason


def test_a_column_that_is_missing_is_named_once() -> None:
    """The number is needed by itself and to know a row again; it is one column all the same."""
    with pytest.raises(CsvFileError) as failed:
        parse_file(decode("氏名\r\n".encode()), MAPPING, OFFICES, NOW)
    assert str(failed.value).count("予約番号") == 1


@pytest.mark.parametrize(
    ("text", "refused"), [("2026/11/24 23:59", False), ("2026/11/25", True), ("2062/11/24", True)]
)
def test_a_file_of_a_day_that_has_not_come_is_refused(text: str, refused: bool) -> None:
    """Taken for right, it would make every file after it an older one, whose rows are left out."""
    found = parsed(ROW | {"出力日時": text}, header=(*HEADER, "出力日時"))
    told = [Refusal(2, "出力日時", ImportReason.BAD_DATE)] if refused else []
    assert list(found.refused) == told


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\r"])
def test_a_file_that_ends_in_the_middle_of_a_line_is_remarked(end: str) -> None:
    """A value that was cut may be a right one, so nothing but the missing end of its line tells of it."""
    text = written(ROW, ROW | {"予約番号": "88871019"}).rstrip(b"\r\n") + end.encode()
    found = parse_file(decode(text), MAPPING, OFFICES, NOW)
    cut = [one for one in found.remarks if one.remark is ImportRemark.NO_LINE_END]
    assert [(one.line, one.column) for one in cut] == ([] if end else [(3, None)])


def test_a_header_alone_is_an_empty_import() -> None:
    """A day without reservations is not a mistake."""
    assert parsed() == ParsedFile((), 0, (), "utf-8")


def test_fingerprints_tell_contents_apart_and_need_the_key() -> None:
    """The same row has the same print under one key only, and any change shows."""
    record = parsed(ROW).records[0]
    changed = parsed(ROW | {"通称": "高橋"}).records[0]
    key = b"k" * 32
    assert record.fingerprint(key) == parsed(ROW).records[0].fingerprint(key)
    assert record.fingerprint(key) != changed.fingerprint(key)
    assert record.fingerprint(key) != record.fingerprint(b"x" * 32)
