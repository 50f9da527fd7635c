"""A ticket (受付番号): one visit of one day, as plain values."""

from dataclasses import dataclass
from datetime import date, datetime

from backend.offices import PICK_UP
from backend.wire import AT_WINDOW_STATES, CheckInReason, PrintState, TicketState, WindowKind


@dataclass(frozen=True)
class Ticket:
    """One visit of one day. Times are aware, UTC."""

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
    kind: str = PICK_UP

    @property
    def at_kind(self) -> WindowKind | None:
        """The kind of window at which the visitor is called or served; None if they are at no window."""
        if self.state not in AT_WINDOW_STATES:
            return None
        issuance = self.state is TicketState.CALLED_TO_ISSUANCE
        return WindowKind.ISSUANCE if issuance else WindowKind.RECEPTION

    def at_window_of(self, account_id: str) -> bool:
        """Whether the visitor is called to, or is at, the window of an account."""
        return self.state in AT_WINDOW_STATES and self.holder == account_id
