"""Import of the ward's export: read the file, compare with what is stored, write in one transaction.

All or nothing: a refused row refuses the file, unless the caller asks to skip it. Rows that the file does not
name stay as they are; a card that this system has handed over (``issued``) is never set back.
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from backend.exchange.matching import Known, known_to
from backend.exchange.parsing import ParsedFile, Progress
from backend.exchange.refusals import Refusal, Remark
from backend.exchange.row_writer import keep
from backend.offices import business_day
from backend.sealing import Records
from backend.storage import Database, StorageError, UnitOfWork
from backend.wire import EventKind

EVERY_OFFICE = "*"
"""Stands for an office's id in events that concern the whole authority."""

TellChanges = Callable[[UnitOfWork, Collection[str]], None]
"""Tells whoever looks at them of the cards that changed, by their ids, in a transaction after the import."""
_IMPORT_LOCK = 0x756B6570  # a number used for nothing else; two imports at once would insert the same rows


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


def import_rows(
    database: Database,
    sealing: Records,
    parsed: ParsedFile,
    key: bytes,
    *,
    identifying: Collection[str],
    skip_bad: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
    tell: TellChanges | None = None,
) -> ImportReport:
    """Write a file's cards and reservations into the database in one transaction and report.

    If rows were refused and ``skip_bad`` is not set, nothing is written and nothing counts as accepted.

    Args:
        database: the database to write to.
        sealing: seals what is personal, and finds cards by their numbers.
        parsed: the file.
        key: the server's secret, for the keyed hashes by which rows are compared.
        identifying: the kinds of numbers that one card at most has.
        skip_bad: import the good rows although others were refused.
        dry_run: compare and report, write nothing.
        progress: called with how many rows are done and how many there are.
        tell: called once, where something changed. It has a transaction of its own, because whoever waits for a card that is
            being written may hold an office; where that fails the import stands, and pages see it with their next event.

    Raises:
        StorageError: the database is busy, full or cannot be reached, or the keys are; nothing was written.
    """
    if parsed.refused and not skip_bad:
        return ImportReport(0, 0, 0, parsed.refused, parsed.encoding, parsed.remarks)
    if dry_run:
        with database.read() as connection:
            return _report(parsed, known_to(connection, sealing, parsed.records, key, identifying))
    with database.write() as work:
        # Committed before the first key is made: a database that died in between knows the store as its own.
        sealing.begin(work.connection, [])
    with database.write() as work:
        if not database.is_sqlite:
            work.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _IMPORT_LOCK})
        known = known_to(work.connection, sealing, parsed.records, key, identifying)
        report = _report(parsed, known)
        keep(work, sealing, known, identifying, progress)
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
    changed = {row.card_id for row in known if not row.unchanged}
    if changed and tell is not None:
        with suppress(StorageError), database.write() as work:
            tell(work, changed)
    return report


def report_without_database(parsed: ParsedFile, *, skip_bad: bool = False) -> ImportReport:
    """What an import into a database that does not exist yet would do."""
    if parsed.refused and not skip_bad:
        return ImportReport(0, 0, 0, parsed.refused, parsed.encoding, parsed.remarks)
    return ImportReport(
        len(parsed.records), 0, parsed.repeated, parsed.refused, parsed.encoding, parsed.remarks
    )


def _report(parsed: ParsedFile, known: Collection[Known]) -> ImportReport:
    accepted = sum(row.new for row in known)
    unchanged = sum(row.unchanged for row in known)
    return ImportReport(
        accepted=accepted,
        changed=len(known) - accepted - unchanged,
        unchanged=unchanged + parsed.repeated,
        refused=parsed.refused,
        encoding=parsed.encoding,
        remarks=parsed.remarks,
    )
