"""A note: an icon and a few words beside it."""

from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    StringProperty,
)
from kivy.uix.boxlayout import BoxLayout

from backend.common import Typeface
from kiosk.screens.icon import KioskIcon  # noqa: F401 - named in the layout


class KioskNote(BoxLayout):
    """A caution sign, and a few words beside it."""

    text = StringProperty()
    font = StringProperty(Typeface.UD.value)
    ground = ColorProperty()
    sign = ColorProperty()
    shown = BooleanProperty(defaultvalue=True)
    bold = BooleanProperty(defaultvalue=False)
