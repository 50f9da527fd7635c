"""Import of the ward's export: the file is checked whole, compared with what is stored, and written in pieces.

A refused row refuses the file before anything is written, unless the caller asks to skip it. What was checked is written
card by card, in pieces that hold the writer for a moment each, so that kiosks and clerks work meanwhile. Rows that the
file does not name stay as they are; a card that this system has handed over (``issued``) is never set back, and a booking
that was made, moved or cancelled here is not overwritten (``backend.reservations.owning``).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Required, TypedDict, Unpack

from backend.exchange.import_report import ImportReport
from backend.exchange.import_run import Run, UnfinishedError, begin, digest_of, end, only_import, unfinished
from backend.exchange.matching import Known, known_to
from backend.exchange.missing_cards import missing_cards
from backend.exchange.parsing import ParsedFile, Progress
from backend.exchange.writing import HowToWrite, TellChanges, Writing
from backend.offices import business_day
from backend.reservations import WhoseWord
from backend.sealing import ImportRecords, Records
from backend.storage import Database, StorageError
from backend.wire import EventKind

EVERY_OFFICE = "*"
"""Stands for an office's id in events that concern the whole authority."""


class StoppedError(Exception):
    """An import stopped in the middle: what was written stays, and the same file goes on from there.

    Attributes:
        because: why.
        done: rows that need no more writing.
        total: rows of the file.
    """

    def __init__(self, because: StorageError, done: int, total: int) -> None:
        super().__init__(str(because))
        self.because = because
        self.done = done
        self.total = total


@dataclass(frozen=True)
class ImportOrder:
    """What is asked of an import, beside the file.

    Attributes:
        identifying: the kinds of numbers that one card at most has.
        skip_bad: import the good rows although others were refused.
        dry_run: compare and report, write nothing.
        choice: what becomes of a booking that was changed here and in the ward's system too.
        whole: whether the file names every card of the ward's system, so that the others are reported as missing.
        as_of: of when the file is, aware, where its rows do not say so.
        give_up: leave out the rest of another file whose import was stopped.
    """

    identifying: Collection[str]
    skip_bad: bool = False
    dry_run: bool = False
    choice: WhoseWord = WhoseWord.REPORT
    whole: bool = False
    as_of: datetime | None = None
    give_up: bool = False


class ImportOptions(TypedDict, total=False):
    """The fields of ``ImportOrder``, each by its name."""

    identifying: Required[Collection[str]]
    skip_bad: bool
    dry_run: bool
    choice: WhoseWord
    whole: bool
    as_of: datetime | None
    give_up: bool


def import_rows(
    database: Database,
    sealing: Records,
    parsed: ParsedFile,
    key: bytes,
    *,
    progress: Progress | None = None,
    tell: TellChanges | None = None,
    **asked: Unpack[ImportOptions],
) -> ImportReport:
    """Write a file's cards and reservations into the database, piece by piece, and report.

    If rows were refused and they are not to be skipped, nothing is written and nothing counts as accepted. A card is
    written whole or not at all.

    Args:
        database: the database to write to.
        sealing: seals what is personal, and finds cards by their numbers.
        parsed: the file.
        key: the server's secret, for the keyed hashes by which rows are compared.
        asked: the fields of ``ImportOrder``.
        progress: called with how many rows are done and how many there are.
        tell: called while the file is written, with the cards that changed since the last time. It has a transaction of its
            own, because whoever waits for a card that is being written may hold an office; where that fails the import goes
            on, and pages see it with their next event.

    Raises:
        StorageError: the database is busy, full or cannot be reached, or the keys are, or another import is running; nothing
            was written.
        UnfinishedError: another file was stopped in the middle; nothing was written.
        StoppedError: as the first, in the middle of the file.
    """
    order = ImportOrder(**asked)
    sealing = ImportRecords(sealing.store)
    if parsed.refused and not order.skip_bad:
        return _report(parsed, ())
    if order.as_of is not None:
        records = tuple(one if one.as_of else replace(one, as_of=order.as_of) for one in parsed.records)
        parsed = replace(parsed, records=records)
    if order.dry_run:
        known = _known(database, sealing, parsed, key, order)
        return _with_missing(_report(parsed, known), database, known, order)
    with only_import(database):
        with database.write() as work:
            # Committed before the first key is made: a database that died in between knows the store as its own.
            sealing.begin(work.connection, [])
        how = HowToWrite(order.identifying, order.choice, parsed.owned_here, tell)
        return _write(database, Writing(database, sealing, how), parsed, key, order, progress)


