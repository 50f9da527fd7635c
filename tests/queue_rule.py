"""The order of the queue as one sort key, with which the SQL of ``backend.reception.storing.queue`` is compared."""

from datetime import datetime

from backend.reception.deciding.order import turn_of


def queue_key(
    priority: int, order_at: datetime, number: int, series: str, *, due: datetime
) -> tuple[int, datetime, int, str]:
    """The key by which the queue is sorted at one moment; it is unique among the tickets of a day.

    First come visitors who were absent and came back; then those who are on time, by reserved time; then late visitors
    and those without a reservation, by arrival; then early ones, by reserved time, so that they are called before their
    time only if nobody else waits. With equal times, the lower number comes first.
    """
    return turn_of(priority, order_at, due), order_at, number, series
