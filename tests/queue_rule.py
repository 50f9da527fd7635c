"""The order of the queue as one key: what the SQL of ``backend.reception.storing.queue`` is held to."""

from datetime import datetime

from backend.reception.deciding.order import turn_of


def queue_key(
    priority: int, order_at: datetime, number: int, series: str, *, due: datetime
) -> tuple[int, datetime, int, str]:
    """What the queue is sorted by at one moment; no two tickets of a day share it.

    First who came back after having been absent; then who is on time, by reserved time; then late visitors and
    those without a reservation, by arrival; then who is early, by reserved time, so that they are called before
    their time only if nobody else waits. Where the times are one, the lower number comes first.
    """
    return turn_of(priority, order_at, due), order_at, number, series
