"""The writer: one thread that carries out the waiting commands, many of them with one commit (adr/0023).

Every commit waits for the disk. The commands that come in meanwhile share the next commit: the busier the counter, the
fewer commits are needed per command. Nobody gets an answer before the commit of their own command.
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
"""How many commands share a commit at most; more would be slow, as the first of them waits for the last."""
MOST_WAITING = 1000
_GOODBYE_SECONDS = 5.0

Reply = TypeVar("Reply")
Commit = Callable[[Sequence[Job[Any]]], None]
Deliver = Callable[[Job[Any]], None]
log = structlog.get_logger("uketsuke.storage")


class Writer:
    """Carries out tasks in the order in which they came.

    Args:
        commit: carries jobs out in one transaction, and notes in each its outcome.
        refuses: whether new tasks are refused now, because the lock is stuck; called with the number of waiting tasks.
        begin_within: seconds after which a task that has not begun is refused.
        answer_within: seconds after which the caller is told that the outcome is unknown; a task that has begun goes
            on.
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
            StorageError: it was not committed, or that is not known in time.
            Exception: the task's own refusal.
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
        """Carry out a task and wait for its commit without blocking a thread; for the event loop.

        Raises:
            StorageError: it was not committed, or that is not known in time.
            Exception: the task's own refusal.
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
            # If the caller was cancelled just when the answer came, asyncio must not log an unread exception.
            if not done.cancel() and not done.cancelled():
                done.exception()

    def close(self) -> bool:
        """Carry out the waiting tasks, refuse new ones, and end the thread; returns whether it has ended."""
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
                # The thread waits until we release the condition. If it cannot be started, the next command tries
                # again.
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
        """Carry out jobs together; if that fails because of a lock or a faulty job, one by one."""
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
            return  # a trouble of the database, which is the same for every job
        for job in fresh:
            if job.late:
                job.refuse(_too_late())
            else:
                self._try([job])

    def _try(self, jobs: Sequence[Job[Any]]) -> BaseException | None:
        """Carry out jobs in one transaction; an exception is returned, and noted in each job."""
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
    """An exception of its own for each caller: several threads must not raise the same object."""
    if isinstance(error, StorageError):
        return type(error)(*error.args)
    if isinstance(error, Exception):
        return error
    # An exception that ends a thread or the program is not for the callers.
    return RuntimeError(f"a command was interrupted: {type(error).__name__}")


class _Answer:
    """The answer for a caller in an event loop; all answers of one commit are delivered together."""

    def __init__(self, loop: asyncio.AbstractEventLoop, done: "asyncio.Future[Any]") -> None:
        self.loop = loop
        self._done = done

    def __call__(self, job: Job[Any]) -> None:
        """Deliver the outcome; called in the loop's thread."""
        if self._done.done():
            return
        if isinstance(job.error, StopIteration):
            # A future does not accept StopIteration.
            self._done.set_exception(RuntimeError("a command ended without a reply"))
        elif job.error is not None:
            self._done.set_exception(job.error)
        else:
            self._done.set_result(job.reply)


def _deliver(done: Sequence[tuple[Job[Any], Deliver]]) -> None:
    """Deliver all answers; each event loop is woken only once."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[Job[Any], Deliver]]] = {}
    for job, deliver in done:
        if isinstance(deliver, _Answer):
            loops.setdefault(deliver.loop, []).append((job, deliver))
        else:
            _tell([(job, deliver)])
    for loop, answers in loops.items():
        # A loop that has been closed accepts no answers.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_tell, answers)


def _tell(answers: Sequence[tuple[Job[Any], Deliver]]) -> None:
    for job, deliver in answers:
        try:
            deliver(job)
        except Exception as error:  # noqa: BLE001 - the others are still to be told
            log.warning("answer_not_delivered", error=type(error).__name__)
