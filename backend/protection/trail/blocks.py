"""Entries and blocks as the database keeps them."""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, Text, cast, func, insert, select

from backend.protection.tables import audit, audit_seals
from backend.protection.trail.chain import Block, TrailEntry
from backend.storage import UnitOfWork

_AT_ONCE: Final = 500
"""So many numbers a query names, and so many blocks or entries are read at once."""
_UNREADABLE: Final = (-1,)
_FACTS: Final = cast(audit.c.facts, Text).label("facts")
"""As they are stored: what a parser makes of them could change."""


def entry_columns() -> Select[Any]:
    """A query for entries, to be narrowed."""
    return select(
        audit.c.seq,
        audit.c.at,
        audit.c.actor,
        audit.c.action,
        audit.c.subject,
        audit.c.office_id,
        _FACTS,
        audit.c.role,
        audit.c.place,
        audit.c.subject_kind,
        audit.c.field_names,
    )


def entries_of(rows: Sequence[Row[Any]]) -> list[TrailEntry]:
    """Rows of ``entry_columns`` as entries."""
    return [TrailEntry(*tuple(row)) for row in rows]


def entries_after(connection: Connection, seq: int, most: int) -> list[TrailEntry]:
    """The entries with a higher seq, lowest first."""
    query = entry_columns().where(audit.c.seq > seq).order_by(audit.c.seq).limit(most)
    return entries_of(connection.execute(query).all())


def entries_between(connection: Connection, after: int | None, until: int) -> Iterator[TrailEntry]:
    """The entries with a seq above ``after``, if any, up to ``until``, lowest first."""
    query = entry_columns().where(audit.c.seq <= until).order_by(audit.c.seq)
    if after is not None:
        query = query.where(audit.c.seq > after)
    for row in connection.execution_options(stream_results=True).execute(query):
        yield TrailEntry(*tuple(row))


def entries_with(connection: Connection, seqs: Collection[int]) -> list[TrailEntry]:
    """The entries that have one of some numbers, lowest first."""
    found: list[TrailEntry] = []
    asked = sorted(seqs)
    for at in range(0, len(asked), _AT_ONCE):
        query = entry_columns().where(audit.c.seq.in_(asked[at : at + _AT_ONCE])).order_by(audit.c.seq)
        found += entries_of(connection.execute(query).all())
    return found


def last_block(connection: Connection, *, with_content: bool = False) -> Block | None:
    """The newest block, without its content unless it is asked for."""
    found = connection.execute(
        _blocks(with_content=with_content).order_by(audit_seals.c.number.desc()).limit(1)
    )
    row = found.one_or_none()
    return None if row is None else _block(row)


def last_number(connection: Connection) -> int:
    """The number of the newest block; 0 where there is none."""
    return int(connection.execute(select(func.max(audit_seals.c.number))).scalar() or 0)


def blocks_after(connection: Connection, number: int = 0) -> Iterator[Block]:
    """Every block with a higher number, in their order; a few are in memory at a time."""
    while True:
        query = _blocks(with_content=True).where(audit_seals.c.number > number)
        rows = connection.execute(query.order_by(audit_seals.c.number).limit(_AT_ONCE)).all()
        for row in rows:
            yield _block(row)
        if len(rows) < _AT_ONCE:
            return
        number = rows[-1].number


def first_kept(connection: Connection, day: date) -> int | None:
    """The number of the first block with an entry of a day or a later one; none where all are older."""
    found = connection.execute(
        select(func.min(audit_seals.c.number)).where(audit_seals.c.day >= day)
    ).scalar()
    return None if found is None else int(found)


def keep_block(work: UnitOfWork, block: Block) -> None:
    """Write a new block."""
    work.connection.execute(
        insert(audit_seals).values({**vars(block), "holes": json.dumps(list(block.holes))})
    )


def _blocks(*, with_content: bool) -> Select[Any]:
    columns = [
        audit_seals.c[name] for name in Block.__dataclass_fields__ if with_content or name != "content"
    ]
    return select(*columns)


def _block(row: Row[Any]) -> Block:
    values = {"content": None, **row._mapping}  # noqa: SLF001 - SQLAlchemy's public name for it
    return Block(**{**values, "holes": _numbers(values["holes"])})


def _numbers(text: str) -> tuple[int, ...]:
    """What a block keeps of holes; where somebody made it unreadable, something that no block has, so that its hash is wrong."""
    try:
        found = json.loads(text)
    except ValueError:
        return _UNREADABLE
    return tuple(found) if isinstance(found, list) and all(type(one) is int for one in found) else _UNREADABLE
