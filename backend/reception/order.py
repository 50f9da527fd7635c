"""The order of the queue: who is on time, who is late, and what that means. Pure.

Source: 予約優先 as 交野市 publishes it (a late visitor queues behind those already waiting); the minutes are
settings of the ward, because no public page of the ward states them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.wire.codes import CheckInReason

PRIORITY_RETURNED = -1
"""Somebody who was called, was absent and came back: next to be called."""
PRIORITY_NORMAL = 0


@dataclass(frozen=True)
class Place:
    """A place in the queue: lower comes first, by priority, then by time."""

    reason: CheckInReason
    order_at: datetime
    priority: int = PRIORITY_NORMAL


def place_for(
    reserved_for: datetime | None, arrived: datetime, *, early: timedelta, grace: timedelta
) -> Place:
    """Where a visitor of today queues.

    A reservation queues by its time, whether the visitor is on time or early; later than ``grace`` after it,
    and without a reservation, a visitor queues by the time of arrival.

    Args:
        reserved_for: reserved time, aware, or none for a visitor without one.
        arrived: the server's time of check-in, aware.
        early: up to this long before the reserved time still counts as on time.
        grace: up to this long after it still counts as on time.
    """
    if reserved_for is None:
        return Place(CheckInReason.WALK_IN, arrived)
    if arrived < reserved_for - early:
        return Place(CheckInReason.EARLY, reserved_for)
    if arrived > reserved_for + grace:
        return Place(CheckInReason.LATE, arrived)
    return Place(CheckInReason.ON_TIME, reserved_for)
