"""What a hall display's board is made of, as it is kept."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, select, text

from backend.reception.storing.tables import AT_WINDOW, tickets
from backend.storage import LoggedEvent, newest_office_events
from backend.wire import TicketState

_AT_ONCE = 64
"""Events that are read from the log in one go."""


def at_windows(connection: Connection, office_id: str, day: date) -> dict[UUID, TicketState]:
    """Who is called to a window or at one."""
    rows = connection.execute(
        select(tickets.c.id, tickets.c.state).where(
            tickets.c.office_id == office_id, tickets.c.business_day == day, text(AT_WINDOW)
        )
    )
    return {UUID(row.id): TicketState(row.state) for row in rows}


def absent_numbers(connection: Connection, office_id: str, day: date) -> list[str]:
    """Numbers that were called and did not come, in the order in which people look for theirs."""
    return list(
        connection.execute(
            select(tickets.c.label)
            .where(
                tickets.c.office_id == office_id,
                tickets.c.business_day == day,
                tickets.c.state.in_([TicketState.ABSENT.value, TicketState.ISSUANCE_ABSENT.value]),
            )
            .order_by(tickets.c.series, tickets.c.number)
        ).scalars()
    )


def events_backwards(
    connection: Connection, office_id: str, day: date, kinds: Sequence[str]
) -> Iterator[LoggedEvent]:
    """Every event of some kinds of a day, latest first, read as far as somebody asks."""
    before: int | None = None
    while True:
        events = newest_office_events(
            connection, office_id, kinds=kinds, business_day=day, limit=_AT_ONCE, before=before
        )
        yield from events
        if len(events) < _AT_ONCE:
            return
        before = events[-1].seq
