"""A bar that shows how much of a time is left until the kiosk tries again."""

from typing import Any, Final

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from kiosk.visit import TimeLeft

STEP_SECONDS: Final = 1.0
"""How often it becomes shorter: each change costs a frame of the whole window."""


class KioskBar(Widget):
    """A bar that becomes shorter as time passes; ``share`` is what is left, from 1 to 0."""

    time_left: TimeLeft | None = ObjectProperty(None, allownone=True)
    running = BooleanProperty(defaultvalue=False)
    share = NumericProperty(1)

    def __init__(self, **kwargs: Any) -> None:
        self._began = Clock.time()
        self._stepping: Any = None
        super().__init__(**kwargs)
        self.bind(time_left=self._begin, running=self._begin)
        self._begin()

    def _begin(self, *_: object) -> None:
        self._began = Clock.time()
        if self._stepping is not None:
            self._stepping.cancel()
            self._stepping = None
        if self.running and self.time_left is not None:
            self._stepping = Clock.schedule_interval(self._step, STEP_SECONDS)
        self._step(0)

    def _step(self, _: float) -> None:
        left = self.time_left
        if left is not None:
            seconds = left.seconds - (Clock.time() - self._began)
            self.share = min(max(seconds / max(left.seconds, 0.001), 0), 1)
