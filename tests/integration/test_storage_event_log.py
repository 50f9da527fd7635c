"""The event log: numbers of each office without gaps, and what a reader that comes back is told."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from alembic import command
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import text

from backend.storage.database import Database
from backend.storage.event_log import (
    heads,
    last_event_seq,
    newest_office_events,
    office_events_after,
    prune_events,
    tail,
)
from backend.storage.migration import _config, migrate
from backend.storage.unit_of_work import UnitOfWork
from tests.migrated import closing_database
from tests.support import MORNING, HandClock, events_of


class TakenBackError(Exception):
    """What a test takes back."""


def happen(database: Database, *offices: str, facts: dict[str, Any] | None = None) -> None:
    """Write an event at each of some offices, in one transaction."""
    with database.write() as work:
        for office_id in offices:
            record(work, office_id, facts)


def record(work: UnitOfWork, office_id: str, facts: dict[str, Any] | None = None) -> int:
    """Write one event."""
    return work.record("ticket_issued", office_id=office_id, business_day=work.now.date(), facts=facts or {})


def tail_of(database: Database, office_id: str, seq: int, limit: int = 100) -> list[int] | None:
    """The numbers of a tail."""
    with database.read() as connection:
        found = tail(connection, office_id, seq, limit=limit)
    return None if found is None else [event.seq for event in found]


@pytest.mark.dialect
@given(
    steps=st.lists(
        st.tuples(st.lists(st.sampled_from(["00", "01", "10"]), max_size=4), st.booleans()), max_size=8
    )
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_office_counts_its_own_events_without_gaps(
    database: Database, steps: list[tuple[list[str], bool]]
) -> None:
    """Whatever is carried out or taken back, at one office or several, the numbers of each are 1, 2, 3 and so on."""
    with database.read() as connection:
        expected = heads(connection)
    begun = dict(expected)
    for offices, refused in steps:
        try:
            happen(database, *offices, facts={"a": [1, None]})
            if refused:
                with database.write() as work:
                    for office_id in offices:
                        record(work, office_id)
                    raise TakenBackError
        except TakenBackError:
            pass
        for office_id in offices:
            expected[office_id] = expected.get(office_id, 0) + 1
    with database.read() as connection:
        assert heads(connection) == expected
        for office_id, last in expected.items():
            assert last_event_seq(connection, office_id) == last
            found = office_events_after(connection, office_id, begun.get(office_id, 0), limit=1000)
            assert [event.seq for event in found] == list(range(begun.get(office_id, 0) + 1, last + 1))
            assert all(event.facts == {"a": [1, None]} for event in found)


@pytest.mark.dialect
@pytest.mark.parametrize(("expected", "written"), [(0, 2), (3, 1), (2, 2), (2, 0)])
def test_more_or_fewer_events_than_expected_leave_no_gap(
    database: Database, expected: int, written: int
) -> None:
    """What a command expects to write saves an order; what it does not write is given to the next."""
    with database.engine.begin() as connection:
        work = UnitOfWork(connection, MORNING, {"00": expected})
        assert [record(work, "00") for _ in range(written)] == list(range(1, written + 1))
        work.finish()
        news = list(work.news)
    assert news == events_of(database)
    assert len(news) == written
    happen(database, "00")
    assert [event.seq for event in events_of(database)] == list(range(1, written + 2))


@pytest.mark.dialect
def test_a_tail_is_told_only_where_it_is_whole(database: Database, clock: HandClock) -> None:
    """After pruning, from another log, and above the limit, a reader gets a snapshot instead of a gap."""
    happen(database, "00", "00", "00")
    clock.advance(days=2)
    happen(database, "00", "00", "01")
    assert tail_of(database, "00", 0) == [1, 2, 3, 4, 5]
    assert tail_of(database, "00", 5) == []
    assert tail_of(database, "00", 6) is None
    assert tail_of(database, "00", 1, limit=4) == [2, 3, 4, 5]
    assert tail_of(database, "00", 0, limit=4) is None
    assert tail_of(database, "99", 0) is None
    with database.write() as work:
        assert prune_events(work.connection, clock.now - timedelta(days=1)) == 3
    assert tail_of(database, "00", 2) is None
    assert tail_of(database, "00", 3) == [4, 5]
    assert tail_of(database, "01", 0) == [1]


@pytest.mark.dialect
def test_what_was_pruned_is_never_counted_again(database: Database, clock: HandClock) -> None:
    """After a night that empties the log an office goes on counting where it was, so no reader takes new for old."""
    happen(database, "00", "00")
    clock.advance(days=2)
    with database.write() as work:
        assert prune_events(work.connection, clock.now) == 2
        assert prune_events(work.connection, clock.now) == 0
    with database.read() as connection:
        assert last_event_seq(connection, "00") == 2
    assert tail_of(database, "00", 2) == []
    assert tail_of(database, "00", 1) is None
    happen(database, "00")
    assert tail_of(database, "00", 2) == [3]


@pytest.mark.dialect
def test_a_clock_that_was_set_back_makes_no_hole_in_a_tail(database: Database, clock: HandClock) -> None:
    """Where a younger number bears an older time, everything before it counts as dropped."""
    happen(database, "00")
    clock.advance(days=-3)
    happen(database, "00")
    clock.advance(days=3)
    happen(database, "00")
    with database.write() as work:
        assert prune_events(work.connection, clock.now - timedelta(days=1)) == 1
    assert tail_of(database, "00", 0) is None
    assert tail_of(database, "00", 1) is None
    assert tail_of(database, "00", 2) == [3]


@pytest.mark.dialect
def test_an_office_without_events_begins_behind_every_number_of_before(
    database_url: str, clock: Callable[[], datetime]
) -> None:
    """After the upgrade no old number is taken for one of the new count: it is the newest, or answered with a snapshot."""
    with closing_database(database_url) as database:
        database.clock = clock
        with database.write() as work:
            config = _config()
            config.attributes["connection"] = work.connection
            command.upgrade(config, "0007")
            work.connection.execute(
                text(
                    "INSERT INTO events (seq, kind, at, office_id, business_day, facts) VALUES"
                    " (7, 'ticket_issued', '2026-11-24 01:00:00', '00', '2026-11-24', '{}'),"
                    " (9, 'ticket_issued', '2026-11-24 01:00:00', '01', '2026-11-24', '{\"a\": 1}')"
                )
            )
        migrate(database)
        with database.read() as connection:
            assert heads(connection) == {"00": 9, "01": 9}
            assert last_event_seq(connection, "02") == 9
        assert [tail_of(database, "00", seq) for seq in (6, 7, 8, 9, 10)] == [None, None, None, [], None]
        assert tail_of(database, "02", 9) is None
        happen(database, "00", "02")
        assert tail_of(database, "00", 9) == [10]
        assert tail_of(database, "02", 9) == [10]
        assert [event.facts for event in events_of(database, "01")] == [{"a": 1}]


@pytest.mark.dialect
def test_the_newest_events_of_some_kinds_are_found_backwards(database: Database) -> None:
    """A page that goes back through past calls sees each once, newest first, of one office and day."""
    happen(database, "00", "01", "00", "00")
    with database.read() as connection:
        ask: dict[str, Any] = {"kinds": ["ticket_issued"], "business_day": MORNING.date(), "limit": 2}
        assert [one.seq for one in newest_office_events(connection, "00", **ask)] == [3, 2]
        assert [one.seq for one in newest_office_events(connection, "00", before=2, **ask)] == [1]
        assert newest_office_events(connection, "00", **{**ask, "kinds": ["ticket_called"]}) == []
