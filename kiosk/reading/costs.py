"""How long each step of a reading takes, learnt from its last run."""

from collections.abc import Hashable
from typing import Final

_CAUTION: Final = 1.15
"""Factor on the last cost, since no two runs of a step take the same time."""
_EASING: Final = 0.9


class Costs:
    """What each step cost last time. Not safe for several threads.

    Args:
        first: the assumed cost of a step that has not run yet, in seconds per unit of work.
    """

    def __init__(self, first: float = 0.0) -> None:
        self._first = first
        self._seconds: dict[Hashable, float] = {}

    def fits(self, step: Hashable, left: float, amount: float = 1.0) -> bool:
        """Whether a step is expected to end within the time that is left, with a margin.

        Args:
            step: which step.
            left: the time that is left, in seconds.
            amount: how much work there is, in the same unit as in :meth:`note`.
        """
        cost = self._seconds.get(step, self._first)
        if left > 0 and cost * amount * _CAUTION <= left:
            return True
        # One slow run must not exclude a step for ever, so its cost shrinks each time it does not fit.
        self._seconds[step] = cost * _EASING
        return False

    def note(self, step: Hashable, seconds: float, amount: float = 1.0) -> None:
        """Remember how many seconds a step took for an amount of work."""
        self._seconds[step] = seconds / amount
