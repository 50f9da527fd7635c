"""The lock of writers: first come, first served."""

import threading
from pathlib import Path

import pytest

from backend.storage.engine import LOCK_TIMEOUT_SECONDS
from backend.storage.patience import at_most
from backend.storage.turns import Turns
from tests.migrated import closing_database, migrated_sqlite
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
    """A thread that gave up waiting is skipped; otherwise the lock would never be released."""
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


def test_a_thread_whose_own_time_is_over_first_waits_no_longer_for_its_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the limit for locks and the deadline of whoever asks the earlier counts."""
    with closing_database(migrated_sqlite(tmp_path / "u.db")) as database:
        turn = database._turns
        assert turn is not None
        limits: list[float] = []
        acquire = turn.acquire

        def noting(*, timeout: float) -> bool:
            limits.append(timeout)
            return acquire(timeout=timeout)

        monkeypatch.setattr(turn, "acquire", noting)
        with at_most(1.0), database.write():
            pass
        with database.write():
            pass
    assert limits[0] <= 1.0
    assert limits[1] == LOCK_TIMEOUT_SECONDS
