"""How long the steps of a reading take, learnt from their last runs."""

from collections.abc import Hashable
from typing import Final

_CAUTION: Final = 1.15
"""No two runs of a step take the same time."""
_EASING: Final = 0.9


class Costs:
    """What each step cost last time. Not for several threads.

    Args:
        first: what a step is taken to cost before it ever ran, in seconds.
    """

    def __init__(self, first: float = 0.0) -> None:
        self._first = first
        self._seconds: dict[Hashable, float] = {}

    def fits(self, step: Hashable, left: float, amount: float = 1.0) -> bool:
        """Whether a step will end within the time that is left, judged with caution.

        Args:
            step: which.
            left: seconds.
            amount: how much work it is now, in the measure in which it was noted.
        """
        cost = self._seconds.get(step, self._first)
        if left > 0 and cost * amount * _CAUTION <= left:
            return True
        # A cost taken in a bad moment must not shut a step out for ever.
        self._seconds[step] = cost * _EASING
        return False

    def note(self, step: Hashable, seconds: float, amount: float = 1.0) -> None:
        """Remember what a step took for an amount of work."""
        self._seconds[step] = seconds / amount
