"""Notices as they are printed: the code of the card, and what is booked for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from backend.cards import grouped, notice_of
from backend.reservations.reservation_state import ReservationState
from backend.reservations.tables import reservations
from backend.storage import UnitOfWork


class NoticeError(ValueError):
    """A notice cannot be printed; the message is one sentence with nothing personal in it."""


@dataclass(frozen=True)
class Notice:
    """What is printed on a notice sheet: nothing personal but number, time and place of the reservation.

    Attributes:
        number: 予約番号 as stored.
        code: the text of the QR.
        office_id: where the visitor is expected.
        starts_at: when, aware, UTC.
        created_at: when the code was made, aware, UTC.
    """

    number: str
    code: str
    office_id: str
    starts_at: datetime
    created_at: datetime


def issue_notices(work: UnitOfWork, numbers: Iterable[str], key: bytes) -> list[Notice]:
    """Give the card of each reservation a notice; a living notice is kept, so that every print is the same.

    Args:
        work: the transaction; nothing is kept if this raises.
        numbers: 予約番号 as stored.
        key: the server's secret.

    Raises:
        NoticeError: a reservation is unknown, or in a state in which no visit is expected.
    """
    return [_issue(work, number, key) for number in dict.fromkeys(numbers)]


def _issue(work: UnitOfWork, number: str, key: bytes) -> Notice:
    row = work.connection.execute(
        select(
            reservations.c.card_id,
            reservations.c.office_id,
            reservations.c.starts_at,
            reservations.c.state,
        ).where(reservations.c.number == number)
    ).one_or_none()
    shown = grouped(number)
    if row is None:
        raise NoticeError(f"no reservation has the number {shown}, and a sheet names time and place of one")
    if row.state != ReservationState.BOOKED:
        raise NoticeError(f"the reservation {shown} is not booked but {row.state}")
    if row.office_id is None or row.starts_at is None:
        raise NoticeError(f"the reservation {shown} has no place or no time")
    kept = notice_of(work, row.card_id, key)
    return Notice(number, kept.code, row.office_id, row.starts_at, kept.created_at)
