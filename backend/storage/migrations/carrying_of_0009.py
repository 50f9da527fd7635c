"""How migration 0009 turns the rows of 0.1.0 into cards, sealed persons, bookings, contacts and notices."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from alembic import context, op

from backend.storage.errors import MigrationRefusedError
from backend.storage.types import UtcDateTime

_AT_ONCE = 500
_CARDS = UUID("5d0f3c1e-6f0b-4c58-9a51-0a6d7be20009")
"""Ids of cards are derived from those of reservations, so an interrupted upgrade finds the keys that it made again."""
_Row = sa.RowMapping
_PERSON = (
    "name", "name_kana", "alias", "birth", "address", "foreign_category", "stay_expires_on", "card_expires_on",
    "application_id", "card_number", "dispatch_number",
)  # fmt: skip
_CONTACT = ("phone", "email", "proxy_name")
_BOOKING = {
    "booked": "booked",
    "cancelled": "cancelled",
    "no_show": "no_show",
    "issued": "fulfilled",
    "withdrawn": "cancelled",
}
_NO_DIGIT, _SPACES = re.compile(r"\D+"), re.compile(r"\s+")

OLD = sa.table(
    "reservations_of_0008",
    *(sa.column(name) for name in ("id", "number", "recipient_type", "office_id", "window_name")),
    *(sa.column(name) for name in ("ward_ticket_number", "state", "fingerprint", "card_id")),
    *(sa.column(name) for name in (*_PERSON, *_CONTACT) if not name.endswith("expires_on")),
    sa.column("stay_expires_on", sa.Date()),
    sa.column("card_expires_on", sa.Date()),
    *(sa.column(name, UtcDateTime()) for name in ("starts_at", "imported_at", "updated_at")),
)
"""The reservations of 0.1.0, in a renamed table; each gets the id of its card."""
_old_notices = sa.table(
    "notices_of_0008",
    sa.column("token"),
    sa.column("reservation_id"),
    sa.column("created_at", UtcDateTime()),
    sa.column("revoked_at", UtcDateTime()),
)


def carry_over(connection: sa.Connection, made: tuple[sa.Table, ...]) -> dict[str, int]:
    """Turn reservations into cards, persons and bookings; returns counts that the operator should know.

    Args:
        connection: the transaction of the migration.
        made: the tables of cards, persons, index, reservations, contacts and notices, in this order.

    Raises:
        MigrationRefusedError: there are persons, but no key store to seal them with.
        KeyStoreError: the key store cannot be used or written.
    """
    owners = _owners(connection)
    told = {"cards": len(set(owners.values())), "reservations": len(owners), "replaced": 0, "differing": 0}
    if not owners:
        return told
    sealer = context.config.attributes.get("sealer")
    if sealer is None:
        raise MigrationRefusedError(
            "the database holds persons in clear and there is no key store to seal them with"
        )
    for some in _parts(list(owners.items())):
        connection.execute(
            sa.update(OLD).where(OLD.c.id == sa.bindparam("row")).values(card_id=sa.bindparam("owner")),
            [{"row": row, "owner": owner} for row, owner in some],
        )
    op.create_index("ix_reservations_of_0008_card_id", "reservations_of_0008", ["card_id"])
    card_ids = sorted(set(owners.values()))
    sealer.begin(connection, card_ids)
    *tables, notices = made
    taken: set[tuple[str, str]] = set()
    for ids in _parts(card_ids):
        part = _Part(sealer, sealer.keys_of(list(ids)), taken)
        for card_id, rows in _by_card(connection, ids).items():
            part.take(card_id, rows)
        for table, values in zip(tables, part.values, strict=True):
            if values:
                connection.execute(sa.insert(table), values)
        _notices(connection, notices, ids)
        told["replaced"] += part.replaced
        told["differing"] += part.differing
    return told


class _Part:
    """A part of the cards, with the rows to insert for them.

    Args:
        sealer: seals personal data.
        keys: the keys of these cards.
        taken: the identifying numbers of the cards that were handled before.
    """

    def __init__(self, sealer: Any, keys: Mapping[str, bytes], taken: set[tuple[str, str]]) -> None:
        self._sealer, self._keys, self._taken = sealer, keys, taken
        self.replaced = self.differing = 0
        self.values: tuple[list[dict[str, Any]], ...] = ([], [], [], [], [])
        """Rows of cards, persons, index, reservations and contacts."""

    def take(self, card_id: str, rows: list[_Row]) -> None:
        """Add a card with all of its reservations; the person's data come from the newest of them."""
        cards, persons, index, reservations, contacts = self.values
        rows.sort(key=lambda row: (row["updated_at"], row["id"]))
        newest = rows[-1]
        bookings = _bookings(rows)
        person = {name: newest[name] for name in _PERSON}
        self.differing += any(row[name] != person[name] for row in rows for name in _PERSON)
        self.replaced += sum(one["state"] == "replaced" for one in bookings)
        if not bookings:
            person |= {name: newest[name] for name in ("phone", "email")}
        cards.append(_card(card_id, rows, booked=bool(bookings)))
        sealed = self._seal(card_id, "person", person)
        persons.append({"card_id": card_id, "sealed": sealed, "updated_at": newest["updated_at"]})
        index.extend(_index(self._sealer, card_id, rows, self._taken))
        reservations.extend(bookings)
        kept = {one["id"] for one in bookings}
        for row in rows:
            contact = {name: row[name] for name in _CONTACT if row[name]}
            if contact and row["id"] in kept:
                sealed = self._seal(card_id, "contact", contact)
                contacts.append(
                    {"reservation_id": row["id"], "sealed": sealed, "updated_at": row["updated_at"]}
                )

    def _seal(self, card_id: str, what: str, values: Mapping[str, Any]) -> bytes:
        sealed: bytes = self._sealer.seal(self._keys, card_id, what, values)
        return sealed


