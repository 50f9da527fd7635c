"""Import of the ward's export: the file is checked whole, compared with what is stored, and written in pieces.

A refused row refuses the file before anything is written, unless the caller asks to skip it. What was checked is written
card by card, in pieces that hold the writer for a moment each, so that kiosks and clerks work meanwhile. Rows that the
file does not name stay as they are; a card that this system has handed over (``issued``) is never set back.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

from backend.exchange.import_report import ImportReport
from backend.exchange.matching import Known, chunks, known_to
from backend.exchange.pace import Pace, rest_of
from backend.exchange.parsing import ParsedFile, Progress
from backend.exchange.row_writer import SealedRows, keep, seal
from backend.offices import business_day
from backend.sealing import Records
from backend.storage import Database, StorageError, UnitOfWork
from backend.wire import EventKind

EVERY_OFFICE = "*"
"""Stands for an office's id in events that concern the whole authority."""

TellChanges = Callable[[UnitOfWork, Collection[str]], None]
"""Tells whoever looks at them of the cards that changed, by their ids, in a transaction after the one that changed them."""
_BETWEEN_NEWS = 0.5
"""Seconds between two times at which pages are told: sooner, a clerk's page would be drawn anew with every piece."""

_KEYS_AT_ONCE = 250


class StoppedError(Exception):
    """An import stopped in the middle: what was written stays, and the same file goes on from there.

    Attributes:
        because: why.
        done: rows that are written.
        total: rows of the file.
    """

    def __init__(self, because: StorageError, done: int, total: int) -> None:
        super().__init__(str(because))
        self.because = because
        self.done = done
        self.total = total


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
    """Write a file's cards and reservations into the database, piece by piece, and report.

    If rows were refused and ``skip_bad`` is not set, nothing is written and nothing counts as accepted. A card is written
    whole or not at all.

    Args:
        database: the database to write to.
        sealing: seals what is personal, and finds cards by their numbers.
        parsed: the file.
        key: the server's secret, for the keyed hashes by which rows are compared.
        identifying: the kinds of numbers that one card at most has.
        skip_bad: import the good rows although others were refused.
        dry_run: compare and report, write nothing.
        progress: called with how many rows are done and how many there are.
        tell: called while the file is written, with the cards that changed since the last time. It has a transaction of its
            own, because whoever waits for a card that is being written may hold an office; where that fails the import goes
            on, and pages see it with their next event.

    Raises:
        StorageError: the database is busy, full or cannot be reached, or the keys are; nothing was written.
        StoppedError: the same, in the middle of the file.
    """
    if parsed.refused and not skip_bad:
        return _report(parsed, ())
    if not dry_run:
        with database.write() as work:
            # Committed before the first key is made: a database that died in between knows the store as its own.
            sealing.begin(work.connection, [])
    with database.read() as connection:
        known = known_to(connection, sealing, parsed.records, key, identifying)
    report = _report(parsed, known)
    if dry_run:
        return report
    writing = _Writing(database, sealing, identifying, tell)
    done = len(known) - sum(not row.unchanged for row in known)
    try:
        for rows in writing.write([row for row in known if not row.unchanged]):
            done += rows
            if progress is not None:
                progress(done, len(known))
        if report.accepted or report.changed:
            _note(database, report)
    except StorageError as error:
        if not writing.pace.pieces:
            raise
        raise StoppedError(error, done, len(known)) from error
    return replace(report, pieces=writing.pace.pieces, longest=writing.longest)


class _Writing:
    """Writes the rows of one file piece by piece.

    Attributes:
        pace: how many cards a piece has.
        longest: seconds for which the writer was held at most, for keys or for rows.
    """

    def __init__(
        self, database: Database, sealing: Records, identifying: Collection[str], tell: TellChanges | None
    ) -> None:
        self._database = database
        self._sealing = sealing
        self._identifying = identifying
        self._tell = tell
        self._untold: set[str] = set()
        self._told_at = time.monotonic()
        self._free_since = time.perf_counter()
        self.longest = 0.0
        self.pace = Pace()

    def write(self, rows: Sequence[Known]) -> Iterator[int]:
        """Write rows, and say after each piece how many it had."""
        by_card: dict[str, list[Known]] = {}
        for row in rows:
            by_card.setdefault(row.card_id, []).append(row)
        for some in chunks(by_card.values(), _KEYS_AT_ONCE):
            keys = self._keys([of_card[0].card_id for of_card in some])
            while some:
                piece = some[: self.pace.size]
                self._write(seal(self._sealing, keys, piece, self._identifying))
                yield sum(map(len, piece))
                some = some[len(piece) :]  # noqa: PLW2901 - what is left of them
        self._tell_changes()

    def _keys(self, card_ids: list[str]) -> Mapping[str, bytes]:
        """Keys are made for many cards at once and before their rows: a store of keys commits slowly, by its own design."""
        with self._held(0) as work:
            self._sealing.begin(work.connection, card_ids)
        return self._sealing.keys_of(card_ids)

    def _write(self, sealed: SealedRows) -> None:
        with self._held(len(sealed.cards)) as work:
            keep(work, sealed)
        self._untold.update(of_card[0].card_id for of_card in sealed.cards)
        if time.monotonic() - self._told_at >= _BETWEEN_NEWS:
            self._tell_changes()

    @contextmanager
    def _held(self, cards: int) -> Iterator[UnitOfWork]:
        """A transaction that is measured; before it others may write.

        Args:
            cards: how many are written, or none where only their keys are.
        """
        self._stand_back()
        with self._database.write() as work:
            began = time.perf_counter()
            yield work
            worked = time.perf_counter() - began
        self._free_since = time.perf_counter()
        held = self._free_since - began
        if cards:
            self.pace.took(cards, worked=worked, held=held)
        self.longest = max(self.longest, held)

    def _stand_back(self) -> None:
        """Let others write; what was sealed meanwhile counts, and a server of databases lets many write at once."""
        if self._database.is_sqlite and self.longest:
            time.sleep(rest_of(time.perf_counter() - self._free_since))

    def _tell_changes(self) -> None:
        if self._untold and self._tell is not None:
            with suppress(StorageError), self._database.write() as work:
                self._tell(work, self._untold)
        self._untold = set()
        self._told_at = time.monotonic()


def _note(database: Database, report: ImportReport) -> None:
    with database.write() as work:
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


def _report(parsed: ParsedFile, known: Collection[Known]) -> ImportReport:
    accepted = sum(row.new for row in known)
    unchanged = sum(row.unchanged for row in known)
    return ImportReport(
        accepted=accepted,
        changed=len(known) - accepted - unchanged,
        unchanged=unchanged + (parsed.repeated if known else 0),
        refused=parsed.refused,
        encoding=parsed.encoding,
        remarks=parsed.remarks,
    )
