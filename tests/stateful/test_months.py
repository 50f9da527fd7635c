"""Months of a counter in fast time: opening, visits, closing, the change of the day, holidays, month ends, a leap day, a year's end.

One house lives through every calendar day with a clock that is moved by hand, on a real SQLite file. A plain model says
what numbers come, who is where and on which days the doors are open; a display follows the events of each day. Every
morning everything that must not grow is counted.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Table, func, select, text

from backend.bootstrap import open_sign_in
from backend.common.shipped import locate
from backend.common.tokyo import TOKYO
from backend.offices.day import business_day
from backend.protection.actor import Actor
from backend.protection.roles import Role
from backend.protection.sessions import find_session
from backend.protection.sign_in import SignedIn
from backend.protection.tables import known_browsers, sessions, sign_in_tries
from backend.reception.deciding.ticks import Ticks
from backend.reception.device_reports import troubles_at
from backend.reception.errors import TicketStateError
from backend.reception.storing.tables import counters, seats, tickets
from backend.storage.event_log import events
from backend.storage.requests import requests
from backend.storage.secrets import load_secret
from backend.web.desk.people import spans
from backend.wire.codes import CheckInReason, DevicePart, PrinterTrouble, PrintState, TicketState
from backend.wire.messages import CheckInReply, CheckInRequest, DeviceReport, PrintReport, WalkInRequest
from tests.counter import actor_of, kiosk_at
from tests.proof import examples, some_of
from tests.sign_in_support import RIGHT, enter, guess
from tests.stateful.test_reception_board_agreement import followed, shown, started
from tests.support import HandClock, House, make_house

LAST_DAY: Final = date(2028, 3, 1)
"""The day after a leap day; a proof begins in the autumn before, and sees a year end."""
DAYS: Final = min(examples(3), 150)
KEPT: Final = some_of([(1, 1)], everything=[(1, 1), (40, 7)])
"""For how many days events and request ids are kept; the second are the settings as shipped."""
CLOSED: Final = frozenset(
    {
        date(2027, 10, 11), date(2027, 11, 3), date(2027, 11, 23), *(date(2027, 12, day) for day in (29, 30, 31)),
        *(date(2028, 1, day) for day in (1, 2, 3, 10)), date(2028, 2, 11), date(2028, 2, 23),
    }
)  # fmt: skip
"""Holidays of Japan and the days around the new year, off a printed calendar."""
FIRST: Final = {"M": 1, "W": 9}
LAST: Final = {"M": 8, "W": 14}
"""Ranges so small that every day runs through them more than once."""
CLERKS: Final = ("1", "2")
KIOSK: Final = kiosk_at("00", "kiosk-1")
AWAY: Final = ("192.0.2.7", "198.51.100.7")


def hours_of(day: date) -> tuple[time, time] | None:
    """When the office is open on a day, as its sign says."""
    if day.weekday() == 6 and 22 <= day.day <= 28 and (day.month, day.day) not in {(12, 29), (1, 3)}:
        return time(9), time(17)
    if day.weekday() > 4 or day in CLOSED:
        return None
    return time(8, 30), time(19 if day.weekday() == 1 else 17)


@dataclass
class Day:
    """What the model knows of one day."""

    last: dict[str, int] = field(default_factory=dict)
    state: dict[UUID, TicketState] = field(default_factory=dict)
    label: dict[UUID, str] = field(default_factory=dict)

    def next_label(self, series: str) -> str | None:
        """The number that must come next: the one after the last that nobody holds, begun anew after the range's end."""
        held = {self.label[one] for one, state in self.state.items() if state.alive}
        count = LAST[series] - FIRST[series] + 1
        begin = self.last.get(series, LAST[series]) - FIRST[series] + 1
        free = (FIRST[series] + (begin + step) % count for step in range(count))
        return next(
            (label for label in (f"{series}-{number:03d}" for number in free) if label not in held), None
        )


