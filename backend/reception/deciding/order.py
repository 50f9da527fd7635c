"""The order of the queue: who is on time, who is late, and who is called before whom. Pure.

Source: 予約優先 as 交野市 publishes it (a late visitor queues behind those already waiting); the minutes are
settings of the ward, because no public page of the ward states them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from backend.wire import CheckInReason

PRIORITY_RETURNED = -1
"""Somebody who was called, was absent and came back: next to be called."""
PRIORITY_RESERVED = 0
"""On time or early: the place is the reserved time."""
PRIORITY_ARRIVAL = 1
"""Late, without a reservation, or back with missing papers: the place is the time of arrival."""


class Turn(IntEnum):
    """The groups of the queue at one moment; a lower one is called before a higher one."""

    RETURNED = 0
    RESERVED = 1
    ARRIVED = 2
    BEFORE_TIME = 3


@dataclass(frozen=True)
class Group:
    """Who belongs to a group of the queue.

    Attributes:
        priority: of the tickets in it.
        come: whether their time has to have come; None where it does not matter.
    """

    priority: int
    come: bool | None = None


ORDER: Final[Mapping[Turn, Group]] = {
    Turn.RETURNED: Group(PRIORITY_RETURNED),
    Turn.RESERVED: Group(PRIORITY_RESERVED, come=True),
    Turn.ARRIVED: Group(PRIORITY_ARRIVAL),
    Turn.BEFORE_TIME: Group(PRIORITY_RESERVED, come=False),
}
"""The order of the queue: whoever needs it, in Python or in SQL, makes it from this table."""
WITHIN: Final = ("order_at", "number", "series")
"""And within a group."""


@dataclass(frozen=True)
class QueuePlace:
    """A place in the queue: which group, and the time that counts within it."""

    reason: CheckInReason
    priority: int
    order_at: datetime


def place_for(
    reserved_for: datetime | None, arrived: datetime, *, early: timedelta, grace: timedelta
) -> QueuePlace:
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
        return QueuePlace(CheckInReason.WALK_IN, PRIORITY_ARRIVAL, arrived)
    if arrived < reserved_for - early:
        return QueuePlace(CheckInReason.EARLY, PRIORITY_RESERVED, reserved_for)
    if arrived > reserved_for + grace:
        return QueuePlace(CheckInReason.LATE, PRIORITY_ARRIVAL, arrived)
    return QueuePlace(CheckInReason.ON_TIME, PRIORITY_RESERVED, reserved_for)


def turn_of(priority: int, order_at: datetime, due: datetime) -> Turn:
    """The group of a waiting visitor at one moment.

    Args:
        priority: one of the priorities above.
        order_at: the reserved time or the time of arrival, aware.
        due: reserved times up to this one have come: the moment plus ``early`` of :func:`place_for`. An early
            visitor is on time from then on.
    """
    come = order_at <= due
    return next(
        turn
        for turn, group in ORDER.items()
        if group.priority == priority and (group.come is None or group.come == come)
    )
