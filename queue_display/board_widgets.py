"""The pieces of the hall's screen in Kivy: text that fits its place, window signs, cards of calls and counts."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from kivy.core.text import Label as CoreLabel
from kivy.core.text import LabelBase
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.label import Label

from assets import fonts
from assets.catalogue import Language
from backend.wire.codes import WindowKind
from queue_display.view import Card

UD_FACE = "UD"
CJK_FACE = "CJK"
RULES = tuple(Path(__file__).with_name(name) for name in ("board_widgets.kv", "board_view.kv"))


def register_fonts() -> None:
    """Make the typefaces known to Kivy, before any widget is made.

    Raises:
        FontMissingError: a typeface is not installed.
    """
    LabelBase.register(UD_FACE, fn_regular=str(fonts.ud_gothic()), fn_bold=str(fonts.ud_gothic(bold=True)))
    LabelBase.register(CJK_FACE, fn_regular=str(fonts.noto_cjk()), fn_bold=str(fonts.noto_cjk(bold=True)))


def load_rules() -> None:
    """Load the layout once per process; loading it twice would double every child."""
    for rules in RULES:
        if str(rules) not in Builder.files:
            Builder.load_file(str(rules))


def face_of(language: Language) -> str:
    """The registered typeface that covers a language's texts."""
    return CJK_FACE if fonts.face(language) == fonts.noto_cjk() else UD_FACE


@lru_cache(maxsize=512)
def _width_of(text: str, face: str, bold: bool) -> float:
    """How wide a text is at 100 pixels."""
    label = CoreLabel(font_name=face, font_size=100, bold=bold)
    return max(1.0, float(label.get_extents(text)[0]))


def letter_size(text: str, most: float, width: float, *, face: str = UD_FACE, bold: bool = True) -> float:
    """The largest size up to ``most`` pixels at which a text is no wider than ``width`` pixels."""
    return max(1.0, min(most, 97.0 * width / _width_of(text, face, bold)))


class Words(Label):
    """One line of text that becomes smaller where its place is narrow."""

    most = NumericProperty(30)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bind(text=self._fit, size=self._fit, font_name=self._fit, bold=self._fit, most=self._fit)
        self._fit()

    def _fit(self, *_: object) -> None:
        if self.text and self.width > 1:
            most = min(self.most, max(1, self.height))
            self.font_size = letter_size(self.text, most, self.width, face=self.font_name, bold=self.bold)


class Para(Label):
    """Several lines of text in a given place."""


class Tight(Label):
    """A line that is as wide as its text and is never broken: a number must not lose a digit."""


class Sign(FloatLayout):
    """A window's sign: square for the reception, round for the card pick-up."""

    u = NumericProperty(1)
    window = StringProperty()
    round = BooleanProperty(defaultvalue=False)
    side = NumericProperty(100)
    letter = NumericProperty(60)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bind(window=self._fit, side=self._fit)
        self._fit()

    def _fit(self, *_: object) -> None:
        if self.window:
            self.letter = letter_size(self.window, self.side * 0.74, self.side * 0.8)


class Called(BoxLayout):
    """A number at a window."""

    u = NumericProperty(1)
    number = StringProperty()
    window = StringProperty()
    round = BooleanProperty(defaultvalue=False)
    sign = StringProperty()
    ask = StringProperty()
    serving = BooleanProperty(defaultvalue=False)
    flashing = BooleanProperty(defaultvalue=False)
    phase = BooleanProperty(defaultvalue=False)
    frame = NumericProperty(2)
    letter = NumericProperty(60)

    def show(self, card: Card, sign: str, ask: str) -> None:
        """Show one call."""
        self.number = card.number
        self.window = card.window
        self.round = card.kind is WindowKind.ISSUANCE
        self.serving = card.serving
        self.flashing = card.flashing
        self.sign = sign
        self.ask = ask


class HeroCard(Called):
    """The newest call, to be read from ten metres."""

    title = StringProperty()
    title2 = StringProperty()
    sign2 = StringProperty()
    ask2 = StringProperty()
    font2 = StringProperty(UD_FACE)


class CallRow(Called):
    """Another current call, large."""

    wide = BooleanProperty(defaultvalue=False)


class PastRow(Called):
    """A line of the list of earlier calls."""


class CountCard(BoxLayout):
    """A label in two languages and a count."""

    u = NumericProperty(1)
    label = StringProperty()
    label2 = StringProperty()
    count = StringProperty()
    unit = StringProperty()
    font2 = StringProperty(UD_FACE)
    dark = BooleanProperty(defaultvalue=False)
    letter = NumericProperty(66)


class Panel(BoxLayout):
    """What the hall reads while nobody is called."""

    u = NumericProperty(1)
    headline = StringProperty()
    headline2 = StringProperty()
    message = StringProperty()
    message2 = StringProperty()
    font2 = StringProperty(UD_FACE)
