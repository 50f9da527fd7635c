"""Waiting until something is true, up to a deadline, instead of for a fixed time."""

import time
from collections.abc import Callable
from typing import TypeVar

from backend.demo.errors import StepFailedError

Awaited = TypeVar("Awaited")

_LOOK_EVERY_SECONDS = 0.05
_SOON_SECONDS = 3.0


class Waiter:
    """Waits with a deadline, and notices if a part has ended meanwhile.

    Args:
        check: raises when waiting has become pointless.
        seconds: the longest time for one wait.
    """

    def __init__(self, check: Callable[[], None], seconds: float) -> None:
        self.check = check
        self.seconds = seconds

    def until(self, what: str, look: Callable[[], Awaited | None]) -> Awaited:
        """Call ``look`` again and again until it finds something, and return that.

        Args:
            what: what failed if it never does, for the error message: "the kiosk was not ready".
            look: returns what was found, or None.

        Raises:
            StepFailedError: the deadline has passed.
            ChildEndedError: a part has ended.
        """
        deadline = time.monotonic() + self.seconds
        while True:
            found = look()
            if found is not None:
                return found
            self.check()
            if time.monotonic() > deadline:
                raise StepFailedError(f"{what} within {self.seconds:.0f} seconds")
            time.sleep(_LOOK_EVERY_SECONDS)

    def soon(self, is_true: Callable[[], bool]) -> bool:
        """Whether something becomes true within a few seconds; returns False if not, without an error.

        Raises:
            ChildEndedError: a part has ended.
        """
        deadline = time.monotonic() + _SOON_SECONDS
        while not is_true():
            self.check()
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK_EVERY_SECONDS)
        return True
