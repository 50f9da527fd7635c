"""Blocks of entries and their chain, as bytes and hashes: pure.

A block has the bytes of its entries as they were read when they were sealed, and the hash of the block before. Whoever changes
an entry, takes one away, puts one in or moves one changes a digest; whoever makes all hashes anew lacks the key of the macs.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from backend.protection.trail.keys import TrailKey

NOTHING: Final = bytes(32)
"""In place of the hash before the first block."""
_FORM: Final = "uketsuke trail block 1"
_END: Final = b"\n"
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class TrailEntry:
    """An entry as the database has it.

    Attributes:
        seq: its key in the table; not without gaps.
        at: aware, UTC.
        actor: account, device, ``console``, ``system`` or ``nobody``.
        action: its code.
        subject: id of the object.
        office_id: the office of the work.
        facts: JSON, as it is stored.
        role: as what they acted.
        place: the address from which they acted.
        subject_kind: what the subject is the id of.
        field_names: names of columns, with blanks between.
    """

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str | None
    office_id: str | None
    facts: str
    role: str | None = None
    place: str | None = None
    subject_kind: str | None = None
    field_names: str | None = None

    def told(self) -> Mapping[str, Any]:
        """The facts; none where somebody made them unreadable."""
        try:
            found = json.loads(self.facts)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def as_bytes(self) -> bytes:
        """The bytes that are hashed: a line of JSON, the same on both databases."""
        return _json(
            [
                self.seq,
                self.at.isoformat(timespec="microseconds"),
                self.actor,
                self.role,
                self.place,
                self.office_id,
                self.action,
                self.subject_kind,
                self.subject,
                self.field_names,
                self.facts,
            ]
        )


@dataclass(frozen=True)
class Block:
    """A sealed block.

    Attributes:
        number: counts the blocks, from 1.
        day: of its entries, in Tokyo.
        first_entry: number of its first entry; entries are counted from 1, without gaps.
        last_entry: number of its last one.
        sealed_at: aware, UTC.
        high: the highest seq that was seen so far.
        holes: lower ones that were not seen, and may still be committed.
        digest: SHA-256 of the content.
        previous: hash of the block before.
        hash: SHA-256 of all of the above.
        key_id: which key made the mac.
        mac: keyed digest of the hash.
        content: lines of entries; none where they were archived.
        dropped: keyed proof that what is missing before this block, and its content, was archived.
    """

    number: int
    day: date
    first_entry: int
    last_entry: int
    sealed_at: datetime
    high: int
    holes: tuple[int, ...]
    digest: bytes
    previous: bytes
    hash: bytes
    key_id: str
    mac: bytes
    content: bytes | None
    dropped: bytes | None = None

    def own_hash(self) -> bytes:
        """The hash that its values give."""
        values: list[Any] = [
            _FORM,
            self.number,
            self.day.isoformat(),
            self.first_entry,
            self.last_entry,
            self.sealed_at.isoformat(timespec="microseconds"),
            self.high,
            list(self.holes),
            self.digest.hex(),
            self.previous.hex(),
        ]
        return hashlib.sha256(_json(values)).digest()

    @property
    def lines(self) -> list[bytes]:
        """The entries as they were hashed; none where they were archived."""
        return self.content.split(_END)[:-1] if self.content else []


def seal(
    key: TrailKey,
    before: Block | None,
    entries: Sequence[TrailEntry],
    *,
    day: date,
    sealed_at: datetime,
    holes: tuple[int, ...],
) -> Block:
    """The block that follows another one.

    Args:
        key: of the macs.
        before: the last block; none at the beginning.
        entries: in their order; one at least.
        day: of all of them, in Tokyo.
        sealed_at: aware.
        holes: numbers below the highest that were not seen yet.
    """
    content = b"".join(entry.as_bytes() + _END for entry in entries)
    first = 1 if before is None else before.last_entry + 1
    block = Block(
        number=1 if before is None else before.number + 1,
        day=day,
        first_entry=first,
        last_entry=first + len(entries) - 1,
        sealed_at=sealed_at,
        high=max(0 if before is None else before.high, *(entry.seq for entry in entries)),
        holes=holes,
        digest=hashlib.sha256(content).digest(),
        previous=NOTHING if before is None else before.hash,
        hash=b"",
        key_id=key.id,
        mac=b"",
        content=content,
    )
    return _with_hash(block, key)


def _with_hash(block: Block, key: TrailKey) -> Block:
    values = vars(block)
    hashed = block.own_hash()
    return Block(**{**values, "hash": hashed, "mac": key.mac(b"block", hashed)})


def archived(block: Block, key: TrailKey, before: Block | None) -> Block:
    """A block without its content, which proves that what was between it and another one was archived.

    Args:
        block: whose entries were archived.
        key: of the macs.
        before: the last block before it of which anything stays; none where nothing does.
    """
    return Block(**{**vars(block), "content": None, "dropped": _proof(block, key, before)})


def is_archived(block: Block, key: TrailKey, before: Block | None) -> bool:
    """Whether what is missing before a block, and its content, was archived by somebody with the key."""
    return block.dropped is not None and hmac.compare_digest(block.dropped, _proof(block, key, before))


def _proof(block: Block, key: TrailKey, before: Block | None) -> bytes:
    return key.mac(b"archived", (NOTHING if before is None else before.hash) + block.hash)


def _json(values: list[Any]) -> bytes:
    return _ENCODER.encode(values).encode()
