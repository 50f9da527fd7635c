"""The unit of work: one command, one transaction, its events in the same commit."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection

from backend.storage.errors import OfficeNotNamedError
from backend.storage.event_log import LoggedEvent, append, set_counter, take_numbers

Clock = Callable[[], datetime]
Mark = tuple[Mapping[str, int], int]
"""The number of the newest event by office, and how many events have been written."""


def utc_now() -> datetime:
    """The server's clock."""
    return datetime.now(UTC)


class UnitOfWork:
    """What a command works with: one connection in one transaction, and one point in time.

    Args:
        connection: the open transaction.
        now: the time of the command, aware, UTC; the same for everything the command writes.
        offices: the offices whose events may be written, each with the expected number. With None an office is locked
            at its first event; the caller must then write events in the order of the offices' ids, to avoid
            deadlocks.

    Attributes:
        connection: as given; it is committed when the ``with`` block of ``Database.write`` ends without an exception.
        now: as given.
    """

    def __init__(
        self, connection: Connection, now: datetime, offices: Mapping[str, int] | None = None
    ) -> None:
        self.connection = connection
        self.now = now
        self._named = offices is not None
        self._newest: dict[str, int] = {}
        self._taken: dict[str, int] = {}
        self._written: list[LoggedEvent] = []
        for office_id, many in sorted((offices or {}).items()):
            self._take(office_id, many)

    def hold(self, office_id: str) -> None:
        """Lock an office: until the transaction ends, no other one writes events of it.

        Counts that are read after this call are correct for the events that follow.

        Raises:
            OfficeNotNamedError: the offices were named at the beginning, and this one was not among them.
        """
        if office_id in self._newest:
            return
        if self._named:
            raise OfficeNotNamedError(office_id)
        self._take(office_id, 0)

    def record(self, kind: str, *, office_id: str, business_day: date, facts: Mapping[str, Any]) -> int:
        """Append an event to the log in this transaction and return its number at the office.

        Raises:
            OfficeNotNamedError: as ``hold``.
        """
        self.hold(office_id)
        seq = self._newest[office_id] = self._newest[office_id] + 1
        event = LoggedEvent(office_id, seq, kind, self.now, business_day, facts)
        append(self.connection, event)
        self._written.append(event)
        return seq

    @property
    def news(self) -> Sequence[LoggedEvent]:
        """The events that have been written so far, in order."""
        return tuple(self._written)

    def mark(self) -> Mark:
        """The present state of the event numbers, for ``return_to``."""
        return dict(self._newest), len(self._written)

    def return_to(self, mark: Mark) -> None:
        """Forget events that were rolled back; their numbers are used again."""
        newest, written = mark
        self._newest = dict(newest)
        del self._written[written:]

    def finish(self) -> None:
        """Update the event counters; call this last, before the commit."""
        for office_id, newest in self._newest.items():
            if newest != self._taken[office_id]:
                set_counter(self.connection, office_id, newest)

    def _take(self, office_id: str, many: int) -> None:
        begun = take_numbers(self.connection, office_id, many)
        self._newest[office_id] = begun
        self._taken[office_id] = begun + many
