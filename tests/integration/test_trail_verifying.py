"""Checking the trail: whatever somebody who owns the database does to it behind the program is found, with its place."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import Connection, delete, insert, select, update

from backend.protection.tables import audit, audit_seals
from backend.protection.trail.blocks import blocks_after, last_block
from backend.protection.trail.heads import Head, head_of
from backend.protection.trail.keys import TrailKey
from backend.protection.trail.verifying import verify_trail
from backend.storage.database import Database
from tests.support import HandClock
from tests.trail_support import KEY, checked, faults, owner_of, sealed, write

_MANY = 12
_BATCH = 3


def trail(database: Database, clock: HandClock) -> None:
    """Twelve entries in four blocks."""
    for number in range(1, _MANY + 1):
        write(database, f"t{number}")
        clock.advance(seconds=1)
    assert sealed(database, batch=_BATCH) == _MANY


def head(database: Database) -> Head:
    """The head of the trail now."""
    with database.read() as connection:
        last = last_block(connection)
    assert last is not None
    return head_of(last, KEY)


def swap(connection: Connection, one: int, other: int) -> None:
    """Let two entries change their places."""
    connection.execute(update(audit).where(audit.c.seq == one).values(seq=-1))
    connection.execute(update(audit).where(audit.c.seq == other).values(seq=one))
    connection.execute(update(audit).where(audit.c.seq == -1).values(seq=other))


@contextmanager
def taken_back(database: Database) -> Iterator[Connection]:
    """As the owner of a SQLite database, but whatever is changed is taken back."""
    with database.engine.connect() as connection:
        transaction = connection.begin()
        for table in ("audit", "audit_seals"):
            for order in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{order}")
        yield connection
        transaction.rollback()


@pytest.mark.dialect
def test_a_changed_a_removed_and_a_moved_entry_are_found_where_they_are(
    database: Database, clock: HandClock
) -> None:
    """Each of the ways to lie about one entry is told with the entry's number and its time."""
    trail(database, clock)
    with owner_of(database) as connection:
        connection.execute(update(audit).where(audit.c.seq == 2).values(actor="somebody"))
        connection.execute(delete(audit).where(audit.c.seq == 5))
        swap(connection, 8, 9)
    assert faults(database) == [(2, "changed"), (5, "removed"), (8, "changed"), (9, "changed")]
    first = checked(database).broken[0]
    assert first.at is not None
    assert (checked(database).ok, checked(database).entries) == (False, _MANY)


@pytest.mark.dialect
def test_an_entry_that_was_put_in_is_found_behind_the_one_before(
    database: Database, clock: HandClock
) -> None:
    """An entry among sealed ones that no block has: somebody wrote it afterwards."""
    trail(database, clock)
    with owner_of(database) as connection:
        values = {"at": clock.now, "actor": "a", "action": "tick", "facts": {}}
        connection.execute(insert(audit).values(seq=-7, **values))
        connection.execute(update(audit).where(audit.c.seq == 12).values(seq=40))
        connection.execute(update(audit_seals).where(audit_seals.c.number == 4).values(high=50))
        connection.execute(insert(audit).values(seq=45, **values))
    kinds = [kind for _, kind in faults(database)]
    assert sorted(kinds) == ["block_changed", "inserted", "inserted", "inserted", "removed"]


@pytest.mark.dialect
def test_a_cut_tail_is_found_by_a_head_alone(database: Database, clock: HandClock) -> None:
    """Who cuts off the end leaves a whole trail; whoever kept a head sees that it is too short, and since which entry."""
    trail(database, clock)
    kept = head(database)
    assert checked(database, kept).ok
    with owner_of(database) as connection:
        connection.execute(delete(audit_seals).where(audit_seals.c.number == 4))
        connection.execute(delete(audit).where(audit.c.seq > 9))
    assert checked(database).ok
    assert faults(database, kept) == [(10, "cut")]
    write(database, "t13", "t14", "t15")
    sealed(database)
    assert faults(database, kept) == [(10, "not_the_head")]
    assert [fault.kind for fault in checked(database, kept, key=None).broken] == ["not_the_head"]


@pytest.mark.dialect
def test_a_trail_that_was_made_anew_without_the_key_is_found(database: Database, clock: HandClock) -> None:
    """All hashes and digests made anew fit together: the macs, which need the key, do not, from the first forged block on."""
    trail(database, clock)
    with owner_of(database) as connection:
        connection.execute(update(audit).where(audit.c.seq == 5).values(actor="somebody"))
        before = None
        for block in list(blocks_after(connection)):
            content = block.content or b""
            if block.number == 2:
                lines = content.splitlines(keepends=True)
                told = json.loads(lines[1])
                told[2] = "somebody"
                lines[1] = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
                content = b"".join(lines)
            made = replace(
                block,
                content=content,
                digest=hashlib.sha256(content).digest(),
                previous=block.previous if before is None else before.hash,
            )
            before = replace(made, hash=made.own_hash())
            values = {name: getattr(before, name) for name in ("content", "digest", "previous", "hash")}
            connection.execute(update(audit_seals).where(audit_seals.c.number == block.number).values(values))
    assert faults(database) == [(4, "forged"), (7, "forged"), (10, "forged")]


