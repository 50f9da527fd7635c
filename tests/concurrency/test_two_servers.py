"""Two server processes on one PostgreSQL with several offices: no deadlock, no gap, and no event that a reader misses."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import pytest
from sqlalchemy import text

from backend.storage import unit_of_work
from backend.storage.database import Database
from backend.storage.errors import StorageError
from backend.storage.event_log import LoggedEvent, heads, office_events_after
from backend.storage.unit_of_work import utc_now
from tests.at_once import as_a_sequence
from tests.busy_counter import SLOW_DISK, Crowd, untrue
from tests.history import batches
from tests.migrated import migrated_postgres
from tests.proof import examples
from tests.support import real_time_house, server_process, wait_until

OFFICES = ("00", "01", "02")
KIOSKS = OFFICES * 2
CLERKS = (("00", "1"), ("01", "1"))


@pytest.fixture
def url(postgres_url: str) -> Iterator[str]:
    """A migrated database on PostgreSQL."""
    with migrated_postgres(postgres_url) as made:
        yield made


class Reader:
    """Reads the events of every office as a hub does: only what comes after the last one that it has."""

    def __init__(self, database: Database) -> None:
        self.seen: dict[str, list[int]] = defaultdict(list)
        self._database = database
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def look(self) -> None:
        """Read on."""
        with self._database.read() as connection:
            for office_id in heads(connection):
                last = (self.seen[office_id] or [0])[-1]
                self.seen[office_id] += [one.seq for one in after(connection, office_id, last)]

    def _run(self) -> None:
        while not self._end.is_set():
            self.look()
        self.look()


def after(connection: object, office_id: str, last: int) -> list[LoggedEvent]:
    """Events after a number."""
    return list(office_events_after(connection, office_id, last, limit=100_000))  # type: ignore[arg-type] # of a look


def deadlocks(database: Database) -> tuple[int, int]:
    """How many deadlocks PostgreSQL has counted in this database, and how many commits."""
    with database.read() as connection:
        asked = text("SELECT deadlocks, xact_commit FROM pg_stat_database WHERE datname = current_database()")
        row = connection.execute(asked).one()
    return row.deadlocks, row.xact_commit


@pytest.mark.dialect
def test_two_servers_and_several_offices_never_wait_for_each_other_and_no_event_is_missed(
    url: str, tmp_path: Path
) -> None:
    """Kiosks and clerks of three offices ask two servers in turn: all is whole, counted without a gap, read without one."""
    house = real_time_house(url, tmp_path)
    with ExitStack() as stack:
        servers = [
            stack.enter_context(server_process(url, tmp_path, open_at=OFFICES, before=SLOW_DISK))
            for _ in range(2)
        ]
        crowd = Crowd(
            house, [address for _, address in servers], kiosks=KIOSKS, clerks=CLERKS, most=examples(8)
        )
        with Reader(house.database) as reader:
            crowd.begin()
            told = crowd.end()
        for process, _ in servers:
            process.terminate()  # what a connection has counted is told when it is closed
            process.wait(20)
    with house.database.read() as connection:
        assert untrue(connection, told) == []
        assert max(batches(connection)) > 1, "no two commands shared a commit"
        newest = heads(connection)
    assert (told.refused, told.unanswered) == ({}, [])
    assert len(told.tickets) == len(KIOSKS) * examples(8)
    assert set(newest) == set(OFFICES)
    assert reader.seen == {office_id: list(range(1, last + 1)) for office_id, last in newest.items()}
    wait_until(lambda: deadlocks(house.database)[1] >= len(told.tickets) // 8)
    assert deadlocks(house.database)[0] == 0
    house.database.dispose()


@pytest.mark.dialect
def test_without_the_lock_of_the_office_a_reader_misses_an_event_and_with_it_none(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counter's row is the lock: so the proof above can fail, and means something."""
    first, second = Database(url, clock=utc_now), Database(url, clock=utc_now)
    day = utc_now().date()

    def record(work: unit_of_work.UnitOfWork) -> None:
        work.record("ticket_issued", office_id="00", business_day=day, facts={})

    with first.write() as work:
        record(work)
    with first.write() as slow:
        record(slow)
        with pytest.raises(StorageError), second.write(patience=0.5) as quick:
            record(quick)
    reader = Reader(first)
    reader.look()
    assert reader.seen == {"00": [1, 2]}

    monkeypatch.setattr(unit_of_work, "take_numbers", as_a_sequence)
    monkeypatch.setattr(unit_of_work, "set_counter", lambda *_, **__: None)
    with first.write() as slow:
        record(slow)
        with second.write() as quick:
            record(quick)
        reader.look()
    reader.look()
    assert reader.seen == {"00": [1, 2, 4]}
    first.dispose()
    second.dispose()
