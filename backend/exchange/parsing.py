"""From a decoded file to the reservations of its good rows, and why the others are refused."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from backend.exchange.csv_file import CsvRow, CsvText, rows
from backend.exchange.mapping import KEYS, ColumnMapping, FieldName, OfficeNames, fold_header
from backend.exchange.record import IDENTIFYING, ReservationRecord, RowReader, shown_column
from backend.exchange.refusals import CsvFileError, ImportReason, ImportRemark, Refusal, Remark
from backend.offices import business_day
from backend.wire import contains_my_number

Progress = Callable[[int, int], None]
"""Called with how much is done and how much there is."""

_ROWS_BETWEEN_REPORTS = 500
_NEARLY_ALL = 0.8
"""If at least this share of the numbers has one length, shorter ones are suspected: one number in ten begins with 0."""


@dataclass(frozen=True)
class ParsedFile:
    """A file that was read: the reservations of its good rows, why the others are refused, and remarks.

    ``repeated`` counts rows that say the same as an earlier row; ``owned_here`` is the mapping's word on bookings that were
    changed here.
    """

    records: tuple[ReservationRecord, ...]
    repeated: int
    refused: tuple[Refusal, ...]
    encoding: str
    remarks: tuple[Remark, ...] = ()
    owned_here: bool = True


def parse_file(
    content: CsvText,
    mapping: ColumnMapping,
    offices: OfficeNames,
    now: datetime,
    progress: Progress | None = None,
    identifying: Collection[str] = IDENTIFYING,
) -> ParsedFile:
    """Read every row of a decoded file.

    Args:
        content: the decoded file.
        mapping: what its columns and values mean.
        offices: finds offices by name.
        now: the time of the import, aware.
        progress: called from time to time with characters read and characters in all.
        identifying: the kinds of numbers that one card at most has; by one of them a row without 予約番号 is known again.

    Raises:
        CsvFileError: the header or the quoting is wrong, so that no row can be trusted.
    """
    lines = rows(content, mapping.delimiter)
    header = next(lines)
    _check_header(header, mapping, content)
    reader = RowReader(header.fields, mapping, offices, business_day(now), identifying)
    by_key: dict[tuple[FieldName, str], list[tuple[int, ReservationRecord]]] = {}
    refused: list[Refusal] = []
    remarks: list[Remark] = []
    total = len(content.text)
    done = 0
    last: int | None = None
    for count, row in enumerate(lines):
        last = row.line
        result = reader.read(row.line, row.fields)
        refused += result.refused
        remarks += result.remarks
        if result.record is not None:
            by_key.setdefault(_key_of(result.record), []).append((row.line, result.record))
        if progress is not None:
            done += sum(map(len, row.fields)) + len(row.fields)
            if count % _ROWS_BETWEEN_REPORTS == 0:
                progress(min(done, total), total)
    columns = {
        field: shown_column(name, index)
        for index, name in enumerate(header.fields)
        if (field := mapping.columns.get(fold_header(name))) in KEYS
    }
    records: list[ReservationRecord] = []
    repeated = 0
    for (field, _), found in by_key.items():
        if any(record != found[0][1] for _, record in found):
            # Nobody here can say which of them is right.
            refused += [Refusal(line, columns[field], ImportReason.DUPLICATE_NUMBER) for line, _ in found]
        else:
            records.append(found[0][1])
            repeated += len(found) - 1
    if last is not None and not content.text.endswith(("\n", "\r")):
        remarks.append(Remark(last, None, ImportRemark.NO_LINE_END))
    numbers = [value for field, value in by_key if field == "number"]
    remarks += [
        Remark(line, columns["number"], ImportRemark.SHORT_NUMBER)
        for number in short_numbers(numbers)
        for line, _ in by_key["number", number]
    ]
    refused.sort(key=lambda refusal: refusal.line)
    remarks.sort(key=lambda remark: remark.line)
    if progress is not None:
        progress(total, total)
    return ParsedFile(
        tuple(records), repeated, tuple(refused), str(content.encoding), tuple(remarks), mapping.owned_here
    )


def _key_of(record: ReservationRecord) -> tuple[FieldName, str]:
    """By what a row is one of a file: its 予約番号, else the number of its card."""
    for field in KEYS:
        value = getattr(record, field)
        if value:
            return field, value
    raise ValueError("a row was read that nothing tells apart from others")


def short_numbers(numbers: Collection[str]) -> list[str]:
    """Numbers that may have lost a leading zero.

    They are digits only and shorter than nearly all others, and no number of digits in the file begins with a zero.
    Where lengths vary anyway, none is suspected.
    """
    digits = [number for number in numbers if number.isdigit()]
    if not digits or any(number.startswith("0") for number in digits):
        return []
    ((length, count),) = Counter(map(len, digits)).most_common(1)
    if count < len(digits) * _NEARLY_ALL:
        return []
    return [number for number in digits if len(number) < length]


def _check_header(header: CsvRow, mapping: ColumnMapping, content: CsvText) -> None:
    encoding = str(content.encoding)
    for index, name in enumerate(header.fields):
        if contains_my_number(name):
            raise CsvFileError(
                f"column {index + 1} of the first line holds a 12-digit number: the file was not read",
                ImportReason.MY_NUMBER,
                line=header.line,
                column=f"#{index + 1}",
                encoding=encoding,
            )
    found = [mapping.columns.get(fold_header(name)) for name in header.fields]
    missing = [mapping.shown.get(field, field) for field in mapping.required if field not in found]
    if not any(field in found for field in KEYS):
        number = mapping.shown.get("number", "number")
        missing += [] if number in missing else [number]
    if missing:
        hint = "" if any(found) else " (is this the ward's export, and is its encoding right?)"
        raise CsvFileError(
            f"the file has no column for {', '.join(missing)}{hint}",
            ImportReason.MISSING_COLUMN,
            line=header.line,
            column=missing[0],
            encoding=encoding,
        )
    for index, field in enumerate(found):
        if field is not None and field in found[:index]:
            name = shown_column(header.fields[index], index)
            raise CsvFileError(
                f"two columns of the file mean {mapping.shown.get(field, field)}: {name} is the second",
                ImportReason.DUPLICATE_COLUMN,
                line=header.line,
                column=name,
                encoding=encoding,
            )
