"""Pictures of what a visitor should do: hold the code on the paper towards the camera, in three steps.

They are drawn from simple shapes, so that no picture files are needed, and without words, so that they serve all
languages.
"""

from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw

from backend.common.design import Colour, Theme, tokens
from backend.wire import CodePlace
from kiosk.camera import CameraAt
from kiosk.screens.look import LOOK

SIZE: Final = (984, 260)
"""Width and height of a picture, in pixels of the design."""

STEPS: Final = 3
"""Pictures per paper: far, nearer, read."""

STEP_SECONDS: Final = 1.0
"""How long a picture stays, so that people have time to look at it."""

REST_SECONDS: Final = 7.0
"""How long the last picture of a paper stays. Every change costs a frame of the whole window, even while nobody is
there; a visitor who comes sees the paper in front of the lens."""

_FINE: Final = 2
"""Factor by which pictures are drawn larger and then reduced, to make edges smooth."""

_CODE: Final = ("1110101", "1010011", "1110110", "0101101", "1101010", "0110111", "1011010")
"""Rows of modules that look like a code but are not one; 1 is dark."""

_PAPER: Final = tokens().colours[Theme.LIGHT]
"""Paper is white and its code dark in every theme, so that visitors recognise what they hold in their hand."""

_PAPERS: Final[dict[CodePlace, tuple[CodePlace, ...]]] = {
    CodePlace.SHEET: (CodePlace.SHEET,),
    CodePlace.POSTCARD: (CodePlace.POSTCARD,),
    CodePlace.BOTH: (CodePlace.SHEET, CodePlace.POSTCARD),
}


_LOOKS: Final = {
    CodePlace.SHEET: ((158, 224), (32, -34)),
    CodePlace.POSTCARD: ((148, 206), (0, 48)),
}
"""Width and height of each paper, and where its code is: how far right of its centre, and how far below."""


_UNIT: Final = {
    CameraAt.TOP: (0, -1),
    CameraAt.BELOW: (0, 1),
    CameraAt.LEFT: (-1, 0),
    CameraAt.RIGHT: (1, 0),
}
"""The direction to the camera: right, down."""


def pictures(place: CodePlace) -> int:
    """How many pictures there are; where both papers are in use, the pictures of one come after those of the other."""
    return STEPS * len(_PAPERS[place])


def seconds(number: int) -> float:
    """How many seconds a picture stays."""
    return REST_SECONDS if number % STEPS == STEPS - 1 else STEP_SECONDS


