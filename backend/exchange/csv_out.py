"""A CSV file for the ward: strict CP932 or UTF-8, what cannot be written replaced and listed, no cell a formula."""

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from backend.exchange.cell_text import LOST, as_cp932, guarded, not_in_cp932
from backend.exchange.csv_file import Encoding
from backend.exchange.parsing import Progress

EXPORT_ENCODINGS: Final = (Encoding.CP932, Encoding.UTF_8, Encoding.UTF_8_BOM)
"""In which a file for the ward may be written."""
_ROWS_BETWEEN_REPORTS: Final = 500
_OWNER_ONLY: Final = 0o600


@dataclass(frozen=True)
class Replaced:
    """A character that the encoding cannot hold, and in whose place another one stands.

    Attributes:
        line: of the file, counted as an editor counts, where its row begins.
        column: the column's name.
        code_point: of the character, as in U+20BB7.
    """

    line: int
    column: str
    code_point: str


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        rows: how many, without the header.
        replaced: every character that was replaced.
        guarded: how many cells begin with a blank, because a spreadsheet would have taken them for a formula.
        left_out: rows that were not written, by code: ``erased`` (nobody is known any more), ``open`` (nothing has become
            of it yet), ``unknown_card`` (no card is known).
    """

    rows: int
    replaced: tuple[Replaced, ...]
    guarded: int
    left_out: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """As a command prints it."""
        return {
            "rows": self.rows,
            "left_out": dict(self.left_out),
            "guarded": self.guarded,
            "replaced": [
                {"line": one.line, "column": one.column, "code_point": one.code_point}
                for one in self.replaced
            ],
        }


def write_rows(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[str] | str],
    encoding: Encoding,
    total: int,
    progress: Progress | None = None,
) -> Written:
    """Write a file with CRLF line ends that only its owner can read, down to the disk.

    Args:
        path: a draft; it must not exist, unless it is a pipe or a terminal.
        header: names of the columns.
        rows: cells by column; a text instead is the code of a row that is left out.
        encoding: one of ``EXPORT_ENCODINGS``.
        total: of how many rows ``progress`` is told.
        progress: called from time to time with rows done and rows in all.

    Raises:
        OSError: it cannot be written; the disk may be full.
    """
    sheet = _Sheet(header, encoding)
    special = path.exists() and not path.is_file()
    how = os.O_WRONLY | os.O_CREAT | (0 if special else os.O_EXCL)
    with os.fdopen(os.open(path, how, _OWNER_ONLY), "wb") as file:
        for count, row in enumerate(rows):
            if isinstance(row, str):
                sheet.left_out[row] = sheet.left_out.get(row, 0) + 1
            else:
                sheet.add(row)
            if count % _ROWS_BETWEEN_REPORTS == 0:
                file.write(sheet.taken())
                if progress is not None:
                    progress(min(count, total), total)
        file.write(sheet.taken())
        file.flush()
        if path.is_file():
            os.fsync(file.fileno())
    if progress is not None:
        progress(total, total)
    return Written(sheet.rows, tuple(sheet.replaced), sheet.guarded, sheet.left_out)


class _Sheet:
    """Rows as bytes, with what had to be changed in them."""

    def __init__(self, header: Sequence[str], encoding: Encoding) -> None:
        self._encoding = encoding
        self._buffer = io.StringIO(newline="")
        self._writer = csv.writer(self._buffer, lineterminator="\r\n")
        self._line = 1
        self._header = header
        self._begun = False
        self.rows = 0
        self.guarded = 0
        self.replaced: list[Replaced] = []
        self.left_out: dict[str, int] = {}
        self._put(header)

    def add(self, row: Sequence[str]) -> None:
        """Write one row."""
        self._put(row)
        self.rows += 1

    def taken(self) -> bytes:
        """What was written since the last time."""
        text = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        # Only the first part of a file begins with the byte order mark.
        encoding = Encoding.UTF_8 if self._begun and self._encoding is Encoding.UTF_8_BOM else self._encoding
        self._begun = True
        return text.encode(encoding)

    def _put(self, cells: Sequence[str]) -> None:
        shown = [self._cell(index, text) for index, text in enumerate(cells)]
        self._writer.writerow(shown)
        self._line += 1 + sum(text.count("\n") for text in shown)

    def _cell(self, index: int, text: str) -> str:
        safe = guarded(text)
        if safe != text:
            self.guarded += 1
        if safe.isascii():
            return safe
        lost = _surrogates(safe) if self._encoding is not Encoding.CP932 else list(not_in_cp932(safe))
        if not lost:
            return safe
        column = as_cp932(self._header[index])
        self.replaced += [Replaced(self._line, column, f"U+{point:04X}") for point in lost]
        if self._encoding is Encoding.CP932:
            return as_cp932(safe)
        return "".join(LOST if ord(char) in lost else char for char in safe)


def _surrogates(text: str) -> list[int]:
    """Halves of characters, which no encoding of Unicode can hold."""
    return list(dict.fromkeys(ord(char) for char in text if "\ud800" <= char <= "\udfff"))
