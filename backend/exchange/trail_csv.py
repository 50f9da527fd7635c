"""Entries of the trail as CSV for an auditor: codes, ids and names of those who work here, no cell a formula."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from backend.common import in_tokyo
from backend.exchange.cell_text import guarded
from backend.protection import TrailEntry, names_of
from backend.storage import Connection

_COLUMNS: Final = (
    "id", "at", "actor", "name", "role", "place", "office", "action", "object_kind", "object", "columns", "facts",
)  # fmt: skip
_AT_ONCE: Final = 500


def csv_of_trail(connection: Connection, entries: Iterable[TrailEntry]) -> Iterator[bytes]:
    """A line for each entry; times are those of Tokyo.

    Args:
        connection: a transaction that may read; in it the names of accounts and devices are looked up.
        entries: in their order.
    """
    rest = iter(entries)
    while chunk := list(islice(rest, _AT_ONCE)):
        names = names_of(connection, frozenset(entry.actor for entry in chunk))
        for entry in chunk:
            yield _line(
                (
                    str(entry.seq),
                    in_tokyo(entry.at).isoformat(timespec="seconds"),
                    entry.actor,
                    names.get(entry.actor, ""),
                    entry.role,
                    entry.place,
                    entry.office_id,
                    entry.action,
                    entry.subject_kind,
                    entry.subject,
                    entry.field_names,
                    entry.facts,
                )
            )


def _line(cells: Iterable[str | None]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line).writerow([guarded(cell or "") for cell in cells])
    return line.getvalue().encode()


TRAIL_HEADER: Final = b"\xef\xbb\xbf" + _line(_COLUMNS)
"""The first line, with the mark by which spreadsheets know the encoding."""
