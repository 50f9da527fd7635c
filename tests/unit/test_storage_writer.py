"""The writer: order of commands, shared commits, who gets which answer and when, and that its thread never dies."""

import asyncio
import gc
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from backend.storage import writer as writing
from backend.storage.batch import Job
from backend.storage.errors import StorageBusyError, StorageFullError, StorageMissingError
from backend.storage.unit_of_work import UnitOfWork
from backend.storage.writer import MOST_TOGETHER, MOST_WAITING, Writer
from tests.support import wait_until


class Named:
    """A task that is only a name; the commits of these tests know what to do with it."""

    def __init__(self, name: object) -> None:
        self.name = name

    def name_offices(self, _connection: Connection, _now: datetime) -> Mapping[str, int]:
        """None."""
        return {}

    def carry_out(self, _work: UnitOfWork) -> object:
        """The name itself."""
        return self.name


def name_of(job: Job[Any]) -> Any:
    """The name of a job's task."""
    assert isinstance(job.task, Named)
    return job.task.name


class Disk:
    """A fake commit that waits until the test lets it go on, and records which tasks were in which commit."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.free.set()
        self.commits: list[list[object]] = []
        self.troubles: list[BaseException | None] = []
        self.act: Callable[[Job[Any]], None] = _reply

    def __call__(self, jobs: Sequence[Job[Any]]) -> None:
        """Carry out jobs, then wait for the disk."""
        self.commits.append([name_of(job) for job in jobs])
        for job in jobs:
            job.begin_anew()
            self.act(job)
        assert self.free.wait(10)
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble is not None:
            raise trouble


def _reply(job: Job[Any]) -> None:
    job.reply = name_of(job)


@contextmanager
def opened(disk: Disk, **options: Any) -> Iterator[Writer]:
    """A writer that is closed in the end."""
    values: dict[str, Any] = {"refuses": lambda _waiting: False, "begin_within": 10.0, "answer_within": 10.0}
    writer = Writer(disk, **{**values, **options})
    try:
        yield writer
    finally:
        disk.free.set()
        assert writer.close()


@contextmanager
def waiting_behind(disk: Disk, writer: Writer, names: Sequence[object]) -> Iterator[list[Any]]:
    """Commands that wait, in this order, behind one whose commit has not ended; afterwards, what each was told."""
    disk.free.clear()
    told: list[Any] = []
    with ThreadPoolExecutor(len(names) + 1) as pool:
        first = pool.submit(writer.carry_out, Named("first"))
        wait_until(lambda: disk.commits == [["first"]])
        asked = []
        for name in names:
            asked.append(pool.submit(writer.carry_out, Named(name)))
            wait_until(lambda: len(writer._waiting) == len(asked))
        assert not first.done()
        yield told
        disk.free.set()
        assert first.result(10) == "first"
        told.extend(one.exception(10) or one.result() for one in asked)


def test_nobody_is_answered_before_the_commit_has_ended() -> None:
    """While the disk has not answered, no number is told, however long ago it was taken."""
    disk = Disk()
    with opened(disk) as writer, waiting_behind(disk, writer, ["a"]) as told:
        assert told == []
    assert told == ["a"]


def test_who_came_during_a_commit_shares_the_next_in_the_order_of_coming() -> None:
    """First come, first served; the next commit takes all who wait, up to the limit, and the rest the one after."""
    names = list(range(MOST_TOGETHER + 3))
    disk = Disk()
    with opened(disk) as writer, waiting_behind(disk, writer, names) as told:
        pass
    assert disk.commits == [["first"], names[:MOST_TOGETHER], names[MOST_TOGETHER:]]
    assert told == names


def test_a_command_after_its_deadline_is_not_begun() -> None:
    """Whoever waited too long is refused, nothing of theirs is done, and those in time are served."""
    disk = Disk()
    with opened(disk) as writer, waiting_behind(disk, writer, ["late", "in time"]) as told:
        writer._waiting[0][0].until = 0.0
    assert isinstance(told[0], StorageBusyError)
    assert told[1] == "in time"
    assert disk.commits == [["first"], ["in time"]]


def test_a_command_that_goes_round_again_goes_first_and_once_its_time_is_over_ends() -> None:
    """A command that needs an office it had not named is repeated before others, or refused if it is too late."""
    disk = Disk()
    rounds: list[object] = []

    def act(job: Job[Any]) -> None:
        """As this test needs it."""
        rounds.append(name_of(job))
        if name_of(job) == "again" and rounds.count("again") == 1:
            job.again = True
        elif name_of(job) == "too late":
            job.again, job.until = True, 0.0
        else:
            job.reply = name_of(job)

    disk.act = act
    with opened(disk) as writer, waiting_behind(disk, writer, ["again", "too late", "b"]) as told:
        pass
    assert told[0] == "again"
    assert isinstance(told[1], StorageBusyError)
    assert told[2] == "b"
    assert disk.commits == [["first"], ["again", "too late", "b"], ["again"]]


def test_a_lock_in_the_way_of_a_batch_is_tried_by_each_alone() -> None:
    """One command's lock does not refuse the others of its commit."""
    disk = Disk()
    disk.troubles = [None, StorageBusyError("a"), None, StorageBusyError("b"), None]
    with opened(disk) as writer, waiting_behind(disk, writer, [1, 2, 3]) as told:
        pass
    assert disk.commits == [["first"], [1, 2, 3], [1], [2], [3]]
    assert (told[0], told[2]) == (1, 3)
    assert isinstance(told[1], StorageBusyError)


