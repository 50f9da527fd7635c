"""The pieces that a screen of the hall is made of, as plain values: where each is, what it says, how it looks.

Boxes are pixels of the design, from the top left. Colours are names of tokens.
"""

from dataclasses import dataclass
from enum import StrEnum

from queue_display.places import LEAST_NUMBER, LEAST_WORD


@dataclass(frozen=True)
class Spot:
    """A place on the screen."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height

    def inset(self, side: float, above: float | None = None) -> "Spot":
        """The box without a margin of ``side`` on all sides; above and below it is ``above``, if given."""
        tall = side if above is None else above
        return Spot(self.left + side, self.top + tall, self.width - 2 * side, self.height - 2 * tall)

    def row(self, top: float, height: float) -> "Spot":
        """A line of the box, ``top`` below its upper edge."""
        return Spot(self.left, self.top + top, self.width, height)

    def part(self, left: float, width: float) -> "Spot":
        """A part of the box, ``left`` from its left edge."""
        return Spot(self.left + left, self.top, width, self.height)


class Align(StrEnum):
    """How a line is aligned in its box."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True)
class Words:
    """Text in one language: a single line, or a paragraph.

    Attributes:
        box: where.
        said: the words.
        tongue: the language's tag.
        most: size of the letters if there is enough room.
        least: the smallest size of the letters.
        colour: its token.
        bold: whether the letters are bold.
        align: how a line is aligned in the box.
        lines: the maximum number of lines; with 1 the text is never broken.
    """

    box: Spot
    said: str
    tongue: str
    most: float
    least: float = LEAST_WORD
    colour: str = "ink"
    bold: bool = False
    align: Align = Align.LEFT
    lines: int = 1


@dataclass(frozen=True)
class Number:
    """A number that somebody looks for, or a count."""

    box: Spot
    said: str
    most: float
    least: float = LEAST_NUMBER
    colour: str = "navy"
    align: Align = Align.LEFT


@dataclass(frozen=True)
class WindowSign:
    """A window's sign, as high as its box: a square for the reception, a circle for the card pick-up."""

    box: Spot
    window: str
    round: bool
    colour: str
    letters: str


@dataclass(frozen=True)
class ArrowTo:
    """The arrow from a number to its window."""

    box: Spot
    colour: str
    down: bool = False


@dataclass(frozen=True)
class Ground:
    """A coloured background.

    Attributes:
        box: where.
        colour: its token.
        radius: radius of the corners.
        frame: width of the frame.
        edge: the frame's token.
        ring: token of a second frame inside the first, which flashes once a second; empty if there is none.
        ring_width: the second frame's width.
    """

    box: Spot
    colour: str
    radius: float = 0.0
    frame: float = 0.0
    edge: str = "line"
    ring: str = ""
    ring_width: float = 0.0


@dataclass(frozen=True)
class Icon:
    """An icon of a state, beside the words that say the same."""

    box: Spot
    name: str
    colour: str


Piece = Words | Number | WindowSign | ArrowTo | Ground | Icon
