"""The one outlet: whatever holds personal data and is written for somebody to take away is entered here first.

The entry is committed before the file gets its name, and with it a line of the audit trail. Whatever dies in between leaves an entry too many, never a file
that nobody was told of.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, insert, select, update

from backend.common import in_tokyo
from backend.protection.actor import Actor
from backend.protection.audit import ObjectKind, record_audit
from backend.protection.register import keep_until
from backend.protection.register_entries import OutletKind, OutletState
from backend.protection.tables import outlets
from backend.storage import Database, StorageError
from backend.wire import FieldShape, contains_my_number

_WITHHELD = "***"
_LONGEST = 400
_BROWSER = "browser"
"""Of a file that somebody took with their browser; where from stands in the trail."""


@dataclass(frozen=True)
class Leaving:
    """What is about to leave.

    Attributes:
        kind: the kind of file.
        count: of how many persons there may be data in it.
        place: the file or the folder; where files are called after persons or their numbers, the folder. None where it
            goes to the browser of the actor.
        actor: who asked for it: a person, or the console of the server.
    """

    kind: OutletKind
    count: int
    place: Path | None
    actor: Actor | str = "console"


@dataclass(frozen=True)
class Outlet:
    """An entry: as ``Leaving``, with what became of it.

    Attributes:
        id: of the entry.
        at: when it was entered, aware, UTC.
        actor: who asked for it.
        kind: the kind of file.
        count: of how many persons there may be data in it.
        place: where it was written to.
        until: the last day in Tokyo on which it may be kept, where the register names days.
        state: how far it has come.
    """

    id: str
    at: datetime
    actor: str
    kind: OutletKind
    count: int
    place: str
    until: date | None
    state: OutletState


@contextmanager
def let_out(
    database: Database, leaving: Leaving, *, missed: Callable[[StorageError], None] | None = None
) -> Iterator[str | None]:
    """Enter a file, have it written inside the ``with`` block, and note what became of it.

    Of a program that was interrupted the entry goes on saying that the file may be there. Inside of the block the id of the
    entry is known; None where it was missed.

    Args:
        database: where it is entered.
        leaving: what leaves.
        missed: called where the entry cannot be written, and the file leaves all the same; for a backup only, which
            is needed most where a disk is full. Without it nothing leaves unentered.

    Raises:
        StorageError: it could not be entered, so nothing may be written.
    """
    try:
        entry: str | None = _enter(database, leaving)
    except StorageError as error:
        if missed is None:
            raise
        missed(error)
        entry = None
    try:
        yield entry
    except Exception:
        _settle(database, entry, OutletState.FAILED)
        raise
    _settle(database, entry, OutletState.WRITTEN)


def outlets_since(
    connection: Connection, since: datetime | None = None, kind: OutletKind | None = None
) -> list[Outlet]:
    """The entries, oldest first.

    Args:
        connection: a transaction that may read.
        since: leave out what is older; aware, UTC.
        kind: only this kind of file.
    """
    query = select(outlets).order_by(outlets.c.at, outlets.c.id)
    if since is not None:
        query = query.where(outlets.c.at >= since)
    if kind is not None:
        query = query.where(outlets.c.kind == kind.value)
    return [_outlet(row) for row in connection.execute(query).mappings()]


def outlet_with(connection: Connection, entry: str) -> Outlet | None:
    """The entry with an id, or None."""
    row = connection.execute(select(outlets).where(outlets.c.id == entry)).mappings().one_or_none()
    return None if row is None else _outlet(row)


def _outlet(row: RowMapping) -> Outlet:
    return Outlet(**{**row, "kind": OutletKind(row["kind"]), "state": OutletState(row["state"])})


def _enter(database: Database, leaving: Leaving) -> str:
    entry = uuid4().hex
    with database.write() as work:
        until = keep_until(leaving.kind, in_tokyo(work.now).date())
        work.connection.execute(
            insert(outlets).values(
                id=entry,
                at=work.now,
                actor=leaving.actor.id if isinstance(leaving.actor, Actor) else leaving.actor,
                kind=leaving.kind.value,
                count=leaving.count,
                place=_BROWSER if leaving.place is None else _shown(leaving.place),
                until=until,
                state=OutletState.BEGUN.value,
            )
        )
        # Not the place: it is of the entry alone, and files may be called after somebody.
        facts = {
            "kind": leaving.kind.value,
            "count": leaving.count,
            "until": until.isoformat() if until else None,
        }
        record_audit(work, leaving.actor, "file_left", entry, facts, about=ObjectKind.OUTLET)
    return entry


def _settle(database: Database, entry: str | None, state: OutletState) -> None:
    """Note what became of a file; where that cannot be noted, the entry goes on saying that it may be there."""
    if entry is None:
        return
    with suppress(StorageError), database.write() as work:
        work.connection.execute(update(outlets).where(outlets.c.id == entry).values(state=state.value))


def _shown(place: Path) -> str:
    """A place from the root of the disk on, which a database can hold; withheld where it may be a 個人番号."""
    text = os.fsencode(place.absolute()).decode("utf-8", "replace")
    return _WITHHELD if contains_my_number(text, FieldShape.PATH) else text[-_LONGEST:]
