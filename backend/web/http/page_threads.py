"""Threads of pages: few of their own, so that no number of open pages takes the threads of kiosks and displays.

The framework runs every plain function in one pool of 40 threads. What people do at pages is kept to some of its own
here, and what strangers do at the sign-in to fewer still; who finds none free waits without holding anything.
"""

from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from anyio.to_thread import run_sync

P = ParamSpec("P")
T = TypeVar("T")


class Threads(Enum):
    """Whose work it is, and how many threads do such work at the same time."""

    PAGES = 6
    STRANGERS = 2


_limiters: RunVar[dict[Threads, CapacityLimiter]] = RunVar("uketsuke_page_threads")


async def run_in(threads: Threads, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function in a thread of its kind."""
    return await run_sync(partial(call, *args, **kwargs), limiter=_limiter(threads))


def waiting_for(threads: Threads) -> int:
    """How many calls wait for a thread of a kind."""
    return _limiter(threads).statistics().tasks_waiting


def _limiter(threads: Threads) -> CapacityLimiter:
    """The limit of this event loop; made when it is first asked for, as it belongs to the loop."""
    try:
        limiters = _limiters.get()
    except LookupError:
        limiters = {kind: CapacityLimiter(kind.value) for kind in Threads}
        _limiters.set(limiters)
    return limiters[threads]
