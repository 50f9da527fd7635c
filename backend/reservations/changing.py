"""Bookings made, moved and cancelled here (予約・変更・取消). An import never overwrites one: it is ours until the ward's file says the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.engine import RowMapping

from backend.cards import CardProgress, cards, lock_cards
from backend.offices import business_day
from backend.reservations.booking import CONTACT
from backend.reservations.conflicts import close, close_agreed, find_conflict
from backend.reservations.owning import alike, give_in, ours_of, theirs_of
from backend.reservations.reservation_state import Channel, Decision, Owner, ReservationState
from backend.reservations.tables import reservation_contacts, reservations
from backend.reservations.ward_word import bookings_of, change
from backend.sealing import Records
from backend.storage import UnitOfWork


class BookingProblem(StrEnum):
    """Why nothing was booked, moved or cancelled."""

    NO_CARD = "no_card"
    CARD_OVER = "card_over"
    """There is no card to receive any more."""
    AFTER_LAST_DAY = "after_last_day"
    """The card may not be handed over on that day any more."""
    ALREADY_BOOKED = "already_booked"
    NOT_BOOKED = "not_booked"
    NUMBER_TAKEN = "number_taken"


class BookingError(ValueError):
    """Nothing was changed; the message is one sentence with nothing personal in it.

    Attributes:
        problem: its code.
    """

    def __init__(self, problem: BookingProblem) -> None:
        super().__init__(f"the booking was not changed: {problem.value}")
        self.problem = problem


@dataclass(frozen=True)
class Appointment:
    """When and where somebody is expected from now on.

    Attributes:
        number: 予約番号 as stored, new at each change.
        office_id: where.
        starts_at: when, aware, UTC.
        channel: how it came in.
        recipient_type: 受取人種別, a code of the document rules; None leaves what it was.
    """

    number: str
    office_id: str
    starts_at: datetime
    channel: Channel
    recipient_type: str | None = None


def book_here(
    work: UnitOfWork,
    records: Records,
    card_id: str,
    asked: Appointment,
    contact: Mapping[str, Any] | None = None,
) -> str:
    """Book a card that has no booking, and return the booking's id.

    Args:
        work: the transaction; nothing is kept if this raises.
        records: seals the contact.
        card_id: whose card.
        asked: when and where.
        contact: telephone, e-mail and proxy's name.

    Raises:
        BookingError: there is no such card, it is over, it is booked already, or the number is taken.
        KeyStoreError: the card's key is gone, or the keys cannot be read.
    """
    _look(work, card_id, asked)
    if _booked(work, card_id) is not None:
        raise BookingError(BookingProblem.ALREADY_BOOKED)
    made = _insert(work, card_id, asked, asked.recipient_type, None)
    if contact and any(contact.values()):
        sealed = records.seal(records.keys_of([card_id]), card_id, CONTACT, contact)
        _put_contact(work, made, sealed)
    _agree(work, card_id)
    return made


def move_here(work: UnitOfWork, card_id: str, asked: Appointment) -> str:
    """Give a card another booking in place of the one it has, and return the new one's id.

    The booking before is kept as replaced; who may be called is taken over with it.

    Args:
        work: the transaction; nothing is kept if this raises.
        card_id: whose card.
        asked: when and where from now on.

    Raises:
        BookingError: there is no such card, it is over, nothing is booked, or the number is taken.
    """
    _look(work, card_id, asked)
    before = _booked(work, card_id)
    if before is None:
        raise BookingError(BookingProblem.NOT_BOOKED)
    _end(work, before["id"], ReservationState.REPLACED)
    made = _insert(work, card_id, asked, asked.recipient_type or before["recipient_type"], before["id"])
    query = select(reservation_contacts.c.sealed).where(reservation_contacts.c.reservation_id == before["id"])
    # Sealed for the card, not for the booking, so it opens beside the new one as well.
    sealed = work.connection.execute(query).scalar_one_or_none()
    if sealed is not None:
        _put_contact(work, made, sealed)
    _agree(work, card_id)
    return made


def cancel_here(work: UnitOfWork, card_id: str) -> str:
    """Cancel the booking of a card, and return its id.

    Raises:
        BookingError: nothing is booked.
    """
    lock_cards(work, [card_id])
    before = _booked(work, card_id)
    if before is None:
        raise BookingError(BookingProblem.NOT_BOOKED)
    _end(work, before["id"], ReservationState.CANCELLED)
    _agree(work, card_id)
    return str(before["id"])


def decide(work: UnitOfWork, conflict_id: str, decision: Decision, by: str) -> bool:
    """Decide which side of a conflict holds; False where it is not open any more, or never was.

    Args:
        work: the transaction.
        conflict_id: which.
        decision: ours, or theirs.
        by: an account, or where the command was given.
    """
    conflict = find_conflict(work.connection, conflict_id)
    if conflict is None:
        return False
    lock_cards(work, [conflict.card_id])
    conflict = find_conflict(work.connection, conflict_id)
    if conflict is None or conflict.decision is not None:
        return False
    if decision is Decision.THEIRS:
        change(work, give_in(bookings_of(work.connection, [conflict.card_id]).get(conflict.card_id, [])))
    close(work, conflict_id, decision, by)
    return True


def _look(work: UnitOfWork, card_id: str, asked: Appointment) -> None:
    """Raise where a card cannot be booked then."""
    lock_cards(work, [card_id])
    query = select(cards.c.progress, cards.c.last_day).where(cards.c.id == card_id)
    card = work.connection.execute(query).one_or_none()
    if card is None:
        raise BookingError(BookingProblem.NO_CARD)
    if not CardProgress(card.progress).receivable:
        raise BookingError(BookingProblem.CARD_OVER)
    if card.last_day is not None and business_day(asked.starts_at) > card.last_day:
        raise BookingError(BookingProblem.AFTER_LAST_DAY)
    taken = select(reservations.c.id).where(reservations.c.number == asked.number)
    if work.connection.execute(taken).first() is not None:
        raise BookingError(BookingProblem.NUMBER_TAKEN)


def _booked(work: UnitOfWork, card_id: str) -> RowMapping | None:
    query = select(reservations.c.id, reservations.c.recipient_type).where(
        reservations.c.card_id == card_id, reservations.c.state == ReservationState.BOOKED.value
    )
    return work.connection.execute(query).mappings().one_or_none()


def _end(work: UnitOfWork, reservation_id: str, state: ReservationState) -> None:
    work.connection.execute(
        update(reservations)
        .where(reservations.c.id == reservation_id)
        .values(state=state.value, owner=Owner.HERE.value, updated_at=work.now)
    )


def _insert(
    work: UnitOfWork, card_id: str, asked: Appointment, recipient_type: str | None, replaces: str | None
) -> str:
    made = uuid4().hex
    work.connection.execute(
        insert(reservations).values(
            id=made,
            number=asked.number,
            card_id=card_id,
            office_id=asked.office_id,
            starts_at=asked.starts_at,
            recipient_type=recipient_type,
            channel=asked.channel.value,
            state=ReservationState.BOOKED.value,
            replaces_id=replaces,
            owner=Owner.HERE.value,
            updated_at=work.now,
        )
    )
    return made


def _put_contact(work: UnitOfWork, reservation_id: str, sealed: bytes) -> None:
    work.connection.execute(
        insert(reservation_contacts).values(reservation_id=reservation_id, sealed=sealed, updated_at=work.now)
    )


def _agree(work: UnitOfWork, card_id: str) -> None:
    """Who comes to say what the other side says has decided what was open."""
    stored = bookings_of(work.connection, [card_id]).get(card_id, [])
    if alike(ours_of(stored), theirs_of(stored)):
        close_agreed(work, [card_id])
