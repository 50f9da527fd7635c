"""Bookings as they are kept: many at a time, one booked for each card."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, literal_column, select, update

from backend.protection import Columns
from backend.reservations.owning import LIVING, Side
from backend.reservations.reservation_state import Channel, Owner, ReservationState
from backend.reservations.tables import reservation_contacts, reservations
from backend.sealing import Records
from backend.storage import Statement, UnitOfWork

CONTACT: Final = "contact"
"""What the record of a booking is called where it is sealed."""
CONTACT_COLUMNS: Final = ("phone", "email", "proxy_name")
_AT_ONCE = 500
_ENDED = ("number", "office_id", "starts_at", "recipient_type", "window_name", "ward_ticket_number")

# A part of every issuance, so compiled once.
_FULFIL = Statement(
    update(reservations).where(
        reservations.c.card_id == bindparam("of"),
        reservations.c.state == literal_column(f"'{ReservationState.BOOKED}'"),
    ),
    ("state", "updated_at"),
)

_CONTACT = Statement(insert(reservation_contacts), ("reservation_id", "sealed", "updated_at"))


@dataclass(frozen=True)
class BookingEntry:
    """What is to be kept of a booking.

    Attributes:
        reservation_id: ours.
        card_id: whose card.
        number: 予約番号 as stored.
        state: what became of it.
        office_id: where, if it says.
        starts_at: when, aware, UTC.
        recipient_type: 受取人種別, a code of the document rules.
        channel: how it came in.
        contact: telephone, e-mail and proxy's name, to be sealed.
        window_name: 交付窓口 as exported.
        ward_ticket_number: 受付番号 of the ward's system.
        group_number: of what is booked together.
        fingerprint: of the imported row.
        said: what the ward's file says of it, where it came from there.
        owner: who decided what holds.
    """

    reservation_id: str
    card_id: str
    number: str
    state: ReservationState
    office_id: str | None = None
    starts_at: datetime | None = None
    recipient_type: str | None = None
    channel: Channel = Channel.IMPORT
    contact: Mapping[str, Any] = field(default_factory=dict)
    window_name: str | None = None
    ward_ticket_number: str | None = None
    group_number: str | None = None
    fingerprint: str | None = None
    said: Side | None = None
    owner: Owner = Owner.WARD


def keep_bookings(work: UnitOfWork, records: Records, entries: Sequence[BookingEntry]) -> int:
    """Make bookings, and change those that are there; of a card's booked ones the last entry stays booked.

    Args:
        work: the transaction; nothing is kept if this raises.
        records: sealed records and their keys; the cards have theirs.
        entries: one for each booking; the cards are kept already.

    Returns:
        How many bookings another one took the place of.

    Raises:
        KeyStoreError: the key store cannot be read; nothing was kept.
    """
    replaced = 0
    for first in range(0, len(entries), _AT_ONCE):
        some = entries[first : first + _AT_ONCE]
        keys = records.keys_of([entry.card_id for entry in some if any(entry.contact.values())])
        replaced += keep_sealed_bookings(work, some, seal_contacts(records, keys, some))
    return replaced


def seal_contacts(
    records: Records, keys: Mapping[str, bytes], entries: Sequence[BookingEntry]
) -> dict[str, bytes]:
    """Seal telephone, e-mail and proxy's name by the booking's id; needs no transaction, so that nobody waits for it.

    Raises:
        KeyStoreError: a card has no key any more.
    """
    told = [entry for entry in entries if any(entry.contact.values())]
    return {entry.reservation_id: records.seal(keys, entry.card_id, CONTACT, entry.contact) for entry in told}


def fulfil(work: UnitOfWork, card_id: str) -> None:
    """The card was handed over: its booking is done, under whichever number the visitor came."""
    _FULFIL.run(work.connection, of=card_id, state=ReservationState.FULFILLED.value, updated_at=work.now)


def bookings_of_card(connection: Connection, card_id: str) -> list[str]:
    """Ids of all bookings that a card ever had."""
    return list(
        connection.execute(select(reservations.c.id).where(reservations.c.card_id == card_id)).scalars()
    )


def read_booking(
    connection: Connection, records: Records, reservation_id: str, columns: Columns
) -> Mapping[str, Any]:
    """The columns that the reader may have of a booking and of its sealed contact; none if it is gone.

    Raises:
        KeyStoreError: the keys cannot be read, or the record does not open.
    """
    plain = [column for column in (*_ENDED, "state") if column in columns]
    sealed = [column for column in CONTACT_COLUMNS if column in columns]
    row = (
        connection.execute(
            select(
                *(reservations.c[column] for column in plain),
                reservations.c.card_id.label("of_card"),
                reservation_contacts.c.sealed,
            )
            .select_from(reservations.outerjoin(reservation_contacts))
            .where(reservations.c.id == reservation_id)
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        return {}
    opened: Mapping[str, Any] = {}
    if sealed and row["sealed"] is not None:
        opened = records.open(row["of_card"], CONTACT, row["sealed"]) or {}
    return {column: row[column] for column in plain} | {column: opened.get(column) for column in sealed}


def keep_sealed_bookings(
    work: UnitOfWork,
    entries: Sequence[BookingEntry],
    contacts: Mapping[str, bytes],
    new_cards: Collection[str] = (),
) -> int:
    """As ``keep_bookings``, with contacts that were sealed before, for as many as one statement takes.

    Args:
        work: the transaction; nothing is kept if this raises.
        entries: one for each booking; the cards are kept already.
        contacts: sealed, by booking, from ``seal_contacts``.
        new_cards: cards that have no booking yet, so that nothing of theirs need be looked for.
    """
    connection = work.connection
    ids = [entry.reservation_id for entry in entries]
    asked = [entry.reservation_id for entry in entries if entry.card_id not in new_cards]
    # Of two booked ones of a card in these entries, the last one counts.
    last = {
        entry.card_id: entry.reservation_id for entry in entries if entry.state is ReservationState.BOOKED
    }
    replaced_here = {
        entry.reservation_id: last[entry.card_id]
        for entry in entries
        if entry.state is ReservationState.BOOKED and last[entry.card_id] != entry.reservation_id
    }
    known = {card_id: booking for card_id, booking in last.items() if card_id not in new_cards}
    before = (
        connection.execute(_BEFORE, {"of": list(known), "but": list(known.values())}).all() if known else []
    )
    replaced_before = {row.id: last[row.card_id] for row in before if row.id not in replaced_here}
    if before:
        connection.execute(
            update(reservations)
            .where(reservations.c.id.in_([row.id for row in before]))
            .values(state=ReservationState.REPLACED.value, updated_at=work.now)
        )
    there = set(connection.execute(_THERE, {"asked": asked}).scalars()) if asked else set()
    rows = [_row(entry, work, replaced=entry.reservation_id in replaced_here) for entry in entries]
    # Living ones last: the one that they take the place of is not booked any more by then.
    rows.sort(key=lambda row: row["state"] in LIVING)
    new = [row for row in rows if row["id"] not in there]
    changed = [
        {f"new_{name}": value for name, value in row.items() if name != "id"} | {"row_id": row["id"]}
        for row in rows
        if row["id"] in there
    ]
    if changed:
        connection.execute(_CHANGE, changed)
    _NEW.run_many(connection, new)
    for replaced_id, by in (replaced_here | replaced_before).items():
        connection.execute(
            update(reservations)
            .where(reservations.c.id == by, reservations.c.replaces_id.is_(None))
            .values(replaces_id=replaced_id)
        )
    changed_ids = list(there)
    if changed_ids:
        gone = delete(reservation_contacts).where(reservation_contacts.c.reservation_id.in_(changed_ids))
        connection.execute(gone)
    _CONTACT.run_many(
        connection,
        [
            {"reservation_id": one, "sealed": contacts[one], "updated_at": work.now}
            for one in ids
            if one in contacts
        ],
    )
    return len(replaced_here) + len(replaced_before)


def _row(entry: BookingEntry, work: UnitOfWork, *, replaced: bool) -> dict[str, Any]:
    return {
        "id": entry.reservation_id,
        "card_id": entry.card_id,
        "number": entry.number,
        "state": (ReservationState.REPLACED if replaced else entry.state).value,
        "office_id": entry.office_id,
        "starts_at": entry.starts_at,
        "recipient_type": entry.recipient_type,
        "channel": entry.channel.value,
        "window_name": entry.window_name,
        "ward_ticket_number": entry.ward_ticket_number,
        "group_number": entry.group_number,
        "fingerprint": entry.fingerprint,
        "imported_at": work.now,
        "updated_at": work.now,
        "owner": entry.owner.value,
        "ward_state": entry.said.state.value if entry.said else None,
        "ward_office_id": entry.said.office_id if entry.said else None,
        "ward_starts_at": entry.said.starts_at if entry.said else None,
    }


_CHANGED = (
    "card_id", "number", "state", "office_id", "starts_at", "recipient_type", "window_name", "ward_ticket_number",
    "group_number", "fingerprint", "imported_at", "updated_at", "owner", "ward_state", "ward_office_id", "ward_starts_at",
)  # fmt: skip
_THERE = select(reservations.c.id).where(reservations.c.id.in_(bindparam("asked", expanding=True)))
_BEFORE = select(reservations.c.id, reservations.c.card_id).where(
    reservations.c.card_id.in_(bindparam("of", expanding=True)),
    reservations.c.state == ReservationState.BOOKED.value,
    reservations.c.id.not_in(bindparam("but", expanding=True)),
)
_NEW = Statement(insert(reservations), ("id", "channel", *_CHANGED))
_CHANGE = (
    update(reservations)
    .where(reservations.c.id == bindparam("row_id"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGED})
)
