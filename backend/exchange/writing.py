"""Writes the rows of one file piece by piece: keys, rows, how far it is, and news for open pages."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from backend.cards import cards
from backend.exchange.import_run import PieceWritten, Run, advance
from backend.exchange.matching import Known, chunks
from backend.exchange.pace import Pace, rest_of
from backend.exchange.row_writer import keep, seal
from backend.reservations import WhoseWord
from backend.sealing import Mark, Records
from backend.storage import Database, StorageError, UnitOfWork

TellChanges = Callable[[UnitOfWork, Collection[str]], None]
"""Tells whoever looks at them of the cards that changed, by their ids, in a transaction after the one that changed them."""
_BETWEEN_NEWS = 0.5
"""Seconds between two times at which pages are told: sooner, a clerk's page would be drawn anew with every piece."""
_KEYS_AT_ONCE = 1000


@dataclass(frozen=True)
class HowToWrite:
    """What was asked of an import.

    Attributes:
        identifying: the kinds of numbers that one card at most has.
        choice: what becomes of a booking that was changed here and in the ward's system too.
        owned_here: whether such a booking is ours at all.
        tell: called with the cards that changed since the last time.
    """

    identifying: Collection[str]
    choice: WhoseWord = WhoseWord.REPORT
    owned_here: bool = True
    tell: TellChanges | None = None


class Writing:
    """Writes the rows of one file piece by piece.

    Args:
        database: the database to write to.
        sealing: seals what is personal.
        how: what was asked.

    Attributes:
        sealing: as given.
        pace: how many cards a piece has.
        longest: seconds for which the writer was held at most.
    """

    def __init__(self, database: Database, sealing: Records, how: HowToWrite) -> None:
        self._database = database
        self.sealing = sealing
        self._how = how
        self._untold: set[str] = set()
        self._told_at = time.monotonic()
        self._free_since = time.perf_counter()
        self._mark: Mark | None = None
        self.longest = 0.0
        self.pace = Pace()

    def write(self, run: Run, rows: Sequence[Known]) -> Iterator[PieceWritten]:
        """Write rows, and say after each piece what it came to.

        Args:
            run: the import that they are of.
            rows: new and changed ones.
        """
        by_card: dict[str, list[Known]] = {}
        for row in rows:
            by_card.setdefault(row.card_id, []).append(row)
        for some in chunks(by_card.values(), _KEYS_AT_ONCE):
            keys = self._keys([of_card[0].card_id for of_card in some])
            while some:
                piece = some[: self.pace.size]
                yield self._write(run, keys, piece)
                self._mark = None
                some = some[len(piece) :]  # noqa: PLW2901 - what is left of them
        self._tell_changes()

    def stamp(self, rows: Sequence[Known]) -> None:
        """Note of when the file is that told of cards as they are, so that an older one that comes late is known as older."""
        newer: dict[datetime, set[str]] = {}
        for row in rows:
            told = row.record.as_of
            if told is not None and (row.as_of is None or row.as_of < told):
                newer.setdefault(told, set()).add(row.card_id)
        for told, card_ids in newer.items():
            for some in chunks(sorted(card_ids)):
                with self._held(0) as work:
                    work.connection.execute(update(cards).where(cards.c.id.in_(some)).values(ward_as_of=told))

    def _keys(self, card_ids: list[str]) -> Mapping[str, bytes]:
        """Keys are made before their rows, many at once, and while nobody waits: their store commits slowly, by its own design."""
        with self._database.read() as connection:
            self._mark = self.sealing.begin_ahead(connection, card_ids)
        return self.sealing.keys_of(card_ids)

    def _write(self, run: Run, keys: Mapping[str, bytes], piece: Sequence[Sequence[Known]]) -> PieceWritten:
        how = self._how
        sealed = seal(self.sealing, keys, piece, how.identifying)
        with self._held(len(piece)) as work:
            if self._mark is not None:
                self.sealing.begun(work.connection, self._mark)
            conflicts = keep(work, sealed, how.choice, owned_here=how.owned_here)
            rows = [row for of_card in piece for row in of_card]
            written = PieceWritten(len(rows), sum(row.new for row in rows), conflicts)
            advance(work, run, written)
        # Nobody has a number with a card that was not there yet.
        self._untold.update(row.card_id for of_card in piece for row in of_card if row.card is not None)
        if time.monotonic() - self._told_at >= _BETWEEN_NEWS:
            self._tell_changes()
        return written

    @contextmanager
    def _held(self, cards_written: int) -> Iterator[UnitOfWork]:
        """A transaction that is measured; before it others may write.

        Args:
            cards_written: how many are written, or none where something else is.
        """
        self._stand_back()
        with self._database.write() as work:
            began = time.perf_counter()
            yield work
            worked = time.perf_counter() - began
        self._free_since = time.perf_counter()
        held = self._free_since - began
        if cards_written:
            self.pace.took(cards_written, worked=worked, held=held)
        self.longest = max(self.longest, held)

    def _stand_back(self) -> None:
        """Let others write; what was sealed meanwhile counts, and a server of databases lets many write at once."""
        if self._database.is_sqlite and self.longest:
            time.sleep(rest_of(time.perf_counter() - self._free_since))

    def _tell_changes(self) -> None:
        if self._untold and self._how.tell is not None:
            with suppress(StorageError), self._database.write() as work:
                self._how.tell(work, self._untold)
        self._untold = set()
        self._told_at = time.monotonic()
