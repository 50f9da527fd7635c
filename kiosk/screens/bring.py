"""The screens of what to bring: who comes, then a list in the largest letters at which all of it fits."""

from functools import lru_cache
from typing import Any, Final

from kivy.clock import Clock
from kivy.core.text import Label as CoreLabel
from kivy.metrics import dp
from kivy.properties import ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from backend.common import Language, break_lines
from backend.common.device_kit import UD_FACE, width_at_100
from kiosk.screens.question import AskingScreen
from kiosk.screens.style import KioskButton, KioskText, load_rules
from kiosk.screens.visitor_actions import VisitorActions
from kiosk.visit import BringListView, BringView, SituationChoice

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
"""Sizes of letters that are tried in order, for things and for their notes, in pixels of the design."""

LEAST: Final = 38
"""Least size for the product's own lists; smaller ones are only for a ward's longer list, which must not be cut."""

CHOICE_LETTERS: Final = 50
"""Size of letters of the buttons for who comes, in pixels of the design."""

CHOICE_HEIGHT: Final = 170
CHOICE_PADDING: Final = (24, 8)

GAP: Final = 0.42
"""Space between two things, as a share of the size of their letters."""

INDENT: Final = 54
"""Space for the mark before each line, as in the layout file of this screen."""

MARGIN: Final = 1.03
"""How much wider a drawn line may be than the sum of its letters."""


@lru_cache(maxsize=512)
def _height(lines: tuple[str, ...], width: float, font: str, letter: float, *, bold: bool) -> int:
    """Height of some lines in pixels, measured by drawing, because some characters of a face are higher than others."""
    if not lines:
        return 0
    label = KioskText(width=width, font_name=font, font_size=letter, bold=bold, text="\n".join(lines))
    label.texture_update()
    return int(label.texture_size[1])


class KioskItem(BoxLayout):
    """One thing of a list, with its mark and its note."""

    thing = StringProperty()
    note = StringProperty()
    font = StringProperty(UD_FACE)
    letter = NumericProperty(42)
    note_letter = NumericProperty(38)


class KioskItems(BoxLayout):
    """A list in the largest letters that fit, with lines broken by the rules of the language.

    Kivy has no rules for breaking Japanese lines, so every line is broken before it is drawn.
    """

    items = ListProperty()
    font = StringProperty(UD_FACE)
    language = ObjectProperty(Language.JAPANESE)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        arrange = Clock.create_trigger(self._arrange, -1)
        self.bind(items=arrange, font=arrange, language=arrange, size=arrange)
        arrange()

    def _arrange(self, _: float) -> None:
        self.clear_widgets()
        room = self._room
        for letter, note_letter in ((dp(thing), dp(note)) for thing, note in SIZES):
            broken = [
                (self._broken(item.thing, letter, bold=True), self._broken(item.note, note_letter))
                for item in self.items
            ]
            self.spacing = letter * GAP
            high = sum(
                _height(thing, room, self.font, letter, bold=True)
                + _height(note, room, self.font, note_letter, bold=False)
                for thing, note in broken
            )
            if high + len(broken) * self.spacing <= self.height:
                break
        for thing, note in broken:
            self.add_widget(
                KioskItem(
                    thing="\n".join(thing),
                    note="\n".join(note),
                    font=self.font,
                    letter=letter,
                    note_letter=note_letter,
                )
            )
        self.add_widget(Widget())

    def _broken(self, text: str, letter: float, *, bold: bool = False) -> tuple[str, ...]:
        def measure(words: str) -> float:
            return sum(width_at_100(CoreLabel, one, self.font, bold) / 100 for one in words)

        return tuple(break_lines(text, self._room / letter / MARGIN, measure, self.language)) if text else ()

    @property
    def _room(self) -> float:
        """The width of a line, in pixels."""
        return float(self.width - dp(INDENT))


class BringScreen(AskingScreen):
    """The screen that asks who will come."""

    choices: BoxLayout = ObjectProperty()

    def __init__(self, view: BringView, controls: VisitorActions, **kwargs: Any) -> None:
        load_rules("bring")
        self._laid: tuple[tuple[SituationChoice, ...], str] | None = None
        super().__init__(view, controls, **kwargs)
        self._lay(view)

    def show(self, view: BringView) -> None:
        """Show another view: the situations in another language, or other situations."""
        super().show(view)
        self._lay(view)

    def _lay(self, view: BringView) -> None:
        if self._laid == (view.choices, self.font):
            return
        self._laid = (view.choices, self.font)
        self.choices.clear_widgets()
        for choice in view.choices:
            button = KioskButton(
                text=choice.words,
                font=self.font,
                letter=dp(CHOICE_LETTERS),
                height=dp(CHOICE_HEIGHT),
                padding=tuple(dp(side) for side in CHOICE_PADDING),
            )
            button.bind(on_release=lambda _, code=choice.code: self.controls.choose(code))
            self.choices.add_widget(button)


class BringListScreen(AskingScreen):
    """The screen with the list for one situation."""

    items: KioskItems = ObjectProperty()

    def __init__(self, view: BringListView, controls: VisitorActions, **kwargs: Any) -> None:
        load_rules("bring")
        super().__init__(view, controls, **kwargs)
