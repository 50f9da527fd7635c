"""Runs that print many enclosures into numbered parts: they go on where they were interrupted."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import click

from backend.cards import (
    KeptNotice,
    adopt_part,
    cards_to_notify,
    is_erased,
    make_part,
    note_part_printed,
    part_of,
    parts_of,
    read_person,
    unfinished_elsewhere,
)
from backend.cli.progress_bar import progress_bar
from backend.common import output_file
from backend.printing import SHEETS_AT_MOST, Press, RunFolder, RunFolderError
from backend.protection import Leaving, OutletKind, let_out, record_audit
from backend.reservations import AskedCard, Notice, NumberKind, as_printed, print_notices
from backend.sealing import Records
from backend.storage import Database

Told = Callable[[int], None]


def new_run_id() -> str:
    """The id of a run that begins."""
    return uuid4().hex


class NoticeRun:
    """One run into one folder.

    Args:
        database: where notices are kept.
        records: sealed records and their keys.
        key: the server's secret.
        press: draws.
        folder: that this run has.
    """

    def __init__(
        self, database: Database, records: Records, key: bytes, press: Press, folder: RunFolder
    ) -> None:
        self._database = database
        self._records = records
        self._key = key
        self._press = press
        self._folder = folder
        self._numbers: dict[str, str | None] = {}

    def print_new(self, pickup_deadline: date | None, *, adopt: bool) -> int:
        """Print every prepared card without a living notice, after what an earlier run into this folder left undone.

        Args:
            pickup_deadline: 受取期限 of the notices that are made.
            adopt: whether notices that a run into another folder made and never printed are printed here.

        Returns:
            How many such notices of other runs are still left.

        Raises:
            RunFolderError: the folder is that of a run of another database, or a part was changed.
            StorageError, OSError: something cannot be written.
        """
        folder = self._folder
        with self._database.read() as connection:
            counts = parts_of(connection, folder.run_id)
            left = unfinished_elsewhere(connection, folder.run_id)
            new = self._by_number(cards_to_notify(connection))
        if set(folder.parts) - set(counts):
            raise RunFolderError("the manifest is that of a run of another database; name another folder")
        missing = [part for part in sorted(counts) if not folder.is_there(part)]
        adopted = _parts(self._by_number(left) if adopt else [])
        chunks = _parts(new)
        total = sum(counts[part] for part in missing) + sum(map(len, [*adopted, *chunks]))
        following = max(counts, default=0) + 1
        folder.begin()
        with _counted(total) as told:
            for part in missing:
                self._write(part, counts, told)
            for part, chunk in enumerate(adopted, start=following):
                with self._database.write() as work:
                    counts[part] = adopt_part(work, folder.run_id, part, chunk)
                self._write(part, counts, told)
            for part, chunk in enumerate(chunks, start=following + len(adopted)):
                with self._database.write() as work:
                    made = make_part(work, folder.run_id, part, chunk, self._key, pickup_deadline)
                    facts = {"run": folder.run_id, "part": part, "count": made}
                    record_audit(work, "console", "notices_made", None, facts)
                if made:
                    counts[part] = made
                    self._write(part, counts, told)
        return 0 if adopt else len(left)

    def print_list(self, asked: Sequence[AskedCard], pickup_deadline: date | None) -> None:
        """Print the cards of a list; each sheet is one copy more.

        Raises:
            StorageError, OSError: something cannot be written.
        """
        self._folder.begin()
        first = 1
        with _counted(len(asked)) as told:
            for part, chunk in enumerate(_parts(asked), start=1):
                with self._database.write() as work:
                    notices = print_notices(work, chunk, self._key, pickup_deadline)
                    facts = {"run": self._folder.run_id, "part": part, "count": len(notices)}
                    record_audit(work, "console", "notices_printed", None, facts)
                self._let_out(part, first, notices)
                first += len(notices)
                told(len(notices))

    def _write(self, part: int, counts: dict[int, int], told: Told) -> None:
        """Draw a part from what is kept of it, so that it is the same however often it is drawn."""
        with self._database.read() as connection:
            kept = {one.card_id: one for one in part_of(connection, self._folder.run_id, part, self._key)}
        notices = [self._notice(kept[card_id]) for card_id in self._by_number(kept)]
        if notices:
            first = 1 + sum(count for number, count in counts.items() if number < part)
            self._let_out(part, first, notices)
        with self._database.write() as work:
            note_part_printed(work, self._folder.run_id, part)
        told(counts[part])

    def _let_out(self, part: int, first: int, notices: list[Notice]) -> None:
        path = self._folder.file_of(part)
        drawn = self._press.draw_enclosures(notices)
        with let_out(self._database, Leaving(OutletKind.NOTICE_SHEET, len(notices), path)):
            _keep(path, drawn)
        self._folder.note(part, first, len(notices))
        click.echo(path)

    def _notice(self, kept: KeptNotice) -> Notice:
        number = self._numbers.get(kept.card_id)
        return as_printed(kept, AskedCard(kept.card_id, number, NumberKind.CARD))

    def _by_number(self, card_ids: Sequence[str] | dict[str, KeptNotice]) -> list[str]:
        """Cards in the order of their 製造管理番号, as their postcards lie; who was erased is left out."""
        with self._database.read() as connection:
            for card_id in card_ids:
                if card_id not in self._numbers and not is_erased(connection, self._records, card_id):
                    person = read_person(connection, self._records, card_id, ("card_number",))
                    self._numbers[card_id] = person.get("card_number")
        known = [card_id for card_id in card_ids if card_id in self._numbers]
        return sorted(known, key=lambda card_id: (self._numbers[card_id] or "", card_id))


def _keep(path: Path, drawn: bytes) -> None:
    with output_file(path, replace=True) as draft:
        draft.write_bytes(drawn)


def _parts(whole: Sequence[Any]) -> list[list[Any]]:
    return [list(whole[first : first + SHEETS_AT_MOST]) for first in range(0, len(whole), SHEETS_AT_MOST)]


@contextmanager
def _counted(total: int) -> Iterator[Told]:
    """Counts sheets on a progress bar, if somebody looks at one and there is something to draw."""
    drawn = 0
    with progress_bar("sheets") if total else nullcontext() as told:

        def more(count: int) -> None:
            nonlocal drawn
            drawn += count
            if told is not None:
                told(drawn, total)

        more(0)
        yield more
