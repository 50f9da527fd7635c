"""Checks the whole trail: that nothing was changed, taken away, put in or moved since it was sealed, and says where it was."""

import hashlib
import hmac
import re
from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, func, select

from backend.protection.tables import audit
from backend.protection.trail.blocks import blocks_after, entries_between, entries_with
from backend.protection.trail.chain import NOTHING, Block, TrailEntry, is_archived
from backend.protection.trail.heads import Head
from backend.protection.trail.keys import TrailKey

_GROUP: Final = 2000
_MOST_FAULTS: Final = 1000
_MOST_LOOSE: Final = 10_000
_NUMBER: Final = re.compile(rb"-?[0-9]{1,19}")


class FaultKind(StrEnum):
    """What is wrong with the trail."""

    CHANGED = "changed"
    """An entry is not as it was sealed."""
    REMOVED = "removed"
    """A sealed entry is gone."""
    INSERTED = "inserted"
    """An entry stands among sealed ones and was never sealed."""
    BLOCK_CHANGED = "block_changed"
    """A block is not as it was sealed."""
    BLOCK_REMOVED = "block_removed"
    """A block is gone, and no archiving took it away."""
    MOVED = "moved"
    """A block does not follow the one before it."""
    FORGED = "forged"
    """A block was made by somebody without the key."""
    OTHER_KEY = "other_key"
    """A block, or a head, was made with another secret key than that of this server."""
    CUT = "cut"
    """The trail ends before the head: its end was cut off."""
    NOT_THE_HEAD = "not_the_head"
    """The trail of the head was another one."""


@dataclass(frozen=True)
class Fault:
    """One place where the trail is broken.

    Attributes:
        at: when the entry was written, or the block sealed; aware, UTC.
        entry: number of the entry; of a block that of its first one, of what was put in that of the entry before.
        kind: what is wrong.
    """

    at: datetime | None
    entry: int
    kind: FaultKind


