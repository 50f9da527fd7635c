"""How long threads wait for a database, and when they do not begin to wait."""

import errno
import os
import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from backend.storage.errors import StorageBusyError
from backend.storage.gate import WriterGate
from backend.storage.patience import OverdueError, Silence, at_most, seconds_left
from tests.support import wait_until


@pytest.fixture
def silence() -> Iterator[Silence]:
    """A watch over a server."""
    watch = Silence()
    yield watch
    watch.end()


def raising(error: Exception, until: threading.Event) -> Callable[[], None]:
    """A question that fails until something happens."""

    def probe() -> None:
        if not until.is_set():
            raise error

    return probe


@pytest.mark.parametrize(
    "error",
    [
        psycopg.errors.ConnectionTimeout("connection timeout expired"),
        OverdueError("the database server did not answer in time"),
        psycopg.OperationalError(f"connection failed: {os.strerror(errno.EAGAIN)}"),
    ],
)
def test_a_server_that_answers_nobody_is_away_until_it_answers(silence: Silence, error: Exception) -> None:
    """While a server does not answer, no thread begins to wait for it; this ends with its first answer."""
    back = threading.Event()
    silence.watch(raising(error, back))
    assert not silence.away
    silence.ask()
    wait_until(lambda: silence.away)
    back.set()
    wait_until(lambda: not silence.away)


def test_a_refusal_is_an_answer(silence: Silence) -> None:
    """A server that has no line left, or lets nobody in, is there: requests are told by itself what is wrong."""
    asked = threading.Event()

    def refused() -> None:
        asked.set()
        raise psycopg.OperationalError("FATAL: sorry, too many clients already")

    silence.watch(refused)
    silence.ask()
    assert asked.wait(10)
    wait_until(lambda: silence._asked_at is None)
    assert not silence.away


def test_of_two_limits_the_earlier_counts_and_each_ends_with_its_block() -> None:
    """A longer limit inside a shorter one does not extend it, and without a limit there is none."""
    assert seconds_left() is None
    with at_most(5):
        with at_most(60):
            assert (seconds_left() or 0) <= 5
        with at_most(None):
            assert seconds_left() is not None
        elsewhere: list[float | None] = []
        thread = threading.Thread(target=lambda: elsewhere.append(seconds_left()))
        thread.start()
        thread.join()
        assert elsewhere == [None]
    assert seconds_left() is None


def test_while_a_lock_is_stuck_a_few_try_and_the_others_are_refused_at_once() -> None:
    """After one wait in vain the threads of the server are free for other questions; one success opens the gate."""
    gate = WriterGate()
    with pytest.raises(StorageBusyError), gate.passage():
        raise StorageBusyError("the lock was not free in time")
    go_on = threading.Event()
    inside = threading.Semaphore(0)

    def wait() -> None:
        with gate.passage():
            inside.release()
            go_on.wait(10)

    trying = [threading.Thread(target=wait) for _ in range(4)]
    for thread in trying:
        thread.start()
        assert inside.acquire(timeout=10)
    began = time.monotonic()
    with pytest.raises(StorageBusyError), gate.passage():
        pass
    assert time.monotonic() - began < 5  # refused, not waited for
    go_on.set()
    for thread in trying:
        thread.join(10)
    with gate.passage(), gate.passage(), gate.passage(), gate.passage(), gate.passage():
        pass
