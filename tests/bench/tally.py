"""Who got which number and who was called: what must never happen, counted."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from backend.reception.storing.tables import tickets
from backend.storage.event_log import events
from backend.wire.codes import EventKind

MISTAKES = ("duplicates", "double calls", "lost", "ghosts")
"""Names under which mistakes are told."""


@dataclass(frozen=True)
class Stored:
    """What the database knows of a day.

    Attributes:
        numbers: number by ticket id.
        calls: ticket ids of the calls in the event log, one per call.
    """

    numbers: Mapping[str, str]
    calls: tuple[str, ...]

    def since(self, before: "Stored") -> "Stored":
        """Without the tickets that were there before."""
        return Stored(
            {ticket: number for ticket, number in self.numbers.items() if ticket not in before.numbers},
            tuple(ticket for ticket in self.calls if ticket not in before.numbers),
        )


@dataclass(frozen=True)
class Tally:
    """Mistakes of a run; every one of them must be 0.

    Attributes:
        duplicates: answers with a number or ticket that another visitor had got.
        double_calls: calls of a ticket beyond its first, by answers or by the log, whichever are more.
        lost: tickets that were answered but are not in the database, or were never called.
        ghosts: tickets in the database, or called, that no visitor was answered.
    """

    duplicates: int
    double_calls: int
    lost: int
    ghosts: int

    def facts(self) -> dict[str, int]:
        """For a measurement, by the names of ``MISTAKES``."""
        return dict(zip(MISTAKES, (self.duplicates, self.double_calls, self.lost, self.ghosts), strict=True))


def count(issued: Iterable[tuple[str, str]], called: Iterable[str], stored: Stored) -> Tally:
    """Compare what was answered with what is stored; everybody who was received should have been called.

    Args:
        issued: ticket id and number of every answer to a kiosk.
        called: ticket id of every answer to a clerk.
        stored: what the database knows of the same visitors.
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
    """What the database knows of one business day, at one office or at all."""
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