_CHANGES: list[tuple[dict[str, Any], str]] = [
    ({"content": b"[2]\n"}, "block_changed"),
    ({"content": b"\xff\n{\n[\n"}, "block_changed"),
    ({"holes": "["}, "block_changed"),
    ({"holes": '{"a": 1}'}, "block_changed"),
    ({"mac": b"x" * 32}, "forged"),
    ({"key_id": "ANOTHER"}, "other_key"),
    ({"content": None, "dropped": b"x" * 32}, "block_removed"),
]


def test_a_changed_block_is_found(sqlite: Database, clock: HandClock) -> None:
    """What somebody writes into a block, unreadable or not, is told as a fault of it and breaks no check."""
    trail(sqlite, clock)
    for values, kind in _CHANGES:
        with taken_back(sqlite) as connection:
            connection.execute(update(audit_seals).where(audit_seals.c.number == 2).values(values))
            found = [(fault.entry, fault.kind.value) for fault in verify_trail(connection, KEY).broken]
        assert (4, kind) in found, values
    assert checked(sqlite).ok


@pytest.mark.dialect
def test_a_block_that_is_gone_or_moved_is_found(database: Database, clock: HandClock) -> None:
    """Blocks are as little to be taken away or moved as entries."""
    trail(database, clock)
    with owner_of(database) as connection:
        connection.execute(delete(audit_seals).where(audit_seals.c.number == 2))
    assert faults(database) == [(3, "inserted")] * 3 + [(4, "block_removed")]
    with owner_of(database) as connection:
        connection.execute(update(audit_seals).where(audit_seals.c.number == 3).values(number=2))
    assert (7, "block_changed") in faults(database)


def test_a_trail_of_another_secret_key_is_told_once(sqlite: Database, clock: HandClock) -> None:
    """Whoever lost the secret key is not told a thousand faults: the blocks of the other key are named at their beginning."""
    trail(sqlite, clock)
    verdict = checked(sqlite, key=TrailKey(b"z" * 32))
    assert [(fault.entry, fault.kind) for fault in verdict.broken] == [(1, "other_key")]
    kept = head(sqlite)
    assert [fault.kind for fault in checked(sqlite, kept, TrailKey(b"z" * 32)).broken] == ["other_key"] * 2
    assert checked(sqlite, kept, key=None).ok


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_single_change_is_found(sqlite: Database, clock: HandClock, data: st.DataObject) -> None:
    """Whatever single thing is changed, removed, put in or moved, in whichever column of either table, is found."""
    with sqlite.read() as connection:
        begun = connection.execute(select(audit.c.seq).limit(1)).first() is not None
    if not begun:
        trail(sqlite, clock)
        assert checked(sqlite).ok
    seq = data.draw(st.integers(1, _MANY))
    number = data.draw(st.integers(1, _MANY // _BATCH))
    what = data.draw(st.sampled_from(("change", "remove", "insert", "swap", "block", "no block")))
    with taken_back(sqlite) as connection:
        if what == "change":
            column = data.draw(
                st.sampled_from([one for one in audit.c if one.name not in {"seq", "at", "facts"}])
            )
            connection.execute(update(audit).where(audit.c.seq == seq).values({column.name: "<b>1</b>"}))
        elif what == "remove":
            connection.execute(delete(audit).where(audit.c.seq == seq))
        elif what == "insert":
            place = data.draw(st.integers(-(2**31), 0))
            values = {"at": clock.now, "actor": "a", "action": "tick", "facts": {}}
            connection.execute(insert(audit).values(seq=place, **values))
        elif what == "swap":
            other = data.draw(st.integers(1, _MANY).filter(lambda one: one != seq))
            swap(connection, seq, other)
        elif what == "no block" and number < _MANY // _BATCH:
            connection.execute(delete(audit_seals).where(audit_seals.c.number == number))
        else:
            column = data.draw(
                st.sampled_from(
                    [one for one in audit_seals.c if one.name not in {"number", "dropped", "first_entry"}]
                )
            )
            old = connection.execute(select(column).where(audit_seals.c.number == number)).scalar_one()
            new: Any
            if isinstance(old, bytes):
                new = bytes([old[0] ^ 1]) + old[1:]
            elif isinstance(old, int):
                new = old + 1
            else:
                new = (
                    "x"
                    if isinstance(old, str)
                    else clock.now.date()
                    if column.name == "day"
                    else clock.now + timedelta(days=1)
                )
            if column.name == "day":
                new = clock.now.date().replace(year=2020)
            connection.execute(
                update(audit_seals).where(audit_seals.c.number == number).values({column.name: new})
            )
        verdict = verify_trail(connection, KEY)
    assert not verdict.ok, what
    assert checked(sqlite).ok
