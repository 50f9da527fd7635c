"""Two offices in plain Python: who waits, who is where, what is told and refused, and which events each office has."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from backend.wire.codes import CheckInReason, ErrorCode, EventKind, TicketState

OFFICES: Final = ("00", "01")
WINDOWS: Final = {"00": frozenset("1234ABC"), "01": frozenset("1A")}
EARLY, GRACE = timedelta(minutes=10), timedelta(minutes=5)
CALLS_BEFORE_ABSENT = 2
ISSUANCE_WINDOWS = frozenset("ABC")
_AT_WINDOW = {TicketState.CALLED, TicketState.SERVING, TicketState.CALLED_TO_ISSUANCE}
_FROM_TO: Final = {
    EventKind.TICKET_CALLED: {"waiting": "called"},
    EventKind.TICKET_RECALLED: {"called": "called", "called_to_issuance": "called_to_issuance"},
    EventKind.SERVICE_STARTED: {"called": "serving"},
    EventKind.TICKET_ABSENT: {"called": "absent"},
    EventKind.TICKET_RETURNED: {"absent": "waiting", "incomplete": "waiting"},
    EventKind.HANDED_OVER: {"serving": "handed_over"},
    EventKind.ENDED_INCOMPLETE: {"serving": "incomplete"},
    EventKind.CALLED_TO_ISSUANCE: {"handed_over": "called_to_issuance"},
    EventKind.ISSUED: {"called_to_issuance": "issued"},
    EventKind.TICKET_CANCELLED: dict.fromkeys(
        ("waiting", "called", "serving", "absent", "incomplete", "handed_over", "called_to_issuance"),
        "cancelled",
    ),
}
"""The course of a visit, written down once more, so that the product's table is held against something."""
_GROUPS = ("returned", "due", "arrived", "early")


@dataclass(frozen=True)
class Refused:
    """A command that is not carried out, with its code."""

    code: str


@dataclass(frozen=True)
class Received:
    """What a kiosk is told: the reason, and the number and the state in which it was found, where there is one."""

    reason: CheckInReason
    number: str | None = None
    found: TicketState | None = None


Outcome = Refused | Received | str | None
"""A refusal, a kiosk's answer, the number that a button was about, or nothing."""


@dataclass
class Visitor:
    """A visit of today."""

    name: int
    office: str
    number: str
    reservation: int | None
    order_at: datetime
    group: str
    state: TicketState = TicketState.WAITING
    window: str | None = None
    holder: str | None = None
    calls: int = 0
    complete: bool = False
    steps: list[str] = field(default_factory=list)


@dataclass
class Reservation:
    """A card and its reservation: where, and when; nothing is booked where there is no office."""

    office: str | None
    at: datetime
    issued: bool = False


