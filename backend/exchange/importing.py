"""Import of the ward's export: read the file, compare with what is stored, write in one transaction.

All or nothing: a refused row refuses the file, unless the caller asks to skip it. Rows that the file does not
name stay as they are; a card that this system has handed over (``issued``) is never set back.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, insert, select, text, update

from backend.exchange.parsing import ParsedFile, Progress
from backend.exchange.record import ReservationRecord
from backend.exchange.refusals import Refusal, Remark
from backend.offices import business_day
from backend.reservations import ReservationState, reservations
from backend.storage import Database, UnitOfWork
from backend.wire import EventKind

EVERY_OFFICE = "*"
"""Stands for an office's id in events that concern the whole authority."""

_Item = TypeVar("_Item")
_CHUNK = 500
_IMPORT_LOCK = 0x756B6570  # a number used for nothing else; two imports at once would insert the same rows
_FIELDS = tuple(field.name for field in fields(ReservationRecord))


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or would do.

    Attributes:
        accepted: number of reservations that were not known before.
        changed: number of known reservations of which something changed.
        unchanged: number of rows that say what is known already.
        refused: why rows were refused; one line may have several reasons.
        encoding: the encoding in which the file was read, ``None`` if it failed before that was known.
        remarks: what somebody should check in rows that were read.
    """

    accepted: int
    changed: int
    unchanged: int
    refused: tuple[Refusal, ...]
    encoding: str | None
    remarks: tuple[Remark, ...] = ()

    @property
    def refused_rows(self) -> int:
        """How many rows were refused."""
        return len({refusal.line for refusal in self.refused})

    def as_json(self) -> dict[str, Any]:
        """The report as ``uketsuke import --json`` prints it; ``remarks`` only where there are any."""
        remarks = [
            {"line": remark.line, "column": remark.column, "remark": remark.remark.value}
            for remark in self.remarks
        ]
        return {
            "accepted": self.accepted,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "refused": [
                {"line": refusal.line, "column": refusal.column, "reason": refusal.reason.value}
                for refusal in self.refused
            ],
            "encoding": self.encoding,
        } | ({"remarks": remarks} if remarks else {})


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
    """Write a file's reservations into the database in one transaction and report.

    If rows were refused and ``skip_bad`` is not set, nothing is written and nothing counts as accepted.

    Args:
        database: the database to write to.
        parsed: the file.
        key: the server's secret, for the keyed hashes by which rows are compared.
        skip_bad: import the good rows although others were refused.
        dry_run: compare and report, write nothing.
        progress: called with how many rows are done and how many there are.

    Raises:
        StorageError: the database is busy, full or cannot be reached; nothing was written.
    """
    if parsed.refused and not skip_bad:
        return ImportReport(0, 0, 0, parsed.refused, parsed.encoding, parsed.remarks)
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
        return ImportReport(0, 0, 0, parsed.refused, parsed.encoding, parsed.remarks)
    return ImportReport(
        len(parsed.records), 0, parsed.repeated, parsed.refused, parsed.encoding, parsed.remarks
    )


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
        remarks=parsed.remarks,
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
