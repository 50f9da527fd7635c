"""How long a thread waits for PostgreSQL: a deadline that we enforce ourselves (adr/0019).

A server that hangs, or a frozen machine, still acknowledges what is sent to it, so no timeout of the network ends a
wait for its answer. So every wait checks the clock itself, ten times a second.
"""

import errno
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

import psycopg
import structlog
from psycopg.abc import PQGen

from backend.storage.errors import StorageBusyError

LOOK_SECONDS = 0.1
"""How often a wait checks the clock."""
DOUBT_SECONDS = 1.0
"""After this time without an answer, another connection tests whether the server answers at all."""
_PROBE_SECONDS = 2.0
_PAUSE_SECONDS = 0.3
_QUEUE_IS_FULL = os.strerror(errno.EAGAIN)

Given = ParamSpec("Given")
Value = TypeVar("Value")
log = structlog.get_logger("uketsuke.storage")


class OverdueError(psycopg.OperationalError):
    """The database server did not answer for as long as this thread may wait."""


class _Deadline(threading.local):
    at: float | None = None


_deadline = _Deadline()


@contextmanager
def at_most(seconds: float | None) -> Iterator[None]:
    """Limit how long this thread waits for the database in the block, in total; of nested limits the earlier counts."""
    before = _deadline.at
    if seconds is not None:
        until = time.monotonic() + seconds
        _deadline.at = until if before is None else min(before, until)
    try:
        yield
    finally:
        _deadline.at = before


def seconds_left() -> float | None:
    """How many seconds this thread may still wait; None without a limit."""
    return None if _deadline.at is None else _deadline.at - time.monotonic()


class Deadline:
    """A limit for the total time that several transactions of one request wait, including waits for their threads.

    Without it each of them could wait as long as a whole request may.

    Args:
        seconds: the total time; None without a limit.
    """

    def __init__(self, seconds: float | None) -> None:
        self._until = None if seconds is None else time.monotonic() + seconds

    def of(self, call: Callable[Given, Value], *args: Given.args, **kwargs: Given.kwargs) -> Value:
        """Call a function that uses the database, in this thread, with the time that is left.

        Raises:
            StorageBusyError: no time is left; the function was not called.
        """
        left = None if self._until is None else self._until - time.monotonic()
        if left is not None and left <= 0:
            raise StorageBusyError("the database was busy for too long")
        with at_most(left):
            return call(*args, **kwargs)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """The time in the block does not count, because it is not spent waiting for the database."""
        began = time.monotonic()
        try:
            yield
        finally:
            if self._until is not None:
                self._until += time.monotonic() - began


class Silence:
    """Knows whether the database server answers at all.

    A thread without an answer for a second calls ``ask``; another thread then opens connections of its own until one is
    answered. A held lock does not affect such a connection, but a server that hangs does. While the server does not
    answer, no thread begins to wait for it, so that threads are not blocked by it.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._probe: Callable[[], None] | None = None
        self._asked_at: float | None = None
        self._answered_at = 0.0
        self._ended = threading.Event()

    def watch(self, probe: Callable[[], None]) -> None:
        """Set the function that tests the server; it raises the driver's exceptions."""
        self._probe = probe

    @property
    def away(self) -> bool:
        """Whether the server does not answer: true after two seconds without an answer, until the first answer."""
        asked = self._asked_at
        return asked is not None and time.monotonic() - asked > _PROBE_SECONDS

    def ask(self) -> None:
        """Begin to test whether the server answers; called by a thread that gets no answer."""
        with self._guard:
            now = time.monotonic()
            if self._probe is None or self._asked_at is not None or now - self._answered_at < DOUBT_SECONDS:
                return
            self._asked_at = now
        threading.Thread(target=self._run, args=(self._probe,), name="database-probe", daemon=True).start()

    def end(self) -> None:
        """Stop testing."""
        self._ended.set()

    def _run(self, probe: Callable[[], None]) -> None:
        told = False
        while not self._ended.is_set() and not _answers(probe):
            if not told:
                log.warning("database_silent")
                told = True
            self._ended.wait(_PAUSE_SECONDS)
        with self._guard:
            self._asked_at = None
            self._answered_at = time.monotonic()
        if told and not self._ended.is_set():
            log.info("database_answers")


def _answers(probe: Callable[[], None]) -> bool:
    """Whether the server answers; a refusal is an answer, too.

    An exception: the operating system itself refuses a connection if the queue of a local socket is full, because the
    server does not accept connections.
    """
    try:
        with at_most(_PROBE_SECONDS):
            probe()
    except (psycopg.errors.ConnectionTimeout, OverdueError):
        return False
    except psycopg.Error as error:
        return _QUEUE_IS_FULL not in str(error)
    return True


class PatientConnection(psycopg.Connection[Any]):
    """A connection that waits no longer than :func:`at_most` allows; if the time is over, it is closed."""

    silence: Silence | None = None

    def wait(self, gen: PQGen[Value], interval: float = LOOK_SECONDS, timeout: float | None = None) -> Value:
        """Wait for an answer.

        Raises:
            OverdueError: none came in time; whether the statement was carried out is not known.
        """
        until = _deadline.at
        if until is None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(_looking_at_the_clock(gen, until, self.silence), interval, timeout)
        except OverdueError:
            self.close()
            raise


def _looking_at_the_clock(gen: PQGen[Value], until: float, silence: Silence | None) -> PQGen[Value]:
    doubt_at = time.monotonic() + DOUBT_SECONDS
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if not ready:  # the interval is over, and nothing has come
                now = time.monotonic()
                if now > until or (silence is not None and silence.away):
                    raise OverdueError("the database server did not answer in time")
                if silence is not None and now > doubt_at:
                    silence.ask()
            wanted = gen.send(ready)
    except StopIteration as done:
        value: Value = done.value
        return value
