"""The writer: one thread that carries out what waits, many commands with one commit (adr/0023).

Every commit waits for the disk. While one is on its way the next commands come in, and they share the next: the
busier the counter, the fewer commits a command costs. Nobody is answered before the commit of their own command.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

import structlog

from backend.storage.batch import Job, Task
from backend.storage.errors import StorageBusyError, StorageError, StorageMissingError
from backend.storage.patience import seconds_left

MOST_TOGETHER = 32
"""So many commands share a commit at most: the first of them waits for the last."""
MOST_WAITING = 1000
_GOODBYE_SECONDS = 5.0

Reply = TypeVar("Reply")
Commit = Callable[[Sequence[Job[Any]]], None]
Deliver = Callable[[Job[Any]], None]
log = structlog.get_logger("uketsuke.storage")


class Writer:
    """Carries out tasks in the order in which they came.

    Args:
        commit: carries jobs out in one transaction; what became of each stands in it afterwards.
        refuses: whether nobody may begin to wait now, because those who wait already wait in vain.
        begin_within: seconds after which a task that has not begun is given up.
        answer_within: seconds after which whoever asked is told that nobody knows; what was begun goes on.
    """

    def __init__(
        self,
        commit: Commit,
        *,
        refuses: Callable[[int], bool],
        begin_within: float,
        answer_within: float | None,
    ) -> None:
        self._commit = commit
        self._refuses = refuses
        self._begin_within = begin_within
        self._answer_within = answer_within
        self._news = threading.Condition()
        self._waiting: deque[tuple[Job[Any], Deliver]] = deque()
        self._thread: threading.Thread | None = None
        self._closed = False

    def carry_out(self, task: Task[Reply]) -> Reply:
        """Carry out a task and wait for its commit; for threads.

        Raises:
            StorageError: it was not committed, or nobody knows in time.
            Exception: what the task was refused with.
        """
        done: Future[Reply] = Future()

        def deliver(job: Job[Reply]) -> None:
            if not done.set_running_or_notify_cancel():
                return
            if job.error is not None:
                done.set_exception(job.error)
            else:
                done.set_result(job.reply)  # type: ignore[arg-type] # a job without error has one

        self._put(task, deliver)
        limits = (self._answer_within, seconds_left())
        try:
            return done.result(min((one for one in limits if one is not None), default=None))
        except TimeoutError:
            if done.cancel():
                raise StorageBusyError("the database did not answer in time") from None
            return done.result()

    async def carry_out_soon(self, task: Task[Reply]) -> Reply:
        """Carry out a task and wait for its commit without binding a thread; for the event loop.

        Raises:
            StorageError: it was not committed, or nobody knows in time.
            Exception: what the task was refused with.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Reply] = loop.create_future()
        self._put(task, _Answer(loop, done))
        try:
            await asyncio.wait((done,), timeout=self._answer_within)
            if not done.done():
                raise StorageBusyError("the database did not answer in time")
            return done.result()
        finally:
            # Whoever was cancelled in the moment of the answer has not looked at it; that is no mistake to log.
            if not done.cancel() and not done.cancelled():
                done.exception()

    def close(self) -> bool:
        """Carry out what waits, take nothing new, and end the thread; return whether it has ended."""
        with self._news:
            self._closed = True
            self._news.notify()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(_GOODBYE_SECONDS)
        return thread is None or not thread.is_alive()

    def _put(self, task: Task[Any], deliver: Deliver) -> None:
        with self._news:
            if self._closed:
                raise StorageMissingError("the server is being stopped")
            if len(self._waiting) >= MOST_WAITING or self._refuses(len(self._waiting)):
                raise StorageBusyError("the database is busy")
            if self._thread is None:
                # It waits for what we hold. One that cannot be started is tried again with the next command.
                thread = threading.Thread(target=self._run, name="writer", daemon=True)
                thread.start()
                self._thread = thread
            self._waiting.append((Job(task, time.monotonic() + self._begin_within), deliver))
            self._news.notify()

    def _run(self) -> None:
        while True:
            with self._news:
                while not self._waiting and not self._closed:
                    self._news.wait()
                if not self._waiting:
                    return
                taken = [self._waiting.popleft() for _ in range(min(MOST_TOGETHER, len(self._waiting)))]
            self._carry_out([job for job, _ in taken])
            again = [one for one in taken if one[0].again]
            _deliver([one for one in taken if not one[0].again])
            if again:
                with self._news:
                    self._waiting.extendleft(reversed(again))

    def _carry_out(self, jobs: Sequence[Job[Any]]) -> None:
        """Carry out jobs together; alone, where together they stood in somebody's way or one of them is a mistake."""
        fresh = []
        for job in jobs:
            if job.late:
                job.refuse(_too_late())
            else:
                fresh.append(job)
        error = self._try(fresh)
        if error is None or len(fresh) == 1:
            return
        if isinstance(error, StorageError) and not isinstance(error, StorageBusyError):
            return  # of the database, and so of everybody
        for job in fresh:
            if job.late:
                job.refuse(_too_late())
            else:
                self._try([job])

    def _try(self, jobs: Sequence[Job[Any]]) -> BaseException | None:
        """Carry out jobs in one transaction; what fails is returned, and written into each of them."""
        if not jobs:
            return None
        try:
            self._commit(jobs)
        except BaseException as error:  # noqa: BLE001 - the thread goes on, whatever a job does
            for job in jobs:
                job.refuse(_own(error))
            return error
        return None


def _too_late() -> StorageBusyError:
    return StorageBusyError("the database was busy for too long")


def _own(error: BaseException) -> Exception:
    """The error for one of those who hear of it: several threads must not raise the same one."""
    if isinstance(error, StorageError):
        return type(error)(*error.args)
    if isinstance(error, Exception):
        return error
    # What ends a thread or a program is not for those who wait.
    return RuntimeError(f"a command was interrupted: {type(error).__name__}")


class _Answer:
    """Whoever waits in an event loop; answers of one commit are brought there together."""

    def __init__(self, loop: asyncio.AbstractEventLoop, done: "asyncio.Future[Any]") -> None:
        self.loop = loop
        self._done = done

    def __call__(self, job: Job[Any]) -> None:
        """Tell what became of it; in the loop's thread."""
        if self._done.done():
            return
        if isinstance(job.error, StopIteration):
            # A future does not take it, as it would end whoever waits without a word.
            self._done.set_exception(RuntimeError("a command ended without a reply"))
        elif job.error is not None:
            self._done.set_exception(job.error)
        else:
            self._done.set_result(job.reply)


def _deliver(done: Sequence[tuple[Job[Any], Deliver]]) -> None:
    """Tell everybody; each event loop is woken once."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[Job[Any], Deliver]]] = {}
    for job, deliver in done:
        if isinstance(deliver, _Answer):
            loops.setdefault(deliver.loop, []).append((job, deliver))
        else:
            _tell([(job, deliver)])
    for loop, answers in loops.items():
        # A loop that has ended takes nobody's answer any more.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_tell, answers)


def _tell(answers: Sequence[tuple[Job[Any], Deliver]]) -> None:
    for job, deliver in answers:
        try:
            deliver(job)
        except Exception as error:  # noqa: BLE001 - the others are still to be told
            log.warning("answer_not_delivered", error=type(error).__name__)