def _by_card(connection: sa.Connection, card_ids: Sequence[str]) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = {}
    for row in connection.execute(sa.select(OLD).where(OLD.c.card_id.in_(card_ids))).mappings():
        found.setdefault(row["card_id"], []).append(row)
    return found


def _owners(connection: sa.Connection) -> dict[str, str]:
    """The card of each reservation: the one with the same card number, else with the same application, else a new one.

    A row without a card number belongs to the card of its application, unless two cards have that application.
    """
    query = sa.select(OLD.c.id, OLD.c.card_number, OLD.c.application_id).order_by(OLD.c.id)
    rows = [
        (row.id, (row.card_number or "").strip(), (row.application_id or "").strip())
        for row in connection.execute(query)
    ]
    owners: dict[str, str] = {}
    by_number: dict[str, str] = {}
    by_application: dict[str, set[str]] = {}
    for row_id, number, application in rows:
        if number:
            owners[row_id] = by_number.setdefault(number, uuid5(_CARDS, row_id).hex)
            by_application.setdefault(application, set()).add(owners[row_id])
    for row_id, number, application in rows:
        if not number and application:
            of_it = by_application.setdefault(application, {uuid5(_CARDS, row_id).hex})
            owners[row_id] = min(of_it) if len(of_it) == 1 else uuid5(_CARDS, row_id).hex
        elif not number:
            owners[row_id] = uuid5(_CARDS, row_id).hex
    return owners


def _card(card_id: str, rows: Sequence[_Row], *, booked: bool) -> dict[str, Any]:
    newest = rows[-1]
    states = {row["state"] for row in rows}
    progress = "notified"
    if "issued" in states:
        progress = "issued"
    elif newest["state"] == "withdrawn":
        progress = "withdrawn"
    days = [day for day in (newest["card_expires_on"], newest["stay_expires_on"]) if day is not None]
    return {
        "id": card_id,
        "kind": "new",
        "progress": progress,
        "ward_status": newest["state"],
        "ward_status_at": newest["updated_at"],
        "last_day": min(days, default=None),
        "fingerprint": None if booked else newest["fingerprint"] or None,
        "imported_at": rows[0]["imported_at"],
        "updated_at": newest["updated_at"],
    }


