"""Screens with the camera's picture: it runs while the screen is shown, and nothing of it stays afterwards."""

from typing import Any

from kivy.properties import ObjectProperty

from kiosk.screens.preview import KioskPreview, PictureSource
from kiosk.screens.style import KioskScreen, load_rules
from kiosk.screens.visitor_actions import VisitorActions


class WatchingScreen(KioskScreen):
    """A screen on which something is held up to the camera; its layout names the ``preview``."""

    preview: KioskPreview = ObjectProperty()

    def __init__(self, view: Any, controls: VisitorActions, **kwargs: Any) -> None:
        load_rules("watching")
        super().__init__(view, controls, **kwargs)

    def watch(self, source: PictureSource | None, *, fps: float, mirror: bool) -> None:
        """Set where pictures come from and how they are shown."""
        self.preview.fps = fps
        self.preview.mirror = mirror
        self.preview.watch(source)

    def on_pre_enter(self) -> None:
        """Start the camera's picture with the first frame of this screen; called by Kivy."""
        self.preview.start()

    def on_leave(self) -> None:
        """Stop the camera's picture when the screen is left; called by Kivy."""
        self.preview.stop()