def test_a_mistake_in_one_command_is_told_to_that_one_alone() -> None:
    """A commit that fails for no reason of the database is tried by each alone; only the culprit hears of it."""
    disk = Disk()

    def act(job: Job[Any]) -> None:
        """As this test needs it."""
        if name_of(job) == "mistake":
            raise KeyError("mistake")
        job.reply = name_of(job)

    disk.act = act
    with opened(disk) as writer, waiting_behind(disk, writer, [1, "mistake", 3]) as told:
        pass
    assert (told[0], told[2]) == (1, 3)
    assert isinstance(told[1], KeyError)


def test_a_trouble_of_the_database_is_everybodys_and_each_hears_of_it_by_itself() -> None:
    """On a full disk the whole batch fails at once, and no two threads raise the same exception."""
    disk = Disk()
    disk.troubles = [None, StorageFullError("full")]
    with opened(disk) as writer, waiting_behind(disk, writer, [1, 2]) as told:
        pass
    assert [type(one) for one in told] == [StorageFullError, StorageFullError]
    assert [str(one) for one in told] == ["full", "full"]
    assert told[0] is not told[1]
    assert disk.commits == [["first"], [1, 2]]


@pytest.mark.parametrize("trouble", [SystemExit(3), KeyboardInterrupt(), KeyError("x")])
def test_nothing_ends_the_thread(trouble: BaseException) -> None:
    """After any exception in a commit the next command is carried out; callers never get SystemExit or the like."""
    disk = Disk()
    disk.troubles = [trouble]
    with opened(disk) as writer:
        with pytest.raises(RuntimeError if not isinstance(trouble, Exception) else KeyError):
            writer.carry_out(Named(1))
        assert writer.carry_out(Named(2)) == 2


def test_a_refusal_is_of_its_own_command_only() -> None:
    """The exception of a refused task reaches its caller unchanged."""
    disk = Disk()
    refusal = ValueError("no")

    def act(job: Job[Any]) -> None:
        """As this test needs it."""
        job.reply, job.error = name_of(job), refusal if name_of(job) == 1 else None

    disk.act = act
    with opened(disk) as writer:
        with pytest.raises(ValueError, match="no") as raised:
            writer.carry_out(Named(1))
        assert raised.value is refusal
        assert writer.carry_out(Named(2)) == 2