@dataclass(frozen=True)
class TrailVerdict:
    """What came of a check.

    Attributes:
        entries: how many were sealed, with those that were archived.
        sealed_until: when the last block was sealed; aware, UTC; None where there is none.
        unsealed: how many entries were written since.
        broken: where it is broken, a thousand places at most.
    """

    entries: int
    sealed_until: datetime | None
    unsealed: int
    broken: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is broken."""
        return not self.broken


def verify_trail(connection: Connection, key: TrailKey | None, head: Head | None = None) -> TrailVerdict:
    """Check every block and every entry; a few thousand are in memory at a time.

    Args:
        connection: a transaction that sees one state, and only reads.
        key: of the server. Without it nobody can tell a trail that was made anew, but by a head.
        head: that somebody kept, checked already by its own signature.
    """
    walk = _Walk(connection, key, head)
    for group in _groups(blocks_after(connection)):
        walk.over(group)
    return walk.end()


def _groups(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """Blocks with some thousand entries together."""
    group: list[Block] = []
    count = 0
    for block in blocks:
        group.append(block)
        count += block.last_entry - block.first_entry + 1
        if count >= _GROUP or len(group) >= _GROUP:
            yield group
            group, count = [], 0
    if group:
        yield group


@dataclass
class _Sealed:
    """An entry as a block has it."""

    number: int
    line: bytes
    at: datetime


@dataclass
class _Walk:
    """How far a check has come."""

    connection: Connection
    key: TrailKey | None
    head: Head | None
    before: Block | None = None
    high: int | None = None
    """The highest seq that was looked at; none before the first."""
    faults: list[Fault] = field(default_factory=list)
    loose: dict[int, Fault] = field(default_factory=dict)
    """Entries that no block has so far, by seq: a later one may have them."""
    other_key: str | None = None

    def over(self, group: list[Block]) -> None:
        """Check blocks that follow, and their entries."""
        sealed: dict[int, _Sealed] = {}
        for block in group:
            self._look(block)
            for place, line in enumerate(block.lines):
                seq = _seq_of(line)
                if seq is not None:
                    sealed[seq] = _Sealed(block.first_entry + place, line, block.sealed_at)
            self.before = block
        self._compare(sealed, max((block.high for block in group), default=0))

    def end(self) -> TrailVerdict:
        """The verdict, after the last block."""
        last = self.before
        if self.head is not None:
            self._look_at_head(self.head)
        holes = set(last.holes) if last else set()
        self.faults += [fault for seq, fault in sorted(self.loose.items()) if seq not in holes]
        after = 0 if self.high is None else self.high
        unsealed = self.connection.execute(
            select(func.count()).select_from(audit).where(audit.c.seq > after)
        ).scalar_one()
        late = sum(seq in holes for seq in self.loose)
        faults = sorted(self.faults, key=lambda fault: fault.entry)
        return TrailVerdict(
            last.last_entry if last else 0,
            last.sealed_at if last else None,
            int(unsealed) + late,
            tuple(faults[:_MOST_FAULTS]),
        )

    def _look(self, block: Block) -> None:
        """Check a block by itself and against the one before it; one fault of a block is enough."""
        kind = self._fault_of(block)
        if kind is FaultKind.OTHER_KEY:
            # Told once where the key changes, not of each block that was made with it.
            kind = None if block.key_id == self.other_key else kind
            self.other_key = block.key_id
        if kind is not None:
            removed = kind is FaultKind.BLOCK_REMOVED
            entry = block.first_entry if not removed else (self.before.last_entry if self.before else 0) + 1
            self._add(Fault(block.sealed_at, entry, kind))
        head = self.head
        if head is not None and block.number == head.block and block.hash != head.hash:
            self._add(Fault(block.sealed_at, block.first_entry, FaultKind.NOT_THE_HEAD))

    def _fault_of(self, block: Block) -> FaultKind | None:
        content = block.content
        changed = content is not None and hashlib.sha256(content).digest() != block.digest
        if changed or block.own_hash() != block.hash:
            return FaultKind.BLOCK_CHANGED
        follows = block.number == (self.before.number if self.before else 0) + 1
        if content is not None and not follows:
            return FaultKind.BLOCK_REMOVED
        if follows and block.previous != (self.before.hash if self.before else NOTHING):
            return FaultKind.MOVED
        return self._fault_of_key(block)

    def _fault_of_key(self, block: Block) -> FaultKind | None:
        """What is wrong with what only somebody with the key can make."""
        if self.key is None:
            return None
        if block.key_id != self.key.id:
            return FaultKind.OTHER_KEY
        if not hmac.compare_digest(block.mac, self.key.mac(b"block", block.hash)):
            return FaultKind.FORGED
        if block.content is None and not is_archived(block, self.key, self.before):
            return FaultKind.BLOCK_REMOVED
        return None

    def _compare(self, sealed: dict[int, _Sealed], high: int) -> None:
        """Compare the entries of blocks with those of the table, and remember those that no block has."""
        in_order = sorted(sealed)
        before = self.high
        below = [] if before is None else [seq for seq in in_order if seq <= before]
        late = entries_with(self.connection, below)
        numbers = [sealed[seq].number for seq in in_order]
        for entry in _both(late, entries_between(self.connection, before, high)):
            kept = sealed.pop(entry.seq, None)
            if kept is None:
                place = bisect(in_order, entry.seq)
                self._leave(entry, numbers[place - 1] if place else 0)
            else:
                self.loose.pop(entry.seq, None)
                if kept.line != entry.as_bytes():
                    self._add(Fault(kept.at, kept.number, FaultKind.CHANGED))
        for kept in sealed.values():
            self._add(Fault(kept.at, kept.number, FaultKind.REMOVED))
        self.high = high if before is None else max(before, high)

    def _leave(self, entry: TrailEntry, number: int) -> None:
        fault = Fault(entry.at, number, FaultKind.INSERTED)
        if len(self.loose) < _MOST_LOOSE:
            self.loose[entry.seq] = fault
        else:
            self._add(fault)

    def _look_at_head(self, head: Head) -> None:
        if self.key is not None and head.key != self.key.public:
            self._add(Fault(head.sealed_at, head.entries, FaultKind.OTHER_KEY))
        last = self.before
        if last is None or last.number < head.block:
            self._add(Fault(head.sealed_at, (last.last_entry if last else 0) + 1, FaultKind.CUT))

    def _add(self, fault: Fault) -> None:
        if len(self.faults) < 2 * _MOST_FAULTS:
            self.faults.append(fault)


def _both(first: Iterable[TrailEntry], then: Iterable[TrailEntry]) -> Iterator[TrailEntry]:
    yield from first
    yield from then


def _seq_of(line: bytes) -> int | None:
    """The seq in a line of a block; None where somebody made it unreadable."""
    # Its first value; a million lines are read, and nothing else of them.
    found = line[1:21].partition(b",")[0]
    return int(found) if line.startswith(b"[") and _NUMBER.fullmatch(found) else None