def _bookings(rows: Sequence[_Row]) -> list[dict[str, Any]]:
    """The bookings of one card: of several valid ones, only the latest visit stays valid; none once it was issued."""
    issued = any(row["state"] == "issued" for row in rows)
    standing = [row for row in rows if row["state"] == "booked" and _placed(row)]
    stands = max(standing, key=lambda row: (row["starts_at"], row["id"]))["id"] if standing else None
    found = []
    for row in rows:
        state = _BOOKING.get(row["state"])
        if state is None:
            continue
        if state == "booked" and (issued or row["id"] != stands):
            state = "fulfilled" if issued else "replaced" if _placed(row) else "cancelled"
        found.append(
            {
                name: row[name]
                for name in (
                    "id", "number", "card_id", "office_id", "starts_at", "window_name", "ward_ticket_number",
                    "recipient_type", "imported_at", "updated_at",
                )
            }
            | {"channel": "import", "state": state, "fingerprint": row["fingerprint"] or None}
        )  # fmt: skip
    return found


def _placed(row: _Row) -> bool:
    return row["office_id"] is not None and row["starts_at"] is not None


def _index(
    sealer: Any, card_id: str, rows: Sequence[_Row], taken: set[tuple[str, str]]
) -> list[dict[str, Any]]:
    """Digests of the newest row's values, and of the numbers of all reservations without a booking."""
    newest = rows[-1]
    kana = (newest["name_kana"] or "").split()
    values = [
        ("card_number", (newest["card_number"] or "").strip()),
        ("application_id", (newest["application_id"] or "").strip()),
        ("dispatch_number", (newest["dispatch_number"] or "").strip()),
        ("phone", _NO_DIGIT.sub("", newest["phone"] or "")),
        ("birth", newest["birth"] or ""),
        ("kana", _SPACES.sub("", newest["name_kana"] or "")),
        ("kana_family", kana[0] if kana else ""),
        *(("booking_number", row["number"]) for row in rows if row["state"] not in _BOOKING),
    ]
    found = {}
    for kind, value in values:
        if not value:
            continue
        digest = sealer.digest(kind, value)
        identifies = kind in ("card_number", "application_id") and (kind, digest) not in taken
        if identifies:
            taken.add((kind, digest))
        found[kind, digest] = {
            "card_id": card_id,
            "kind": kind,
            "digest": digest,
            "identifies": identifies,
        }
    return list(found.values())


def _notices(connection: sa.Connection, notices: sa.Table, card_ids: Sequence[str]) -> None:
    """The codes of a card: the newest one that was not revoked is valid; older ones are superseded, but still known."""
    query = (
        sa.select(OLD.c.card_id, _old_notices)
        .join(OLD, OLD.c.id == _old_notices.c.reservation_id)
        .where(OLD.c.card_id.in_(card_ids))
        .order_by(_old_notices.c.created_at, _old_notices.c.token)
    )
    by_card: dict[str, list[_Row]] = {}
    for row in connection.execute(query).mappings():
        by_card.setdefault(row["card_id"], []).append(row)
    new = []
    for card_id, of_card in by_card.items():
        good = [row for row in of_card if row["revoked_at"] is None]
        for seq, row in enumerate(of_card, start=1):
            state, ended_at = "void", row["revoked_at"]
            if row["revoked_at"] is None:
                state = "made" if row is good[-1] else "superseded"
                ended_at = None if row is good[-1] else good[-1]["created_at"]
            new.append(
                {
                    "token": row["token"],
                    "card_id": card_id,
                    "seq": seq,
                    "kind": "first" if seq == 1 else "resend",
                    "state": state,
                    "created_at": row["created_at"],
                    "ended_at": ended_at,
                }
            )
    if new:
        connection.execute(sa.insert(notices), new)


def _parts(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for first in range(0, len(items), _AT_ONCE):
        yield items[first : first + _AT_ONCE]
