"""Old days leave the trail: written whole into a file first, then taken from the database, a few thousand entries at a time.

Of every day the last block stays without its entries, with a proof that only somebody with the key can make. So the chain can
be checked over what is gone, and nobody can pass off a removal as archiving.
"""

import json
import os
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, delete, select, text, update

from backend.protection.audit import record_audit
from backend.protection.tables import audit, audit_seals
from backend.protection.trail.blocks import blocks_after, first_kept, last_number
from backend.protection.trail.chain import Block, archived
from backend.protection.trail.keys import TrailKey
from backend.storage import Database, UnitOfWork

_ENTRIES_AT_ONCE: Final = 2000
_SEQS_AT_ONCE: Final = 500
_TRIGGERS: Final = text(
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('audit', 'audit_seals')"
)
_ALLOWED: Final = text("SELECT set_config('uketsuke.archiving', 'on', true)")
_FORM: Final = "uketsuke trail archive 1"


@dataclass(frozen=True)
class OldDays:
    """What is old enough to leave.

    Attributes:
        before: the first day that stays, in Tokyo.
        until_block: number of the last block that leaves.
        first: the first day of which anything leaves.
        last: the last one.
        entries: how many entries leave.
    """

    before: date
    until_block: int
    first: date
    last: date
    entries: int


def old_days(connection: Connection, before: date) -> OldDays | None:
    """The whole days before another one that are still in the trail; None where there are none.

    A block that follows one of a later day stays, as after a clock that was set back: the next archiving takes it.

    Args:
        connection: a transaction that may read.
        before: the first day that is to stay, in Tokyo.
    """
    kept = first_kept(connection, before)
    until = last_number(connection) if kept is None else kept - 1
    rows = connection.execute(
        select(audit_seals.c.day, audit_seals.c.first_entry, audit_seals.c.last_entry).where(
            audit_seals.c.number <= until, audit_seals.c.content.is_not(None)
        )
    ).all()
    if not rows:
        return None
    days = [row.day for row in rows]
    count = sum(row.last_entry - row.first_entry + 1 for row in rows)
    return OldDays(before, until, min(days), max(days), count)


def write_archive(connection: Connection, old: OldDays, draft: Path, key: TrailKey) -> int:
    """Write what is about to leave: a line for the file, then each block and the lines of its entries; returns how many these were.

    Args:
        connection: a transaction that sees one state.
        old: what leaves.
        draft: the file.
        key: of the trail; its public half stands in the file.
    """
    count = 0
    # Its owner alone can read it.
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(
            _line({"form": _FORM, "from": old.first.isoformat(), "to": old.last.isoformat(), "key": key.id})
        )
        for block in _leaving(connection, old):
            file.write(_line(_told(block)))
            file.write(block.content or b"")
            count += len(block.lines)
    return count


def drop_old_days(database: Database, old: OldDays, key: TrailKey) -> Iterator[int]:
    """Take from the database what was written, and enter that; yields how many entries have left each time.

    Cut off anywhere, it is begun again with what is left.

    Args:
        database: where the trail is.
        old: what leaves.
        key: makes the proofs.

    Raises:
        StorageError: the database cannot be written; what has left so far is gone, and proven to be archived.
    """
    with database.write() as work:
        facts = {"from": old.first.isoformat(), "to": old.last.isoformat(), "entries": old.entries}
        record_audit(work, "console", "trail_archived", None, facts)
    while True:
        with database.read() as connection:
            chunk, before = _next_chunk(connection, old)
        if not chunk:
            return
        with database.write() as work, _allowed(work):
            _drop_chunk(work, chunk, before, key)
        yield sum(len(block.lines) for block in chunk)


def _leaving(connection: Connection, old: OldDays) -> Iterator[Block]:
    for block in blocks_after(connection):
        if block.number > old.until_block:
            return
        if block.content is not None:
            yield block


def _next_chunk(connection: Connection, old: OldDays) -> tuple[list[Block], list[Block]]:
    """The next blocks that leave, and those without entries that stand before them."""
    chunk: list[Block] = []
    before: list[Block] = []
    count = 0
    for block in blocks_after(connection):
        if block.number > old.until_block or (chunk and count >= _ENTRIES_AT_ONCE):
            break
        if block.content is None:
            before.append(block)
            continue
        chunk.append(block)
        count += len(block.lines)
    return chunk, before[-2:]


def _drop_chunk(work: UnitOfWork, chunk: list[Block], before: list[Block], key: TrailKey) -> None:
    """Take the entries of blocks away, and the blocks but for the last of each day and of the chunk."""
    connection = work.connection
    seqs = [int(json.loads(line)[0]) for block in chunk for line in block.lines]
    for at in range(0, len(seqs), _SEQS_AT_ONCE):
        connection.execute(delete(audit).where(audit.c.seq.in_(seqs[at : at + _SEQS_AT_ONCE])))
    anchor = before[-1] if before else None
    follows = chunk[0]
    if anchor is not None and anchor.day == follows.day:
        # The end of an earlier chunk, in the middle of a day: this chunk stands for it, too.
        connection.execute(delete(audit_seals).where(audit_seals.c.number == anchor.number))
        anchor = before[-2] if len(before) > 1 else None
    stays = [
        block
        for block, after in zip(chunk, [*chunk[1:], None], strict=True)
        if after is None or after.day != block.day
    ]
    gone = {block.number for block in chunk} - {block.number for block in stays}
    if gone:
        connection.execute(
            delete(audit_seals).where(
                audit_seals.c.number.between(min(gone), max(gone)),
                audit_seals.c.number.not_in([block.number for block in stays]),
            )
        )
    for block in stays:
        kept = archived(block, key, anchor)
        connection.execute(
            update(audit_seals)
            .where(audit_seals.c.number == block.number)
            .values(content=None, dropped=kept.dropped)
        )
        anchor = block


@contextmanager
def _allowed(work: UnitOfWork) -> Iterator[None]:
    """Let this one transaction change the trail: the triggers are told on PostgreSQL, and away until its end on SQLite."""
    connection = work.connection
    if connection.dialect.name != "sqlite":
        connection.execute(_ALLOWED)
        yield
        return
    triggers = [(str(name), str(sql)) for name, sql in connection.execute(_TRIGGERS)]
    for name, _ in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _, sql in triggers:
        connection.exec_driver_sql(sql)


def _told(block: Block) -> dict[str, object]:
    """A block without its entries, as the file has it."""
    return {
        "block": block.number,
        "day": block.day.isoformat(),
        "first": block.first_entry,
        "last": block.last_entry,
        "sealed": block.sealed_at.isoformat(timespec="microseconds"),
        "high": block.high,
        "holes": list(block.holes),
        "digest": _letters(block.digest),
        "previous": _letters(block.previous),
        "hash": _letters(block.hash),
        "mac": _letters(block.mac),
    }


def _letters(value: bytes) -> str:
    return b64encode(value).decode("ascii")


def _line(values: dict[str, object]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
