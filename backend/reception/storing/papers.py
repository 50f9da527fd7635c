"""Numbers that have no paper (番号札), as they are kept."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, func, select, text

from backend.reception.deciding.ticket import Ticket
from backend.reception.storing.tables import ALIVE, PAPER_OPEN, tickets
from backend.reception.storing.ticket_rows import FIELDS, from_row
from backend.reception.storing.tickets import OF_DAY

_LIVING = (*OF_DAY, text(ALIVE), text(PAPER_OPEN))
_OPEN = (*_LIVING, tickets.c.paper_open_at <= bindparam("now"))
_NEXT_DUE = select(func.min(tickets.c.paper_open_at)).where(
    *_LIVING, tickets.c.paper_open_at > bindparam("now")
)


def next_due(connection: Connection, office_id: str, day: date, now: datetime) -> datetime | None:
    """Return when the next number will count as without paper if no report comes; None if no report is awaited."""
    asked = {"office": office_id, "day": day, "now": now}
    due: datetime | None = connection.execute(_NEXT_DUE, asked).scalar_one()
    return due


def without_paper(
    connection: Connection, office_id: str, day: date, now: datetime, *, limit: int
) -> tuple[Sequence[Ticket], int]:
    """The living numbers that have no paper and that nobody has dealt with, latest first, and how many there are."""
    asked = {"office": office_id, "day": day, "now": now}
    rows = connection.execute(
        select(*FIELDS).where(*_OPEN).order_by(tickets.c.paper_open_at.desc(), tickets.c.label).limit(limit),
        asked,
    )
    found = [from_row(row) for row in rows]
    if len(found) < limit:
        return found, len(found)
    count = connection.execute(select(func.count()).select_from(tickets).where(*_OPEN), asked).scalar_one()
    return found, int(count)
