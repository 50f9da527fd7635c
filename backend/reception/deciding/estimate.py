"""The waiting time as a range of reference values (目安). Pure: minutes from now."""

import math
from bisect import insort
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from backend.wire import Estimate

_STEP_MINUTES = 5


@dataclass(frozen=True)
class Break:
    """A stretch in which nobody is called, in minutes from now: before the opening, at noon. The end is not in it."""

    begins: float
    ends: float


def estimate(
    ahead: Mapping[float, int],
    windows: int,
    minutes_per_visit: float,
    *,
    reserved_in: float = 0.0,
    breaks: Sequence[Break] = (),
) -> Estimate:
    """A range for somebody who waits behind others at ``windows`` open windows.

    The low end assumes that windows are free now, that the shortest visits come first and all are a fifth shorter than
    usual; the high end that every window has just begun a visit as long as the longest that waits, and that the longest
    come first. Both are rounded outwards to five minutes, but never to a moment before the reserved time or in a break. Where no
    window is open, one is assumed: the range is told for planning, and somebody will come to a window.

    Args:
        ahead: how many are called before, by the usual minutes of their visits.
        windows: windows with somebody at them.
        minutes_per_visit: usual minutes of the visit that is told of.
        reserved_in: minutes until the reserved time; 0 or less where it has passed or counts no more.
        breaks: stretches in which nobody is called, in their order, none over another.
    """
    desks = max(windows, 1)
    waiting = sorted((minutes, count) for minutes, count in ahead.items() if count > 0)
    longest = max(minutes_per_visit, *(minutes for minutes, _ in waiting), 0.0)
    reserved = _outside(max(reserved_in, 0.0), breaks)
    low = max(_after(0.8 * _free_after(waiting, desks), breaks), reserved)
    high = max(
        _after(longest + _free_after(waiting[::-1], desks), breaks),
        # At the reserved time every window may have just begun a visit, too.
        _after(longest, breaks, start=reserved),
    )
    low_minutes = _steps(math.floor, low)
    if low_minutes < reserved or _outside(low_minutes, breaks) != low_minutes:
        low_minutes = _outside_steps(_steps(math.ceil, low), breaks)
    return Estimate(
        low_minutes=low_minutes, high_minutes=max(_STEP_MINUTES, low_minutes, _steps(math.ceil, high))
    )


def _free_after(waiting: Sequence[tuple[float, int]], desks: int) -> float:
    """The minute at which the first of so many windows is free for whoever comes after all who wait.

    Each visit goes to the window that is free first. As soon as no window is busy for longer than one visit beyond
    another, each round of visits of one length takes every window the same time: so a long queue is no long work.

    Args:
        waiting: length and number of visits, in the order in which they are called.
        desks: how many windows there are, 1 at least.
    """
    busy = [0.0] * desks
    for minutes, many in waiting:
        left = many
        while left and busy[-1] - busy[0] > minutes:
            insort(busy, busy.pop(0) + minutes)
            left -= 1
        rounds, left = divmod(left, desks)
        busy = [free + rounds * minutes for free in busy]
        for _ in range(left):
            insort(busy, busy.pop(0) + minutes)
    return busy[0]


def _after(work: float, breaks: Sequence[Break], *, start: float = 0.0) -> float:
    """The minute at which so much work is done that begins at ``start`` and rests in breaks."""
    at = start + work
    for one in breaks:
        if one.ends > start and at >= one.begins:
            at += one.ends - max(one.begins, start)
    return at


def _outside(minute: float, breaks: Sequence[Break]) -> float:
    """A minute, or the end of the break in which it lies."""
    return next((one.ends for one in breaks if one.begins <= minute < one.ends), minute)


def _outside_steps(minutes: int, breaks: Sequence[Break]) -> int:
    """Full steps, moved on until they lie in no break."""
    for one in breaks:
        if one.begins <= minutes < one.ends:
            minutes = _steps(math.ceil, one.ends)
    return minutes


def _steps(rounded: Callable[[float], int], minutes: float) -> int:
    return _STEP_MINUTES * rounded(minutes / _STEP_MINUTES)
