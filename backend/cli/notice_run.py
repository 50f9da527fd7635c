"""Runs that print many enclosures into numbered parts: they go on where they were interrupted."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

import click

from backend.cards import (
    KeptNotice,
    adopt_part,
    cards_to_notify,
    count_copy,
    is_erased,
    make_part,
    note_part_printed,
    notice_of,
    part_of,
    parts_of,
    read_person,
    unfinished_elsewhere,
)
from backend.cli.press import AskedNumber
from backend.cli.progress_bar import progress_bar
from backend.common import output_file
from backend.printing import SHEETS_AT_MOST, Press, RunFolder, RunFolderError
from backend.protection import Leaving, OutletKind, columns_for_program, let_out, record_audit
from backend.reservations import AskedCard, Notice, NumberKind, as_printed
from backend.sealing import Records
from backend.storage import Database

Told = Callable[[int], None]
_NUMBER = columns_for_program("card_number")


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

    def print_new(self, pickup_deadline: date | None, *, adopt: bool) -> tuple[int, int]:
        """Print every prepared card without a living notice, after what an earlier run into this folder left undone.

        Args:
            pickup_deadline: 受取期限 of the notices that are made.
            adopt: whether notices that a run into another folder made and never printed are printed here.

        Returns:
            How many sheets were written, and how many such notices of other runs are still left.

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
        return total, 0 if adopt else len(left)

    def print_list(
        self,
        asked: Sequence[AskedNumber],
        cards_of: Callable[[Sequence[AskedNumber]], Sequence[AskedCard]],
        pickup_deadline: date | None,
    ) -> int:
        """Print the cards of a list, as far as an earlier run with the same list into this folder left them undone.

        Each sheet is one copy more; a part whose file was taken away is the same copy again.

        Args:
            asked: the numbers of the list.
            cards_of: finds the cards of some of them, one for each, or refuses.
            pickup_deadline: 受取期限 of notices that are made.

        Returns:
            How many sheets were written.

        Raises:
            CommandFailedError: a number means no card whose papers may be printed; nothing was written.
            RunFolderError: a part was changed.
            StorageError, OSError: something cannot be written.
        """
        chunks = dict(enumerate(_parts(asked), start=1))
        missing = {part: chunk for part, chunk in chunks.items() if not self._folder.is_there(part)}
        cards = iter(cards_of([one for chunk in missing.values() for one in chunk]))
        self._folder.begin()
        total = sum(map(len, missing.values()))
        with _counted(total) as told:
            for part, chunk in missing.items():
                first = 1 + sum(len(chunks[before]) for before in range(1, part))
                self._print_part(part, first, list(islice(cards, len(chunk))), pickup_deadline)
                told(len(chunk))
        return total

    def _print_part(
        self, part: int, first: int, asked: Sequence[AskedCard], pickup_deadline: date | None
    ) -> None:
        """Write a part of a list. A copy counts when its sheet is there, so that one that was never drawn is none."""
        again = part in self._folder.parts
        with self._database.write() as work:
            kept = [notice_of(work, one.card_id, self._key, pickup_deadline=pickup_deadline) for one in asked]
            now = work.now
        counted = [one for one in kept if not (again and one.copies)]
        copies = {one.card_id: replace(one, copies=one.copies + 1, printed_at=now) for one in counted}
        drawn = [
            as_printed(copies.get(one.card_id, one), card) for one, card in zip(kept, asked, strict=True)
        ]
        self._draw(part, drawn)
        with self._database.write() as work:
            for one in counted:
                count_copy(work, one)
            facts = {"run": self._folder.run_id, "part": part, "count": len(drawn)}
            record_audit(work, "console", "notices_printed", None, facts)
        self._folder.note(part, first, len(drawn))
        click.echo(self._folder.file_of(part))

    def _write(self, part: int, counts: dict[int, int], told: Told) -> None:
        """Draw a part from what is kept of it, so that it is the same however often it is drawn."""
        with self._database.read() as connection:
            kept = {one.card_id: one for one in part_of(connection, self._folder.run_id, part, self._key)}
        notices = [self._notice(kept[card_id]) for card_id in self._by_number(kept)]
        if notices:
            first = 1 + sum(count for number, count in counts.items() if number < part)
            self._draw(part, notices)
            self._folder.note(part, first, len(notices))
            click.echo(self._folder.file_of(part))
        with self._database.write() as work:
            note_part_printed(work, self._folder.run_id, part)
        told(counts[part])

    def _draw(self, part: int, notices: list[Notice]) -> None:
        path = self._folder.file_of(part)
        drawn = self._press.draw_enclosures(notices)
        with let_out(self._database, Leaving(OutletKind.NOTICE_SHEET, len(notices), path)):
            _keep(path, drawn)

    def _notice(self, kept: KeptNotice) -> Notice:
        number = self._numbers.get(kept.card_id)
        return as_printed(kept, AskedCard(kept.card_id, number, NumberKind.CARD))

    def _by_number(self, card_ids: Sequence[str] | dict[str, KeptNotice]) -> list[str]:
        """Cards in the order of their 製造管理番号, as their postcards lie; who was erased is left out."""
        with self._database.read() as connection:
            for card_id in card_ids:
                if card_id not in self._numbers and not is_erased(connection, self._records, card_id):
                    person = read_person(connection, self._records, card_id, _NUMBER)
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
