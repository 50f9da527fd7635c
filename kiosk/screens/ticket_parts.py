"""Parts of the ticket screen: the number as on the paper, what is known of the paper, and how long it takes."""

from typing import Any, Final

from kivy.core.text import Label as CoreLabel
from kivy.graphics import Color, Rectangle
from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, OptionProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from backend.common.device_kit import UD_FACE, width_at_100
from kiosk.camera import CameraAt
from kiosk.screens.cues import KioskArrow  # noqa: F401 - named in the layout
from kiosk.screens.icon import KioskIcon  # noqa: F401 - named in the layout
from kiosk.screens.style import KioskLine

HYPHEN: Final = 2 / 3
"""Width of a number's hyphen, as a share of the typeface's own hyphen; the same as on paper."""


class KioskNumber(KioskLine):
    """A number as it stands on the paper: its hyphen is shorter, as it only separates."""

    def __init__(self, **kwargs: Any) -> None:
        self._parts: list[Rectangle] = []
        super().__init__(**kwargs)
        for name in ("texture", "pos", "size"):
            self.fbind(name, self._draw)

    def apply_class_lang_rules(self, *args: Any, **kwargs: Any) -> None:
        """Draw the parts instead of the whole text, which the rule of a label would draw; called by Kivy.

        Kivy applies rules after ``__init__``, so this cannot be done there.
        """
        super().apply_class_lang_rules(*args, **kwargs)
        self.canvas.clear()
        with self.canvas:
            # The letters bring their own colour along.
            Color(1, 1, 1, 1)
            self._parts = [Rectangle() for _ in range(3)]
        self._draw()

    def _draw(self, *_: object) -> None:
        if not self._parts:
            return
        before, hyphen, after = self.text.partition("-")
        if self.texture is None or not after:
            cuts = [(0.0, 0.0, 1.0), (0.0, 0.0, 1.0), (0.0, 1.0, 1.0)]
        else:
            start = self._share(before)
            end = self._share(before + hyphen)
            cuts = [(0.0, start, 1.0), (start, end, HYPHEN), (end, 1.0, 1.0)]
        wide, high = self.texture_size
        x = self.center_x - wide * sum((to - at) * factor for at, to, factor in cuts) / 2
        for part, (at, to, factor) in zip(self._parts, cuts, strict=True):
            part.texture = self.texture and self.texture.get_region(at * wide, 0, (to - at) * wide, high)
            part.pos, part.size = (x, self.center_y - high / 2), ((to - at) * wide * factor, high)
            x += (to - at) * wide * factor

    def _share(self, words: str) -> float:
        """How much of the whole number's width its beginning ``words`` takes, from 0 to 1."""
        both = (width_at_100(CoreLabel, said, self.font_name, self.bold) for said in (words, self.text))
        return next(both) / next(both)


class PaperNote(BoxLayout):
    """What is known of the paper, and what to do about it.

    ``short`` means that the text is short enough for large letters. ``slot_at`` is where the paper comes out, seen from
    the screen.
    """

    said = StringProperty()
    short = BooleanProperty(defaultvalue=False)
    font = StringProperty(UD_FACE)
    kind = OptionProperty("done", options=["mind", "done", "wait"])
    slot_at = ObjectProperty(CameraAt.NONE)


class TicketWait(BoxLayout):
    """How many wait and how long it takes; nothing where that does not matter."""

    values = ListProperty()
    font = StringProperty(UD_FACE)
