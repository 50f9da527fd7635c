"""The queue against a plain model: random commands, retries and day changes, and both must agree."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from backend.protection.roles import Role
from backend.reception.deciding.ticks import Ticks
from backend.reception.errors import NobodyWaitingError, ReceptionError
from backend.wire.codes import CheckInReason, PrintState, TicketState
from backend.wire.messages import CheckInReply, CheckInRequest, PrintReport, WalkInRequest
from tests.counter import actor_of
from tests.proof import examples
from tests.support import KIOSK, MORNING, HandClock, House, make_house

WINDOWS = ("1", "2")
RESERVATIONS = 6
_GIVEN_UP = (
    TicketState.WAITING,
    TicketState.ABSENT,
    TicketState.INCOMPLETE,
    TicketState.HANDED_OVER,
)
"""Whose number any clerk may give up; that of somebody at a window is given up there."""


@dataclass
class Visitor:
    """What the model knows of one visit of today."""

    id: str
    number: str
    state: TicketState
    key: tuple[str, float, int]
    window: str | None = None
    calls: int = 0
    complete: bool = False


@dataclass
class Model:
    """The queue in plain Python: lists, counters, no storage."""

    last: dict[str, int] = field(default_factory=lambda: {"M": 0, "W": 399})
    visitors: dict[str, Visitor] = field(default_factory=dict)
    by_reservation: dict[int, str] = field(default_factory=dict)

    def at(self, window: str) -> Visitor | None:
        """Who is at a window."""
        return next((one for one in self.visitors.values() if one.window == window), None)

    def waiting(self, now: float) -> list[Visitor]:
        """The queue in order: who came back, whose reserved time has come, who queues by arrival, who is early."""
        waiting = [one for one in self.visitors.values() if one.state is TicketState.WAITING]
        back = [one for one in waiting if one.key[0] == "back"]
        reserved = [one for one in waiting if one.key[0] == "reserved"]
        arrived = [one for one in waiting if one.key[0] == "arrived"]
        due = [one for one in reserved if one.key[1] - 600 <= now]
        early = [one for one in reserved if one not in due]
        return [
            one
            for group in (back, due, arrived, early)
            for one in sorted(group, key=lambda visitor: visitor.key[1:])
        ]

    def next_number(self, series: str) -> int:
        """The range is large enough for a run; wrapping has its own test."""
        self.last[series] += 1
        return self.last[series]


class QueueMachine(RuleBasedStateMachine):
    """Commands of two reception windows, one issuance window and a kiosk."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.folder.name)
        self.clock = HandClock(MORNING)
        self.house: House = make_house(
            f"sqlite:///{root}/u.db",
            root / "var",
            self.clock,
            session_minutes=100_000,
            session_idle_minutes=100_000,
        )
        self.model = Model()
        self.issued: set[int] = set()
        self.last_request: tuple[CheckInRequest, CheckInReply] | None = None

    def teardown(self) -> None:
        """Close and remove the database."""
        self.house.database.dispose()
        self.folder.cleanup()

    @initialize()
    def people_sit_down(self) -> None:
        """Two clerks and one member of staff take their windows; reservations stand all day."""
        self.clerks = {}
        for window in WINDOWS:
            account, _, _ = self.house.signed_in(f"clerk{window}")
            self.clerks[window] = actor_of(account)
            self.house.counter.take_window(uuid4(), self.clerks[window], window)
        account, _, _ = self.house.signed_in("staff", Role.STAFF)
        self.staff = actor_of(account)
        self.house.counter.take_window(uuid4(), self.staff, "A")
        for index in range(RESERVATIONS):
            self.house.reserve(f"1000000{index}", MORNING + timedelta(minutes=5 * index))

    @rule(index=st.integers(0, RESERVATIONS - 1))
    def scan(self, index: int) -> None:
        """A notice is held up."""
        self._tick_clock()
        request = CheckInRequest(request_id=uuid4(), number=f"1000000{index}")
        reply = self.house.counter.check_in(request, KIOSK)
        self.last_request = (request, reply)
        self._expect_check_in(index, reply)

    def _expect_check_in(self, index: int, reply: CheckInReply) -> None:
        known = self.model.by_reservation.get(index)
        if known is not None:
            visitor = self.model.visitors[known]
            if visitor.state is TicketState.ISSUED:
                assert reply.reason is CheckInReason.ALREADY_ISSUED
                return
            assert reply.reason is CheckInReason.ALREADY_CHECKED_IN
            assert reply.ticket is not None
            assert reply.ticket.number == visitor.number
            assert reply.found is visitor.state
            assert reply.ticket.window == visitor.window
            if visitor.state in {TicketState.INCOMPLETE, TicketState.ABSENT}:
                group = "back" if visitor.state is TicketState.ABSENT else "arrived"
                visitor.state, visitor.calls = TicketState.WAITING, 0
                visitor.key = (group, self.clock.now.timestamp(), visitor.key[2])
            return
        if index in self.issued:
            assert reply.reason is CheckInReason.ALREADY_ISSUED
            return
        reserved = MORNING + timedelta(minutes=5 * index)
        if self.clock.now.date() != MORNING.date():
            assert reply.reason is CheckInReason.ANOTHER_DAY
            return
        assert reply.ticket is not None
        late = self.clock.now > reserved + timedelta(minutes=5)
        assert (reply.reason is CheckInReason.LATE) == late
        number = self.model.next_number("M")
        assert reply.ticket.number == f"M-{number:03d}"
        key = ("arrived", self.clock.now) if late else ("reserved", reserved)
        self._remember(reply, (key[0], key[1].timestamp(), number))
        self.model.by_reservation[index] = reply.ticket.ticket_id.hex

    @rule()
    def walk_in(self) -> None:
        """A visitor without a notice takes a number."""
        self._tick_clock()
        reply = self.house.counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK)
        number = self.model.next_number("W")
        assert reply.ticket is not None
        assert reply.ticket.number == f"W-{number:03d}"
        self._remember(reply, ("arrived", self.clock.now.timestamp(), number))

    def _remember(self, reply: CheckInReply, key: tuple[str, float, int]) -> None:
        assert reply.ticket is not None
        ticket_id = reply.ticket.ticket_id.hex
        self.model.visitors[ticket_id] = Visitor(ticket_id, reply.ticket.number, TicketState.WAITING, key)
        queue = [one.id for one in self.model.waiting(self.clock.now.timestamp())]
        assert reply.ticket.waiting_ahead == queue.index(ticket_id)

    @precondition(lambda self: self.last_request is not None)
    @rule()
    def the_reply_was_lost_and_the_kiosk_asks_again(self) -> None:
        """A crash between commit and reply: the same request has the same outcome, told as things stand, and changes nothing."""
        assert self.last_request is not None
        request, reply = self.last_request
        again = self.house.counter.check_in(request, KIOSK)
        assert (again.reason, again.found) == (reply.reason, reply.found)
        assert (again.ticket is None) == (reply.ticket is None)
        if again.ticket is not None and reply.ticket is not None:
            assert (again.ticket.ticket_id, again.ticket.number) == (
                reply.ticket.ticket_id,
                reply.ticket.number,
            )
            assert again.ticket.state is self.model.visitors[reply.ticket.ticket_id.hex].state

    @rule(window=st.sampled_from(WINDOWS), twice=st.booleans())
    def call_next(self, window: str, twice: bool) -> None:
        """A clerk presses next, perhaps twice."""
        self._tick_clock()
        expected = self.model.waiting(self.clock.now.timestamp())
        request_id = uuid4()
        calling = self.house.counter
        if self.model.at(window) is not None or not expected:
            self._refused(lambda: calling.call_next(request_id, self.clerks[window]))
            return
        reply = calling.call_next(request_id, self.clerks[window])
        if twice:
            assert calling.call_next(request_id, self.clerks[window]) == reply
        visitor = expected[0]
        assert reply["ticket_id"] == visitor.id
        visitor.state, visitor.window = TicketState.CALLED, window
        visitor.calls += 1

    @rule(
        window=st.sampled_from(WINDOWS),
        step=st.sampled_from(["recall", "start", "absent", "tick", "over", "end"]),
    )
    def act_at_window(self, window: str, step: str) -> None:
        """A clerk does something with the visitor at the window, allowed or not."""
        visitor = self.model.at(window)
        if visitor is None:
            return
        handler, counter, request_id = self.clerks[window], self.house.counter, uuid4()
        called = visitor.state is TicketState.CALLED
        serving = visitor.state is TicketState.SERVING
        steps: dict[str, tuple[bool, Callable[[], Mapping[str, object]]]] = {
            "recall": (called, lambda: counter.recall(request_id, handler, visitor.id)),
            "start": (called, lambda: counter.start(request_id, handler, visitor.id)),
            "absent": (called and visitor.calls >= 2, lambda: counter.set_absent(request_id, handler, visitor.id)),
            "tick": (serving, lambda: counter.tick(request_id, handler, visitor.id, Ticks("R1", ("A03",), (), ("notice",)))),
            "over": (serving and visitor.complete, lambda: counter.hand_over(request_id, handler, visitor.id)),
            "end": (serving, lambda: counter.end_incomplete(request_id, handler, visitor.id)),
        }  # fmt: skip
        allowed, act = steps[step]
        if not allowed:
            self._refused(act)
            return
        act()
        if step == "recall":
            visitor.calls += 1
        elif step == "start":
            visitor.state = TicketState.SERVING
        elif step == "tick":
            visitor.complete = True
        else:
            visitor.window = None
            visitor.state = {
                "absent": TicketState.ABSENT, "over": TicketState.HANDED_OVER, "end": TicketState.INCOMPLETE,
            }[step]  # fmt: skip

    @rule(data=st.data(), step=st.sampled_from(["back", "cancel", "call", "issue", "print"]))
    def act_on_any(self, data: st.DataObject, step: str) -> None:
        """Something is done to any visitor of today, allowed or not."""
        if not self.model.visitors:
            return
        visitor = self.model.visitors[data.draw(st.sampled_from(list(self.model.visitors)))]
        counter, clerk, request_id = self.house.counter, self.clerks["1"], uuid4()
        self._tick_clock()
        if step == "print":
            report = PrintReport(request_id=request_id, state=PrintState.FAILED)
            reply = counter.report_print(UUID(visitor.id), report, KIOSK)
            assert reply is not None
            assert reply.ticket.state is visitor.state
            return
        at_a = self.model.at("A")
        steps: dict[str, tuple[bool, Callable[[], Mapping[str, object]]]] = {
            "back": (visitor.state in {TicketState.ABSENT, TicketState.INCOMPLETE},
                     lambda: counter.bring_back(request_id, clerk, visitor.id)),
            "cancel": (visitor.state in _GIVEN_UP or visitor is self.model.at("1"),
                       lambda: counter.cancel(request_id, clerk, visitor.id)),
            "call": ((visitor.state is TicketState.HANDED_OVER and at_a is None) or visitor is at_a,
                     lambda: counter.call_to_issuance(request_id, self.staff, visitor.id)),
            "issue": (visitor is at_a, lambda: counter.issue(request_id, self.staff, visitor.id)),
        }  # fmt: skip
        allowed, act = steps[step]
        if not allowed:
            self._refused(act)
            return
        act()
        if step == "back":
            visitor.state, visitor.calls = TicketState.WAITING, 0
            visitor.key = ("back", self.clock.now.timestamp(), visitor.key[2])
        elif step == "cancel":
            visitor.state, visitor.window = TicketState.CANCELLED, None
            self.model.by_reservation = {
                index: known for index, known in self.model.by_reservation.items() if known != visitor.id
            }
        elif step == "call":
            visitor.state, visitor.window = TicketState.CALLED_TO_ISSUANCE, "A"
        else:
            visitor.state, visitor.window = TicketState.ISSUED, None
            self.issued |= {
                index for index, known in self.model.by_reservation.items() if known == visitor.id
            }

    @rule()
    def the_day_ends(self) -> None:
        """The next morning the hall is empty and numbers begin anew."""
        self.clock.now = self.clock.now.replace(hour=0, minute=30) + timedelta(days=1)
        while self.house.graph.directory.open_at("00", self.clock.now) is None:
            self.clock.advance(days=1)
        self.model = Model()
        self.last_request = None

    def _tick_clock(self) -> None:
        """No two things happen at the same moment; a day holds all of a run."""
        self.clock.advance(seconds=7)

    def _refused(self, act: Callable[[], object]) -> None:
        """A command that is not allowed raises one of our refusals and changes nothing."""
        with pytest.raises((ReceptionError, NobodyWaitingError)):
            act()

    @invariant()
    def the_hall_shows_what_the_model_knows(self) -> None:
        """Counts, calls and the absent list agree after every step."""
        board = self.house.graph.boards.snapshot("00")
        visitors = self.model.visitors.values()
        assert board.waiting == len(self.model.waiting(self.clock.now.timestamp()))
        assert board.preparing == sum(one.state is TicketState.HANDED_OVER for one in visitors)
        assert {(call.number, call.window) for call in board.calls} == {
            (one.number, one.window) for one in visitors if one.window is not None
        }
        assert set(board.absent) == {one.number for one in visitors if one.state is TicketState.ABSENT}


TestQueueMachine = QueueMachine.TestCase
TestQueueMachine.settings = settings(
    max_examples=examples(10, proof=25),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