class Months:
    """The house, the people in it, a display that never restarts, and the model."""

    def __init__(self, folder: Path, kept: tuple[int, int]) -> None:
        offices = folder / "offices.toml"
        shipped = locate("offices", "shinjuku.toml").read_text("utf-8")
        offices.write_text(
            shipped.replace("first = 1, last = 399", f"first = {FIRST['M']}, last = {LAST['M']}")
            .replace("first = 400, last = 599", f"first = {FIRST['W']}, last = {LAST['W']}")
        )  # fmt: skip
        begin = LAST_DAY - timedelta(days=DAYS - 1)
        self.clock = HandClock(datetime.combine(begin, time(0, 0, 30), TOKYO))
        self.kept = tuple(timedelta(days=days, hours=1) for days in kept)
        self.house: House = make_house(
            f"sqlite:///{folder}/u.db", folder / "var", self.clock, offices_file=offices,
            event_retention_days=kept[0], request_retention_days=kept[1],
        )  # fmt: skip
        graph = self.house.graph
        self.graph = graph
        self.counter = self.house.counter
        self.door = open_sign_in(graph.settings, graph.database, load_secret(folder / "var", graph.database))
        self.people = {
            label: self.house.person(f"person{label}", Role.CLERK if label in CLERKS else Role.STAFF)
            for label in (*CLERKS, "A")
        }
        self.browsers: dict[str, str] = {}
        self.signed: dict[str, SignedIn] = {}
        self.display = started(self.house)
        self.today = Day()
        self.yesterday = Day()
        self.issued = 0
        self.chance = random.Random(random.random())  # noqa: S311 - repeats with the seed of the run
        self.sizes: list[int] = []

    def at(self, hour: int, minute: int = 0) -> None:
        """Let the clock go on to a time of this day; the house is swept every hour, as it sweeps itself."""
        goal = datetime.combine(self.clock.now.astimezone(TOKYO).date(), time(hour, minute), TOKYO)
        while self.clock.now < goal:
            self.clock.now = min(goal, self.clock.now + timedelta(hours=1))
            self.graph.housekeeping.sweep()

    def handler(self, label: str) -> Actor:
        """Who sits at a window."""
        return actor_of(self.people[label])

    def arrive(self, series: str, reservation: str = "") -> CheckInReply:
        """A visitor takes a number, which must be the one that the model says."""
        wanted = self.today.next_label(series)
        self.clock.advance(seconds=20)
        if series == "W":
            reply = self.counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK)
        else:
            reply = self.counter.check_in(CheckInRequest(request_id=uuid4(), number=reservation), KIOSK)  # fmt: skip
        if wanted is None:
            assert reply.reason is CheckInReason.NUMBERS_EXHAUSTED
            return reply
        assert reply.ticket is not None, reply
        assert reply.ticket.number == wanted
        self.today.last[series] = int(wanted[2:])
        self.today.label[reply.ticket.ticket_id] = wanted
        self.today.state[reply.ticket.ticket_id] = TicketState.WAITING
        self.issued += 1
        return reply

    def call(self, label: str) -> UUID:
        """A clerk calls whoever is next; the model does not say who, only that it was somebody who waited."""
        self.clock.advance(seconds=20)
        ticket = UUID(str(self.counter.call_next(uuid4(), self.handler(label))["ticket_id"]))
        assert self.today.state[ticket] is TicketState.WAITING
        self.today.state[ticket] = TicketState.CALLED
        return ticket

    def visit(self, label: str, end: TicketState) -> UUID:
        """A visit at a window of reception, to one of its ends."""
        calling, handler = self.counter, self.handler(label)
        ticket = self.call(label)
        if end is TicketState.ABSENT:
            calling.recall(uuid4(), handler, ticket.hex)
            calling.set_absent(uuid4(), handler, ticket.hex)
        else:
            calling.start(uuid4(), handler, ticket.hex)
            ticks = Ticks("R1", ("A03",), (), ("notice",))
            calling.tick(uuid4(), handler, ticket.hex, ticks)
            if end is TicketState.INCOMPLETE:
                calling.end_incomplete(uuid4(), handler, ticket.hex)
            else:
                calling.hand_over(uuid4(), handler, ticket.hex)
                if end is TicketState.ISSUED:
                    self.counter.call_to_issuance(uuid4(), self.handler("A"), ticket.hex)
                    self.counter.issue(uuid4(), self.handler("A"), ticket.hex)
        self.today.state[ticket] = end
        return ticket


