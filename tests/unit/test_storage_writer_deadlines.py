"""The writer with fake transactions: shared commits, answers, and what happens to commands that are too late."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from backend.storage.batch import Job
from backend.storage.errors import StorageBusyError, StorageFullError, StorageMissingError
from backend.storage.patience import at_most
from backend.storage.unit_of_work import UnitOfWork
from backend.storage.writer import MOST_TOGETHER, MOST_WAITING, Writer
from tests.support import wait_until


class Named:
    """A task that is told apart by its name; the played transaction carries it out."""

    def __init__(self, name: str) -> None:
        self.name = name

    def name_offices(self, connection: Connection, now: datetime) -> Mapping[str, int]:
        """Not asked here."""
        raise NotImplementedError

    def carry_out(self, work: UnitOfWork) -> str:
        """Not asked here."""
        raise NotImplementedError


class Disk:
    """Fake transactions: each waits until it is released, and is recorded."""

    def __init__(self, trouble: Callable[[Sequence[str]], None] | None = None) -> None:
        self.batches: list[list[str]] = []
        self.free = threading.Event()
        self.free.set()
        self._trouble = trouble

    def commit(self, jobs: Sequence[Job[Any]]) -> None:
        """Carry out what is asked, in one transaction."""
        names = [job.task.name for job in jobs if isinstance(job.task, Named)]
        self.batches.append(names)
        assert self.free.wait(30)
        for job in jobs:
            job.begin_anew()
        if self._trouble is not None:
            self._trouble(names)
        for job, name in zip(jobs, names, strict=True):
            if name.startswith("elsewhere") and not job.also:
                job.also.add("01")
                job.again = True
            job.reply = name


@contextmanager
def writing(
    disk: Disk, *, begin_within: float = 5.0, refuses: Callable[[int], bool] = lambda _: False
) -> Iterator[Writer]:
    """A writer that ends with the block."""
    writer = Writer(disk.commit, refuses=refuses, begin_within=begin_within, answer_within=20)
    yield writer
    disk.free.set()
    writer.close()


def waiting(writer: Writer) -> int:
    """How many commands wait."""
    return len(writer._waiting)


def test_what_comes_while_a_commit_is_on_its_way_shares_the_next_in_the_order_of_coming() -> None:
    """Protects group commit: one commit for all who wait, the first who came first, never more than the most."""
    disk = Disk()
    disk.free.clear()
    with writing(disk) as writer, ThreadPoolExecutor(60) as pool:
        first = pool.submit(writer.carry_out, Named("first"))
        wait_until(lambda: disk.batches == [["first"]])
        others = []
        for number in range(MOST_TOGETHER + 3):
            others.append(pool.submit(writer.carry_out, Named(f"{number}")))
            wait_until(lambda: waiting(writer) == len(others))
        assert not first.done(), "told before its commit"
        disk.free.set()
        assert [one.result(10) for one in others] == [f"{number}" for number in range(MOST_TOGETHER + 3)]
    assert [len(batch) for batch in disk.batches] == [1, MOST_TOGETHER, 3]
    assert [name for batch in disk.batches[1:] for name in batch] == [
        f"{number}" for number in range(MOST_TOGETHER + 3)
    ]


def test_who_waited_for_too_long_is_told_and_not_carried_out() -> None:
    """Protects a visitor who has left: what could not begin in time does not happen afterwards."""
    disk = Disk()
    disk.free.clear()
    with writing(disk, begin_within=0.1) as writer, ThreadPoolExecutor(4) as pool:
        first = pool.submit(writer.carry_out, Named("first"))
        wait_until(lambda: disk.batches == [["first"]])
        late = pool.submit(writer.carry_out, Named("late"))
        wait_until(lambda: waiting(writer) == 1)
        until = time.monotonic() + 0.15
        wait_until(lambda: time.monotonic() > until)
        disk.free.set()
        assert first.result(10) == "first"
        with pytest.raises(StorageBusyError):
            late.result(10)
    assert disk.batches == [["first"]]


def test_a_command_that_meets_another_office_and_is_late_by_then_is_told_once_and_the_writer_goes_on() -> (
    None
):
    """Protects everybody else: who has to be carried out again and has no time left does not keep the writer turning."""
    disk = Disk()
    disk.free.clear()
    with writing(disk, begin_within=0.1) as writer, ThreadPoolExecutor(4) as pool:
        wandering = pool.submit(writer.carry_out, Named("elsewhere"))
        wait_until(lambda: disk.batches == [["elsewhere"]])
        until = time.monotonic() + 0.15
        wait_until(lambda: time.monotonic() > until)
        disk.free.set()
        with pytest.raises(StorageBusyError):
            wandering.result(5)
        assert writer.carry_out(Named("next")) == "next"
        assert waiting(writer) == 0
    assert disk.batches == [["elsewhere"], ["next"]]


def test_a_command_that_meets_another_office_is_carried_out_again_before_who_came_later() -> None:
    """Protects the order: nobody loses their place because a second transaction is needed."""
    disk = Disk()
    disk.free.clear()
    with writing(disk) as writer, ThreadPoolExecutor(4) as pool:
        wandering = pool.submit(writer.carry_out, Named("elsewhere"))
        wait_until(lambda: disk.batches == [["elsewhere"]])
        later = pool.submit(writer.carry_out, Named("later"))
        wait_until(lambda: waiting(writer) == 1)
        disk.free.set()
        assert (wandering.result(10), later.result(10)) == ("elsewhere", "later")
    assert disk.batches == [["elsewhere"], ["elsewhere", "later"]]


def test_where_a_batch_meets_a_lock_each_command_is_tried_alone() -> None:
    """Protects the others from one that stands in somebody's way: two servers that wait for each other end so."""

    def together_never(names: Sequence[str]) -> None:
        if "odd" in names:
            raise StorageBusyError("a lock is in the way")

    disk = Disk(together_never)
    disk.free.clear()
    with writing(disk) as writer, ThreadPoolExecutor(4) as pool:
        first = pool.submit(writer.carry_out, Named("first"))
        wait_until(lambda: disk.batches == [["first"]])
        even, odd = (pool.submit(writer.carry_out, Named(name)) for name in ("even", "odd"))
        wait_until(lambda: waiting(writer) == 2)
        disk.free.set()
        assert (first.result(10), even.result(10)) == ("first", "even")
        with pytest.raises(StorageBusyError):
            odd.result(10)


