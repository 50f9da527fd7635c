"""Widgets of the hall's screen: text that fits its place, signs of windows, cards of calls, and counts."""

from typing import Any

from kivy.core.text import Label as CoreLabel
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from backend.common import Language, break_lines
from backend.common.device_kit import CJK_FACE, UD_FACE, OneFace, load_layout, width_at_100
from backend.wire import WindowKind
from queue_display.hall_screen import Card

SIGN_LETTER = 0.94
"""Font size in a sign, as a share of the sign's height; a digit is four fifths as high as its font size."""
TAIL = {UD_FACE: 0.5, CJK_FACE: 0.69}
"""How far the descender of a letter hangs below the middle of its line, as a share of the font size, by typeface."""
INK = 1.12
"""From the top of the highest letter to the end of the longest descender, as a share of the font size."""
LINE = 1.3
"""Height of a line in a paragraph, as a share of the font size, in the typeface where it is greater."""


def load_rules() -> None:
    """Load the layout files of the display, once: the widgets, then the screen that uses them."""
    for name in ("board_widgets", "board_view"):
        load_layout(Builder, "queue_display", name)


def _width_of(text: str, face: str, bold: bool) -> float:
    """Width of a text at a font size of 100 pixels, in pixels; at least 1."""
    return max(1.0, width_at_100(CoreLabel, text, face, bold))


def letter_size(text: str, most: float, width: float, *, face: str = UD_FACE, bold: bool = True) -> float:
    """The largest font size up to ``most`` pixels at which a text is no wider than ``width`` pixels."""
    return max(1.0, min(most, 97.0 * width / _width_of(text, face, bold)))


class HallText(OneFace, Label):
    """Text in a typeface that has all of its letters."""


