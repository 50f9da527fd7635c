"""Keeping cards: what is known of each, with its sealed record and its index, many at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from backend.cards.sealed_persons import PERSON, index_of, last_day_of
from backend.cards.states import CardKind, CardProgress, WardStatus
from backend.cards.tables import card_persons, cards, person_index
from backend.cards.ward_words import WardWord
from backend.sealing import Records
from backend.storage import Statement, UnitOfWork

_AT_ONCE = 500
# An import writes ten rows of the index for a card, so these are compiled once.
_SEALED = Statement(insert(card_persons), ("card_id", "sealed", "updated_at"))
_INDEX = Statement(insert(person_index), ("card_id", "kind", "digest", "identifies"))


@dataclass(frozen=True)
class CardEntry:
    """What is to be kept of a card.

    Attributes:
        card_id: ours.
        progress: how far it has come.
        person: values of its sealed record by column; nothing where nothing personal is known.
        phone: of the booking, so that the card is found by it.
        ward_status: 処理状況, where it was imported.
        kind: why the card was made.
        kept_at: the office where it lies; none where that is unknown.
        fingerprint: of the imported row, where nothing is booked.
        booking_number: a 予約番号 under which nothing is booked yet.
        said: what the word of 処理状況 means, where it was imported.
        wished_office_id: where the person would like to receive it, while nothing is booked.
        as_of: of when the file is that tells this, aware, UTC.
    """

    card_id: str
    progress: CardProgress
    person: Mapping[str, Any] = field(default_factory=dict)
    phone: str | None = None
    ward_status: WardStatus | None = None
    kind: CardKind = CardKind.NEW
    kept_at: str | None = None
    fingerprint: str | None = None
    booking_number: str | None = None
    said: WardWord | None = None
    wished_office_id: str | None = None
    as_of: datetime | None = None


@dataclass(frozen=True)
class SealedPerson:
    """What is written of a person: the sealed record, and the digests by which the card is found.

    Attributes:
        record: sealed under the card's own key; none where nothing personal is known.
        index: rows of the index, without the card's id.
    """

    record: bytes | None
    index: Sequence[Mapping[str, Any]]


def keep_cards(
    work: UnitOfWork, records: Records, entries: Sequence[CardEntry], identifying: Collection[str]
) -> None:
    """Make cards, and change those that are there; a number that another card has already identifies none of both.

    Args:
        work: the transaction; nothing is kept if this raises.
        records: sealed records and their keys.
        entries: one for each card.
        identifying: the kinds of numbers that one card at most has.

    Raises:
        KeyStoreError: the key store takes nothing new; nothing was kept.
    """
    for first in range(0, len(entries), _AT_ONCE):
        some = entries[first : first + _AT_ONCE]
        records.begin(work.connection, [entry.card_id for entry in some if entry.person])
        keys = records.keys_of([entry.card_id for entry in some if entry.person])
        keep_sealed_cards(work, some, seal_persons(records, keys, some, identifying))


def seal_persons(
    records: Records,
    keys: Mapping[str, bytes],
    entries: Sequence[CardEntry],
    identifying: Collection[str],
) -> dict[str, SealedPerson]:
    """Seal the persons of cards by id; needs no transaction, so that nobody waits for it.

    Args:
        records: seals what is personal.
        keys: of these cards.
        entries: one for each card.
        identifying: the kinds of numbers that one card at most has.

    Raises:
        KeyStoreError: a card has no key any more.
    """
    sealed = {}
    for entry in entries:
        record = records.seal(keys, entry.card_id, PERSON, entry.person) if entry.person else None
        found_by = {**entry.person, "phone": entry.phone or entry.person.get("phone")}
        sealed[entry.card_id] = SealedPerson(
            record, index_of(records, found_by, identifying, entry.booking_number)
        )
    return sealed


def lock_cards(work: UnitOfWork, ids: Collection[str]) -> None:
    """Be the only one who changes what hangs on cards, until the transaction ends; always in the order of their ids."""
    if work.connection.dialect.name == "postgresql":
        query = select(cards.c.id).where(cards.c.id.in_(list(ids))).order_by(cards.c.id).with_for_update()
        work.connection.execute(query).all()


def card_ids(connection: Connection) -> set[str]:
    """The ids of every card; keys of others belong to nothing."""
    return set(connection.execute(select(cards.c.id)).scalars())


def keep_sealed_cards(
    work: UnitOfWork,
    entries: Sequence[CardEntry],
    sealed: Mapping[str, SealedPerson],
    new: Collection[str] = (),
) -> None:
    """Make and change cards whose persons were sealed before, as many as one statement takes.

    Args:
        work: the transaction; nothing is kept if this raises.
        entries: one for each card, five hundred at most.
        sealed: by card, from ``seal_persons``.
        new: ids that were made for these cards, so that they need not be looked for.
    """
    ids = [entry.card_id for entry in entries]
    connection = work.connection
    asked = [one for one in ids if one not in new]
    there = set(connection.execute(_THERE, {"asked": asked}).scalars()) if asked else set()
    rows = [_row(entry, work) for entry in entries]
    _NEW.run_many(connection, [row for row in rows if row["id"] not in there])
    changed = [
        {f"new_{name}": row[name] for name in _CHANGED} | {"row_id": row["id"]}
        for row in rows
        if row["id"] in there
    ]
    if changed:
        connection.execute(_CHANGE, changed)
        connection.execute(delete(card_persons).where(card_persons.c.card_id.in_(list(there))))
        connection.execute(delete(person_index).where(person_index.c.card_id.in_(list(there))))
    _SEALED.run_many(
        connection,
        [
            {"card_id": one, "sealed": sealed[one].record, "updated_at": work.now}
            for one in ids
            if sealed[one].record is not None
        ],
    )
    _index(work, [{"card_id": one, **row} for one in ids for row in sealed[one].index])


def _index(work: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    claimed = {(row["kind"], row["digest"]) for row in rows if row["identifies"]}
    taken = set()
    digests = sorted({digest for _, digest in claimed})
    for first in range(0, len(digests), _AT_ONCE):
        found = work.connection.execute(_TAKEN, {"asked": digests[first : first + _AT_ONCE]})
        taken |= {(kind, digest) for kind, digest in found}
    for row in rows:
        key = (row["kind"], row["digest"])
        if row["identifies"] and key in taken:
            row["identifies"] = False
        taken.add(key)
    _INDEX.run_many(work.connection, rows)


_NEVER_CHANGED = ("id", "kind", "imported_at")
_CHANGED = (
    "progress",
    "ward_status",
    "ward_status_at",
    "kept_at",
    "last_day",
    "fingerprint",
    "said",
    "wished_office_id",
    "ward_as_of",
    "updated_at",
)
_THERE = select(cards.c.id).where(cards.c.id.in_(bindparam("asked", expanding=True)))
_TAKEN = select(person_index.c.kind, person_index.c.digest).where(
    person_index.c.digest.in_(bindparam("asked", expanding=True)), person_index.c.identifies
)
_NEW = Statement(insert(cards), (*_NEVER_CHANGED, *_CHANGED))
_CHANGE = (
    update(cards)
    .where(cards.c.id == bindparam("row_id"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGED})
)


def _row(entry: CardEntry, work: UnitOfWork) -> dict[str, Any]:
    return {
        "id": entry.card_id,
        "kind": entry.kind.value,
        "progress": entry.progress.value,
        "ward_status": entry.ward_status.value if entry.ward_status else None,
        "ward_status_at": work.now if entry.ward_status else None,
        "kept_at": entry.kept_at,
        "last_day": last_day_of(entry.person),
        "fingerprint": entry.fingerprint,
        "said": entry.said.value if entry.said else None,
        "wished_office_id": entry.wished_office_id,
        "ward_as_of": entry.as_of,
        "updated_at": work.now,
        "imported_at": work.now,
    }
