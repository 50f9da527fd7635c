"""The building blocks of the kiosk's screens: text, cards, buttons, signs. Sizes are dp of a 1080×1920 design."""

from typing import Any, Final

from kivy.core.text import Label as CoreLabel
from kivy.lang import Builder
from kivy.metrics import dp
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
from kiosk.camera import CameraAt
from kiosk.screens.icon import icon_picture
from kiosk.screens.look import LOOK
from kiosk.screens.text_lines import lines_of, sinking
from kiosk.screens.visitor_actions import VisitorActions
from kiosk.visit import Button

SIGN_INSET: Final = 24
"""Space between a button's edge and its icon, in pixels of the design."""

PRESSED_SECONDS: Final = 0.12
"""Minimum time for which a press is visible, however short the touch was."""


def load_rules(name: str) -> None:
    """Load a layout file of the screens by its name, once."""
    load_layout(Builder, "kiosk.screens", name)


class KioskText(OneFace, Label):
    """Text in a typeface that has all of its letters; lines are broken where a reader would pause.

    ``text`` keeps the original text; the line breaks are only in what is drawn. ``sinking`` is by how many pixels the
    text is drawn lower, so that its letters are vertically centred.
    """

    sinking = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("font_name", "font_size", "line_height"):
            self.fbind(name, self._sink)
        self._sink()

    def lines(self) -> list[str]:
        """The lines that are drawn."""
        if not self.text_size[0]:
            return self.text.split("\n")
        return lines_of(self.text, self.text_size[0], self._measured, LOOK.language)

    def texture_update(self, *args: Any) -> None:
        """Draw the text; called by Kivy."""
        self._label.text = "\n".join(self.lines())
        super().texture_update(*args)

    def _measured(self, text: str) -> float:
        # A little more than measured: letters are placed at whole pixels.
        return (
            1.006 * float(self.font_size) * width_at_100(CoreLabel, text, self.font_name, self.bold) / 100 + 2
        )

    def _sink(self, *_: object) -> None:
        self.sinking = sinking(self.font_name, self.font_size, self.line_height)


class KioskLine(KioskText):
    """A line that is never broken; its letters become smaller if there is not enough room.

    ``most`` is the letters' size in pixels if there is enough room; ``natural`` is the line's width at that size.
    """

    most = NumericProperty(LOOK.type.small)
    natural = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("text", "font_name", "bold", "most", "width"):
            self.fbind(name, self._fit)
        self._fit()

    def lines(self) -> list[str]:
        """The lines of the original text."""
        said: list[str] = self.text.split("\n")
        return said

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
    """A large button with an optional second line (``note``).

    ``action`` is the session's button that it stands for, if any. ``sign`` is an icon's name, or empty; the words say
    the same, and the padding leaves room for it. ``sign_size`` is its height in pixels of the design.
    """

    text = StringProperty()
    note = StringProperty()
    font = StringProperty(UD_FACE)
    letter = NumericProperty(LOOK.type.lead)
    enabled = BooleanProperty(defaultvalue=True)
    hidden = BooleanProperty(defaultvalue=False)
    action: Button | None = ObjectProperty(None, allownone=True)
    ground = ColorProperty()
    ground_down = ColorProperty()
    edge = ColorProperty()
    ink = ColorProperty()
    soft_ink = ColorProperty()
    single_line = BooleanProperty(defaultvalue=False)
    sign = StringProperty()
    sign_size = NumericProperty(64)
    sign_above = BooleanProperty(defaultvalue=False)
    drawn = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_state_time=PRESSED_SECONDS, **kwargs)
        self.bind(sign=self._draw_sign, sign_size=self._draw_sign)
        self._draw_sign()

    def sign_at(self, drawn: Any, pos: tuple[float, float], size: tuple[float, float]) -> tuple[float, float]:
        """Where the lower left corner of the icon is: left of the words, or above them, within the padding."""
        if drawn is None:
            return pos
        wide, high = drawn.size
        if self.sign_above:
            return pos[0] + (size[0] - wide) / 2, pos[1] + size[1] - dp(SIGN_INSET) - high
        return pos[0] + dp(SIGN_INSET), pos[1] + (size[1] - high) / 2

    def _draw_sign(self, *_: object) -> None:
        self.drawn = icon_picture(self.sign, dp(self.sign_size)) if self.sign else None

    def on_touch_down(self, touch: Any) -> bool:
        """React to a touch only while the button is enabled."""
        return bool(super().on_touch_down(touch)) if self.enabled else self.collide_point(*touch.pos)


class KioskMainButton(KioskButton):
    """The button for the one thing to do next."""


class KioskLeaveButton(KioskButton):
    """The button that leads back, always at the bottom; a button that gives or prints a number is never there.

    ``sole`` means that it is the only button of the screen; then it is filled like a main button.
    """

    sole = BooleanProperty(defaultvalue=False)


class KioskKey(KioskButton):
    """A key of the keypad; ``key`` is what it types."""

    key = StringProperty()


class KioskScreen(Screen):
    """A screen: it shows a view and reports what is tapped.

    ``camera_at`` and ``slot_at`` are where visitors find the camera and the slot that gives the paper.

    Args:
        view: the first view to show; a screen always has one.
        controls: told what is tapped.
    """

    view = ObjectProperty(rebind=True)
    font = StringProperty(UD_FACE)
    controls = ObjectProperty()
    camera_at = ObjectProperty(CameraAt.NONE)
    slot_at = ObjectProperty(CameraAt.NONE)

    def __init__(self, view: Any, controls: VisitorActions, **kwargs: Any) -> None:
        super().__init__(view=view, controls=controls, font=face_of(view.common.language), **kwargs)

    def show(self, view: Any) -> None:
        """Show another view of this screen's kind."""
        self.font = face_of(view.common.language)
        self.view = view
