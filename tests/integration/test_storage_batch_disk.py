"""Many commands, one commit, and a disk that is full or stands still: one clear answer for each, and nothing half."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import Connection, event, func, select

from backend.common.shipped import locate
from backend.reception.kind_commands import TakeNumber
from backend.reception.storing.tables import tickets
from backend.storage import batch
from backend.storage.batch import Job
from backend.storage.database import Database
from backend.storage.errors import StorageBusyError
from backend.storage.writer import MOST_TOGETHER
from backend.web.app import create_app
from backend.wire.messages import CheckInReply
from tests.counter import kiosk_at
from tests.history import flaws_of
from tests.support import KIOSK, HandClock, House, make_house, wait_until

MANY = 500
BEGIN_WITHIN = 0.5
ANSWER_WITHIN = 0.8
PATIENT = 60
Outcome = CheckInReply | BaseException


async def ask(house: House, ids: Sequence[UUID]) -> list[Outcome]:
    """Many kiosks ask for a number at the same moment, in the order of the ids."""
    return await asyncio.gather(
        *(house.graph.runner.run_soon(one, TakeNumber("ja"), KIOSK) for one in ids), return_exceptions=True
    )


def numbers(outcomes: Sequence[Outcome]) -> list[str]:
    """The numbers that were given."""
    return [one.ticket.number for one in outcomes if isinstance(one, CheckInReply) and one.ticket]


def count(house: House) -> int:
    """How many tickets there are."""
    with house.database.read() as connection:
        return connection.execute(select(func.count()).select_from(tickets)).scalar_one()


def waiting(house: House) -> int:
    """How many commands wait for their commit to begin."""
    return len(house.database.writer._waiting)


def whole(house: House) -> bool:
    """Whether nothing is half."""
    with house.database.read() as connection:
        return flaws_of(connection) == []


@pytest.fixture
def large_house(tmp_path: Path) -> Iterator[House]:
    """A server with numbers for everybody, whose writer gives up sooner than a real one."""
    offices = tmp_path / "offices.toml"
    shipped = locate("offices", "shinjuku.toml").read_text("utf-8")
    offices.write_text(shipped.replace("first = 400, last = 599", "first = 400, last = 9999"))
    built = make_house(f"sqlite:///{tmp_path}/u.db", tmp_path / "var", HandClock(), offices_file=offices)
    built.database.writer._begin_within = BEGIN_WITHIN
    built.database.writer._answer_within = ANSWER_WITHIN
    yield built
    built.database.dispose()


@contextmanager
def commits_stand_still(house: House) -> Iterator[threading.Event]:
    """No commit ends until the block does: a disk that takes its time; yields what is set while one is on its way."""
    gate, on_its_way = threading.Event(), threading.Event()

    def wait(_connection: Any) -> None:
        on_its_way.set()
        assert gate.wait(30)

    event.listen(house.database.engine, "commit", wait)
    try:
        yield on_its_way
    finally:
        gate.set()  # and it stays: nothing is taken from an engine that is at work


async def asked_while_the_disk_stands_still(house: House, ids: Sequence[UUID]) -> list[Outcome]:
    """What is told to who asks while no commit ends; whoever is told that all is well is told too early."""
    with commits_stand_still(house) as on_its_way:
        first = asyncio.create_task(ask(house, ids[:1]))
        await asyncio.to_thread(on_its_way.wait, 10)
        others = asyncio.create_task(ask(house, ids[1:]))
        told = [*await first, *await others]
    assert numbers(told) == [], "told before it was true"
    return told


def test_five_hundred_commands_before_a_disk_that_stands_still_get_one_clear_answer_each(
    large_house: House,
) -> None:
    """Each is told in time that the database is busy; what had not begun never happens; repeated, each happens once."""
    ids = [uuid4() for _ in range(MANY)]
    told = asyncio.run(asked_while_the_disk_stands_still(large_house, ids))
    assert {type(one) for one in told} == {StorageBusyError}
    # Whoever comes now comes after everybody who still waits.
    large_house.graph.runner.run(uuid4(), TakeNumber("ja"), kiosk_at("00", "another"))
    assert count(large_house) == 2, "the one that had begun, and the one that came afterwards"
    large_house.database.writer._begin_within = large_house.database.writer._answer_within = PATIENT
    again = asyncio.run(ask(large_house, ids))
    assert len(set(numbers(again))) == MANY
    assert count(large_house) == MANY + 1
    assert whole(large_house)


def test_without_a_deadline_those_who_were_told_no_would_get_numbers(
    large_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the guard removed five hundred ghosts stand in the queue: so the proof above can fail, and means something."""
    monkeypatch.setattr(Job, "late", False)
    ids = [uuid4() for _ in range(MANY)]
    asyncio.run(asked_while_the_disk_stands_still(large_house, ids))
    wait_until(lambda: count(large_house) == MANY)


@pytest.mark.parametrize(("guarded", "given"), [(True, 0), (False, 1)])
def test_a_command_whose_time_passed_while_it_waited_for_the_lock_is_not_carried_out(
    large_house: House, monkeypatch: pytest.MonkeyPatch, *, guarded: bool, given: int
) -> None:
    """Protects a visitor who was told no: begun is a command that holds the lock; without the guard they get a number."""
    if not guarded:
        monkeypatch.setattr(Job, "late", False)

    async def scene() -> list[Outcome]:
        """What happens in the loop."""
        with large_house.database._turn(5):
            asked = asyncio.create_task(ask(large_house, [uuid4()]))
            until = time.monotonic() + BEGIN_WITHIN + 0.1
            await asyncio.to_thread(wait_until, lambda: time.monotonic() > until)
        return await asked

    told = asyncio.run(scene())
    large_house.database.writer.close()
    assert (len(numbers(told)), count(large_house)) == (given, given)