def midnight(months: Months) -> None:
    """The hall is empty, numbers are forgotten, and a paper that is reported late belongs to its own day."""
    board = months.graph.boards.snapshot("00")
    assert (board.waiting, board.preparing, board.calls, board.recent, board.absent) == (0, 0, [], [], [])
    assert board.business_day == months.clock.now.astimezone(TOKYO).date()
    for ticket in list(months.yesterday.label)[-1:]:
        report = PrintReport(request_id=uuid4(), state=PrintState.FAILED, trouble=PrinterTrouble.SILENT)
        months.counter.report_print(ticket, report, KIOSK)
        with pytest.raises(TicketStateError):
            months.counter.cancel(uuid4(), months.handler("1"), ticket.hex)
    board = months.graph.boards.snapshot("00")
    assert (board.waiting, board.preparing, board.calls, board.recent, board.absent) == (0, 0, [], [], [])
    with months.house.database.read() as connection:
        assert troubles_at(connection, "00", board.business_day) == []


def closed(months: Months, opens_at: datetime | None) -> None:
    """Nobody gets a number, and the next opening is told."""
    reply = months.counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK)
    assert (reply.reason, reply.ticket) == (CheckInReason.CLOSED, None)
    assert reply.opens_at == opens_at


def next_opening(after: datetime) -> datetime:
    """When the doors open next, by the signs."""
    day = after.astimezone(TOKYO).date()
    while True:
        hours = hours_of(day)
        if hours is not None and datetime.combine(day, hours[0], TOKYO) > after:
            return datetime.combine(day, hours[0], TOKYO)
        day += timedelta(days=1)


def morning(months: Months) -> None:
    """Strangers guess, people sign in with browsers that are known, and yesterday's sessions are worth nothing."""
    graph = months.graph
    for signed in months.signed.values():
        assert find_session(graph.database, signed.token, **spans(graph.settings)) is None
    for address in AWAY:
        assert guess(months.door, f"nobody{months.clock.now:%j}", address=address) == "wrong"
        assert guess(months.door, "person1", address=address) == "wrong"
    assert guess(months.door, "person2", cookie=months.browsers.get("2")) == "wrong"
    for label, person in months.people.items():
        signed = enter(months.door, person.login, cookie=months.browsers.get(label), verdict=RIGHT)
        months.signed[label], months.browsers[label] = signed, signed.browser_cookie
        months.counter.take_window(uuid4(), months.handler(label), label)


def a_day_of_visits(months: Months) -> None:
    """More visitors than numbers, visits of every kind, and somebody left behind in every state at the end."""
    house, counter, day = months.house, months.counter, months.clock.now.astimezone(TOKYO).date()
    notices = [
        house.reserve(f"{day:%y%m%d}{place:02d}") and f"{day:%y%m%d}{place:02d}" for place in range(14)
    ]
    ends = [TicketState.ISSUED, TicketState.INCOMPLETE, TicketState.ABSENT, TicketState.ISSUED]
    for place, notice in enumerate(notices):
        arrived = months.arrive("M", notice)
        if place % 3 == 0:
            months.arrive("W")
        if arrived.ticket is not None:
            printed = months.chance.choice(["printed", "failed", "unconfirmed"])
            paper = PrintReport.model_validate({"request_id": uuid4(), "state": printed})
            counter.report_print(arrived.ticket.ticket_id, paper, KIOSK)
        if place >= 2:
            ended = months.visit(months.chance.choice(CLERKS), months.chance.choice(ends))
            back = months.today.state[ended] in {TicketState.ABSENT, TicketState.INCOMPLETE}
            if back and months.chance.random() < 0.7:
                counter.bring_back(uuid4(), months.handler("1"), ended.hex)
                months.today.state[ended] = TicketState.WAITING
                if months.chance.random() < 0.5:
                    counter.cancel(uuid4(), months.handler("1"), ended.hex)
                    months.today.state[ended] = TicketState.CANCELLED
        months.clock.advance(minutes=7)
    troubles = {DevicePart.PRINTER: "paper_out"} if day.day % 2 else {}
    counter.report_device(DeviceReport(request_id=uuid4(), troubles=troubles), KIOSK)
    # Nobody tidies up: each of these is still there at midnight.
    while sum(state is TicketState.WAITING for state in months.today.state.values()) < 2:
        if months.arrive("W").ticket is None:
            break
    months.visit("2", TicketState.ABSENT)
    if TicketState.WAITING in months.today.state.values():
        months.call("1")


