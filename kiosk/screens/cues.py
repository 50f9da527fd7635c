"""Cues beside the words of a screen: an arrow to a part of the machine, and the time that is left."""

from typing import Any, Final

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from kiosk.camera import CameraAt
from kiosk.visit import Closing

BAR_SECONDS: Final = 1.0
"""How often the bar of the time left is drawn: each change costs a frame of the whole window."""


class KioskArrow(Widget):
    """A thick arrow towards a part of the machine; ``at`` is where that part is, seen from the screen.

    With ``none`` nothing is drawn.
    """

    at = ObjectProperty(CameraAt.NONE)
    shaft = ListProperty([0] * 8)
    head = ListProperty([0] * 6)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("pos", "size", "at"):
            self.fbind(name, self._point)
        self._point()

    def _point(self, *_: object) -> None:
        x, y = {
            CameraAt.TOP: (0, 1),
            CameraAt.BELOW: (0, -1),
            CameraAt.LEFT: (-1, 0),
            CameraAt.RIGHT: (1, 0),
        }.get(self.at, (0, 0))
        half = min(self.size) / 2
        # Along the arrow and across it, from the middle.
        places = [(-1, 0.2), (-1, -0.2), (0.05, -0.2), (0.05, 0.2), (0.05, 0.62), (1, 0), (0.05, -0.62)]
        points = [
            each
            for along, across in places
            for each in (
                self.center_x + half * (along * x - across * y),
                self.center_y + half * (along * y + across * x),
            )
        ]
        self.shaft, self.head = points[:8], points[8:]


class KioskTimeBar(Widget):
    """A bar that becomes shorter, once a second, until the screen closes by itself.

    ``share`` is the part of the time that is left; ``urgent`` while the visitor is asked whether they are still there;
    without a ``total`` in seconds there is nothing to show.
    """

    total = NumericProperty(0)
    share = NumericProperty(0)
    urgent = BooleanProperty(defaultvalue=False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._closing: Closing | None = None
        self._ends_at = 0.0
        self._ticking: Any = None

    def show(self, closing: Closing | None) -> None:
        """Start a countdown; a call with the same one changes nothing. With None there is no countdown."""
        if closing == self._closing:
            return
        self._closing = closing
        if self._ticking is not None:
            self._ticking.cancel()
            self._ticking = None
        if closing is None:
            self.total = 0
            return
        self.total, self.urgent = closing.total, closing.urgent
        self._ends_at = Clock.get_time() + closing.seconds
        self._tick(0)
        self._ticking = Clock.schedule_interval(self._tick, BAR_SECONDS)

    def _tick(self, _: float) -> None:
        self.share = min(1.0, max(0.0, (self._ends_at - Clock.get_time()) / self.total))