def test_a_queue_of_five_hundred_while_the_disk_stalls_is_answered_in_order_afterwards() -> None:
    """Five hundred who wait for one disk each get their own answer, once, and none before its commit."""
    disk = Disk()
    told: list[object] = []

    async def ask(writer: Writer, name: int) -> None:
        """Ask for one of them."""
        told.append(await writer.carry_out_soon(Named(name)))

    async def all_of_them(writer: Writer) -> None:
        """All at once."""
        asked = [asyncio.create_task(ask(writer, name)) for name in range(500)]
        await asyncio.to_thread(wait_until, lambda: len(writer._waiting) >= 500 - MOST_TOGETHER)
        assert told == []
        disk.free.set()
        await asyncio.gather(*asked)

    disk.free.clear()
    with opened(disk) as writer:
        asyncio.run(all_of_them(writer))
    assert told == list(range(500))
    assert [name for commit in disk.commits for name in commit] == list(range(500))
    assert max(map(len, disk.commits)) <= MOST_TOGETHER


def test_a_queue_that_is_full_or_stands_before_a_stuck_lock_takes_nobody() -> None:
    """Whoever would wait in vain learns it at once instead of binding a thread."""
    disk = Disk()
    with (
        opened(disk, refuses=lambda waiting: waiting >= 2) as writer,
        waiting_behind(disk, writer, [1, 2]),
        pytest.raises(StorageBusyError),
    ):
        writer.carry_out(Named(3))
    disk = Disk()
    disk.free.clear()
    with opened(disk) as writer, ThreadPoolExecutor(1) as pool:
        pool.submit(writer.carry_out, Named("first"))
        wait_until(lambda: disk.commits == [["first"]])
        for name in range(MOST_WAITING):
            writer._put(Named(name), lambda _job: None)
        with pytest.raises(StorageBusyError):
            writer.carry_out(Named("one too many"))
        disk.free.set()


def test_a_stop_carries_out_what_waits_and_takes_nothing_new() -> None:
    """A stop in mid-batch loses nobody: whoever was let in is answered, and the thread has ended."""
    disk = Disk()
    with opened(disk) as writer, waiting_behind(disk, writer, [1, 2]) as told:
        closing = threading.Thread(target=writer.close)
        closing.start()
        wait_until(lambda: writer._closed)
        with pytest.raises(StorageMissingError):
            writer.carry_out(Named(3))
    closing.join(10)
    assert not closing.is_alive()
    assert told == [1, 2]
    assert writer._thread is not None
    assert not writer._thread.is_alive()


def test_a_stop_while_the_disk_stands_still_says_that_the_thread_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """If a commit hangs at a stop, ``close`` returns False, so that its connection is not closed."""
    monkeypatch.setattr(writing, "_GOODBYE_SECONDS", 0.0)
    disk = Disk()
    disk.free.clear()
    writer = Writer(disk, refuses=lambda _waiting: False, begin_within=10.0, answer_within=10.0)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(writer.carry_out, Named(1))
        wait_until(lambda: disk.commits == [[1]])
        assert not writer.close()
        disk.free.set()
        assert asked.result(10) == 1
    wait_until(writer.close)


