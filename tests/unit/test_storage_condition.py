"""The known condition of a database: the health check reports troubles that clerks and kiosks have, until they end."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

import pytest

from backend.storage.condition import Condition
from backend.storage.errors import (
    RequestIdReusedError,
    StorageBusyError,
    StorageDamagedError,
    StorageError,
    StorageFullError,
)


def ends(with_: Callable[[], AbstractContextManager[None]], error: Exception | None = None) -> None:
    """End a transaction that reads or writes, successfully or with an error."""

    def act() -> None:
        with with_():
            if error is not None:
                raise error

    with suppress(Exception):
        act()


def trouble_of(condition: Condition) -> type[StorageError] | None:
    """Which kind of trouble is known, or none."""
    trouble = condition.trouble
    return None if trouble is None else type(trouble)


def test_a_commit_ends_every_trouble_and_a_look_only_that_of_looking() -> None:
    """A full disk can still be read: that somebody could look does not make it whole."""
    condition = Condition()
    ends(condition.of_writing, StorageFullError("full"))
    ends(condition.of_reading)
    assert trouble_of(condition) is StorageFullError
    ends(condition.of_writing)
    assert trouble_of(condition) is None
    ends(condition.of_reading, StorageBusyError("busy"))
    ends(condition.of_reading)
    assert trouble_of(condition) is None


def test_damage_stays_whatever_can_still_be_read() -> None:
    """One page that can be read says nothing of the others, and a full disk does not hide the damage."""
    condition = Condition()
    ends(condition.of_reading, StorageDamagedError("damaged"))
    ends(condition.of_writing)
    assert trouble_of(condition) is StorageDamagedError
    ends(condition.of_reading, StorageBusyError("busy"))
    assert trouble_of(condition) is StorageDamagedError


def test_each_change_is_told_once_each_way() -> None:
    """A trouble of an hour is logged twice, when it begins and when it ends, and not for every visitor."""
    told: list[StorageError | None] = []
    condition = Condition()
    condition.follow(told.append)
    for _ in range(3):
        ends(condition.of_writing, StorageFullError("full"))
    for _ in range(3):
        ends(condition.of_writing)
    assert [type(one) for one in told] == [StorageFullError, type(None)]


@pytest.mark.parametrize("error", [RequestIdReusedError("reused"), ValueError("a mistake of ours")])
def test_what_is_wrong_with_a_request_is_no_trouble_of_the_database(error: Exception) -> None:
    """A page that is sent twice, or a mistake in a command, makes nobody look for a disk."""
    condition = Condition()
    ends(condition.of_writing, error)
    assert trouble_of(condition) is None


def test_how_long_ago_it_was_known_is_counted_by_writing() -> None:
    """Only transactions that write count for ``known_for``, so reading does not postpone the next real commit."""
    seconds = [100.0]
    condition = Condition(lambda: seconds[0])
    assert condition.known_for() == float("inf")
    ends(condition.of_writing)
    seconds[0] += 5
    ends(condition.of_reading)
    assert condition.known_for() == 5
