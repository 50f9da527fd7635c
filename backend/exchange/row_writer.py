"""Rows of a file as cards and bookings: what the words of the ward's system make of each."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from backend.cards import PERSON_COLUMNS, CardEntry, CardProgress, WardStatus, keep_cards
from backend.exchange.matching import Known, chunks
from backend.exchange.parsing import Progress
from backend.reservations import BookingEntry, ReservationState, keep_bookings
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


def keep(
    work: UnitOfWork,
    sealing: Records,
    known: Sequence[Known],
    identifying: Collection[str],
    progress: Progress | None,
) -> None:
    """Write what is new and what changed.

    Args:
        work: the transaction.
        sealing: seals what is personal.
        known: every row with what is stored of it.
        identifying: the kinds of numbers that one card at most has.
        progress: called with how many rows are done and how many there are.
    """
    by_card: dict[str, list[Known]] = {}
    for row in known:
        if not row.unchanged:
            by_card.setdefault(row.card_id, []).append(row)
    done = len(known) - sum(map(len, by_card.values()))
    for some in chunks(by_card.values()):
        rows = [in_order(of_card) for of_card in some]
        keep_cards(work, sealing, [card_entry(of_card) for of_card in rows], identifying)
        bookings = [entry for of_card in rows for row in of_card if (entry := booking_entry(row)) is not None]
        keep_bookings(work, sealing, bookings)
        done += sum(map(len, rows))
        if progress is not None:
            progress(done, len(known))


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
        reservation_id=row.reservation_id or uuid4().hex,
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
