"""The building blocks of the kiosk's screens: text, cards, buttons, signs. Sizes are dp of a 1080×1920 design."""

from typing import Any

from kivy.core.text import Label as CoreLabel
from kivy.lang import Builder
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label
from kivy.uix.screenmanager import Screen

from backend.common.device_kit import UD_FACE, OneFace, face_of, load_layout, width_at_100
from kiosk.screens.visitor_actions import VisitorActions
from kiosk.visit import Button


def load_rules(name: str) -> None:
    """Load a layout file of the screens by its name, once."""
    load_layout(Builder, "kiosk.screens", name)


class KioskText(OneFace, Label):
    """Text in a typeface that has all of its letters."""


class KioskLine(KioskText):
    """A line that becomes smaller where its place is narrow, and is never broken.

    ``most`` is its size in pixels where there is enough room; ``natural`` is its width at that size.
    """

    most = NumericProperty(42)
    natural = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("text", "font_name", "bold", "most", "width"):
            self.fbind(name, self._fit)
        self._fit()

    def _fit(self, *_: object) -> None:
        # A little more than measured, because rounding at other sizes must not break the line.
        widest = max(
            width_at_100(CoreLabel, line, self.font_name, self.bold) for line in self.text.split("\n")
        )
        self.natural = 1.02 * self.most * widest / 100 + 2
        self.font_size = min(self.most, self.most * max(self.width, 1) / self.natural)


class KioskCard(BoxLayout):
    """A rounded card."""

    ground = ColorProperty()
    edge = ColorProperty()


class KioskButton(ButtonBehavior, BoxLayout):
    """A large button with an optional second line (``note``); ``action`` is the session's button, if it is one."""

    text = StringProperty()
    note = StringProperty()
    font = StringProperty(UD_FACE)
    letter = NumericProperty(56)
    enabled = BooleanProperty(defaultvalue=True)
    hidden = BooleanProperty(defaultvalue=False)
    action: Button | None = ObjectProperty(None, allownone=True)
    ground = ColorProperty()
    ground_down = ColorProperty()
    edge = ColorProperty()
    ink = ColorProperty()
    soft_ink = ColorProperty()

    def on_touch_down(self, touch: Any) -> bool:
        """React to a touch only while the button is enabled."""
        return bool(super().on_touch_down(touch)) if self.enabled else self.collide_point(*touch.pos)


class KioskMainButton(KioskButton):
    """The button for the one thing to do next."""


class KioskLeaveButton(KioskButton):
    """The way back. It is at the bottom of every screen that has one; buttons that give or print a number never are.

    ``sole``: nothing else can be done here, so it is filled like a main button.
    """

    sole = BooleanProperty(defaultvalue=False)


class KioskKey(KioskButton):
    """A key of the keypad; ``key`` is what it types."""

    key = StringProperty()


class KioskScreen(Screen):
    """A screen: it shows a view and reports what is tapped.

    Args:
        view: the first view to show; a screen always has one.
        controls: told what is tapped.
    """

    view = ObjectProperty(rebind=True)
    font = StringProperty(UD_FACE)
    controls = ObjectProperty()

    def __init__(self, view: Any, controls: VisitorActions, **kwargs: Any) -> None:
        super().__init__(view=view, controls=controls, font=face_of(view.common.language), **kwargs)

    def show(self, view: Any) -> None:
        """Show another view of this screen's kind."""
        self.font = face_of(view.common.language)
        self.view = view
