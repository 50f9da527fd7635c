"""Signs that have a meaning by their shape, and a note with such a sign beside its words."""

from typing import Any

from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    ListProperty,
    NumericProperty,
    OptionProperty,
    StringProperty,
)
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from backend.common import Typeface


class KioskSign(Widget):
    """A sign in a circle; ``kind`` says which one."""

    kind = OptionProperty("mind", options=["mind", "done", "wait"])
    ground = ColorProperty()
    strokes = ListProperty()
    dot = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bind(pos=self._draw, size=self._draw, kind=self._draw)
        self._draw()

    def _draw(self, *_: object) -> None:
        x, y, side = self.x, self.y, self.width
        if self.kind == "done":
            shape: tuple[tuple[float, float], ...] = ((0.29, 0.5), (0.44, 0.35), (0.72, 0.65))
            self.dot = 0
        elif self.kind == "wait":
            shape = ((0.5, 0.76), (0.5, 0.48), (0.68, 0.38))
            self.dot = 0
        else:
            shape = ((0.5, 0.77), (0.5, 0.44))
            self.dot = side * 0.13
        self.strokes = [part for px, py in shape for part in (x + px * side, y + py * side)]


class KioskNote(BoxLayout):
    """A sign and a few words beside it."""

    text = StringProperty()
    font = StringProperty(Typeface.UD.value)
    kind = OptionProperty("mind", options=["mind", "done", "wait"])
    ground = ColorProperty()
    sign = ColorProperty()
    shown = BooleanProperty(defaultvalue=True)
    bold = BooleanProperty(defaultvalue=False)
