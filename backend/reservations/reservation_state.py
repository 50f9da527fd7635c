"""The state of a reservation (処理状況)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, bindparam, update

from backend.reservations.tables import reservations
from backend.storage import Statement

_MARK = Statement(
    update(reservations).where(reservations.c.id == bindparam("asked")), ("state", "updated_at")
)


class ReservationState(StrEnum):
    """The states of a reservation. ``issued`` is final: an import never takes it back."""

    NOTIFIED = "notified"
    """案内済: the notice was sent, nothing is booked yet."""
    BOOKED = "booked"
    """予約済: expected at an office at a time."""
    CANCELLED = "cancelled"
    """予約取消."""
    NO_SHOW = "no_show"
    """未来庁: the booked time passed without a visit."""
    ISSUED = "issued"
    """交付済: the card was handed over."""
    WITHDRAWN = "withdrawn"
    """廃棄・返戻・区外転出: there is no card to hand over any more."""


def mark_issued(connection: Connection, reservation_id: str, now: datetime) -> None:
    """Note that the card was handed over (交付済)."""
    _MARK.run(connection, asked=reservation_id, state=ReservationState.ISSUED.value, updated_at=now)
