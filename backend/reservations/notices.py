"""Notices: giving a reservation its code, revoking it, and what is printed on the sheet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from backend.reservations.notice_code import make_code, new_token
from backend.reservations.numbers import grouped
from backend.reservations.reservation_state import ReservationState
from backend.reservations.tables import notices, reservations
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
    """Give each reservation a notice; a valid notice is kept, so that every print is the same.

    Args:
        work: the transaction; nothing is kept if this raises.
        numbers: 予約番号 as stored.
        key: the server's secret.

    Raises:
        NoticeError: a reservation is unknown, or in a state in which no visit is expected.
    """
    return [_issue(work, number, key) for number in dict.fromkeys(numbers)]


def revoke_notices(work: UnitOfWork, reservation_id: str) -> int:
    """Revoke every valid code of a reservation and return how many there were."""
    statement = (
        update(notices)
        .where(notices.c.reservation_id == reservation_id, notices.c.revoked_at.is_(None))
        .values(revoked_at=work.now)
    )
    return work.connection.execute(statement).rowcount


def _issue(work: UnitOfWork, number: str, key: bytes) -> Notice:
    row = work.connection.execute(
        select(
            reservations.c.id,
            reservations.c.office_id,
            reservations.c.starts_at,
            reservations.c.state,
        ).where(reservations.c.number == number)
    ).one_or_none()
    shown = grouped(number)
    if row is None:
        raise NoticeError(f"the reservation {shown} is not known")
    if row.state != ReservationState.BOOKED:
        raise NoticeError(f"the reservation {shown} is not booked but {row.state}")
    if row.office_id is None or row.starts_at is None:
        raise NoticeError(f"the reservation {shown} has no place or no time")
    stored = work.connection.execute(
        select(notices.c.token, notices.c.created_at)
        .where(notices.c.reservation_id == row.id, notices.c.revoked_at.is_(None))
        .order_by(notices.c.created_at, notices.c.token)
        .limit(1)
    ).one_or_none()
    if stored is not None:
        token, created_at = stored
    else:
        token, created_at = new_token(key), work.now
        work.connection.execute(
            insert(notices).values(token=token, reservation_id=row.id, created_at=created_at)
        )
    return Notice(number, make_code(token, key), row.office_id, row.starts_at, created_at)
