"""The screen while the server is asked: three dots take turns, which shows that the kiosk is still running."""

from typing import Any, Final

from kivy.clock import Clock
from kivy.properties import NumericProperty
from kivy.uix.widget import Widget

from kiosk.screens.style import KioskScreen, load_rules
from kiosk.screens.visitor_actions import VisitorActions

STEP_SECONDS: Final = 1.0
"""Time per dot: calm, and far below the limit of WCAG 2.3.1 (three flashes a second)."""


class KioskDots(Widget):
    """Three dots, of which one is filled: ``step`` counts how often it moved on."""

    step = NumericProperty(0)


class WorkingScreen(KioskScreen):
    """Asks the visitor to wait."""

    step = NumericProperty(0)

    def __init__(self, view: Any, controls: VisitorActions, **kwargs: Any) -> None:
        load_rules("working")
        self._turning: Any = None
        super().__init__(view, controls, **kwargs)

    def on_enter(self) -> None:
        """Start the dots; called by Kivy."""
        self._turning = Clock.schedule_interval(self._turn, STEP_SECONDS)

    def on_leave(self) -> None:
        """Stop the dots; called by Kivy."""
        if self._turning is not None:
            self._turning.cancel()
            self._turning = None

    def _turn(self, _: float) -> None:
        self.step = (self.step + 1) % 3
