"""An icon in a circle: what a screen is about, seen before its words are read."""

from typing import Any, Final

from kivy.properties import ColorProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.screens.style import icon_picture

SHARE: Final = 0.62
"""Size of the icon, as a share of its circle."""


class KioskIcon(Widget):
    """An icon by its ``name`` (:func:`backend.common.design.glyph`) on a circle; words beside it say the same."""

    name = StringProperty("info")
    ground = ColorProperty()
    ink = ColorProperty()
    texture = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bind(name=self._draw, width=self._draw)
        self._draw()

    def _draw(self, *_: object) -> None:
        if self.width < 1:
            self.texture = None
            return
        self.texture = icon_picture(self.name, self.width * SHARE)
