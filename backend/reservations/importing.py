"""Import of the ward's export: read the file, compare with what is stored, write in one transaction.

All or nothing: a refused row refuses the file, unless the caller asks to skip it. Rows that the file does not
name stay as they are; a card that this system has handed over (``issued``) is never set back.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, insert, select, text, update

from backend.offices.business_day import business_day
from backend.reservations.csv_file import CsvRow, CsvText, rows
from backend.reservations.digits import holds_my_number
from backend.reservations.mapping import ColumnMapping, OfficeNames, fold_header
from backend.reservations.record import ReservationRecord, RowReader, shown_column
from backend.reservations.refusals import CsvFileError, ImportReason, Refusal
from backend.reservations.state import ReservationState
from backend.reservations.tables import reservations
from backend.storage.unit_of_work import Database, UnitOfWork
from backend.wire.codes import EventKind

Progress = Callable[[int, int], None]
"""Called with how many rows are done and how many there are."""

EVERY_OFFICE = "*"
"""The office of events that concern the whole authority."""

_Item = TypeVar("_Item")
_CHUNK = 500
_IMPORT_LOCK = 0x756B6570  # any constant of its own; two imports at once would insert the same rows
_FIELDS = tuple(field.name for field in fields(ReservationRecord))


@dataclass(frozen=True)
class ParsedFile:
    """A file that was read: the reservations of its good rows and the reasons against the others."""

    records: tuple[ReservationRecord, ...]
    repeated: int
    refused: tuple[Refusal, ...]
    encoding: str


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or would do.

    Attributes:
        accepted: reservations that were not known before.
        changed: known reservations of which something is new.
        unchanged: rows that say what is known already.
        refused: why rows were refused; several reasons may name one line.
        encoding: the encoding in which the file was read, ``None`` if that was not settled.
    """

    accepted: int
    changed: int
    unchanged: int
    refused: tuple[Refusal, ...]
    encoding: str | None

    @property
    def refused_rows(self) -> int:
        """How many rows were refused."""
        return len({refusal.line for refusal in self.refused})

    def as_json(self) -> dict[str, Any]:
        """The report as ``uketsuke import --json`` prints it."""
        return {
            "accepted": self.accepted,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "refused": [
                {"line": refusal.line, "column": refusal.column, "reason": refusal.reason.value}
                for refusal in self.refused
            ],
            "encoding": self.encoding,
        }


def parse_file(
    content: CsvText,
    mapping: ColumnMapping,
    offices: OfficeNames,
    now: datetime,
    progress: Progress | None = None,
) -> ParsedFile:
    """Read every row of a decoded file.

    Args:
        content: the decoded file.
        mapping: what its columns and values mean.
        offices: finds offices by name.
        now: the time of the import, aware.
        progress: told from time to time how far the work is, in characters of the file.

    Raises:
        CsvFileError: the header or the quoting is wrong, so that no row can be trusted.
    """
    lines = rows(content, mapping.delimiter)
    header = next(lines)
    _check_header(header, mapping, content)
    reader = RowReader(header.fields, mapping, offices, business_day(now))
    by_number: dict[str, list[tuple[int, ReservationRecord]]] = {}
    refused: list[Refusal] = []
    total = len(content.text)
    done = 0
    for count, row in enumerate(lines):
        result = reader.read(row.line, row.fields)
        if isinstance(result, ReservationRecord):
            by_number.setdefault(result.number, []).append((row.line, result))
        else:
            refused += result
        if progress is not None:
            done += sum(map(len, row.fields)) + len(row.fields)
            if count % _CHUNK == 0:
                progress(min(done, total), total)
    number_column = next(
        shown_column(name, index)
        for index, name in enumerate(header.fields)
        if mapping.columns.get(fold_header(name)) == "number"
    )
    records: list[ReservationRecord] = []
    repeated = 0
    for found in by_number.values():
        if any(record != found[0][1] for _, record in found):
            # Which of them is right is not ours to say.
            refused += [Refusal(line, number_column, ImportReason.DUPLICATE_NUMBER) for line, _ in found]
        else:
            records.append(found[0][1])
            repeated += len(found) - 1
    refused.sort(key=lambda refusal: refusal.line)
    if progress is not None:
        progress(total, total)
    return ParsedFile(tuple(records), repeated, tuple(refused), str(content.encoding))


