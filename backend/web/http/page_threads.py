"""Threads for pages: a few of their own, so that open pages never use up the threads of kiosks and displays.

The framework runs every plain function in one pool of 40 threads. Here, requests of pages are limited to a few of
their own, and the sign-in of strangers to even fewer; a request that finds none free waits without using a thread.
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
    """Kinds of work; the value is how many threads do such work at the same time."""

    PAGES = 6
    STRANGERS = 2


_limiters: RunVar[dict[Threads, CapacityLimiter]] = RunVar("uketsuke_page_threads")


async def run_in(threads: Threads, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function in a thread for this kind of work."""
    return await run_sync(partial(call, *args, **kwargs), limiter=_limiter(threads))


def _limiter(threads: Threads) -> CapacityLimiter:
    """The limiter of the running event loop, to which it belongs; created at first use."""
    try:
        limiters = _limiters.get()
    except LookupError:
        limiters = {kind: CapacityLimiter(kind.value) for kind in Threads}
        _limiters.set(limiters)
    return limiters[threads]
