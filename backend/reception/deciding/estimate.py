"""The waiting time as a range of reference values (目安). Pure: minutes from now."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backend.wire import Estimate

_STEP_MINUTES = 5


@dataclass(frozen=True)
class Break:
    """A stretch in which nobody is called, in minutes from now: before the opening, at noon. The end is not in it."""

    begins: float
    ends: float


def estimate(
    ahead: int,
    windows: int,
    minutes_per_visit: float,
    *,
    reserved_in: float = 0.0,
    breaks: Sequence[Break] = (),
) -> Estimate:
    """A range for somebody with ``ahead`` people before them at ``windows`` open windows.

    The low end assumes that windows are free now and visits are a fifth shorter than configured, the high end
    that every window has just begun a full visit. Both are rounded outwards to five minutes, but never to a moment
    before the reserved time or in a break. Where no window is open, one is assumed: the range is told for planning,
    and somebody will come to a window.

    Args:
        ahead: people who are called before, at least 0.
        windows: windows with somebody at them.
        minutes_per_visit: configured length of a visit.
        reserved_in: minutes until the reserved time; 0 or less where it has passed or counts no more.
        breaks: stretches in which nobody is called, in their order, none over another.
    """
    desks = max(windows, 1)
    reserved = _outside(max(reserved_in, 0.0), breaks)
    low = max(_after(0.8 * minutes_per_visit * (ahead // desks), breaks), reserved)
    high = max(
        _after(minutes_per_visit * math.ceil((ahead + 1) / desks), breaks),
        # At the reserved time every window may have just begun a visit, too.
        _after(minutes_per_visit, breaks, start=reserved),
    )
    low_minutes = _steps(math.floor, low)
    if low_minutes < reserved or _outside(low_minutes, breaks) != low_minutes:
        low_minutes = _outside_steps(_steps(math.ceil, low), breaks)
    return Estimate(
        low_minutes=low_minutes, high_minutes=max(_STEP_MINUTES, low_minutes, _steps(math.ceil, high))
    )


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
