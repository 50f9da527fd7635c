"""Several commands in one transaction: savepoints, second looks, refusals, and what is everybody's trouble."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, insert, select, text

from backend.reception.storing.tables import refusals
from backend.storage.batch import Job
from backend.storage.database import Database
from backend.storage.errors import RequestIdReusedError, StorageError, StorageFullError
from backend.storage.event_log import LoggedEvent
from backend.storage.unit_of_work import UnitOfWork
from tests.migrated import closing_database
from tests.support import events_of

Act = Callable[[UnitOfWork], Any]


class Doing:
    """A task that does what a test says, and counts how often."""

    def __init__(self, act: Act, *offices: str, who: Callable[[Connection], None] | None = None) -> None:
        self._act = act
        self._offices = dict.fromkeys(offices, 1)
        self._who = who
        self.times = 0

    def name_offices(self, connection: Connection, _now: datetime) -> Mapping[str, int]:
        """As given."""
        if self._who is not None:
            self._who(connection)
        return self._offices

    def carry_out(self, work: UnitOfWork) -> Any:
        """As given."""
        self.times += 1
        return self._act(work)


def note(work: UnitOfWork, key: str) -> str:
    """Write a row with this id."""
    work.connection.execute(
        insert(refusals).values(id=key, at=work.now, office_id="00", device_id="k", reason="unknown")
    )
    return key


def noting(key: str, *offices: str) -> Doing:
    """A task that writes a row, and an event at each of its offices."""

    def act(work: UnitOfWork) -> str:
        for office_id in offices:
            happen(work, office_id)
        return note(work, key)

    return Doing(act, *offices)


def happen(work: UnitOfWork, office_id: str) -> int:
    """Write an event."""
    return work.record("ticket_issued", office_id=office_id, business_day=work.now.date(), facts={})


def together(database: Database, *tasks: Doing) -> list[Job[Any]]:
    """Carry out tasks in one transaction, as the writer does."""
    jobs: list[Job[Any]] = [Job(task, float("inf")) for task in tasks]
    database._commit(jobs)
    return jobs


def rows(database: Database) -> set[str]:
    """The ids of the rows that were kept."""
    with database.read() as connection:
        return set(connection.execute(select(refusals.c.id)).scalars())


def failing(error: Exception) -> Act:
    """Write something, and then be refused."""

    def act(work: UnitOfWork) -> None:
        happen(work, "00")
        note(work, uuid4().hex)
        raise error

    return act


@pytest.mark.dialect
@pytest.mark.parametrize("error", [ValueError("no"), RequestIdReusedError("reused")])
def test_a_refusal_takes_back_its_own_rows_and_events_only(database: Database, error: Exception) -> None:
    """Of three commands in one commit the middle one is refused: the others stay, without a gap in the numbers."""
    jobs = together(database, noting("a", "00"), Doing(failing(error), "00"), noting("b", "00"))
    assert [job.error for job in jobs] == [None, error, None]
    assert [job.reply for job in jobs] == ["a", None, "b"]
    assert rows(database) == {"a", "b"}
    assert [event.seq for event in events_of(database)] == [1, 2]
    together(database, noting("c", "00"))
    assert [event.seq for event in events_of(database)] == [1, 2, 3]


@pytest.mark.dialect
def test_a_statement_that_failed_spoils_nobody_elses_command(database: Database) -> None:
    """On PostgreSQL a failed statement spoils the transaction; the savepoint mends it for those who come after."""
    broken = Doing(lambda work: work.connection.execute(text("SELECT no_such_function_here(1)")))
    jobs = together(database, noting("a"), broken, noting("b"))
    assert jobs[1].error is not None
    assert rows(database) == {"a", "b"}


@pytest.mark.dialect
def test_two_that_meet_at_one_thing_look_again_and_then_agree(database: Database) -> None:
    """The second of two that make the same row finds it with the second look, in the same commit."""

    def take(work: UnitOfWork) -> str:
        if task.times > 1:
            return "found"
        happen(work, "00")
        return note(work, "same")

    task = Doing(take, "00")
    jobs = together(database, noting("same", "00"), task, noting("after", "00"))
    assert [job.reply for job in jobs] == ["same", "found", "after"]
    assert [event.seq for event in events_of(database)] == [1, 2]


@pytest.mark.dialect
def test_looking_again_ends_after_four_times(database: Database) -> None:
    """A command that goes on meeting the same row is refused, and the others are not kept waiting for ever."""
    stubborn = noting("same")
    jobs = together(database, noting("same"), stubborn, noting("after"))
    assert stubborn.times == 4
    assert type(jobs[1].error).__name__ == "IntegrityError"
    assert "unknown" not in str(jobs[1].error)
    assert rows(database) == {"same", "after"}


@pytest.mark.dialect
def test_an_office_that_was_not_named_is_named_the_next_time(database: Database) -> None:
    """A command that finds out late whose events it writes goes round once more; meanwhile nothing of it stays."""
    surprised = Doing(lambda work: (happen(work, "01"), note(work, "late"))[1], "00")
    jobs = together(database, surprised, noting("b", "00"))
    assert (jobs[0].again, jobs[0].error, jobs[0].reply) == (True, None, None)
    assert rows(database) == {"b"}
    database._commit(jobs[:1])
    assert (jobs[0].again, jobs[0].reply) == (False, "late")
    assert [(event.office_id, event.seq) for event in events_of(database, "00", "01")] == [
        ("00", 1),
        ("01", 1),
    ]


@pytest.mark.dialect
def test_the_writer_repeats_it_by_itself(database: Database) -> None:
    """Whoever asked notices nothing of the second round."""
    surprised = Doing(lambda work: happen(work, "07"), "00")
    assert database.writer.carry_out(surprised) == 1
    assert surprised.times == 2


@pytest.mark.dialect
def test_who_nobody_knows_is_refused_before_anything_is_done(database: Database) -> None:
    """Of an asker that is refused nothing is carried out, and no office is locked for them."""

    def nobody(_connection: Connection) -> None:
        raise PermissionError

    stranger = Doing(lambda work: note(work, "never"), "99", who=nobody)
    jobs = together(database, stranger, noting("a", "00"))
    assert isinstance(jobs[0].error, PermissionError)
    assert stranger.times == 0
    assert rows(database) == {"a"}
    with database.read() as connection:
        assert (
            connection.execute(text("SELECT count(*) FROM event_counters WHERE office_id = '99'")).scalar()
            == 0
        )


@pytest.mark.dialect
def test_a_mistake_in_finding_out_who_asks_is_told_to_that_one_only(database: Database) -> None:
    """A statement that fails before any savepoint spoils the batch; each is then carried out alone."""

    def broken(connection: Connection) -> None:
        connection.execute(text("SELECT no_such_function_here(1)"))

    jobs: list[Job[Any]] = [
        Job(task, float("inf")) for task in (noting("a"), Doing(lambda _work: None, who=broken), noting("b"))
    ]
    database.writer._carry_out(jobs)
    assert [job.reply for job in jobs] == ["a", None, "b"]
    assert jobs[1].error is not None
    assert jobs[0].error is jobs[2].error is None
    assert rows(database) == {"a", "b"}


@pytest.mark.dialect
def test_a_trouble_of_the_database_undoes_the_whole_batch(database: Database) -> None:
    """Where one command meets a full disk, nobody of its commit is told that theirs was done."""
    with pytest.raises(StorageFullError):
        together(database, noting("a", "00"), Doing(failing(StorageFullError("full")), "00"))
    assert rows(database) == set()
    assert events_of(database) == []


def test_a_transaction_that_sqlite_gave_up_is_nobodys(sqlite: Database) -> None:
    """SQLite may give up the whole transaction within one command: none of the batch may be told that it was done."""

    def given_up(work: UnitOfWork) -> None:
        driver = work.connection.connection.dbapi_connection
        assert driver is not None
        driver.execute("ROLLBACK")
        raise ValueError("told something else")

    with pytest.raises(ValueError, match="something else"):
        together(sqlite, noting("a"), Doing(given_up), noting("b"))
    assert rows(sqlite) == set()

    def swallowed(work: UnitOfWork) -> str:
        with pytest.raises(ValueError, match="told"):
            given_up(work)
        return "all is well"

    with pytest.raises((StorageError, sqlite3.Error)):
        together(sqlite, noting("a"), Doing(swallowed), noting("b"))
    assert rows(sqlite) == set()
    assert sqlite.writer.carry_out(noting("after")) == "after"


def test_a_truly_full_disk_fails_the_batch_and_the_next_one_works(sqlite: Database) -> None:
    """No page is free in mid-batch: nobody is told a number, and with room again the writer goes on."""
    sqlite.writer.carry_out(noting("before"))
    kept = sqlite._kept._connection
    assert kept is not None
    driver = kept.connection.dbapi_connection
    assert driver is not None
    pages = driver.execute("PRAGMA page_count").fetchone()[0]
    driver.execute(f"PRAGMA max_page_count={pages}").close()

    def much(work: UnitOfWork) -> None:
        for _ in range(2000):
            note(work, uuid4().hex)

    with pytest.raises(StorageFullError):
        together(sqlite, noting("a"), Doing(much), noting("b"))
    assert rows(sqlite) == {"before"}
    assert sqlite._kept._connection is None
    with sqlite.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1073741823")
    assert sqlite.writer.carry_out(noting("after")) == "after"


def test_a_listener_that_fails_undoes_nothing(sqlite: Database) -> None:
    """What was committed is told as done, once, although nobody could be woken for it."""

    def broken(_news: Sequence[LoggedEvent]) -> None:
        raise OSError

    heard: list[str] = []
    sqlite.on_commit(broken)
    sqlite.on_commit(lambda news: heard.extend(event.kind for event in news))
    task = noting("a", "00")
    assert sqlite.writer.carry_out(task) == "a"
    assert task.times == 1
    assert heard == ["ticket_issued"]
    with sqlite.write() as work:
        happen(work, "00")
    assert heard == ["ticket_issued", "ticket_issued"]


@pytest.mark.dialect
def test_batches_of_two_servers_over_the_same_offices_never_stand_in_each_others_way(
    migrated_url: str, clock: Callable[[], datetime]
) -> None:
    """Two servers name the same offices in opposite orders at once: all is carried out, and no number is missing or double."""
    with closing_database(migrated_url) as one, closing_database(migrated_url) as two:
        one.clock = two.clock = clock

        def work(database: Database, offices: tuple[str, ...]) -> None:
            for _ in range(15):
                jobs = together(
                    database, *(noting(uuid4().hex, office_id) for office_id in (*offices, *offices))
                )
                assert [job.error for job in jobs] == [None] * len(jobs)

        with ThreadPoolExecutor(2) as pool:
            for done in (
                pool.submit(work, one, ("00", "01", "02")),
                pool.submit(work, two, ("02", "01", "00")),
            ):
                done.result(60)
        for office_id in ("00", "01", "02"):
            numbers = [event.seq for event in events_of(one, office_id)]
            assert sorted(numbers) == list(range(1, 61))
