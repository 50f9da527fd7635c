"""The database calls in the order that the pure rule says, on both kinds, and at once however many wait."""

import random
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from alembic import command
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects import sqlite as sqlite_dialect

from backend.offices.day import business_day
from backend.reception.deciding.order import ORDER, PRIORITY_RETURNED, place_for
from backend.reception.storing.queue import NEXT, place_in_queue, waiting_ahead, waiting_in_turn
from backend.reception.storing.tables import tickets
from backend.storage.database import Database
from backend.storage.migration import _config, migrate
from backend.wire.codes import TicketState
from backend.wire.messages import CheckInRequest, WalkInRequest
from tests.counter import actor_of
from tests.proof import examples
from tests.queue_rule import queue_key
from tests.support import KIOSK, MORNING, HandClock, House

DAY = business_day(MORNING)
EARLY, GRACE = timedelta(minutes=10), timedelta(minutes=5)

VISITORS = st.lists(
    st.tuples(
        st.none() | st.integers(-30, 90), st.integers(0, 60), st.none() | st.none() | st.integers(0, 60)
    ),
    min_size=1,
    max_size=9,
)


def row_of(number: int, reserved: int | None, arrived: int, back_at: int | None) -> dict[str, object]:
    """A waiting ticket; minutes after the morning."""
    reserved_for = None if reserved is None else MORNING + timedelta(minutes=reserved)
    place = place_for(reserved_for, MORNING + timedelta(minutes=arrived), early=EARLY, grace=GRACE)
    back = back_at is not None
    # Two series with the same numbers: even then no two tickets have one place.
    series = "M" if reserved is not None else "W"
    return {
        "id": uuid4().hex, "office_id": "00", "business_day": DAY, "series": series, "number": number,
        "label": f"{series}-{number:03d}", "state": TicketState.WAITING.value, "reason": place.reason.value,
        "priority": PRIORITY_RETURNED if back else place.priority,
        "order_at": MORNING + timedelta(minutes=back_at or 0) if back else place.order_at,
        "reserved_for": reserved_for, "device_id": "kiosk-1", "language": "ja",
        "created_at": MORNING + timedelta(minutes=arrived), "call_count": 0, "print_state": "pending",
    }  # fmt: skip


def call_all(connection: Connection, due: datetime) -> list[str]:
    """Take one after the other out of the queue, as clerks do."""
    called = []
    asked = {"office": "00", "day": DAY, "due": due}
    while (ticket := connection.execute(select(NEXT), asked).scalar_one_or_none()) is not None:
        called.append(str(ticket))
        connection.execute(
            update(tickets).where(tickets.c.id == ticket).values(state=TicketState.ABSENT.value)
        )
    return called


