"""Counts mistakes that must never happen, from who got which number and who was called."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from backend.reception.storing.tables import tickets
from backend.storage.event_log import events
from backend.wire.codes import EventKind

MISTAKES = ("duplicates", "double calls", "lost", "ghosts")
"""The names of the mistakes."""


@dataclass(frozen=True)
class Stored:
    """The tickets and calls of a day in the database.

    Attributes:
        numbers: number by ticket id.
        calls: ticket ids of the calls in the event log, one per call.
    """

    numbers: Mapping[str, str]
    calls: tuple[str, ...]

    def since(self, before: "Stored") -> "Stored":
        """The same without the tickets that were there before."""
        return Stored(
            {ticket: number for ticket, number in self.numbers.items() if ticket not in before.numbers},
            tuple(ticket for ticket in self.calls if ticket not in before.numbers),
        )


@dataclass(frozen=True)
class Tally:
    """The mistakes of a run; all counts must be 0.

    Attributes:
        duplicates: answers with a number or ticket that another visitor had got.
        double_calls: calls of a ticket after its first, in the answers or in the log, whichever are more.
        lost: tickets that visitors got, but that are not in the database or were never called.
        ghosts: tickets that are in the database or were called, but that no visitor got.
    """

    duplicates: int
    double_calls: int
    lost: int
    ghosts: int

    def facts(self) -> dict[str, int]:
        """The counts by the names of ``MISTAKES``, for a measurement."""
        return dict(zip(MISTAKES, (self.duplicates, self.double_calls, self.lost, self.ghosts), strict=True))


def count(issued: Iterable[tuple[str, str]], called: Iterable[str], stored: Stored) -> Tally:
    """Compare the answers with the database; everybody who got a ticket should have been called.

    Args:
        issued: ticket id and number of every answer to a kiosk.
        called: ticket id of every answer to a clerk.
        stored: the tickets and calls of the same visitors in the database.
    """
    answered = list(issued)
    numbers = Counter(number for _, number in answered)
    ids = {ticket for ticket, _ in answered}
    calls = Counter(called)
    missing = sum(1 for ticket, number in answered if stored.numbers.get(ticket) != number)
    return Tally(
        duplicates=_beyond_first(numbers) + len(answered) - len(ids),
        double_calls=max(_beyond_first(calls), _beyond_first(Counter(stored.calls))),
        lost=missing + len(ids - set(calls)),
        ghosts=len(set(stored.numbers) - ids) + len(set(calls) - ids),
    )


def read_stored(connection: Connection, day: date, office: str | None = None) -> Stored:
    """The tickets and calls of one business day in the database, of one office or of all."""
    given = select(tickets.c.id, tickets.c.label).where(tickets.c.business_day == day)
    logged = select(events.c.facts).where(
        events.c.business_day == day, events.c.kind == EventKind.TICKET_CALLED.value
    )
    if office is not None:
        given, logged = given.where(tickets.c.office_id == office), logged.where(events.c.office_id == office)
    rows, calls = connection.execute(given), connection.execute(logged).scalars()
    return Stored({row.id: row.label for row in rows}, tuple(str(facts["ticket_id"]) for facts in calls))


def _beyond_first(times: Mapping[str, int]) -> int:
    return sum(each - 1 for each in times.values())
