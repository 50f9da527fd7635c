"""The first screen: the camera looks for a notice; below are the other ways in."""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty

from kiosk.camera import CameraAt
from kiosk.screens.drawing import KioskDrawing
from kiosk.screens.preview import KioskPreview, PictureSource
from kiosk.screens.style import KioskButton, KioskLine, KioskScreen, load_rules
from kiosk.screens.visitor_actions import VisitorActions


class KioskTitle(KioskLine):
    """Some lines, broken by hand, that become smaller together where the longest is too wide."""


class KioskWayIn(KioskButton):
    """Another way in beside the camera; ``first`` where there is no camera."""

    first = BooleanProperty(defaultvalue=False)


class WelcomeScreen(KioskScreen):
    """What to hold up and where, the camera's picture, and three quieter doors.

    ``camera_at`` is where visitors find the camera.
    """

    preview: KioskPreview = ObjectProperty()
    drawing: KioskDrawing = ObjectProperty()
    camera_at = ObjectProperty(CameraAt.NONE)

    def __init__(self, view: Any, controls: VisitorActions, **kwargs: Any) -> None:
        load_rules("welcome")
        self._entered = False
        super().__init__(view, controls, **kwargs)
        self.bind(view=self._pace)

    def watch(self, source: PictureSource | None, *, fps: float, mirror: bool) -> None:
        """Set where pictures come from and how they are shown."""
        self.preview.fps = fps
        self.preview.mirror = mirror
        self.preview.watch(source)

    def on_pre_enter(self) -> None:
        """Pictures are shown while the screen is, from its first frame on."""
        self._entered = True
        self.preview.start()
        self._pace()

    def on_leave(self) -> None:
        """… and not otherwise."""
        self._entered = False
        self.preview.stop()
        self._pace()

    def _pace(self, *_: object) -> None:
        """Turn the drawing's pictures only while it is seen: without a camera nothing is held up to it."""
        if not self._entered or not self.view.camera:
            self.drawing.stop()
        elif not self.drawing.turning:
            self.drawing.start()