def evening(months: Months) -> None:
    """The doors close; the board says what the model says, and whoever has a number today keeps it."""
    board = months.graph.boards.snapshot("00")
    states = Counter(months.today.state.values())
    assert board.waiting == states[TicketState.WAITING]
    assert board.preparing == states[TicketState.HANDED_OVER]
    assert {call.ticket_id for call in board.calls} == {
        one for one, state in months.today.state.items() if state is TicketState.CALLED
    }
    assert sorted(board.absent) == sorted(
        months.today.label[one] for one, state in months.today.state.items() if state is TicketState.ABSENT
    )


def counted(months: Months) -> dict[str, int]:
    """How many rows each table has."""
    tables: tuple[Table, ...] = (events, requests, sessions, sign_in_tries, known_browsers, seats, tickets, counters)  # fmt: skip
    with months.house.database.read() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables
        }


def nothing_grows(months: Months, open_days: int) -> None:
    """What is kept for a while is as old as it may be and no older; what is kept for good is one row each."""
    now, rows = months.clock.now, counted(months)
    with months.house.database.read() as connection:
        for table, age in zip((events, requests), months.kept, strict=True):
            oldest = connection.execute(select(func.min(table.c.at))).scalar_one()
            assert oldest is None or rows[table.name] == 1 or oldest >= now - age, table.name
        living = select(tickets.c.business_day, tickets.c.label, func.count()).where(
            tickets.c.state.in_([state.value for state in TicketState if state.alive])
        )
        twice = living.group_by(tickets.c.business_day, tickets.c.label).having(func.count() > 1)
        assert connection.execute(twice).all() == []
        used = connection.execute(text("PRAGMA page_count")).scalar_one()
        size = connection.execute(text("PRAGMA page_size")).scalar_one()
    assert rows["sessions"] == 0, "all of them ended hours ago"
    assert rows["sign_in_tries"] == 0, "nobody tried for hours"
    assert rows["known_browsers"] <= len(months.people)
    assert rows["seats"] <= len(months.people)
    assert rows["tickets"] == months.issued
    assert rows["counters"] == 2 * open_days
    months.sizes.append(used * size)


@pytest.mark.parametrize("kept", KEPT, ids=str)
def test_months_leave_nothing_behind_but_what_is_kept(tmp_path: Path, kept: tuple[int, int]) -> None:
    """Every day begins empty with the first numbers, follows the calendar, and leaves nothing that grows."""
    months = Months(tmp_path, kept)
    open_days = 0
    for _ in range(DAYS):
        day = months.clock.now.astimezone(TOKYO).date()
        midnight(months)
        hours = hours_of(day)
        months.at(7, 59)
        closed(months, next_opening(months.clock.now))
        nothing_grows(months, open_days)
        if hours is not None:
            open_days += 1
            months.at(hours[0].hour, hours[0].minute)
            morning(months)
            a_day_of_visits(months)
            evening(months)
            assert months.clock.now < datetime.combine(day, hours[1], TOKYO)
            months.at(hours[1].hour, hours[1].minute)
        months.at(hours[1].hour if hours else 12, 0)
        closed(months, next_opening(months.clock.now))
        months.display = followed(months.house, months.display)
        assert shown(months.display) == shown(started(months.house))
        months.at(23, 59)
        assert business_day(months.clock.now) == day
        months.yesterday, months.today = months.today, Day()
        months.clock.now = datetime.combine(day + timedelta(days=1), time(0, 0, 30), TOKYO)
        # At midnight a display is told to begin anew.
        months.display = started(months.house)
    assert business_day(months.clock.now) == LAST_DAY + timedelta(days=1)
    whole = months.sizes[2 * kept[0] :]
    if len(whole) > 1:
        assert (whole[-1] - whole[0]) / len(whole) < 40_000, (
            "a day adds its tickets and its trail, and nothing else"
        )
    months.house.database.dispose()
