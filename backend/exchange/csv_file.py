"""A CSV file of the ward: bytes to text to rows, strictly. Damage is reported with its line, never guessed around."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from backend.common import read_plain_file
from backend.exchange.refusals import CsvFileError, ImportReason


class Encoding(StrEnum):
    """Encodings of an export. CP932 (Windows-31J) is the norm of the ward's systems."""

    AUTO = "auto"
    CP932 = "cp932"
    UTF_8 = "utf-8"
    UTF_8_BOM = "utf-8-sig"
    UTF_16 = "utf-16"


_UTF_8_MARK = b"\xef\xbb\xbf"
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_WORKBOOK_MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True)
class CsvText:
    """A decoded file."""

    text: str
    encoding: Encoding


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One record and the line on which it begins (a quoted field may span lines)."""

    line: int
    fields: list[str]


def read_csv(path: Path, encoding: Encoding = Encoding.AUTO) -> CsvText:
    """Read and decode a file.

    Raises:
        CsvFileError: the file cannot be read, or is damaged or in another encoding.
    """
    try:
        data = read_plain_file(path)
    except OSError as error:
        raise CsvFileError(
            # The file's name may hold anything, even a 12-digit number, so it is not repeated.
            f"the file cannot be read: {error.strerror}",
            ImportReason.UNREADABLE_FILE,
        ) from None
    return decode(data, encoding)


def decode(data: bytes, encoding: Encoding = Encoding.AUTO) -> CsvText:
    """Decode strictly; with ``AUTO`` the byte order mark, then UTF-8, then CP932 decides.

    Text of another encoding is practically never valid UTF-8, so this order does not guess.

    Raises:
        CsvFileError: empty, not text, or damaged; the message names the line.
    """
    # Old systems end a file with Ctrl-Z.
    data = data.rstrip(b"\x1a") if not data.startswith(_UTF_16_MARKS) else data
    if not data.removeprefix(_UTF_8_MARK).strip():
        raise CsvFileError("the file is empty", ImportReason.EMPTY_FILE)
    if data.startswith(_WORKBOOK_MARKS):
        raise CsvFileError(
            "the file is an Excel workbook, not CSV: save it as CSV first", ImportReason.BAD_ENCODING
        )
    chosen = _detect(data) if encoding is Encoding.AUTO else _forced(data, encoding)
    if chosen is not Encoding.UTF_16 and b"\x00" in data:
        line = _line_at(data, data.index(b"\x00"))
        raise CsvFileError(
            f"line {line} holds a NUL byte: the file is damaged, or UTF-16 without a byte order mark",
            ImportReason.NUL_BYTE,
            line=line,
        )
    try:
        text = data.decode(chosen)
    except UnicodeDecodeError as error:
        raise _damaged(data, chosen, encoding, error) from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise CsvFileError(
            f"line {line} holds a NUL character: the file is damaged", ImportReason.NUL_BYTE, line=line
        )
    return CsvText(text, chosen)


def _detect(data: bytes) -> Encoding:
    if data.startswith(_UTF_8_MARK):
        return Encoding.UTF_8_BOM
    if data.startswith(_UTF_16_MARKS):
        return Encoding.UTF_16
    utf_8 = _first_damage(data, Encoding.UTF_8)
    if utf_8 is None:
        return Encoding.UTF_8
    cp932 = _first_damage(data, Encoding.CP932)
    # A damaged file is taken to be in the encoding that can read more of it.
    return Encoding.CP932 if cp932 is None or cp932 >= utf_8 else Encoding.UTF_8


def _forced(data: bytes, encoding: Encoding) -> Encoding:
    """The encoding to use: with a byte order mark the variant that strips it from the first column's name."""
    if encoding is Encoding.UTF_8 and data.startswith(_UTF_8_MARK):
        return Encoding.UTF_8_BOM
    return encoding


def _first_damage(data: bytes, encoding: Encoding) -> int | None:
    """Offset of the first byte that is wrong in the encoding; None if there is none."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return None


def _line_at(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1


def _damaged(data: bytes, chosen: Encoding, asked: Encoding, error: UnicodeDecodeError) -> CsvFileError:
    if chosen is Encoding.UTF_16:
        return CsvFileError("the file is not whole UTF-16 text", ImportReason.BAD_ENCODING)
    line = _line_at(data, error.start)
    what = f"not {chosen} text" if asked is not Encoding.AUTO else "neither UTF-8 nor CP932 text"
    return CsvFileError(
        f"line {line} holds bytes that are {what}: the file is damaged or in another encoding",
        ImportReason.BAD_ENCODING,
        line=line,
        encoding=str(chosen) if asked is not Encoding.AUTO else None,
    )


def rows(text: CsvText, delimiter: str = ",") -> Iterator[CsvRow]:
    """Split a text into records; empty lines and lines of empty fields are left out.

    Raises:
        CsvFileError: a quotation is not closed, or text follows its end; the message names the record's line.
    """
    reader = csv.reader(io.StringIO(text.text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for fields in reader:
            if any(field and not field.isspace() for field in fields):
                yield CsvRow(line, fields)
            line = reader.line_num + 1
    except csv.Error:
        raise CsvFileError(
            f"the record that begins on line {line} is not valid CSV: a quotation mark is missing or misplaced",
            ImportReason.BAD_QUOTING,
            line=line,
            encoding=str(text.encoding),
        ) from None
