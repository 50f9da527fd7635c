"""Turns of writers."""

import threading

from backend.storage.turns import Turns
from tests.support import wait_until


def test_whoever_waits_has_the_turn_before_whoever_gives_it_back_takes_it_again() -> None:
    """A sign-in beside a busy writer waits for one batch, not for the end of the rush."""
    turns, order = Turns(), list[str]()
    assert turns.acquire(timeout=0)

    def wait() -> None:
        assert turns.acquire(timeout=10)
        order.append("waited")
        turns.release()

    thread = threading.Thread(target=wait)
    thread.start()
    wait_until(lambda: len(turns._waiting) == 1)
    turns.release()
    assert turns.acquire(timeout=10)
    order.append("again")
    turns.release()
    thread.join()
    assert order == ["waited", "again"]


def test_whoever_waited_in_vain_keeps_nobody_from_their_turn() -> None:
    """A turn that is handed on to somebody who has left would never come back."""
    turns = Turns()
    assert turns.acquire(timeout=0)
    assert not turns.acquire(timeout=0.01)
    turns.release()
    assert turns.acquire(timeout=0)
    turns.release()


def test_one_at_a_time() -> None:
    """Four threads that add to one number without any other lock lose nothing."""
    turns, total = Turns(), [0]

    def add() -> None:
        for _ in range(200):
            assert turns.acquire(timeout=30)
            before = total[0]
            total[0] = before + 1
            turns.release()

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert total == [800]