def _check_header(header: CsvRow, mapping: ColumnMapping, content: CsvText) -> None:
    encoding = str(content.encoding)
    for index, name in enumerate(header.fields):
        if holds_my_number(name):
            raise CsvFileError(
                f"column {index + 1} of the first line holds a 12-digit number: the file was not read",
                ImportReason.MY_NUMBER,
                line=header.line,
                column=f"#{index + 1}",
                encoding=encoding,
            )
    found = [mapping.columns.get(fold_header(name)) for name in header.fields]
    missing = [mapping.shown.get(field, field) for field in mapping.required if field not in found]
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


@dataclass(frozen=True)
class _Known:
    """What is stored of a reservation, as far as an import needs it."""

    id: str
    fingerprint: str
    state: str


def import_rows(
    database: Database,
    parsed: ParsedFile,
    key: bytes,
    *,
    skip_bad: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Bring a file's reservations into the database in one transaction and report.

    With refused rows and without ``skip_bad`` nothing is written and nothing counts as accepted.

    Args:
        database: where to.
        parsed: the file.
        key: the server's secret; it keys the fingerprints.
        skip_bad: import the good rows although others were refused.
        dry_run: compare and report, write nothing.
        progress: told how many rows are done of how many.

    Raises:
        StorageError: the database is busy, full or away; nothing was written.
    """
    if parsed.refused and not skip_bad:
        return ImportReport(0, 0, 0, parsed.refused, parsed.encoding)
    prints = {record.number: record.fingerprint(key) for record in parsed.records}
    if dry_run:
        with database.read() as connection:
            known = _known(connection, prints)
        return _report(parsed, prints, known)
    with database.write() as work:
        if not database.is_sqlite:
            work.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _IMPORT_LOCK})
        known = _known(work.connection, prints)
        report = _report(parsed, prints, known)
        _write(work, parsed.records, prints, known, progress)
        if report.accepted or report.changed:
            work.record(
                EventKind.RESERVATIONS_IMPORTED,
                office_id=EVERY_OFFICE,
                business_day=business_day(work.now),
                facts={
                    "accepted": report.accepted,
                    "changed": report.changed,
                    "unchanged": report.unchanged,
                    "refused": report.refused_rows,
                },
            )
    return report


def report_without_database(parsed: ParsedFile, *, skip_bad: bool = False) -> ImportReport:
    """What an import into a database that does not exist yet would do."""
    if parsed.refused and not skip_bad:
        return ImportReport(0, 0, 0, parsed.refused, parsed.encoding)
    return ImportReport(len(parsed.records), 0, parsed.repeated, parsed.refused, parsed.encoding)


def _chunks(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    rest = iter(items)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


def _known(connection: Connection, numbers: Iterable[str]) -> dict[str, _Known]:
    columns = (
        reservations.c.number,
        reservations.c.id,
        reservations.c.fingerprint,
        reservations.c.state,
    )
    found: dict[str, _Known] = {}
    for chunk in _chunks(numbers):
        for number, *rest in connection.execute(select(*columns).where(reservations.c.number.in_(chunk))):
            found[number] = _Known(*rest)
    return found


def _report(parsed: ParsedFile, prints: Mapping[str, str], known: Mapping[str, _Known]) -> ImportReport:
    accepted = sum(number not in known for number in prints)
    unchanged = sum(
        number in known and known[number].fingerprint == fingerprint for number, fingerprint in prints.items()
    )
    return ImportReport(
        accepted=accepted,
        changed=len(prints) - accepted - unchanged,
        unchanged=unchanged + parsed.repeated,
        refused=parsed.refused,
        encoding=parsed.encoding,
    )


def _write(
    work: UnitOfWork,
    records: Sequence[ReservationRecord],
    prints: Mapping[str, str],
    known: Mapping[str, _Known],
    progress: Progress | None,
) -> None:
    columns = (*_FIELDS, "fingerprint", "updated_at")
    changing = (
        update(reservations)
        .where(reservations.c.id == bindparam("row_id"))
        .values({column: bindparam(f"new_{column}") for column in columns})
    )
    for done, chunk in enumerate(_chunks(records)):
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        for record in chunk:
            stored = known.get(record.number)
            values: dict[str, Any] = {name: getattr(record, name) for name in _FIELDS}
            values |= {"fingerprint": prints[record.number], "updated_at": work.now}
            if stored is None:
                new.append(values | {"id": uuid.uuid4().hex, "imported_at": work.now})
            elif stored.fingerprint != values["fingerprint"]:
                if stored.state == ReservationState.ISSUED:
                    values["state"] = stored.state
                changed.append(
                    {f"new_{name}": value for name, value in values.items()} | {"row_id": stored.id}
                )
        if new:
            work.connection.execute(insert(reservations), new)
        if changed:
            work.connection.execute(changing, changed)
        if progress is not None:
            progress(min((done + 1) * _CHUNK, len(records)), len(records))