def _write(
    database: Database,
    writing: Writing,
    parsed: ParsedFile,
    key: bytes,
    order: ImportOrder,
    progress: Progress | None,
) -> ImportReport:
    known = _known(database, writing.sealing, parsed, key, order)
    report = _report(parsed, known)
    rows = [row for row in known if not row.unchanged and not row.older]
    run = _run_of(database, parsed, known, key, order, len(rows))
    done = len(known) - len(rows)
    conflicts = 0
    try:
        if run is not None:
            for written in writing.write(run, rows):
                done += written.rows
                conflicts += written.conflicts
                if progress is not None:
                    progress(done, len(known))
        writing.stamp([row for row in known if row.unchanged])
        if run is not None:
            report = replace(report, conflicts=conflicts)
            report = _finish(database, run, report)
    except StorageError as error:
        if not writing.pace.pieces:
            raise
        raise StoppedError(error, done, len(known)) from error
    report = replace(report, pieces=writing.pace.pieces, longest=writing.longest)
    return _with_missing(report, database, known, order)


def _known(
    database: Database, sealing: Records, parsed: ParsedFile, key: bytes, order: ImportOrder
) -> list[Known]:
    with database.read() as connection:
        return known_to(connection, sealing, parsed.records, key, order.identifying)


def _run_of(
    database: Database,
    parsed: ParsedFile,
    known: Sequence[Known],
    key: bytes,
    order: ImportOrder,
    to_write: int,
) -> Run | None:
    """The import as it is kept: the one that was stopped, or a new one; None where nothing is to be written.

    Raises:
        UnfinishedError: another file was stopped in the middle.
    """
    digest = digest_of((row.fingerprint for row in known), key)
    with database.read() as connection:
        stopped = unfinished(connection)
    if stopped is not None and stopped.digest == digest:
        return stopped
    if stopped is not None and stopped.accepted + stopped.changed and not order.give_up:
        raise UnfinishedError(stopped)
    if not to_write:
        return None
    refused = len({one.line for one in parsed.refused})
    with database.write() as work:
        return begin(work, digest, len(known), len(known) - to_write, refused, whole=order.whole)


def _finish(database: Database, run: Run, report: ImportReport) -> ImportReport:
    """Count what an earlier start of the same import did too, and tell it as one."""
    before = run.accepted + run.changed
    whole = replace(
        report,
        accepted=report.accepted + run.accepted,
        changed=report.changed + run.changed,
        unchanged=max(0, report.unchanged - before),
        conflicts=report.conflicts + run.conflicts,
        resumed_after=run.done if before else None,
    )
    with database.write() as work:
        end(work, run)
        work.record(
            EventKind.RESERVATIONS_IMPORTED,
            office_id=EVERY_OFFICE,
            business_day=business_day(work.now),
            facts={
                "accepted": whole.accepted,
                "changed": whole.changed,
                "unchanged": whole.unchanged,
                "refused": whole.refused_rows,
            },
        )
    return whole


def _with_missing(
    report: ImportReport, database: Database, known: Sequence[Known], order: ImportOrder
) -> ImportReport:
    """Name what a file that should name every card does not name; nothing of it is deleted."""
    if not order.whole:
        return report
    with database.read() as connection:
        return replace(report, missing=missing_cards(connection, {row.card_id for row in known}))


def _report(parsed: ParsedFile, known: Sequence[Known]) -> ImportReport:
    accepted = sum(row.new for row in known if not row.older)
    unchanged = sum(row.unchanged or row.echo for row in known)
    older = sum(row.older for row in known)
    return ImportReport(
        accepted=accepted,
        changed=len(known) - accepted - unchanged - older,
        unchanged=unchanged + (parsed.repeated if known else 0),
        refused=parsed.refused,
        encoding=parsed.encoding,
        remarks=parsed.remarks,
        older=older,
    )
