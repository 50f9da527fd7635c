"""The first screen: the camera looks for a notice; below are the other ways to check in."""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty

from kiosk.screens.drawing import KioskDrawing
from kiosk.screens.style import KioskButton, load_rules
from kiosk.screens.visitor_actions import VisitorActions
from kiosk.screens.watching import WatchingScreen


class KioskWayIn(KioskButton):
    """A button for another way to check in; ``first`` means that it is the main way, on a kiosk without a camera."""

    first = BooleanProperty(defaultvalue=False)


class WelcomeScreen(WatchingScreen):
    """Shows what to hold up and where, the camera's picture, and the other ways to check in.

    The drawing moves only for visitors who have just come. It stops once somebody has touched the screen, or while a
    hint about what is held up is shown; if it is set to be ``still``, it never moves.
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
        """Stop the drawing: somebody is there, and movement would only distract."""
        self._touched = True
        self._pace()
        return bool(super().on_touch_down(touch))

    def _pace(self, *_: object) -> None:
        """Let the drawing move only while it is useful; without a camera it is hidden."""
        busy = self._touched or self.still or self.view.hinting
        if busy or not self._entered or not self.view.camera:
            self.drawing.stop()
        elif not self.drawing.turning:
            self.drawing.start()