def picture(number: int, place: CodePlace, camera_at: CameraAt, *, scale: float = 1.0) -> Image.Image:
    """One of the pictures.

    Args:
        number: number of the picture, from 0.
        place: the paper that has the code.
        camera_at: where an arrow points; ``none`` leaves the arrow out.
        scale: pixels of the screen per pixel of the design.

    Returns:
        A picture of mode ``RGB``.
    """
    paper, step = _PAPERS[place][number // STEPS], number % STEPS
    size = (max(1, round(SIZE[0] * scale)), max(1, round(SIZE[1] * scale)))
    return _Board(camera_at).draw(paper, step).resize(size, Image.Resampling.BOX)


@dataclass(frozen=True)
class _Box:
    """A rectangle, by its middle and size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        half_width, half_height = self.width / 2, self.height / 2
        return (self.x - half_width, self.y - half_height, self.x + half_width, self.y + half_height)


class _Board:
    """One picture in the making. A camera at the left is drawn as a mirror image of one at the right."""

    def __init__(self, camera_at: CameraAt) -> None:
        self._mirrored = camera_at is CameraAt.LEFT
        self._camera_at = camera_at
        self._image = Image.new("RGB", (SIZE[0] * _FINE, SIZE[1] * _FINE), LOOK.colour.paper.rgb)
        self._pen = ImageDraw.Draw(self._image)

    def draw(self, paper: CodePlace, step: int) -> Image.Image:
        """Draw the paper at one of its places, the arrow or the beam, and the lens."""
        size, code_at = _LOOKS[paper]
        held = _Box(190 + 150 * step, 130, *size)
        # With the camera at the left the movement is mirrored, but the paper itself is not.
        code = _Box(held.x + (-code_at[0] if self._mirrored else code_at[0]), held.y + code_at[1], 70, 70)
        lens = self._lens()
        if step == STEPS - 1:
            self._beam(lens, code)
        else:
            self._arrow(held.edges[2] + 34, 130, lens.edges[0] - 34, 130, 12)
        self._paper(paper, _Box(self._x(held.x) / _FINE, held.y, held.width, held.height))
        self._hand(held)
        if step == STEPS - 1:
            self._corners(code)
        self._camera(lens, lit=step == STEPS - 1)
        return self._image

    # Shapes; lengths are pixels of the design ------------------------------------------------------------------

    def _x(self, x: float) -> float:
        return (SIZE[0] - x if self._mirrored else x) * _FINE

    def _rectangle(
        self,
        box: _Box,
        fill: Colour,
        edge: Colour | None = None,
        *,
        width: float = 3,
        round_: float = 4,
    ) -> None:
        left, top, right, bottom = box.edges
        left, right = sorted((self._x(left), self._x(right)))
        self._pen.rounded_rectangle(
            (left, top * _FINE, right, bottom * _FINE),
            round_ * _FINE,
            fill=fill.rgb,
            outline=None if edge is None else edge.rgb,
            width=round(width * _FINE),
        )

    def _disc(self, x: float, y: float, radius: float, fill: Colour) -> None:
        middle = self._x(x)
        self._pen.ellipse(
            (middle - radius * _FINE, (y - radius) * _FINE, middle + radius * _FINE, (y + radius) * _FINE),
            fill=fill.rgb,
        )

    def _polygon(self, points: list[tuple[float, float]], fill: Colour) -> None:
        self._pen.polygon([(self._x(x), y * _FINE) for x, y in points], fill=fill.rgb)

    def _arrow(self, x: float, y: float, to_x: float, to_y: float, half: float) -> None:
        """A thick arrow along an axis."""
        along_x, along_y = _sign(to_x - x), _sign(to_y - y)
        across_x, across_y = -along_y * half, along_x * half
        neck_x, neck_y = to_x - along_x * 3 * half, to_y - along_y * 3 * half
        self._polygon(
            [
                (x + across_x, y + across_y),
                (neck_x + across_x, neck_y + across_y),
                (neck_x + 2.6 * across_x, neck_y + 2.6 * across_y),
                (to_x, to_y),
                (neck_x - 2.6 * across_x, neck_y - 2.6 * across_y),
                (neck_x - across_x, neck_y - across_y),
                (x - across_x, y - across_y),
            ],
            LOOK.colour.action,
        )

    # Things ---------------------------------------------------------------------------------------------------

    def _paper(self, paper: CodePlace, held: _Box) -> None:
        mirrored, self._mirrored = self._mirrored, False
        self._sheet(held) if paper is CodePlace.SHEET else self._postcard(held)
        right, below = _LOOKS[paper][1]
        self._code(_Box(held.x + right, held.y + below, 70, 70))
        self._mirrored = mirrored

    def _sheet(self, held: _Box) -> None:
        """The A4 sheet: a title, a framed block with the code at its right, lines below."""
        self._rectangle(held, _PAPER.card, _PAPER.navy)
        self._rectangle(_Box(held.x, held.y - 92, 104, 12), _PAPER.navy, round_=2)
        self._rectangle(_Box(held.x, held.y - 34, 142, 84), _PAPER.card, _PAPER.navy, width=2, round_=1)
        for row, width in enumerate((46, 52, 40)):
            self._rectangle(
                _Box(held.x - 62 + width / 2, held.y - 58 + row * 24, width, 9), _PAPER.quiet, round_=2
            )
        for row in range(5):
            self._rectangle(_Box(held.x, held.y + 26 + row * 17, 130, 6), _PAPER.line, round_=2)

    def _postcard(self, held: _Box) -> None:
        """The postcard: a stamp, the boxes of the postcode, an address, the code below."""
        self._rectangle(held, _PAPER.card, _PAPER.navy, round_=2)
        self._rectangle(_Box(held.x - 48, held.y - 78, 30, 36), _PAPER.warn_tint, _PAPER.warn, width=2)
        for place in range(7):
            self._rectangle(
                _Box(held.x - 19 + place * 12 + (place > 2) * 4, held.y - 84, 9, 14),
                _PAPER.card,
                _PAPER.warn,
                width=1.5,
                round_=1,
            )
        for row, width in enumerate((84, 96, 62)):
            self._rectangle(_Box(held.x - 48 + width / 2, held.y - 46 + row * 19, width, 8), _PAPER.quiet)

    def _code(self, box: _Box) -> None:
        self._rectangle(_Box(box.x, box.y, box.width + 8, box.height + 8), _PAPER.card, round_=0)
        left, top, _, _ = box.edges
        side = box.width / len(_CODE)
        for row, modules in enumerate(_CODE):
            for column, module in enumerate(modules):
                if module == "1":
                    middle = (left + (column + 0.5) * side, top + (row + 0.5) * side)
                    self._rectangle(_Box(*middle, side, side), _PAPER.navy, round_=0)
        for x, y in ((0.16, 0.16), (0.84, 0.16), (0.16, 0.84)):
            middle = (left + x * box.width, top + y * box.height)
            self._rectangle(_Box(*middle, 28, 28), _PAPER.card, round_=0)
            self._rectangle(_Box(*middle, 23, 23), _PAPER.navy, round_=0)
            self._rectangle(_Box(*middle, 15, 15), _PAPER.card, round_=0)
            self._rectangle(_Box(*middle, 8, 8), _PAPER.navy, round_=0)

    def _hand(self, held: _Box) -> None:
        """A thumb on the lower corner that is away from the lens, and the arm behind it."""
        left, _, _, bottom = held.edges
        self._polygon(
            [(left - 120, 262), (left - 52, bottom - 62), (left - 6, bottom - 26), (left - 40, 262)],
            LOOK.colour.action,
        )
        self._rectangle(
            _Box(left - 6, bottom - 44, 62, 50), LOOK.colour.warn_tint, LOOK.colour.navy, round_=24
        )

    def _lens(self) -> _Box:
        """The place of the lens in the picture."""
        if self._camera_at is CameraAt.NONE:
            return _Box(840, 130, 150, 150)
        return _Box(790, 130, 110, 110)

    def _camera(self, lens: _Box, *, lit: bool) -> None:
        radius = lens.width / 2
        self._disc(lens.x, lens.y, radius, LOOK.colour.navy)
        self._disc(lens.x, lens.y, radius * 0.78, LOOK.colour.tint if lit else LOOK.colour.card)
        self._disc(lens.x, lens.y, radius * 0.62, LOOK.colour.action)
        self._disc(lens.x, lens.y, radius * 0.34, LOOK.colour.night)
        self._disc(lens.x - radius * 0.2, lens.y - radius * 0.22, radius * 0.13, LOOK.colour.card)
        if self._camera_at is not CameraAt.NONE:
            # In a mirrored picture the arrow is mirrored, too.
            x, y = _UNIT[CameraAt.RIGHT if self._mirrored else self._camera_at]
            self._arrow(910 - 56 * x, 130 - 90 * y, 910 + 56 * x, 130 + 90 * y, 20)

    def _beam(self, lens: _Box, code: _Box) -> None:
        _, top, right, bottom = code.edges
        self._polygon([(lens.x, lens.y), (right, top - 12), (right, bottom + 12)], LOOK.colour.tint_down)

    def _corners(self, code: _Box) -> None:
        """The corners of the frame on the screen, around a code that is being read."""
        arm, thick = 26, 7
        for right in (-1, 1):
            for below in (-1, 1):
                x, y = code.x + right * (code.width / 2 + 11), code.y + below * (code.height / 2 + 11)
                self._rectangle(
                    _Box(x - right * arm / 2, y, arm + thick, thick), LOOK.colour.action, round_=3
                )
                self._rectangle(
                    _Box(x, y - below * arm / 2, thick, arm + thick), LOOK.colour.action, round_=3
                )


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