def test_a_queue_before_a_disk_that_goes_on_in_time_is_carried_out_with_few_commits(
    large_house: House,
) -> None:
    """Whoever waited gets a number in the order of coming, and thirty-two of them share a commit."""

    async def scene() -> list[Outcome]:
        """What happens in the loop."""
        with commits_stand_still(large_house) as on_its_way:
            asked = [asyncio.create_task(ask(large_house, [uuid4()]))]
            await asyncio.to_thread(on_its_way.wait, 10)
            asked.append(asyncio.create_task(ask(large_house, [uuid4() for _ in range(2 * MOST_TOGETHER)])))
            await asyncio.to_thread(wait_until, lambda: waiting(large_house) == 2 * MOST_TOGETHER)
        return [outcome for one in asked for outcome in await one]

    ends = 0

    def count_ends(_connection: Connection) -> None:
        nonlocal ends
        ends += 1

    event.listen(large_house.database.engine, "commit", count_ends)
    told = numbers(asyncio.run(scene()))
    assert told == [f"W-{400 + place}" for place in range(1 + 2 * MOST_TOGETHER)]
    assert ends == 3, "the first, then two full batches"
    assert whole(large_house)


class Room:
    """The room that a database may take: ``pages`` more than when that was said, or as much as it likes."""

    def __init__(self, house: House) -> None:
        self.pages: int | None = None
        self._most: int | None = None
        event.listen(house.database.engine, "begin", self._limit, insert=True)

    def _limit(self, connection: Connection) -> None:
        now = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        if self.pages is None:
            self._most = None
        elif self._most is None:
            self._most = now + self.pages
        connection.exec_driver_sql(f"PRAGMA max_page_count = {self._most or 1_000_000_000}")


def statuses_of_a_batch_without_room(
    house: House, monkeypatch: pytest.MonkeyPatch, ids: Sequence[UUID]
) -> tuple[list[int], int, Callable[[], list[httpx2.Response]]]:
    """The answers of a batch that runs out of room in its middle, how many it had carried out, and how to repeat it."""
    room, carried_out = Room(house), 0
    run = batch._run
    headers = {"Authorization": f"Bearer {house.device()}"}
    app = create_app(house.graph)

    def counting(work: Any, job: Job[Any]) -> None:
        nonlocal carried_out
        run(work, job)
        carried_out += job.error is None

    async def post(some: Sequence[UUID], stall: bool) -> list[httpx2.Response]:
        """Ask for numbers at once."""
        nonlocal carried_out
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://t", headers=headers) as client:

            def one(request_id: UUID) -> Coroutine[Any, Any, httpx2.Response]:
                """Ask for one."""
                return client.post("/api/v1/walk-ins", json={"request_id": str(request_id)})

            if not stall:
                return list(await asyncio.gather(*(one(request_id) for request_id in some)))
            with commits_stand_still(house) as on_its_way:
                first = asyncio.create_task(one(uuid4()))
                await asyncio.to_thread(on_its_way.wait, 10)
                others = asyncio.gather(*(one(request_id) for request_id in some))
                await asyncio.to_thread(wait_until, lambda: waiting(house) == len(some))
                room.pages = 3
                carried_out = 0
            assert (await first).status_code == 200
            return list(await others)

    monkeypatch.setattr(batch, "_run", counting)
    told = asyncio.run(post(ids, stall=True))
    done = carried_out

    def again() -> list[httpx2.Response]:
        room.pages = None
        return asyncio.run(post(ids, stall=False))

    return [reply.status_code for reply in told], done, again


def test_a_disk_that_is_full_in_mid_batch_fails_the_whole_batch_and_nothing_is_half(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody of the batch has 507, those too whose rows still fitted; with room again each gets one number."""
    ids = [uuid4() for _ in range(MOST_TOGETHER)]
    statuses, done, again = statuses_of_a_batch_without_room(small_house, monkeypatch, ids)
    assert 0 < done < len(ids), "not in the middle of the batch"
    assert statuses == [507] * len(ids)
    assert count(small_house) == 1
    assert whole(small_house)
    replies = again()
    assert [reply.status_code for reply in replies] == [200] * len(ids)
    assert len({reply.json()["ticket"]["number"] for reply in replies}) == len(ids)
    assert again()[0].json()["ticket"]["number"] == replies[0].json()["ticket"]["number"]
    assert count(small_house) == 1 + len(ids)
    assert whole(small_house)


def test_a_batch_that_is_kept_in_parts_would_be_found_out(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a commit for each command, some who were told 507 have numbers: so the proof above can fail."""
    together = Database._commit

    def one_by_one(self: Database, jobs: Sequence[Job[Any]]) -> None:
        for job in jobs:
            together(self, [job])

    monkeypatch.setattr(Database, "_commit", one_by_one)
    small_house.database.writer._commit = small_house.database._commit
    ids = [uuid4() for _ in range(MOST_TOGETHER)]
    statuses, _, _ = statuses_of_a_batch_without_room(small_house, monkeypatch, ids)
    assert statuses == [507] * len(ids)
    assert count(small_house) > 1
