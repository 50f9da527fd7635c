"""Widgets of the hall's screen, one per kind of piece: text, window signs, arrows, backgrounds, icons."""

from kivy.core.text import Label as CoreLabel
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from backend.common import Language, break_lines
from backend.common.design import ICON_FACE, Colour, glyph
from backend.common.device_kit import CJK_FACE, UD_FACE, OneFace, face_of, load_layout, width_at_100
from queue_display.hall_look import HALL
from queue_display.pieces import ArrowTo, Ground, Icon, Number, WindowSign, Words

TAIL = {UD_FACE: 0.5, CJK_FACE: 0.69}
"""How far the descender of a letter hangs below the middle of its line, as a share of the font size, by typeface."""
INK = 1.12
"""From the top of the highest letter to the end of the longest descender, as a share of the font size."""
LINE = 1.3
"""Height of a line in a paragraph, as a share of the font size, in the typeface with the higher lines."""
LIKED = 0.8
"""A paragraph's letters shrink to this share of their size before it is given one more line."""
SIGN_LETTER = 0.94
"""Font size in a sign, as a share of the sign's height; a digit is four fifths as high as its font size."""


def load_rules() -> None:
    """Load the layout of the display, once."""
    load_layout(Builder, "queue_display", "board_widgets")


def measure(text: str, face: str, bold: bool) -> float:
    """Width of a line at a font size of 100 pixels, in pixels; at least 1."""
    return max(1.0, width_at_100(CoreLabel, text, face, bold))


def letter_size(text: str, most: float, width: float, *, face: str = UD_FACE, bold: bool = True) -> float:
    """The largest font size up to ``most`` pixels at which a text is no wider than ``width`` pixels."""
    return max(1.0, min(most, 97.0 * width / measure(text, face, bold)))


def _colour(name: str) -> Colour:
    """A colour of the current look."""
    return getattr(HALL.colour, name)  # type: ignore[no-any-return]


class HallText(OneFace, Label):
    """Text in a typeface that has all of its letters."""


class FittedLine(HallText):
    """One line of text that becomes smaller where its place is narrow."""

    most = NumericProperty(defaultvalue=1)
    lift = NumericProperty(0)
    """Space below the text, in pixels, that lifts it so that its descenders end within its place."""

    def wear(self, piece: Words | Number, u: float) -> None:
        """Show the text of a piece; position and size are set before."""
        self.bold = isinstance(piece, Number) or piece.bold
        self.font_name = face_of(Language(piece.tongue)) if isinstance(piece, Words) else UD_FACE
        self.halign = piece.align.value
        self.color = _colour(piece.colour)
        self.most = piece.most * u
        self.text = piece.said
        # Digits have no descenders: only words need room below.
        ink = INK if isinstance(piece, Words) else 0.9
        most = min(self.most, max(1, self.height / ink))
        self.font_size = letter_size(self.text, most, self.width, face=self.font_name, bold=self.bold)
        tail = 2 * TAIL[self.font_name] * self.font_size - self.height
        self.lift = max(0, round(tail)) if isinstance(piece, Words) else 0


class Para(HallText):
    """A paragraph in the largest letters that fit, with lines broken where its language allows."""

    def wear(self, piece: Words, u: float) -> None:
        """Show the text of a piece; position and size are set before."""
        self.bold = piece.bold
        self.font_name = face_of(Language(piece.tongue))
        self.halign = piece.align.value
        self.color = _colour(piece.colour)
        self._fit(piece, u)

    def _fit(self, piece: Words, u: float) -> None:
        """Choose the smallest number of lines that is possible at nearly the full size, then the largest size for it.

        If the text does not fit then, the same is done with the smallest size.
        """
        most, least = max(1, round(piece.most * u)), max(1, round(piece.least * u))
        for liked in (max(least, round(most * LIKED)), least):
            fewest = self._broken(piece, liked).count("\n")
            for size in range(most, liked - 1, -1):
                if self._holds(piece, size, fewest) or size == least:
                    self.font_size, self.text = size, self._balanced(piece, size, fewest)
                    return

    def _holds(self, piece: Words, size: int, lines: int) -> bool:
        """Whether the text has exactly ``lines`` line breaks at this size, and fits into the box."""
        return (lines + 1) * size * LINE <= self.height + 1 and self._broken(piece, size).count("\n") == lines

    def _balanced(self, piece: Words, size: float, fewest: int) -> str:
        """The text in lines of about equal length, so that no single word is left on the last line."""
        for narrower in (0.55, 0.65, 0.75, 0.85, 0.93):
            text = self._broken(piece, size, narrower)
            if text.count("\n") == fewest:
                return text
        return self._broken(piece, size)

    def _broken(self, piece: Words, size: float, part: float = 1.0) -> str:
        """The text broken into lines no longer than a share (``part``) of the box's width."""

        def wide(text: str) -> float:
            return measure(text, self.font_name, self.bold) * size / 97 if text else 0.0

        return "\n".join(break_lines(piece.said, self.width * part, wide, Language(piece.tongue)))


class Sign(HallText):
    """A window's sign: square for the reception, round for the card pick-up; wider where its label is longer."""

    round = BooleanProperty(defaultvalue=False)
    ground = ColorProperty()
    letters = ColorProperty()

    def wear(self, piece: WindowSign, _: float) -> None:
        """Show the sign of a piece; position and size are set before."""
        self.round = piece.round
        self.ground, self.letters = _colour(piece.colour), _colour(piece.letters)
        self.font_name, self.bold = UD_FACE, True
        self.text = piece.window
        edge = self.height * (0.28 if piece.round else 0.16)
        self.font_size = letter_size(self.text, self.height * SIGN_LETTER, max(1, self.width - edge))


class ArrowShape(Widget):
    """An arrow to the right, or down."""

    colour = ColorProperty()
    down = BooleanProperty(defaultvalue=False)
    span = NumericProperty(1)

    def wear(self, piece: ArrowTo, _: float) -> None:
        """Show the arrow of a piece; position and size are set before."""
        self.colour, self.down = _colour(piece.colour), piece.down
        self.span = min(self.width, self.height)


class GroundShape(Widget):
    """A coloured background with a frame; ``lit`` shows a second frame inside the first."""

    colour = ColorProperty()
    edge = ColorProperty()
    inner = ColorProperty()
    radius = NumericProperty(0)
    frame = NumericProperty(0)
    ring = NumericProperty(0)
    lit = BooleanProperty(defaultvalue=False)

    def wear(self, piece: Ground, u: float) -> None:
        """Show the background of a piece; position and size are set before."""
        self.colour, self.edge = _colour(piece.colour), _colour(piece.edge if piece.frame else piece.colour)
        self.inner = _colour(piece.ring or piece.colour)
        self.radius, self.frame = piece.radius * u, piece.frame * u
        self.ring = piece.ring_width * u
        self.lit = False


class IconSign(Label):
    """An icon of a state, as high as its box."""

    def wear(self, piece: Icon, _: float) -> None:
        """Show the icon of a piece; position and size are set before."""
        self.font_name, self.font_size = ICON_FACE, self.height
        self.color, self.text = _colour(piece.colour), glyph(piece.name)
