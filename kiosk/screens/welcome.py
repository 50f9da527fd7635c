"""The first screen: the camera looks for a notice; below are the other ways to check in."""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty

from kiosk.screens.drawing import KioskDrawing
from kiosk.screens.style import KioskButton, load_rules
from kiosk.screens.visitor_actions import VisitorActions
from kiosk.screens.watching import WatchingScreen


class KioskWayIn(KioskButton):
    """A button for another way to check in; ``first``: without a camera it is the main way."""

    first = BooleanProperty(defaultvalue=False)


class WelcomeScreen(WatchingScreen):
    """Shows what to hold up and where, the camera's picture, and the other ways to check in.

    The drawing moves only for who has just come: not where it is to be ``still``, nor once somebody has touched the
    screen or a hint speaks of what is held up.
    """

    drawing: KioskDrawing = ObjectProperty()
    still = BooleanProperty(defaultvalue=False)

    def __init__(self, view: Any, controls: VisitorActions, **kwargs: Any) -> None:
        load_rules("welcome")
        self._entered = self._touched = False
        super().__init__(view, controls, **kwargs)
        self.bind(view=self._pace, still=self._pace)

    def on_pre_enter(self) -> None:
        """Start the camera's picture with the first frame of this screen; called by Kivy."""
        self._entered, self._touched = True, False
        super().on_pre_enter()
        self._pace()

    def on_leave(self) -> None:
        """Stop the camera's picture when the screen is left; called by Kivy."""
        self._entered = False
        super().on_leave()
        self._pace()

    def on_touch_down(self, touch: Any) -> bool:
        """Somebody is there: what moves would only distract."""
        self._touched = True
        self._pace()
        return bool(super().on_touch_down(touch))

    def _pace(self, *_: object) -> None:
        """Let the drawing's pictures take turns only while they are of use; without a camera they are hidden."""
        busy = self._touched or self.still or self.view.hinting
        if busy or not self._entered or not self.view.camera:
            self.drawing.stop()
        elif not self.drawing.turning:
            self.drawing.start()