@pytest.mark.dialect
@settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(visitors=VISITORS, now=st.integers(60, 120), seed=st.integers(0, 9))
def test_calls_lists_and_counts_follow_the_pure_rule(
    database: Database, visitors: list[tuple[int | None, int, int | None]], now: int, seed: int
) -> None:
    """Whatever was put in, in whatever order: called, listed and counted as the rule sorts."""
    due = MORNING + timedelta(minutes=now) + EARLY
    # Two by two with one number, in two series where both are there.
    rows = [row_of(1 + place // 2, *one) for place, one in enumerate(visitors)]
    seen: dict[object, dict[str, object]] = {row["label"]: row for row in rows}
    rows = list(seen.values())
    expected = sorted(
        rows,
        key=lambda row: queue_key(row["priority"], row["order_at"], row["number"], row["series"], due=due),  # type: ignore[arg-type]  # values of a row
    )
    random.Random(seed).shuffle(rows)  # noqa: S311 - an order, no secret
    with database.write() as work:
        work.connection.execute(delete(tickets))
        work.connection.execute(insert(tickets), rows)
        listed = waiting_in_turn(work.connection, "00", DAY, due, limit=100)
        ahead = [waiting_ahead(work.connection, ticket, due) for ticket in listed]
        places = [place_in_queue(work.connection, ticket, due) for ticket in listed]
        called = call_all(work.connection, due)
    wanted = [row["id"] for row in expected]
    assert ([ticket.id for ticket in listed], called) == (wanted, wanted)
    assert [one.count for one in ahead] == list(range(len(wanted)))
    assert places == [(one, frozenset()) for one in ahead]


def test_the_case_of_the_counter(house: House) -> None:
    """Reserved 8:50 and there at 8:47 is called before one of 7:50 who comes at 8:49 and two walk-ins of 8:49."""
    house.clock.now = MORNING.replace(hour=23, minute=47) - timedelta(days=1)  # 8:47 in Tokyo
    at = house.clock.now
    house.reserve("11111112", at + timedelta(minutes=3))
    house.reserve("22222223", at - timedelta(minutes=57))
    house.reserve("33333334", at + timedelta(minutes=93))

    def arrive(number: str | None) -> tuple[str, int]:
        """The number that a visitor gets, and how many are before them."""
        reply = (
            house.counter.walk_in(WalkInRequest(request_id=uuid4()), KIOSK)
            if number is None
            else house.counter.check_in(CheckInRequest(request_id=uuid4(), number=number), KIOSK)
        )
        assert reply.ticket is not None
        return reply.ticket.number, reply.ticket.waiting_ahead

    assert arrive("33333334") == ("M-001", 0)
    assert arrive("11111112") == ("M-002", 0)
    house.clock.advance(minutes=2)
    assert arrive("22222223") == ("M-003", 1)
    assert arrive(None) == ("W-400", 2)
    assert arrive(None) == ("W-401", 3)
    # The early one is behind everybody, and is told so.
    assert arrive("33333334") == ("M-001", 4)
    called = []
    for window in ("1", "2", "3", "4"):
        account, _, _ = house.signed_in(f"clerk{window}")
        handler = actor_of(account)
        house.counter.take_window(uuid4(), handler, window)
        called.append(house.counter.call_next(uuid4(), handler)["number"])
    assert called == ["M-002", "M-003", "W-400", "W-401"]


def test_the_next_visitor_is_found_without_sorting_the_hall(sqlite: Database) -> None:
    """Each group is read at the beginning of its stretch of the index: calls stay as fast on a crowded day."""
    asked = {"office": "00", "day": DAY, "due": MORNING}
    statement = select(NEXT).compile(dialect=sqlite_dialect.dialect())
    bound = statement.construct_params(asked)
    values = {
        name: statement._bind_processors[name](value) if name in statement._bind_processors else value  # type: ignore[operator]  # SQLAlchemy's own
        for name, value in bound.items()
    }
    with sqlite.read() as connection:
        plan = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {statement}", tuple(values[name] for name in statement.positiontup or ())
        ).all()
    steps = [row[-1] for row in plan]
    assert sum("SEARCH tickets USING" in step and "ix_tickets_queue" in step for step in steps) == len(ORDER)
    assert not any("SCAN tickets" in step or step == "USE TEMP B-TREE FOR ORDER BY" for step in steps)


@pytest.mark.dialect
def test_who_waits_during_an_update_keeps_the_right_place(database_url: str) -> None:
    """Tickets of a version before: late ones, walk-ins and who came back queue by arrival after the upgrade too."""
    rows = [
        {**row_of(1, 30, 0, None), "priority": 0},
        {**row_of(2, -30, 1, None), "priority": 0},
        {**row_of(3, None, 2, None), "priority": 0},
        {**row_of(4, 0, 0, None), "priority": 0, "order_at": MORNING + timedelta(minutes=9)},
        {**row_of(5, None, 5, 3), "priority": -1},
    ]
    database = Database(database_url, clock=HandClock(MORNING + timedelta(days=1)))
    with database.write() as work:
        config = _config()
        config.attributes["connection"] = work.connection
        command.upgrade(config, "0002")
        work.connection.execute(insert(tickets), rows)
    migrate(database)
    with database.read() as connection:
        found = {row.number: row.priority for row in connection.execute(select(tickets))}
    database.dispose()
    assert found == {1: 0, 2: 1, 3: 1, 4: 1, 5: -1}
