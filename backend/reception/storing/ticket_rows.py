"""Rows of tickets: which columns make a ticket, and how."""

from typing import Any

from backend.reception.deciding.ticket import Ticket
from backend.reception.storing.tables import tickets
from backend.wire import CheckInReason, PrintState, TicketState

FIELDS = (
    tickets.c.id,
    tickets.c.office_id,
    tickets.c.business_day,
    tickets.c.series,
    tickets.c.number,
    tickets.c.label,
    tickets.c.state,
    tickets.c.reason,
    tickets.c.priority,
    tickets.c.order_at,
    tickets.c.reserved_for,
    tickets.c.created_at,
    tickets.c.window,
    tickets.c.holder,
    tickets.c.called_at,
    tickets.c.call_count,
    tickets.c.print_state,
    tickets.c.print_trouble,
    tickets.c.paper_open_at,
    tickets.c.language,
    tickets.c.kind,
)
"""The columns of a ticket, in the order of its attributes."""
NAMES = tuple(column.name for column in FIELDS)
"""Their names."""
_STATE, _REASON, _PRINT = (NAMES.index(name) for name in ("state", "reason", "print_state"))


def from_row(row: Any) -> Ticket:
    """A ticket from the columns ``FIELDS``."""
    values = list(row)
    values[_STATE] = TicketState(values[_STATE])
    values[_REASON] = CheckInReason(values[_REASON])
    values[_PRINT] = PrintState(values[_PRINT])
    return Ticket(*values)
