"""What a page or a rule may ask of a card and its booking, column by column; callers name what the reader may see."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select

from backend.cards import PERSON_COLUMNS, CardProgress, WardStatus, cards, read_person
from backend.protection import Columns, columns_for_program
from backend.reservations.booking import read_booking
from backend.reservations.reservation_state import ReservationState
from backend.sealing import Records
from backend.storage import Statement

_PROGRESS = Statement(select(cards.c.progress).where(cards.c.id == bindparam("of")))
_OF_BOOKING = {
    ReservationState.CANCELLED: WardStatus.CANCELLED,
    ReservationState.REPLACED: WardStatus.CANCELLED,
    ReservationState.NO_SHOW: WardStatus.NO_SHOW,
}


def read_fields(
    connection: Connection,
    records: Records,
    card_id: str | None,
    reservation_id: str | None,
    columns: Columns,
) -> Mapping[str, Any]:
    """The named columns of a card's person and of a booking, in the given order; none for somebody without a card.

    Args:
        connection: a transaction that may read.
        records: sealed records and their keys.
        card_id: whose.
        reservation_id: under which booking, where there is one.
        columns: what the reader may see, no more.

    Raises:
        KeyStoreError: the keys cannot be read, or a record does not open.
    """
    if card_id is None or not columns:
        return {}
    # What became of a booking is half of 処理状況, which is worked out below for whoever may have it.
    asked = columns_for_program(*columns, "state")
    booked = read_booking(connection, records, reservation_id, asked) if reservation_id else {}
    person = read_person(connection, records, card_id, columns.without(booked))
    known: dict[str, Any] = {**person, **booked}
    if "state" in columns:
        known["state"] = _status(connection, card_id, booked.get("state"))
    return {column: known.get(column) for column in columns if column in known or column in PERSON_COLUMNS}


def status_of(progress: CardProgress, reservation: ReservationState | None) -> WardStatus:
    """処理状況 of a card and its booking, in the words of the ward's system."""
    if progress is CardProgress.ISSUED:
        return WardStatus.ISSUED
    if not progress.receivable:
        return WardStatus.WITHDRAWN
    if reservation in (ReservationState.BOOKED, ReservationState.TENTATIVE):
        return WardStatus.BOOKED
    return WardStatus.NOTIFIED if reservation is None else _OF_BOOKING.get(reservation, WardStatus.NOTIFIED)


def _status(connection: Connection, card_id: str, reservation: str | None) -> WardStatus:
    progress = _PROGRESS.scalar(connection, of=card_id)
    state = ReservationState(reservation) if reservation else None
    return status_of(CardProgress(progress or CardProgress.WITHDRAWN), state)
