"""Many bookings at once: which there are in a period, and everything that is kept of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from backend.cards import CardProgress, WardStatus, WardWord, cards, normalise_number
from backend.protection import Columns
from backend.reservations.booking import CONTACT, CONTACT_COLUMNS
from backend.reservations.fields import status_of
from backend.reservations.reservation_state import ReservationState
from backend.reservations.tables import reservation_contacts, reservations
from backend.sealing import Records


@dataclass(frozen=True)
class KeptBooking:
    """A booking as it is kept.

    Attributes:
        reservation_id: ours.
        card_id: whose card.
        number: 予約番号.
        state: 処理状況 of card and booking.
        said: the finest word that the ward's file last said of the card, if it said one.
        office_id: where, if it says.
        starts_at: when, aware, UTC.
        recipient_type: 受取人種別, a code of the document rules.
        window_name: 交付窓口 as it was imported.
        ward_ticket_number: 受付番号 of the ward's system.
        group_number: of what is booked together.
        contact: telephone, e-mail and proxy's name, as far as they are known.
    """

    reservation_id: str
    card_id: str
    number: str
    state: WardStatus
    said: WardWord | None
    office_id: str | None
    starts_at: datetime | None
    recipient_type: str | None
    window_name: str | None
    ward_ticket_number: str | None
    group_number: str | None
    contact: Mapping[str, Any]


def bookings_between(
    connection: Connection,
    first: datetime | None,
    before: datetime | None,
    office_id: str | None = None,
    changed_since: datetime | None = None,
) -> list[tuple[str, str]]:
    """Ids of the bookings of a period with their cards', by time and number; tentative ones are nobody's yet.

    Args:
        connection: a transaction that may read.
        first: the earliest time that is booked, aware; with None from the beginning on, and those without a time.
        before: the first time that is not meant any more, aware; with None all later ones.
        office_id: of one office; all of them by default.
        changed_since: only those of which booking or card was written since, aware.
    """
    query = (
        select(reservations.c.id, reservations.c.card_id)
        .join(cards, cards.c.id == reservations.c.card_id)
        .where(reservations.c.state != ReservationState.TENTATIVE.value)
        .order_by(reservations.c.starts_at, reservations.c.number)
    )
    if first is not None:
        query = query.where(reservations.c.starts_at >= first)
    if before is not None:
        query = query.where(reservations.c.starts_at < before)
    if office_id is not None:
        query = query.where(reservations.c.office_id == office_id)
    if changed_since is not None:
        query = query.where(
            or_(reservations.c.updated_at >= changed_since, cards.c.updated_at >= changed_since)
        )
    return [(row.id, row.card_id) for row in connection.execute(query)]


def booking_with(connection: Connection, number: str) -> tuple[str, str] | None:
    """Ids of the booking with exactly a number and of its card; None where there is none, or it is only tentative.

    Args:
        connection: a transaction that may read.
        number: 予約番号, as somebody typed it.

    Raises:
        BadNumberError: it cannot be such a number.
    """
    row = connection.execute(
        select(reservations.c.id, reservations.c.card_id).where(
            reservations.c.number == normalise_number(number),
            reservations.c.state != ReservationState.TENTATIVE.value,
        )
    ).one_or_none()
    return None if row is None else (row.id, row.card_id)


def kept_bookings(
    connection: Connection,
    records: Records,
    keys: Mapping[str, bytes],
    ids: Sequence[str],
    columns: Columns,
) -> dict[str, KeptBooking]:
    """Bookings by their ids.

    Args:
        connection: a transaction that may read.
        records: sealed records and their keys.
        keys: the keys of their cards, from ``records.keys_of``; a contact without its key is not known any more.
        ids: no more than one statement takes.
        columns: what the reader may have; of these the sealed contact gives its own.

    Raises:
        KeyStoreError: a record does not open.
    """
    plain = (
        "card_id",
        "number",
        "office_id",
        "starts_at",
        "recipient_type",
        "window_name",
        "ward_ticket_number",
        "group_number",
    )
    query = (
        select(
            reservations.c.id,
            reservations.c.state,
            cards.c.progress,
            cards.c.said,
            reservation_contacts.c.sealed,
            *(reservations.c[column] for column in plain),
        )
        .select_from(reservations.join(cards).outerjoin(reservation_contacts))
        .where(reservations.c.id.in_(ids))
    )
    contact = columns.only(CONTACT_COLUMNS)
    found = {}
    for row in connection.execute(query).mappings():
        key = keys.get(row["card_id"])
        opened: Mapping[str, Any] = {}
        if contact and row["sealed"] is not None and key is not None:
            opened = records.open_with(key, row["card_id"], CONTACT, row["sealed"])
        found[row["id"]] = KeptBooking(
            reservation_id=row["id"],
            state=status_of(CardProgress(row["progress"]), ReservationState(row["state"])),
            said=WardWord(row["said"]) if row["said"] else None,
            contact={column: opened.get(column) for column in contact},
            **{column: row[column] for column in plain},
        )
    return found
