"""The door with fake steps that record how long they may wait: one deadline for all database steps of a sign-in."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from backend.protection.passwords import PasswordVerdict
from backend.storage.errors import StorageBusyError
from backend.storage.patience import Deadline, seconds_left
from backend.web.http.door import Door, Knock
from backend.web.http.hashing import PLACES, Hashing, Lane

ALTOGETHER = 4.0
SLOW_HASH = 30.0


class Steps:
    """The steps of a sign-in, each of which takes some seconds of a clock that the test moves.

    Args:
        clock: the clock.
        known: whether the browser was used before.
        seconds: of each step.
    """

    def __init__(self, clock: list[float], *, known: bool, seconds: float) -> None:
        self.left: dict[str, float | None] = {}
        self.known = known
        self._clock = clock
        self._seconds = seconds

    def browser_of(self, _cookie: str | None) -> str | None:
        """The browser, where it was used before."""
        return "browser" if self.known else None

    def look(self, *_: object) -> "Steps":
        """Look; this is also the try."""
        self._step("look")
        return self

    def take(self, _tried: object) -> None:
        """Count it."""
        self._step("take")

    def check(self, _password: str) -> PasswordVerdict:
        """Check the password, which takes longest but does not use the database."""
        self._clock[0] += SLOW_HASH
        return PasswordVerdict(right=True)

    def settle(self, *_: object) -> str:
        """Say what came of it."""
        self._step("settle")
        return "in"

    def _step(self, name: str) -> None:
        self.left[name] = seconds_left()
        self._clock[0] += self._seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that deadlines look at; the event loop keeps its own."""
    now = [1000.0]
    monkeypatch.setattr("backend.storage.patience.time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


@pytest.fixture
def hashing() -> Iterator[Hashing]:
    """The thread that checks passwords."""
    made = Hashing()
    yield made
    made.close()


def knock() -> Knock:
    """Somebody at the door."""
    return Knock("suzuki", "a password", "192.0.2.1", None, Deadline(ALTOGETHER), lambda: None)


def door(steps: Any, hashing: Hashing) -> Door:
    """A door with these steps."""
    return Door(steps, hashing)


@pytest.mark.parametrize("known", [False, True])
async def test_the_waits_of_a_sign_in_for_the_database_have_one_deadline(
    clock: list[float], hashing: Hashing, known: bool
) -> None:
    """What one step waited is not left to the next; the check of the password takes nothing from them."""
    steps = Steps(clock, known=known, seconds=1.5)
    asked = knock()
    opened: Any = await door(steps, hashing).let_in(asked)
    assert opened == "in"
    assert steps.left["look"] == pytest.approx(ALTOGETHER)
    assert steps.left["settle"] == pytest.approx(ALTOGETHER - 3.0)
    clock[0] += 1.0
    with pytest.raises(StorageBusyError):
        asked.deadline.of(steps.look)


@pytest.mark.parametrize("known", [False, True])
async def test_a_sign_in_whose_time_is_over_says_so_without_asking_again(
    clock: list[float], hashing: Hashing, known: bool
) -> None:
    """When the first two steps have used up the time, the last is not begun, and the place in the queue is free again."""
    steps = Steps(clock, known=known, seconds=2.5)
    with pytest.raises(StorageBusyError):
        await door(steps, hashing).let_in(knock())
    assert set(steps.left) == {"look", "take"}
    for lane in Lane:
        assert len([hashing.reserve(lane) for _ in range(PLACES[lane])]) == PLACES[lane]


async def test_without_a_limit_every_step_waits_as_it_likes(clock: list[float], hashing: Hashing) -> None:
    """A program without deadlines, as those of the console are, is never told that its time is over."""
    steps = Steps(clock, known=False, seconds=100.0)
    asked = Knock("suzuki", "a password", "192.0.2.1", None, Deadline(None), lambda: None)
    opened: Any = await door(steps, hashing).let_in(asked)
    assert opened == "in"
    assert set(steps.left.values()) == {None}
