"""Rows of a file as cards and bookings: what the words of the ward's system make of each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from backend.cards import (
    PERSON_COLUMNS,
    CardEntry,
    CardProgress,
    SealedPerson,
    WardStatus,
    keep_sealed_cards,
    seal_persons,
)
from backend.exchange.matching import Known, refreshed
from backend.reservations import BookingEntry, ReservationState, keep_sealed_bookings, seal_contacts
from backend.sealing import Records
from backend.storage import UnitOfWork

_CONTACT: Final = ("phone", "email", "proxy_name")
_PROGRESS: Final = {
    WardStatus.ISSUED: CardProgress.ISSUED,
    WardStatus.WITHDRAWN: CardProgress.WITHDRAWN,
}
_BOOKING: Final = {
    WardStatus.BOOKED: ReservationState.BOOKED,
    WardStatus.CANCELLED: ReservationState.CANCELLED,
    WardStatus.NO_SHOW: ReservationState.NO_SHOW,
    WardStatus.ISSUED: ReservationState.FULFILLED,
    WardStatus.WITHDRAWN: ReservationState.CANCELLED,
}


@dataclass(frozen=True)
class SealedRows:
    """Rows of some cards, and what is personal of them, sealed while nobody waited.

    Attributes:
        cards: the rows of each card.
        persons: sealed, by card.
        contacts: sealed, by booking.
    """

    cards: Sequence[Sequence[Known]]
    persons: Mapping[str, SealedPerson]
    contacts: Mapping[str, bytes]


def seal(
    sealing: Records,
    keys: Mapping[str, bytes],
    cards: Sequence[Sequence[Known]],
    identifying: Collection[str],
) -> SealedRows:
    """Seal what rows say.

    Args:
        sealing: seals what is personal.
        keys: of these cards.
        cards: the rows of each card.
        identifying: the kinds of numbers that one card at most has.

    Raises:
        KeyStoreError: a card has no key any more.
    """
    rows = [in_order(of_card) for of_card in cards]
    persons = seal_persons(sealing, keys, [card_entry(of_card) for of_card in rows], identifying)
    bookings = [entry for of_card in rows for row in of_card if (entry := booking_entry(row)) is not None]
    return SealedRows(rows, persons, seal_contacts(sealing, keys, bookings))


def keep(work: UnitOfWork, sealed: SealedRows) -> None:
    """Write rows by what is stored now.

    Args:
        work: the transaction.
        sealed: the rows, as many as one statement takes.
    """
    now = refreshed(work.connection, [row for of_card in sealed.cards for row in of_card])
    by_card: dict[str, list[Known]] = {}
    for row in now:
        by_card.setdefault(row.card_id, []).append(row)
    keep_sealed_cards(work, [card_entry(of_card) for of_card in by_card.values()], sealed.persons)
    bookings = [entry for row in now if (entry := booking_entry(row)) is not None]
    keep_sealed_bookings(work, bookings, sealed.contacts)


def in_order(rows: Sequence[Known]) -> list[Known]:
    """Rows about one card, the one that counts last: a booked one, and of several the latest visit."""

    def rank(row: Known) -> tuple[bool, str]:
        starts_at = row.record.starts_at
        return row.record.state == WardStatus.BOOKED, starts_at.isoformat() if starts_at else ""

    return sorted(rows, key=rank)


def card_entry(rows: Sequence[Known]) -> CardEntry:
    """The card that rows are about: the last one counts, but a card that any of them calls handed over is so."""
    row = rows[-1]
    record, status = row.record, WardStatus(row.record.state)
    issued = any(one.record.state == WardStatus.ISSUED for one in rows)
    booked = booking_entry(row) is not None
    person: Mapping[str, Any] = {
        column: getattr(record, column) for column in PERSON_COLUMNS if not (booked and column in _CONTACT)
    }
    return CardEntry(
        card_id=row.card_id,
        progress=_progress(row.progress, WardStatus.ISSUED if issued else status),
        person=person,
        phone=record.phone,
        ward_status=status,
        kept_at=row.kept_at,
        fingerprint=None if booked else row.fingerprint,
        booking_number=None if booked else record.number,
    )


def _progress(before: CardProgress | None, status: WardStatus) -> CardProgress:
    """A card that was handed over here is never set back, and one that may be received keeps how far it has come."""
    if before is CardProgress.ISSUED:
        return before
    said = _PROGRESS.get(status)
    if said is not None:
        return said
    return before if before is not None and before.receivable else CardProgress.NOTIFIED


def booking_entry(row: Known) -> BookingEntry | None:
    """The booking that a row tells of; none where nothing is booked and nothing was."""
    record, status = row.record, WardStatus(row.record.state)
    state = _BOOKING.get(status)
    if state is None:
        if row.reservation_id is None:
            return None
        state = ReservationState.CANCELLED
    booked_of_issued = row.progress is CardProgress.ISSUED and state is ReservationState.BOOKED
    if booked_of_issued or row.state is ReservationState.FULFILLED:
        state = ReservationState.FULFILLED
    return BookingEntry(
        reservation_id=row.booking_id,
        card_id=row.card_id,
        number=record.number,
        state=state,
        office_id=record.office_id,
        starts_at=record.starts_at,
        recipient_type=record.recipient_type,
        contact={column: getattr(record, column) for column in _CONTACT},
        window_name=record.window_name,
        ward_ticket_number=record.ward_ticket_number,
        group_number=record.group_number,
        fingerprint=row.fingerprint,
    )
