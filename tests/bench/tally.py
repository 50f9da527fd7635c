"""Who got which number and who was called: what must never happen, counted."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from backend.reception.tables import tickets
from backend.storage.event_log import events
from backend.wire.codes import EventKind


@dataclass(frozen=True)
class Tally:
    """Mistakes of a run; every one of them must be 0.

    Attributes:
        duplicates: answers with a number that another visitor had got.
        double_calls: calls of a ticket beyond its first, by answers or by the log, whichever are more.
        lost: tickets that were answered but are not in the database, or were never called.
        ghosts: tickets in the database that nobody was answered.
    """

    duplicates: int
    double_calls: int
    lost: int
    ghosts: int

    @property
    def mistakes(self) -> int:
        """All of them together."""
        return self.duplicates + self.double_calls + self.lost + self.ghosts

    def facts(self) -> dict[str, int]:
        """For a measurement."""
        return {
            "duplicates": self.duplicates,
            "double calls": self.double_calls,
            "lost": self.lost,
            "ghosts": self.ghosts,
        }


def count(
    issued: Iterable[tuple[str, str]],
    called: Iterable[str],
    stored: Mapping[str, str],
    logged_calls: Iterable[str],
) -> Tally:
    """Compare what was answered with what is stored.

    Args:
        issued: ticket id and number of every answer to a kiosk.
        called: ticket id of every answer to a clerk.
        stored: number by ticket id in the database.
        logged_calls: ticket id of every call in the event log.
    """
    answered = list(issued)
    numbers = Counter(number for _, number in answered)
    ids = {ticket_id for ticket_id, _ in answered}
    calls = Counter(called)
    missing = sum(1 for ticket_id, number in answered if stored.get(ticket_id) != number)
    return Tally(
        duplicates=sum(times - 1 for times in numbers.values()) + len(answered) - len(ids),
        double_calls=max(_beyond_first(calls), _beyond_first(Counter(logged_calls))),
        lost=missing + len(ids - set(calls)),
        ghosts=len(set(stored) - ids) + len(set(calls) - ids),
    )


def stored_today(connection: Connection, day: date) -> tuple[dict[str, str], list[str]]:
    """Numbers by ticket id, and the tickets of the logged calls, of one business day."""
    rows = connection.execute(select(tickets.c.id, tickets.c.label).where(tickets.c.business_day == day))
    calls = connection.execute(
        select(events.c.facts).where(
            events.c.business_day == day, events.c.kind == EventKind.TICKET_CALLED.value
        )
    ).scalars()
    return {row.id: row.label for row in rows}, [str(facts["ticket_id"]) for facts in calls]


def _beyond_first(times: Mapping[str, int]) -> int:
    return sum(each - 1 for each in times.values())