def test_a_thread_that_cannot_be_started_is_started_with_the_next_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A machine that has no thread to give for a moment does not leave commands waiting for ever."""

    class Never(threading.Thread):
        """A thread that cannot begin."""

        def start(self) -> None:
            """There is none to give."""
            raise RuntimeError("can't start new thread")

    disk = Disk()
    with opened(disk) as writer:
        with monkeypatch.context() as patch:
            patch.setattr(threading, "Thread", Never)
            with pytest.raises(RuntimeError):
                writer.carry_out(Named(1))
        assert writer.carry_out(Named(2)) == 2
    assert disk.commits == [[2]]


@pytest.mark.parametrize("soon", [False, True])
def test_who_has_waited_too_long_is_told_that_nobody_knows(soon: bool) -> None:
    """An answer in time, also where the commit has none; what was begun goes on."""
    disk = Disk()
    disk.free.clear()
    with opened(disk, answer_within=0.05) as writer:
        with pytest.raises(StorageBusyError, match="in time"):
            if soon:
                asyncio.run(_ask(writer, 1))
            else:
                writer.carry_out(Named(1))
        disk.free.set()
    assert disk.commits == [[1]]


async def _ask(writer: Writer, name: object) -> object:
    return await writer.carry_out_soon(Named(name))


@pytest.mark.parametrize("error", [TimeoutError("own"), StopIteration(), ValueError("own")])
def test_an_event_loop_is_told_every_kind_of_error_and_goes_on(error: Exception) -> None:
    """Callers in an event loop get every kind of exception, even StopIteration, and never wait for ever."""
    disk = Disk()

    def act(job: Job[Any]) -> None:
        """As this test needs it."""
        job.reply, job.error = name_of(job), error if name_of(job) == 1 else None

    disk.act = act
    expected = RuntimeError if isinstance(error, StopIteration) else type(error)

    async def both(writer: Writer) -> tuple[Any, ...]:
        """At once."""
        return await asyncio.gather(_ask(writer, 1), _ask(writer, 2), return_exceptions=True)

    with opened(disk) as writer:
        told = asyncio.run(both(writer))
    assert type(told[0]) is expected
    assert told[1] == 2


def test_a_caller_that_was_cancelled_leaves_the_others_and_no_complaint() -> None:
    """A browser that goes away takes nobody's answer with it, and nothing is logged as never looked at."""
    disk = Disk()
    disk.act = _refuse
    complaints: list[Any] = []

    async def some(writer: Writer) -> None:
        """Three at once."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, context: complaints.append(context["message"]))
        asked = [asyncio.create_task(_ask(writer, name)) for name in range(3)]
        await asyncio.to_thread(wait_until, lambda: bool(disk.commits))
        asked[1].cancel()
        answered = asyncio.Event()
        deliver = writing._tell

        def tell_and_cancel(answers: Any) -> None:
            """As the product does, and then the cancelling."""
            deliver(answers)
            asked[2].cancel()  # in the very moment of its answer
            answered.set()

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(writing, "_tell", tell_and_cancel)
            disk.free.set()
            await answered.wait()
            await asyncio.wait(asked)
        assert isinstance(asked[0].exception(), ValueError)
        assert asked[1].cancelled()
        assert asked[2].cancelled()
        asked.clear()
        gc.collect()

    disk.free.clear()
    with opened(disk) as writer, suppress(asyncio.CancelledError):
        asyncio.run(some(writer))
    assert complaints == []


def _refuse(job: Job[Any]) -> None:
    job.error = ValueError("no")


def test_the_answers_of_a_commit_wake_a_loop_once_and_a_loop_that_ended_troubles_nobody() -> None:
    """Twenty answers cost one wake-up; whoever waits elsewhere is told, although a loop is gone."""
    disk = Disk()
    woken: list[object] = []

    async def twenty(writer: Writer) -> list[Any]:
        """In one commit."""
        loop = asyncio.get_running_loop()
        soon = loop.call_soon_threadsafe

        def counted(call: Any, *given: Any, **named: Any) -> Any:
            """The same, counted."""
            if call is writing._tell:
                woken.append(len(given[0]))
            return soon(call, *given, **named)

        loop.call_soon_threadsafe = counted  # type: ignore[method-assign, assignment] # counts, and does the same
        first = asyncio.create_task(_ask(writer, "first"))
        await asyncio.to_thread(wait_until, lambda: disk.commits == [["first"]])
        asked = [asyncio.create_task(_ask(writer, name)) for name in range(20)]
        await asyncio.to_thread(wait_until, lambda: len(writer._waiting) == 20)
        disk.free.set()
        await first
        return await asyncio.gather(*asked)

    disk.free.clear()
    with opened(disk) as writer:
        assert asyncio.run(twenty(writer)) == list(range(20))
        assert woken == [1, 20]
        ended = asyncio.new_event_loop()
        gone = ended.create_future()
        ended.close()
        writer._put(Named("nobody"), writing._Answer(ended, gone))
        assert writer.carry_out(Named("b")) == "b"


def test_whoever_cannot_be_told_does_not_keep_the_others_from_being_told() -> None:
    """A callback that fails ends neither the thread nor the round of answers."""
    disk = Disk()

    def broken(_job: Job[Any]) -> None:
        """Fail."""
        raise OSError("nobody there")

    with opened(disk) as writer, waiting_behind(disk, writer, ["before"]) as told:
        writer._put(Named("broken"), broken)
    assert told == ["before"]
    with opened(disk) as writer:
        writer._put(Named("broken"), broken)
        assert writer.carry_out(Named("after")) == "after"
