"""What is left open of a day: numbers that are neither at their end nor waiting for missing papers."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, bindparam, func, literal_column, select, text

from backend.reception.deciding.ticket import Ticket
from backend.reception.storing.tables import ALIVE, tickets
from backend.reception.storing.ticket_rows import FIELDS, from_row
from backend.storage import Statement
from backend.wire import TicketState

# In the words of the index of living numbers, which is small however long the history is.
_OPEN = (
    tickets.c.office_id == bindparam("office"),
    text(ALIVE),
    tickets.c.state != literal_column(f"'{TicketState.INCOMPLETE}'"),
)
_NEWEST = Statement(
    select(func.max(tickets.c.business_day)).where(
        *_OPEN, tickets.c.business_day < bindparam("day", type_=tickets.c.business_day.type)
    )
)


def newest_open_day(connection: Connection, office_id: str, before: date) -> date | None:
    """The newest day before another one of which an office has something open, or none."""
    found: date | None = _NEWEST.scalar(connection, office=office_id, day=before)
    return found


def left_open(
    connection: Connection, office_id: str, day: date, *, limit: int | None = None
) -> Sequence[Ticket]:
    """What an office has open of a day, in the order of the numbers.

    Args:
        connection: a transaction that may read.
        office_id: whose.
        day: business day.
        limit: no more than this; all by default.
    """
    found = (
        select(*FIELDS)
        .where(*_OPEN, tickets.c.business_day == bindparam("day", type_=tickets.c.business_day.type))
        .order_by(tickets.c.series, tickets.c.number)
        .limit(limit)
    )
    rows = connection.execute(found, {"office": office_id, "day": day})
    return [from_row(row) for row in rows]
