"""The waiting time as a range of reference values (目安). Pure."""

import math

from backend.wire.messages import Estimate

_STEP_MINUTES = 5


def estimate(ahead: int, windows: int, minutes_per_visit: float) -> Estimate:
    """A range for somebody with ``ahead`` people before them at ``windows`` open windows.

    The low end assumes that windows are free now and visits are a fifth shorter than configured, the high end
    that every window has just begun a full visit. Both are rounded outwards to five minutes.
    """
    desks = max(windows, 1)
    low = 0.8 * minutes_per_visit * (ahead // desks)
    high = minutes_per_visit * math.ceil((ahead + 1) / desks)
    return Estimate(
        low_minutes=_STEP_MINUTES * math.floor(low / _STEP_MINUTES),
        high_minutes=max(_STEP_MINUTES, _STEP_MINUTES * math.ceil(high / _STEP_MINUTES)),
    )
