"""Our bookings as rows of the ward's file: what an export writes, and by what an import knows it again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from sqlalchemy import Connection

from backend.cards import PERSON_COLUMNS, persons_of
from backend.exchange.cell_text import same_text
from backend.exchange.meanings import word_for
from backend.exchange.record import ReservationRecord
from backend.protection import columns_for_program
from backend.reservations import KeptBooking, kept_bookings
from backend.sealing import Records

_AT_ONCE: Final = 500
_EVERYTHING: Final = columns_for_program(*PERSON_COLUMNS, "proxy_name")
_CONTACT: Final = ("phone", "email", "proxy_name")
_COLUMNS: Final = tuple(field.name for field in fields(ReservationRecord))


@dataclass(frozen=True)
class OurRow:
    """A booking as a row.

    Attributes:
        reservation_id: which booking.
        card_id: whose card.
        record: what the row says; None where what was known of the person was erased, so that there is nobody to name.
    """

    reservation_id: str
    card_id: str
    record: ReservationRecord | None


def rows_of_bookings(
    connection: Connection, sealing: Records, bookings: Sequence[tuple[str, str]]
) -> Iterator[OurRow]:
    """The rows of bookings, in the given order.

    Args:
        connection: a transaction that may read.
        sealing: opens what is sealed.
        bookings: ids of bookings with those of their cards.

    Raises:
        KeyStoreError: the keys cannot be read, or a record does not open.
    """
    for first in range(0, len(bookings), _AT_ONCE):
        some = bookings[first : first + _AT_ONCE]
        card_ids = list(dict.fromkeys(card_id for _, card_id in some))
        keys = sealing.keys_of(card_ids)
        persons = persons_of(connection, sealing, keys, card_ids, _EVERYTHING)
        kept = kept_bookings(connection, sealing, keys, [booking for booking, _ in some], _EVERYTHING)
        for booking, card_id in some:
            if booking in kept:
                yield OurRow(booking, card_id, record_of(kept[booking], persons.get(card_id)))


def record_of(booking: KeptBooking, person: Mapping[str, Any] | None) -> ReservationRecord | None:
    """A booking and its person as a row; none without a name, as of somebody who was erased."""
    if person is None or not person.get("name"):
        return None
    # Phone and e-mail are those of the booking, as the import keeps them.
    values = {**person, **{column: booking.contact.get(column) for column in _CONTACT}}
    return ReservationRecord(
        number=booking.number,
        state=word_for(booking.state, booking.said).value,
        recipient_type=booking.recipient_type,
        office_id=booking.office_id,
        starts_at=booking.starts_at,
        window_name=booking.window_name,
        ward_ticket_number=booking.ward_ticket_number,
        group_number=booking.group_number,
        **values,
    )


def restored(ours: ReservationRecord, theirs: ReservationRecord) -> ReservationRecord:
    """A row that came back, with our own value wherever it has that value as CP932 let it be written.

    Without this a name that CP932 cannot hold would be lost as soon as anything else of its row changed.
    """
    changes: dict[str, Any] = {
        column: mine
        for column in _COLUMNS
        if isinstance(mine := getattr(ours, column), str)
        and mine != (came := getattr(theirs, column))
        and same_text(mine, came)
    }
    return replace(theirs, **changes) if changes else theirs


def came_back(
    connection: Connection, sealing: Records, rows: Sequence[tuple[str, str, ReservationRecord]]
) -> dict[str, tuple[ReservationRecord, bool]]:
    """What rows of a file say beyond what an export of ours would say.

    Args:
        connection: a transaction that may read.
        sealing: opens what is sealed.
        rows: id of the booking, id of its card, and the row, for bookings that are known.

    Returns:
        By id of the booking the row with our own values restored, and whether it says nothing that is not known here.

    Raises:
        KeyStoreError: the keys cannot be read, or a record does not open.
    """
    theirs = {booking: record for booking, _, record in rows}
    found = {}
    for row in rows_of_bookings(connection, sealing, [(booking, card_id) for booking, card_id, _ in rows]):
        if row.record is not None:
            mended = restored(row.record, theirs[row.reservation_id])
            found[row.reservation_id] = (mended, mended == row.record)
    return found
