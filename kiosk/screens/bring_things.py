"""What to bring on a page: a few things in boxes, or all of them in the largest letters at which they fit."""

from functools import lru_cache
from typing import Any, Final

from kivy.clock import Clock
from kivy.metrics import dp
from kivy.properties import ListProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from backend.common import Language
from backend.common.device_kit import UD_FACE
from kiosk.screens.look import LOOK
from kiosk.screens.style import KioskCard, KioskText

SIZES: Final = (
    (52, 46),
    (48, 42),
    (44, 40),
    (42, 38),
    (40, 38),
    (38, 38),
    (34, 34),
    (30, 30),
    (26, 26),
    (22, 22),
)
"""Letter sizes that are tried in this order, for things and for their notes, in pixels of the design."""

LEAST: Final = 38
"""Smallest size for the product's own lists; smaller ones are only for a ward's longer list, which must not be cut."""

GAP: Final = 0.42
"""Space between two things, as a share of the size of their letters."""

INDENT: Final = 54
"""Space for the mark before each line, as in the layout file of this screen."""


@lru_cache(maxsize=512)
def _height(
    text: str,
    width: float,
    font: str,
    letter: float,
    language: Language,  # noqa: ARG001 - lines end by the look's language: part of what is remembered
    *,
    bold: bool,
) -> int:
    """Height of a text in pixels, measured by drawing, because some characters of a face are higher than others."""
    if not text:
        return 0
    label = KioskText(width=width, font_name=font, font_size=letter, bold=bold, text=text)
    label.texture_update()
    return int(label.texture_size[1])


class KioskItem(BoxLayout):
    """One thing of a list, with its mark and its note."""

    thing = StringProperty()
    note = StringProperty()
    font = StringProperty(UD_FACE)
    letter = NumericProperty(LOOK.type.small)
    note_letter = NumericProperty(LOOK.type.small)


class KioskItems(BoxLayout):
    """A list in the largest letters that fit."""

    items = ListProperty()
    font = StringProperty(UD_FACE)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        arrange = Clock.create_trigger(self._arrange, -1)
        self.bind(items=arrange, font=arrange, size=arrange)
        arrange()

    def _arrange(self, _: float) -> None:
        self.clear_widgets()
        room = self._room
        for letter, note_letter in ((dp(thing), dp(note)) for thing, note in SIZES):
            self.spacing = letter * GAP
            high = sum(
                _height(item.thing, room, self.font, letter, LOOK.language, bold=True)
                + _height(item.note, room, self.font, note_letter, LOOK.language, bold=False)
                for item in self.items
            )
            if high + len(self.items) * self.spacing <= self.height:
                break
        for item in self.items:
            self.add_widget(
                KioskItem(
                    thing=item.thing,
                    note=item.note,
                    font=self.font,
                    letter=letter,
                    note_letter=note_letter,
                )
            )
        self.add_widget(Widget())

    @property
    def _room(self) -> float:
        """The width of a line, in pixels."""
        return float(self.width - dp(INDENT))


class BringBox(KioskCard):
    """One thing to bring."""

    thing = StringProperty()
    font = StringProperty(UD_FACE)


class BringBoxes(BoxLayout):
    """A few things to bring, each in a box of its own."""

    items = ListProperty()
    font = StringProperty(UD_FACE)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bind(items=self._lay, font=self._lay)
        self._lay()

    def _lay(self, *_: object) -> None:
        self.clear_widgets()
        for item in self.items:
            self.add_widget(BringBox(thing=item.thing, font=self.font))
        self.add_widget(Widget())


class BringCard(KioskCard):
    """All things to bring with their notes, or what else visitors should know."""

    items = ListProperty()
    font = StringProperty(UD_FACE)
