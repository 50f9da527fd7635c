"""Who may do what at which window (窓口): one person a window, one window a person, one visitor a window."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from backend.offices import Office, Window
from backend.reception.deciding.queue_policy import QueuePolicy
from backend.reception.deciding.ticket import Ticket
from backend.reception.errors import TicketStateError, WindowError
from backend.wire import AT_WINDOW_STATES, ErrorCode, TicketState, WindowKind

_CALLED: Final = (TicketState.CALLED, TicketState.CALLED_TO_ISSUANCE)


@dataclass(frozen=True)
class Seat:
    """Somebody at a window."""

    office_id: str
    window: Window
    account_id: str


def seat_in(office: Office | None, label: str, account_id: str) -> Seat | None:
    """Somebody's seat, as it is kept; a window that the office no longer has does not count."""
    window = office.window(label) if office else None
    return None if office is None or window is None else Seat(office.id, window, account_id)


def need_window(office: Office | None, label: str) -> Window:
    """A window of an office.

    Raises:
        WindowError: there is none.
    """
    window = office.window(label) if office else None
    if window is None:
        raise WindowError(ErrorCode.WINDOW_UNKNOWN)
    return window


def need_seat(seat: Seat | None, office_id: str, kind: WindowKind, *, any_kind: bool = False) -> Seat:
    """The seat of somebody who works with visitors; nobody does without a window of the office where they work.

    Args:
        seat: where they sit, or none.
        office_id: where they work now; a window at another of their offices does not count.
        kind: the kind of window that the work is done at.
        any_kind: whether a seat at a window of the other kind will do, as for a visitor who is there already.

    Raises:
        WindowError: no window was taken here, or one of the other kind.
    """
    if seat is None or seat.office_id != office_id or (not any_kind and not seat.window.serves_as(kind)):
        raise WindowError(ErrorCode.WINDOW_NEEDED, kind=kind.value)
    return seat


def need_free(label: str, visitor: Ticket | None) -> None:
    """Nobody may be called to a window at which somebody is, and nobody leaves a visitor behind.

    Raises:
        WindowError: the number that is at the window is told.
    """
    if visitor is not None:
        raise WindowError(ErrorCode.WINDOW_OCCUPIED, number=visitor.label, window=label)


def need_today(ticket: Ticket | None, office_id: str, today: date) -> Ticket:
    """A ticket of an office and a day.

    Raises:
        TicketStateError: there is no such ticket there.
    """
    if ticket is None or ticket.office_id != office_id or ticket.business_day != today:
        raise TicketStateError(ErrorCode.NOT_FOUND)
    return ticket


def need_own_visitor(ticket: Ticket, seat: Seat) -> None:
    """Only who called a visitor goes on with them.

    Raises:
        TicketStateError: the visitor is at another window; its label is told.
    """
    if ticket.state in AT_WINDOW_STATES and ticket.holder != seat.account_id:
        raise TicketStateError(ErrorCode.TICKET_TAKEN, number=ticket.label, window=ticket.window or "")


def need_calls(ticket: Ticket, policy: QueuePolicy) -> None:
    """A visitor is set absent (不在) only after they were called often enough.

    Raises:
        TicketStateError: how often they were called, and how often is needed.
    """
    needed = policy.absent_after_calls
    if ticket.state in _CALLED and ticket.call_count < needed:
        raise TicketStateError(
            ErrorCode.TOO_SOON, number=ticket.label, calls=str(ticket.call_count), needed=str(needed)
        )