class FittedLine(HallText):
    """One line of text that becomes smaller where its place is narrow.

    It is hidden where it would have to be smaller than ``least``; a sign beside it says the same.
    """

    most = NumericProperty(44)
    least = NumericProperty(0)
    lift = NumericProperty(0)
    """Space below the text, in pixels, that lifts it so that its descenders end within its place."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("text", "size", "font_name", "bold", "most", "least"):
            self.fbind(name, self._fit)
        self._fit()

    def _fit(self, *_: object) -> None:
        if self.text and self.width > 1:
            most = min(self.most, max(1, self.height / INK))
            self.font_size = letter_size(self.text, most, self.width, face=self.font_name, bold=self.bold)
            self.lift = max(0, round(2 * TAIL[self.font_name] * self.font_size - self.height))
        self.opacity = 1 if self.text and self.font_size >= self.least - 0.5 else 0


class Para(HallText):
    """A paragraph in the largest letters that fit, with lines broken where its language allows.

    ``said`` is the text, ``tongue`` its language; the font size is between ``least`` and ``most`` pixels.
    """

    said = StringProperty()
    tongue = StringProperty(Language.JAPANESE.value)
    most = NumericProperty(44)
    least = NumericProperty(44)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("said", "tongue", "size", "font_name", "bold", "most", "least"):
            self.fbind(name, self._fit)
        self._fit()

    def _fit(self, *_: object) -> None:
        """Choose the fewest lines, then the largest size with that many; never smaller than ``least``."""
        if self.width <= 1 or self.height <= 1:
            return
        least = max(1, round(self.least))
        fewest = self._broken(least).count("\n")
        size = least
        for larger in range(max(least, round(self.most)), least, -1):
            if (fewest + 1) * larger * LINE <= self.height and self._broken(larger).count("\n") == fewest:
                size = larger
                break
        self.font_size, self.text = size, self._balanced(size, fewest)

    def _balanced(self, size: float, fewest: int) -> str:
        """The text in lines of about equal length, so that no single word stands below a full line."""
        for narrower in (0.55, 0.65, 0.75, 0.85, 0.93):
            text = self._broken(size, narrower)
            if text.count("\n") == fewest:
                return text
        return self._broken(size)

    def _broken(self, size: float, part: float = 1.0) -> str:
        """The text in lines that are no longer than a share of the width."""

        def measure(text: str) -> float:
            return _width_of(text, self.font_name, self.bold) * size / 97 if text else 0.0

        return "\n".join(break_lines(self.said, self.width * part, measure, Language(self.tongue)))


def sign_width(window: str, side: float, *, rounded: bool, part: float = SIGN_LETTER) -> float:
    """Width of a window's sign where there is enough room, in pixels.

    Args:
        window: the label of the window.
        side: height of the sign, in pixels.
        rounded: whether the sign is round.
        part: font size as a share of the height.
    """
    letters = side * part * _width_of(window, UD_FACE, bold=True) / 97 if window else 0.0
    return max(side, letters + side * (0.4 if rounded else 0.24))


class Tight(HallText):
    """A line that is as wide as its text and is never broken, so that a number never loses a digit."""


class Sign(FloatLayout):
    """A window's sign: square for the reception, round for the card pick-up; wider where its label is longer.

    ``room`` is how wide it may become before its letters become smaller, ``part`` the font size as a share of ``side``.
    """

    window = StringProperty()
    round = BooleanProperty(defaultvalue=False)
    side = NumericProperty(100)
    wide = NumericProperty(100)
    letter = NumericProperty(60)

    room = NumericProperty(0)
    part = NumericProperty(SIGN_LETTER)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("window", "side", "round", "room", "part"):
            self.fbind(name, self._fit)
        self._fit()

    def _fit(self, *_: object) -> None:
        self.letter = self.side * self.part
        at_100 = _width_of(self.window, UD_FACE, bold=True) if self.window else 1.0
        self.wide = sign_width(self.window, self.side, rounded=self.round, part=self.part)
        if self.room and self.wide > self.room:
            edge = self.side * 0.16
            self.letter = min(self.letter, max(1.0, 97 * (self.room - edge) / at_100))
            self.wide = max(self.side, self.letter * at_100 / 97 + edge)


class Called(BoxLayout):
    """A number that was called to a window."""

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
        """Show one call.

        Args:
            card: the call.
            sign: the word for the kind of window.
            ask: what the visitor is asked to do.
        """
        self.number = card.number
        self.window = card.window
        self.round = card.kind is WindowKind.ISSUANCE
        self.serving = card.serving
        self.flashing = card.flashing
        self.sign = sign
        self.ask = ask


class HeroCard(Called):
    """The call in the large place, readable from ten metres."""

    title = StringProperty()
    title2 = StringProperty()
    sign2 = StringProperty()
    ask2 = StringProperty()
    font = StringProperty(UD_FACE)
    font2 = StringProperty(UD_FACE)
    second = BooleanProperty(defaultvalue=True)


class CallRow(Called):
    """Another present call: number, arrow, window, and a word where there is room for one."""

    font = StringProperty(UD_FACE)
    short = BooleanProperty(defaultvalue=False)
    worded = BooleanProperty(defaultvalue=False)


class PastRow(Called):
    """A line of the list of earlier calls: the number, and the sign at the other end."""

    gap = NumericProperty(16)
    side = NumericProperty(82)

    def fit(self, most: float, height: float, room: float, gap: float) -> None:
        """Divide a line between number and sign, so that neither covers the other. All values are pixels.

        Args:
            most: font size of the number where there is room for both.
            height: height of the line.
            room: width of the line.
            gap: free space between number and sign.
        """
        self.height, self.gap = height, gap
        self.side = height - 4 * self.u
        sign = sign_width(self.window, self.side, rounded=self.round)
        number = _width_of(self.number, UD_FACE, bold=True) * most / 97
        # If both are too wide together, both become smaller; a sign is never narrower than it is high.
        both = room - gap
        share = (
            both - sign if number + sign <= both else min(both - self.side, both * number / (number + sign))
        )
        self.letter = letter_size(self.number, most, share)


class CountLabel(BoxLayout):
    """A label in two languages and a count."""

    u = NumericProperty(1)
    label = StringProperty()
    label2 = StringProperty()
    count = StringProperty()
    unit = StringProperty()
    font = StringProperty(UD_FACE)
    font2 = StringProperty(UD_FACE)
    shown = BooleanProperty(defaultvalue=True)


class TicketOutline(Widget):
    """The outline of a ticket, drawn at the scale ``u``; ``room`` is its largest height."""

    u = NumericProperty(1)
    room = NumericProperty(0)


class Panel(BoxLayout):
    """The text that is shown while nobody is called."""

    u = NumericProperty(1)
    headline = StringProperty()
    headline2 = StringProperty()
    message = StringProperty()
    message2 = StringProperty()
    font = StringProperty(UD_FACE)
    font2 = StringProperty(UD_FACE)
    tongue = StringProperty(Language.JAPANESE.value)
    tongue2 = StringProperty(Language.JAPANESE.value)
