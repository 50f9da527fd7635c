"""The first screen: the camera looks for a notice; below are the other ways in."""

from typing import Any

from kivy.properties import ObjectProperty

from kiosk.screens.controls import Controls
from kiosk.screens.preview import KioskPreview, PictureSource
from kiosk.screens.style import KioskScreen, load_rules


class WelcomeScreen(KioskScreen):
    """The camera's picture, the keypad's door, and the door for visitors without a notice."""

    preview: KioskPreview = ObjectProperty()

    def __init__(self, view: Any, controls: Controls, **kwargs: Any) -> None:
        load_rules(__file__)
        super().__init__(view, controls, **kwargs)

    def watch(self, source: PictureSource | None, *, fps: float, mirror: bool) -> None:
        """Say where pictures come from and how they are shown."""
        self.preview.fps = fps
        self.preview.mirror = mirror
        self.preview.watch(source)

    def on_pre_enter(self) -> None:
        """Pictures are shown while the screen is, from its first frame on."""
        self.preview.start()

    def on_leave(self) -> None:
        """… and not otherwise."""
        self.preview.stop()
