"""Ignores presses that were meant for the previous screen, so that they never act on the one that has just come."""

from collections.abc import Callable, Iterable
from typing import Final

from kiosk.visit import View

GUARD_SECONDS: Final = 0.4
"""Time after a change of screens in which touches do not count: a finger on its way was meant for the last screen."""

SAME_PLACE: Final = 2.25
"""Where the last screen had a button, that time is multiplied by this: for double presses and late ones."""

Rectangle = tuple[float, float, float, float]
"""Left, bottom, right, top, in pixels of the window."""


class TouchGuard:
    """Decides which touches count.

    Args:
        seconds: how long no touch counts after a change.
        clock: seconds that only grow.
    """

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._changed_at = self._pressed_at = float("-inf")
        self._face: tuple[object, ...] = ()
        self._buttons: tuple[Rectangle, ...] = ()

    def turn(self, view: View, buttons: Callable[[], Iterable[Rectangle]]) -> None:
        """Announce the view that will be shown next.

        Args:
            view: the view.
            buttons: returns where the buttons of the present screen are; called only if the screen changes.
        """
        face = face_of(view)
        if face != self._face:
            self._face = face
            # After a screen without buttons, such as the one that asks to wait, the buttons before it still matter.
            self._buttons = tuple(buttons()) or self._buttons
            self._changed_at = self._pressed_at = self._clock()

    def swallows(self, x: float, y: float) -> bool:
        """Whether a touch was meant for the previous screen; so are further quick touches at the same place.

        Args:
            x: pixels from the left of the window.
            y: pixels from its bottom.
        """
        now = self._clock()
        if now - self._changed_at < self._seconds:
            return True
        if now - self._pressed_at >= SAME_PLACE * self._seconds:
            return False
        meant = any(left <= x <= right and low <= y <= top for left, low, right, top in self._buttons)
        if meant:
            self._pressed_at = now
        return meant


def face_of(view: View) -> tuple[object, ...]:
    """What must not change under a finger: screen, number, what the button does, whether a question is shown."""
    still_there = getattr(view, "still_there", None)
    return (view.name, getattr(view, "number", None), getattr(view, "action", None), still_there is not None)
