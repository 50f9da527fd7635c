"""The one thread that checks passwords, with a short queue.

Argon2 takes much memory and a core for 0.1 s. All passwords are checked here, one after the other, so that no request
of a kiosk, a display or a page waits for one. If the queue is full, the person is told at once. Browsers that people
have used before have places of their own and go first, so that a flood of strangers does not keep clerks out.
"""

import asyncio
import contextlib
import heapq
import itertools
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from enum import IntEnum
from types import TracebackType
from typing import Any, Self, TypeVar

from backend.web.http.errors import WireError
from backend.wire import ErrorCode

T = TypeVar("T")


class Lane(IntEnum):
    """The two queues; lower values are checked first."""

    KNOWN = 0
    STRANGER = 1


PLACES = {Lane.KNOWN: 16, Lane.STRANGER: 8}
"""How many may wait or be checked at once in each queue, so that nobody waits for more than a second or two."""


_NICER = 10


class Hashing:
    """The thread and its queue."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "hashing", initializer=_go_last)
        self._guard = threading.Lock()
        self._taken = dict.fromkeys(Lane, 0)
        self._order = itertools.count()
        self._waiting: list[tuple[Lane, int, Callable[[], Any], Future[Any]]] = []

    def is_full(self, lane: Lane) -> bool:
        """Whether every place of a queue is taken now."""
        return self._taken[lane] >= PLACES[lane]

    def reserve(self, lane: Lane) -> "HashingPlace":
        """Take a place in the queue; callable from any thread.

        Raises:
            WireError: the queue is full.
        """
        with self._guard:
            if self.is_full(lane):
                raise WireError(ErrorCode.SIGN_IN_BUSY)
            self._taken[lane] += 1
        return HashingPlace(self, lane)

    def close(self) -> None:
        """End the thread after its present work; returns at once."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _free(self, lane: Lane) -> None:
        with self._guard:
            self._taken[lane] -= 1

    def _put(self, lane: Lane, work: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()
        with self._guard:
            heapq.heappush(self._waiting, (lane, next(self._order), work, future))
        self._thread.submit(self._do_next)
        return future

    def _do_next(self) -> None:
        with self._guard:
            _, _, work, future = heapq.heappop(self._waiting)
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - it is passed on to the waiting caller
            future.set_exception(error)


def _go_last() -> None:
    """Give this thread a lower priority than all others: Argon2 fills all cores of a small machine.

    This is done on Linux only, where a thread's id can be used for it; elsewhere it could be the id of another process.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + _NICER)


class HashingPlace:
    """A place in the queue, freed at the end of its ``with`` block."""

    def __init__(self, hashing: Hashing, lane: Lane) -> None:
        self._hashing = hashing
        self._lane = lane

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hashing._free(self._lane)  # noqa: SLF001 - its own queue

    async def run(self, work: Callable[[], T]) -> T:
        """Run something in the thread, and wait for it without blocking another thread."""
        return await asyncio.wrap_future(self._hashing._put(self._lane, work))  # noqa: SLF001 - its own queue
