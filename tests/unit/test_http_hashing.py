"""The thread that checks passwords: one at a time, known browsers first, and a queue that says when it is full."""

import asyncio
import os
import sys
import threading

import pytest

from backend.web.http.errors import WireError
from backend.web.http.hashing import PLACES, Hashing, Lane
from backend.wire.codes import ErrorCode


async def test_known_browsers_go_first_and_nothing_runs_beside_another() -> None:
    """Somebody who has been here before does not wait behind strangers; two hashes never run at once."""
    hashing = Hashing()
    gate = threading.Event()
    done: list[str] = []
    running: list[int] = [0]

    def work(name: str) -> str:
        """Note who is in the thread, and that nobody else is."""
        running[0] += 1
        assert running[0] == 1
        done.append(name)
        running[0] -= 1
        return name

    async def ask(lane: Lane, name: str) -> str:
        """Take a place in a lane and wait for the turn."""
        with hashing.reserve(lane) as place:
            return await place.run(lambda: work(name))

    async def hold() -> None:
        """Keep the thread until the gate opens."""
        with hashing.reserve(Lane.STRANGER) as place:
            await place.run(gate.wait)

    held = asyncio.create_task(hold())
    await asyncio.sleep(0)
    asked = [asyncio.create_task(ask(Lane.STRANGER, f"stranger {number}")) for number in range(3)]
    asked += [asyncio.create_task(ask(Lane.KNOWN, f"known {number}")) for number in range(3)]
    await asyncio.sleep(0)
    gate.set()
    assert await asyncio.gather(*asked) == [f"stranger {n}" for n in range(3)] + [
        f"known {n}" for n in range(3)
    ]
    await held
    assert done == [f"known {n}" for n in range(3)] + [f"stranger {n}" for n in range(3)]
    hashing.close()


def test_a_full_queue_says_so_and_a_place_is_free_again_at_the_end_of_its_block() -> None:
    """Strangers cannot take the places of known browsers, and no place is lost, whatever happens in it."""
    hashing = Hashing()
    places = [hashing.reserve(Lane.STRANGER) for _ in range(PLACES[Lane.STRANGER])]
    assert hashing.is_full(Lane.STRANGER)
    with pytest.raises(WireError) as caught:
        hashing.reserve(Lane.STRANGER)
    assert caught.value.code is ErrorCode.SIGN_IN_BUSY
    with hashing.reserve(Lane.KNOWN):
        pass
    with pytest.raises(RuntimeError), places[0]:
        raise RuntimeError
    assert not hashing.is_full(Lane.STRANGER)
    hashing.close()


async def test_what_breaks_in_the_thread_reaches_who_waits_and_the_thread_goes_on() -> None:
    """A failing check is that request's own failure."""
    hashing = Hashing()

    def breaks() -> None:
        """Fail."""
        raise RuntimeError("broken")

    with hashing.reserve(Lane.STRANGER) as place, pytest.raises(RuntimeError, match="broken"):
        await place.run(breaks)
    with hashing.reserve(Lane.STRANGER) as place:
        assert await place.run(lambda: 7) == 7
    hashing.close()


async def test_who_goes_away_while_waiting_does_not_stop_the_others() -> None:
    """A request that was given up is passed over."""
    hashing = Hashing()
    gate = threading.Event()

    async def ask(work: object) -> object:
        """Take a place and wait for the turn."""
        with hashing.reserve(Lane.STRANGER) as place:
            return await place.run(gate.wait if work is gate else lambda: work)

    held, given_up, patient = (asyncio.create_task(ask(work)) for work in (gate, "given up", "patient"))
    await asyncio.sleep(0)
    given_up.cancel()
    gate.set()
    assert await patient == "patient"
    await held
    assert given_up.cancelled()
    assert not hashing.is_full(Lane.STRANGER)
    hashing.close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread has no priority of its own")
async def test_the_thread_lets_every_other_thread_go_first() -> None:
    """Argon2 fills all cores; the operating system serves whoever else has something to do before it."""
    hashing = Hashing()

    def niceness() -> int:
        """This thread's niceness."""
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    with hashing.reserve(Lane.KNOWN) as place:
        assert await place.run(niceness) > niceness()
    hashing.close()