def test_a_full_disk_fails_the_whole_batch_and_only_that_batch() -> None:
    """Protects from half a batch: what one commit should have kept is refused with one word, and the next is tried."""
    full = [True]

    def no_room(_names: Sequence[str]) -> None:
        if full[0]:
            raise StorageFullError("the disk is full")

    disk = Disk(no_room)
    with writing(disk) as writer:
        with pytest.raises(StorageFullError):
            writer.carry_out(Named("one"))
        full[0] = False
        assert writer.carry_out(Named("one")) == "one"


def test_nobody_begins_to_wait_in_vain() -> None:
    """Protects the memory and everybody's time: a stuck lock, a queue without end and a stopped server refuse at once."""
    disk = Disk()
    with writing(disk, refuses=lambda many: many >= 0) as stuck, pytest.raises(StorageBusyError):
        stuck.carry_out(Named("one"))
    disk.free.clear()
    with writing(disk) as writer, ThreadPoolExecutor(1) as pool:
        pool.submit(writer.carry_out, Named("first"))
        wait_until(lambda: len(disk.batches) == 1)
        for number in range(MOST_WAITING):
            writer._put(Named(f"{number}"), lambda _job: None)
        with pytest.raises(StorageBusyError):
            writer.carry_out(Named("one more"))
        disk.free.set()
    with pytest.raises(StorageMissingError):
        writer.carry_out(Named("after the end"))


def test_a_stop_carries_out_what_was_taken_in() -> None:
    """Protects who was let in before the server was told to stop: they are carried out and told."""
    disk = Disk()
    disk.free.clear()
    with writing(disk) as writer, ThreadPoolExecutor(4) as pool:
        first = pool.submit(writer.carry_out, Named("first"))
        wait_until(lambda: disk.batches == [["first"]])
        second = pool.submit(writer.carry_out, Named("second"))
        wait_until(lambda: waiting(writer) == 1)
        closing = pool.submit(writer.close)
        wait_until(lambda: writer._closed)
        with pytest.raises(StorageMissingError):
            writer.carry_out(Named("third"))
        disk.free.set()
        assert (first.result(10), second.result(10)) == ("first", "second")
        closing.result(10)


def test_a_thread_whose_own_time_is_over_first_waits_no_longer_for_the_writer() -> None:
    """Of the writer's deadline and that of whoever asks the earlier counts, while what was begun goes on."""
    disk = Disk()
    disk.free.clear()
    with writing(disk) as writer:
        with at_most(0.05), pytest.raises(StorageBusyError):
            writer.carry_out(Named("in vain"))
        disk.free.set()
        assert writer.carry_out(Named("next")) == "next"
    assert disk.batches[-1] == ["next"]
