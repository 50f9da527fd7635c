from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from backend.exchange.csv_file import Encoding, decode, read_csv, rows
from backend.exchange.refusals import CsvFileError, ImportReason

TEXT = "予約番号,氏名\r\n1,髙橋\r\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode("cp932"), Encoding.CP932),
        (TEXT.encode(), Encoding.UTF_8),
        (TEXT.encode("utf-8-sig"), Encoding.UTF_8_BOM),
        (TEXT.encode("utf-16"), Encoding.UTF_16),
        (TEXT.encode("utf-16-le").join([b"\xff\xfe", b""]), Encoding.UTF_16),
        (TEXT.encode("utf-16-be").join([b"\xfe\xff", b""]), Encoding.UTF_16),
    ],
)
def test_the_encoding_is_found_and_told(data: bytes, encoding: Encoding) -> None:
    """Every encoding that ward systems export is read the same and reported."""
    content = decode(data)
    assert (content.text, content.encoding) == (TEXT, encoding)


def test_old_end_of_file_mark_is_not_a_row() -> None:
    """Ctrl-Z at the end of an export of an old system is not damage."""
    assert [row.fields for row in rows(decode(TEXT.encode("cp932") + b"\x1a"))] == [
        ["予約番号", "氏名"],
        ["1", "髙橋"],
    ]


@pytest.mark.parametrize(
    ("data", "reason", "line", "words"),
    [
        (b"", ImportReason.EMPTY_FILE, 0, "empty"),
        (b"\xef\xbb\xbf\r\n  ", ImportReason.EMPTY_FILE, 0, "empty"),
        (b"PK\x03\x04rest", ImportReason.BAD_ENCODING, 0, "Excel"),
        (
            TEXT.encode("cp932") + b"2,\x81\x20\r\n",
            ImportReason.BAD_ENCODING,
            3,
            "line 3 holds bytes that are neither UTF-8 nor CP932 text",
        ),
        (TEXT.encode() + b"2,\xe3\x81\r\n", ImportReason.BAD_ENCODING, 3, "line 3"),
        (TEXT.encode("cp932") + b"2,a\x00b\r\n", ImportReason.NUL_BYTE, 3, "line 3"),
        (TEXT.encode("utf-16-le"), ImportReason.NUL_BYTE, 1, "UTF-16"),
        ("\n\x00".encode("utf-16"), ImportReason.NUL_BYTE, 2, "line 2"),
        (TEXT.encode("utf-16")[:-1], ImportReason.BAD_ENCODING, 0, "UTF-16"),
    ],
)
def test_damage_is_named_by_line(data: bytes, reason: ImportReason, line: int, words: str) -> None:
    """A damaged file gives one sentence and a line, never a traceback or a guess."""
    with pytest.raises(CsvFileError, match=words) as caught:
        decode(data)
    assert caught.value.refusal.reason is reason
    assert caught.value.refusal.line == line


def test_a_forced_encoding_is_not_second_guessed() -> None:
    """--encoding utf-8 on a CP932 file is a mistake that is said, with its line."""
    with pytest.raises(CsvFileError, match="line 1 holds bytes that are not utf-8 text"):
        decode(TEXT.encode("cp932"), Encoding.UTF_8)


def test_an_encoding_that_is_asked_for_reads_a_file_with_its_mark(tmp_path: Path) -> None:
    """Protects the name of the first column: --encoding utf-8 takes the byte order mark off and says so."""
    path = tmp_path / "export.csv"
    path.write_bytes(TEXT.encode("utf-8-sig"))
    content = read_csv(path, Encoding.UTF_8)
    assert (content.text, content.encoding) == (TEXT, Encoding.UTF_8_BOM)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    """The path is not repeated, for a file name may be anything."""
    with pytest.raises(CsvFileError, match="cannot be read: No such file"):
        read_csv(tmp_path / "123456789018.csv")


def test_a_record_is_named_by_its_first_line() -> None:
    """Line numbers are those of an editor, also after a quoted line break and empty lines."""
    content = decode(b'a,b\r\n"1\r\n2",x\r\n\r\n,\r\n3,y\r\n')
    assert [(row.line, row.fields) for row in rows(content)] == [
        (1, ["a", "b"]),
        (2, ["1\r\n2", "x"]),
        (6, ["3", "y"]),
    ]


@pytest.mark.parametrize("tail", ['2,"open\r\n3,x\r\n', '2,"a"b\r\n'])
def test_broken_quoting_names_the_line(tail: str) -> None:
    """An unclosed quotation must not swallow the rest of the file silently."""
    with pytest.raises(CsvFileError, match="line 3") as caught:
        list(rows(decode((TEXT + tail).encode())))
    assert caught.value.refusal.reason is ImportReason.BAD_QUOTING


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    """Whatever the file holds, the answer is rows or one CsvFileError."""
    try:
        found = list(rows(decode(data)))
    except CsvFileError as error:
        assert str(error)  # noqa: PT017 - any outcome but another error is right
    else:
        assert all(row.line >= 1 for row in found)