class Model:
    """Both offices. Each method is a command: it says what is told, and changes what it changes."""

    def __init__(self, now: datetime, reservations: list[Reservation]) -> None:
        self.now = now
        self.reservations = reservations
        self.visitors: list[Visitor] = []
        self.seats: dict[str, tuple[str, str]] = {}
        self.events: dict[str, list[str]] = {office: [] for office in OFFICES}
        self._asking: str | None = None
        self._last = {(office, code): first for office in OFFICES for code, first in (("M", 0), ("W", 399))}

    def waiting(self, office: str) -> list[Visitor]:
        """Who waits at an office, in the order of being called."""

        def place(visitor: Visitor) -> tuple[int, datetime, int, str]:
            group = visitor.group
            if group == "reserved":
                group = "due" if visitor.order_at <= self.now + EARLY else "early"
            number = int(visitor.number[2:])
            return _GROUPS.index(group), visitor.order_at, number, visitor.number[0]

        return sorted(self.of(office, TicketState.WAITING), key=place)

    def of(self, office: str, state: TicketState) -> list[Visitor]:
        """Who is in a state at an office."""
        return [one for one in self.visitors if one.office == office and one.state is state]

    # Kiosks

    def walk_in(self, office: str) -> Outcome:
        """Somebody without a notice."""
        return self._issue(office, None, CheckInReason.WALK_IN, "arrived", self.now)

    def show(self, office: str, index: int) -> Outcome:
        """A notice is held up."""
        reservation = self.reservations[index]
        known = [
            one
            for one in self.visitors
            if one.reservation == index and one.state is not TicketState.CANCELLED
        ]
        if known:
            return self._show_again(office, known[0])
        if reservation.issued:
            return Received(CheckInReason.ALREADY_ISSUED)
        if reservation.office not in {None, office}:
            return Received(CheckInReason.ANOTHER_OFFICE)
        return self._issue(office, index, *self._place_of(reservation))

    def _place_of(self, reservation: Reservation) -> tuple[CheckInReason, str, datetime]:
        if reservation.office is None:
            return CheckInReason.WALK_IN, "arrived", self.now
        if self.now < reservation.at - EARLY:
            return CheckInReason.EARLY, "reserved", reservation.at
        if self.now > reservation.at + GRACE:
            return CheckInReason.LATE, "arrived", self.now
        return CheckInReason.ON_TIME, "reserved", reservation.at

    def print_report(self, office: str, visitor: Visitor, *, printed: bool) -> Outcome:
        """What became of a paper; an office knows its own only."""
        if visitor.office != office:
            return Refused(ErrorCode.NOT_FOUND)
        self.events[office].append(EventKind.TICKET_PRINTED if printed else EventKind.PRINT_FAILED)
        return visitor.number

    # Windows

    def take_window(self, person: str, office: str, label: str) -> Outcome:
        """Sit down; whoever sat elsewhere gets up first."""
        if label not in WINDOWS[office]:
            return Refused(ErrorCode.WINDOW_UNKNOWN)
        if self.seats.get(person) == (office, label):
            return None
        if (office, label) in self.seats.values():
            return Refused(ErrorCode.WINDOW_TAKEN)
        refused = self._get_up(person)
        if refused is not None:
            return refused
        self.seats[person] = (office, label)
        self.events[office].append(EventKind.WINDOW_TAKEN)
        return None

    def leave_window(self, person: str) -> Outcome:
        """Get up."""
        return self._get_up(person)

    def call_next(self, person: str) -> Outcome:
        """Whoever is next."""
        seat = self.seats.get(person)
        if seat is None or seat[1] in ISSUANCE_WINDOWS:
            return Refused(ErrorCode.WINDOW_NEEDED)
        if self._at(seat):
            return Refused(ErrorCode.WINDOW_OCCUPIED)
        queue = self.waiting(seat[0])
        if not queue:
            return Refused(ErrorCode.NOBODY_WAITING)
        queue[0].window, queue[0].holder = seat[1], person
        queue[0].calls += 1
        return self._step(queue[0], EventKind.TICKET_CALLED)

    def recall(self, person: str, visitor: Visitor) -> Outcome:
        """Call again."""
        return self._own(person, visitor) or self._step(visitor, EventKind.TICKET_RECALLED, more_calls=1)

    def start(self, person: str, visitor: Visitor) -> Outcome:
        """The visitor has come."""
        return self._own(person, visitor) or self._step(visitor, EventKind.SERVICE_STARTED)

    def set_absent(self, person: str, visitor: Visitor) -> Outcome:
        """The visitor did not come."""
        refused = self._own(person, visitor)
        if refused is None and visitor.state is TicketState.CALLED and visitor.calls < CALLS_BEFORE_ABSENT:
            return Refused(ErrorCode.TOO_SOON)
        return refused or self._step(visitor, EventKind.TICKET_ABSENT, leaves=True)

    def tick(self, person: str, visitor: Visitor) -> Outcome:
        """Everything is there."""
        refused = self._own(person, visitor)
        if refused is not None:
            return refused
        if visitor.state is not TicketState.SERVING:
            return self._wrong_state(visitor)
        if not visitor.complete:
            self.events[visitor.office].append(EventKind.DOCUMENTS_COMPLETE)
        visitor.complete = True
        return visitor.number

    def hand_over(self, person: str, visitor: Visitor) -> Outcome:
        """To ward staff."""
        refused = self._own(person, visitor)
        if refused is None and visitor.state is TicketState.SERVING and not visitor.complete:
            return Refused(ErrorCode.CHECKLIST_INCOMPLETE)
        told = refused or self._step(visitor, EventKind.HANDED_OVER, leaves=True)
        if not isinstance(told, Refused):
            visitor.calls = 0
        return told

    def end_incomplete(self, person: str, visitor: Visitor) -> Outcome:
        """Papers are missing."""
        told = self._own(person, visitor) or self._step(visitor, EventKind.ENDED_INCOMPLETE, leaves=True)
        if not isinstance(told, Refused):
            visitor.calls = 0
        return told

    def bring_back(self, person: str, office: str, visitor: Visitor) -> Outcome:
        """Here again: next to be called."""
        self._asking = person
        return self._of_office(office, visitor) or self._wait_again(visitor, "returned")

    def cancel(self, person: str, office: str, visitor: Visitor) -> Outcome:
        """Went home; who is at a window is given up there alone."""
        self._asking = person
        refused = self._of_office(office, visitor)
        if refused is None and visitor.window is not None and visitor.holder != person:
            refused = self._wrong_state(visitor)
        return refused or self._step(visitor, EventKind.TICKET_CANCELLED, leaves=True)

    def call_to_issuance(self, person: str, visitor: Visitor) -> Outcome:
        """Staff call, or call again."""
        seat = self.seats.get(person)
        if seat is None or seat[1] not in ISSUANCE_WINDOWS:
            return Refused(ErrorCode.WINDOW_NEEDED)
        refused = self._own(person, visitor)
        if refused is not None:
            return refused
        if visitor.state is TicketState.CALLED_TO_ISSUANCE:
            return self._step(visitor, EventKind.TICKET_RECALLED, more_calls=1)
        if self._at(seat):
            return Refused(ErrorCode.WINDOW_OCCUPIED)
        if visitor.state is TicketState.HANDED_OVER:
            visitor.window, visitor.holder, visitor.calls = seat[1], person, 1
        return self._step(visitor, EventKind.CALLED_TO_ISSUANCE)

    def issue(self, person: str, visitor: Visitor) -> Outcome:
        """The card is handed out."""
        seat = self.seats.get(person)
        if seat is None or seat[1] not in ISSUANCE_WINDOWS:
            return Refused(ErrorCode.WINDOW_NEEDED)
        told = self._own(person, visitor) or self._step(visitor, EventKind.ISSUED, leaves=True)
        if not isinstance(told, Refused) and visitor.reservation is not None:
            self.reservations[visitor.reservation].issued = True
        return told

    # What commands share

    def _issue(
        self, office: str, index: int | None, reason: CheckInReason, group: str, order_at: datetime
    ) -> Outcome:
        series = "W" if reason is CheckInReason.WALK_IN else "M"
        self._last[office, series] += 1
        number = f"{series}-{self._last[office, series]:03d}"
        visitor = Visitor(len(self.visitors), office, number, index, order_at, group)
        self.visitors.append(visitor)
        visitor.steps.append(EventKind.TICKET_ISSUED)
        self.events[office].append(EventKind.TICKET_ISSUED)
        return Received(reason, number)

    def _show_again(self, office: str, visitor: Visitor) -> Outcome:
        found = visitor.state
        if found is TicketState.ISSUED:
            return Received(CheckInReason.ALREADY_ISSUED, None, found)
        if visitor.office != office:
            return Received(CheckInReason.ANOTHER_OFFICE, visitor.number, found)
        if found is TicketState.INCOMPLETE:
            self._wait_again(visitor, "arrived")
        elif found is TicketState.ABSENT:
            self._wait_again(visitor, "returned")
        return Received(CheckInReason.ALREADY_CHECKED_IN, visitor.number, found)

    def _wait_again(self, visitor: Visitor, group: str) -> Outcome:
        told = self._step(visitor, EventKind.TICKET_RETURNED)
        if not isinstance(told, Refused):
            visitor.group, visitor.order_at, visitor.calls = group, self.now, 0
        return told

    def _at(self, seat: tuple[str, str]) -> Visitor | None:
        return next((one for one in self.visitors if (one.office, one.window) == seat), None)

    def _get_up(self, person: str) -> Refused | None:
        seat = self.seats.get(person)
        if seat is None:
            return None
        if self._at(seat):
            return Refused(ErrorCode.WINDOW_OCCUPIED)
        del self.seats[person]
        self.events[seat[0]].append(EventKind.WINDOW_LEFT)
        return None

    def _own(self, person: str, visitor: Visitor) -> Refused | None:
        self._asking = person
        seat = self.seats.get(person)
        if seat is None:
            return Refused(ErrorCode.WINDOW_NEEDED)
        if visitor.office != seat[0]:
            return Refused(ErrorCode.NOT_FOUND)
        if visitor.window is not None and visitor.holder != person:
            return Refused(ErrorCode.TICKET_TAKEN)
        return None

    def _of_office(self, office: str, visitor: Visitor) -> Refused | None:
        return None if visitor.office == office else Refused(ErrorCode.NOT_FOUND)

    def _wrong_state(self, visitor: Visitor) -> Refused:
        """Nobody is sent away from their own visitor: they read where the visit is."""
        taken = visitor.state in _AT_WINDOW and visitor.holder != self._asking
        return Refused(ErrorCode.TICKET_TAKEN if taken else ErrorCode.WRONG_STATE)

    def _step(
        self, visitor: Visitor, event: EventKind, *, more_calls: int = 0, leaves: bool = False
    ) -> Outcome:
        after = _FROM_TO[event].get(visitor.state)
        if after is None:
            return self._wrong_state(visitor)
        visitor.state = TicketState(after)
        visitor.calls += more_calls
        if leaves:
            visitor.window = visitor.holder = None
        visitor.steps.append(event)
        self.events[visitor.office].append(event)
        return visitor.number
