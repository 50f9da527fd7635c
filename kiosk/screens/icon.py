"""An icon in a circle: what a screen is about, seen before its words are read."""

from typing import Any, Final

from kivy.core.text import Label as CoreLabel
from kivy.properties import ColorProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget

from backend.common.design import ICON_FACE, glyph

SHARE: Final = 0.62
"""Size of the icon, as a share of its circle."""


def icon_picture(name: str, size: float) -> Any:
    """An icon as a texture, white, ``size`` pixels high."""
    drawn = CoreLabel(text=glyph(name), font_name=ICON_FACE, font_size=size)
    drawn.refresh()
    return drawn.texture


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
