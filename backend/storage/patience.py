"""How long a thread waits for PostgreSQL: a deadline in our own hand (adr/0019).

A server that stands still, or a machine that was frozen, goes on acknowledging what is sent to it: no time limit of the
network ends a wait for its answer. So every wait looks at the clock itself, ten times a second.
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
"""A wait looks at the clock this often."""
DOUBT_SECONDS = 1.0
"""After so much silence a second connection asks whether the server answers anybody."""
_PROBE_SECONDS = 2.0
_PAUSE_SECONDS = 0.3
_QUEUE_IS_FULL = os.strerror(errno.EAGAIN)

Given = ParamSpec("Given")
Value = TypeVar("Value")
log = structlog.get_logger("uketsuke.storage")


class OverdueError(psycopg.OperationalError):
    """The database server was silent for longer than this thread may wait."""


class _Deadline(threading.local):
    at: float | None = None


_deadline = _Deadline()


@contextmanager
def at_most(seconds: float | None) -> Iterator[None]:
    """Let this thread wait for the database so long altogether; of two limits the earlier counts."""
    before = _deadline.at
    if seconds is not None:
        until = time.monotonic() + seconds
        _deadline.at = until if before is None else min(before, until)
    try:
        yield
    finally:
        _deadline.at = before


def seconds_left() -> float | None:
    """How long this thread may still wait; none where nothing limits it."""
    return None if _deadline.at is None else _deadline.at - time.monotonic()


class Deadline:
    """How long several transactions for one request may wait altogether, and for their threads too.

    Each for itself they may wait as long as one: three of them one after the other took three times as long as an answer may.

    Args:
        seconds: altogether; none where nothing limits it.
    """

    def __init__(self, seconds: float | None) -> None:
        self._until = None if seconds is None else time.monotonic() + seconds

    def of(self, call: Callable[Given, Value], *args: Given.args, **kwargs: Given.kwargs) -> Value:
        """Call something that asks the database, in this thread, with what is left of the time.

        Raises:
            StorageBusyError: nothing is left of it; nothing was called.
        """
        left = None if self._until is None else self._until - time.monotonic()
        if left is not None and left <= 0:
            raise StorageBusyError("the database was busy for too long")
        with at_most(left):
            return call(*args, **kwargs)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What is done in the block is not waiting for the database."""
        began = time.monotonic()
        try:
            yield
        finally:
            if self._until is not None:
                self._until += time.monotonic() - began


class Silence:
    """Whether the database server answers anybody at all.

    Somebody who has heard nothing for a second asks; one thread then tries a connection of its own until one is
    answered. A lock that is held does not matter to that connection, a server that stands still does. While the server
    is away, nobody begins to wait for it, so that no thread of the server is bound by it.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._probe: Callable[[], None] | None = None
        self._asked_at: float | None = None
        self._answered_at = 0.0
        self._ended = threading.Event()

    def watch(self, probe: Callable[[], None]) -> None:
        """Ask with ``probe`` from now on; it raises what the driver raises."""
        self._probe = probe

    @property
    def away(self) -> bool:
        """True from two seconds without an answer to the first answer."""
        asked = self._asked_at
        return asked is not None and time.monotonic() - asked > _PROBE_SECONDS

    def ask(self) -> None:
        """Somebody hears nothing: find out whether it is the server."""
        with self._guard:
            now = time.monotonic()
            if self._probe is None or self._asked_at is not None or now - self._answered_at < DOUBT_SECONDS:
                return
            self._asked_at = now
        threading.Thread(target=self._run, args=(self._probe,), name="database-probe", daemon=True).start()

    def end(self) -> None:
        """Ask no longer."""
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
    """Whether the server says anything; a refusal is an answer too.

    A socket of the same machine whose queue is full, because nobody takes connections from it, refuses by itself.
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
    """A connection that waits no longer than :func:`at_most` allows; what is overdue closes it."""

    silence: Silence | None = None

    def wait(self, gen: PQGen[Value], interval: float = LOOK_SECONDS, timeout: float | None = None) -> Value:
        """Wait for an answer.

        Raises:
            OverdueError: none came in time; nobody knows what became of the question.
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
            if not ready:  # the interval is over and nothing came
                now = time.monotonic()
                if now > until or (silence is not None and silence.away):
                    raise OverdueError("the database server did not answer in time")
                if silence is not None and now > doubt_at:
                    silence.ask()
            wanted = gen.send(ready)
    except StopIteration as done:
        value: Value = done.value
        return value
