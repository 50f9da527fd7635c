"""A ticket (受付番号) as the room works with it, and the steps it may take."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, select

from backend.reception.tables import tickets
from backend.storage import UnitOfWork
from backend.wire import AT_WINDOW_STATES, CheckInReason, EventKind, PrintState, TicketState, WindowKind

STEPS: dict[EventKind, tuple[frozenset[TicketState], TicketState]] = {
    EventKind.TICKET_CALLED: (frozenset({TicketState.WAITING}), TicketState.CALLED),
    EventKind.TICKET_RECALLED: (frozenset({TicketState.CALLED}), TicketState.CALLED),
    EventKind.SERVICE_STARTED: (frozenset({TicketState.CALLED}), TicketState.SERVING),
    EventKind.TICKET_ABSENT: (frozenset({TicketState.CALLED}), TicketState.ABSENT),
    EventKind.TICKET_RETURNED: (frozenset({TicketState.ABSENT, TicketState.INCOMPLETE}), TicketState.WAITING),
    EventKind.HANDED_OVER: (frozenset({TicketState.SERVING}), TicketState.HANDED_OVER),
    EventKind.ENDED_INCOMPLETE: (frozenset({TicketState.SERVING}), TicketState.INCOMPLETE),
    EventKind.CALLED_TO_ISSUANCE: (frozenset({TicketState.HANDED_OVER}), TicketState.CALLED_TO_ISSUANCE),
    EventKind.ISSUED: (frozenset({TicketState.CALLED_TO_ISSUANCE}), TicketState.ISSUED),
    EventKind.TICKET_CANCELLED: (
        frozenset({TicketState.WAITING, TicketState.ABSENT, TicketState.INCOMPLETE}),
        TicketState.CANCELLED,
    ),
}
"""Every step of a visit: from which states, to which state."""


@dataclass(frozen=True)
class Ticket:
    """One visit of one day."""

    id: str
    office_id: str
    business_day: date
    series: str
    number: int
    label: str
    state: TicketState
    reason: CheckInReason
    priority: int
    order_at: datetime
    reservation_id: str | None
    reserved_for: datetime | None
    created_at: datetime
    window: str | None
    holder: str | None
    called_at: datetime | None
    call_count: int
    print_state: PrintState
    print_trouble: str | None
    paper_open_at: datetime | None
    language: str

    @property
    def at_kind(self) -> WindowKind | None:
        """The kind of window at which the visitor is called or served; None if they are at no window."""
        if self.state not in AT_WINDOW_STATES:
            return None
        issuance = self.state is TicketState.CALLED_TO_ISSUANCE
        return WindowKind.ISSUANCE if issuance else WindowKind.RECEPTION


_FIELDS = (
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
    tickets.c.reservation_id,
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
)


# Statements of every check-in and call are made once: making one costs five times as much as running it.
_FIND = select(*_FIELDS).where(tickets.c.id == bindparam("of"))
_FIND_LOCKED = _FIND.with_for_update()
_OF_DAY = (tickets.c.office_id == bindparam("office"), tickets.c.business_day == bindparam("day"))
_IN_STATE = select(func.count()).select_from(tickets).where(*_OF_DAY, tickets.c.state == bindparam("state"))


def from_row(row: RowMapping) -> Ticket:
    """A ticket from the mapping of a row that was selected with ``ticket_fields``."""
    values: dict[str, Any] = {str(name): value for name, value in row.items()}
    values["state"] = TicketState(values["state"])
    values["reason"] = CheckInReason(values["reason"])
    values["print_state"] = PrintState(values["print_state"])
    return Ticket(**values)


def ticket_fields() -> tuple[Any, ...]:
    """The columns of a ticket, for a query of the room."""
    return _FIELDS


def find_ticket(connection: Connection, ticket_id: str, *, lock: bool = False) -> Ticket | None:
    """The ticket with an id, or none; ``lock`` keeps others from changing it until the transaction ends."""
    row = connection.execute(_FIND_LOCKED if lock else _FIND, {"of": ticket_id}).mappings().one_or_none()
    return None if row is None else from_row(row)


def count_in_state(connection: Connection, office_id: str, day: date, state: TicketState) -> int:
    """How many tickets of an office and day are in a state."""
    asked = {"office": office_id, "day": day, "state": state.value}
    return int(connection.execute(_IN_STATE, asked).scalar_one())


def queue_counts(connection: Connection, office_id: str, day: date) -> dict[str, int]:
    """How many wait, and for how many the card is being prepared."""
    return {
        "waiting": count_in_state(connection, office_id, day, TicketState.WAITING),
        "preparing": count_in_state(connection, office_id, day, TicketState.HANDED_OVER),
    }


def record_step(
    work: UnitOfWork,
    ticket: Ticket,
    kind: EventKind,
    window_kind: WindowKind | None = None,
    shown_window: str | None = None,
) -> None:
    """Write the event of a step; the counts in it are true after the step."""
    work.order_events()
    work.record(
        kind.value,
        office_id=ticket.office_id,
        business_day=ticket.business_day,
        facts={
            "ticket_id": ticket.id,
            "number": ticket.label,
            "window": shown_window or ticket.window,
            "window_kind": window_kind.value if window_kind else None,
            "call_count": ticket.call_count,
            **queue_counts(work.connection, ticket.office_id, ticket.business_day),
        },
    )
