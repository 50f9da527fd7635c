"""The camera's picture on the welcome screen: always the newest frame, and few frames while nothing moves."""

from collections.abc import Callable
from typing import Any, Final, Protocol

import numpy as np
from kivy.clock import Clock
from kivy.graphics import (
    Color,
    Rectangle,
    RoundedRectangle,
    StencilPop,
    StencilPush,
    StencilUnUse,
    StencilUse,
)
from kivy.graphics.texture import Texture
from kivy.metrics import dp
from kivy.properties import BooleanProperty, NumericProperty
from kivy.uix.widget import Widget
from numpy.typing import NDArray

CALM_FPS: Final = 4.0
"""Pictures shown per second while nobody is there: each costs a frame of the whole window."""

LOOKS: Final = 3
"""How often to look for a new picture, per picture shown. With a single look, a picture that is a little late would be
shown only at the next look, and the preview would stall for the time of two pictures."""

LIVELY_SECONDS: Final = 4.0
"""How long the preview stays at its full rate after something moved."""

_STEP: Final = 16
_MOVED: Final = 3.0


class PreviewPicture(Protocol):
    """A small picture of the camera: rows of BGR bytes."""

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """The bytes, rows from the top."""


PictureSource = Callable[[], PreviewPicture | None]


class KioskPreview(Widget):
    """The camera's picture with a frame for the code."""

    blind = BooleanProperty(defaultvalue=False)
    fps = NumericProperty(12)
    mirror = BooleanProperty(defaultvalue=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._source: PictureSource | None = None
        self._texture: Any = None
        self._shown: PreviewPicture | None = None
        self._sparse: NDArray[np.int16] | None = None
        self._lively_until = 0.0
        self._due = 0.0
        self._lively = False
        self._ticking: Any = None
        with self.canvas:
            StencilPush()
            self._mask = RoundedRectangle()
            StencilUse()
            self._tint = Color(1, 1, 1, 0)
            self._image = Rectangle()
            StencilUnUse()
            self._unmask = RoundedRectangle()
            StencilPop()
        self.bind(pos=self._place, size=self._place, blind=self._place)

    @property
    def shown(self) -> PreviewPicture | None:
        """The picture that is on the screen."""
        return self._shown

    def watch(self, source: PictureSource | None) -> None:
        """Set where pictures come from."""
        self._source = source

    def start(self) -> None:
        """Begin to show pictures; the first one at once, so that no black area is seen before."""
        if self._ticking is None:
            self._lively_until = Clock.get_time() + LIVELY_SECONDS
            self._due = 0.0
            self._pace(lively=True)
            self._tick(0)

    def stop(self) -> None:
        """Stop, and forget the last picture, so that nobody's face stays on the screen."""
        if self._ticking is not None:
            self._ticking.cancel()
            self._ticking = None
        self._shown = None
        self._tint.a = 0

    def _pace(self, *, lively: bool) -> None:
        """Look for new pictures often, or rarely. A look that finds no new picture costs almost nothing."""
        if self._ticking is not None:
            self._ticking.cancel()
        self._lively = lively
        self._ticking = Clock.schedule_interval(
            self._tick, 1 / (LOOKS * self.fps) if lively else 1 / CALM_FPS
        )

    def corner(self, right: int, top: int, pos: list[float], size: list[float]) -> list[float]:
        """The points of one corner of the frame: x and y of three points, one after another, in pixels.

        Args:
            right: 1 for a corner on the right, 0 for one on the left.
            top: 1 for a corner at the top, 0 for one at the bottom.
            pos: x and y of the preview.
            size: width and height of the preview.
        """
        side = min(size) * 0.68
        arm = side * 0.2
        x = pos[0] + size[0] / 2 + (side / 2 if right else -side / 2)
        y = pos[1] + size[1] / 2 + (side / 2 if top else -side / 2)
        inwards_x, inwards_y = (-arm if right else arm), (-arm if top else arm)
        return [x + inwards_x, y, x, y, x, y + inwards_y]

    def _tick(self, _: float) -> None:
        now = Clock.get_time()
        if self._lively and now >= self._lively_until:
            self._pace(lively=False)
        if self._source is None or now < self._due:
            return
        picture = self._source()
        if picture is None or picture is self._shown:
            if picture is None and self._shown is not None:
                self._shown = None
                self._tint.a = 0
            return
        if self._moved(picture.pixels):
            self._lively_until = now + LIVELY_SECONDS
            if not self._lively:
                self._pace(lively=True)
        self._show(picture)
        # A little less than the interval, so that a picture that comes early is not skipped.
        self._due = now + 0.8 / self.fps

    def _moved(self, pixels: NDArray[np.uint8]) -> bool:
        sparse = pixels[::_STEP, ::_STEP, 1].astype(np.int16)
        last, self._sparse = self._sparse, sparse
        if last is None or last.shape != sparse.shape:
            return True
        return float(np.abs(sparse - last).mean()) > _MOVED

    def _show(self, picture: PreviewPicture) -> None:
        rows, columns = picture.pixels.shape[:2]
        if self._texture is None or self._texture.size != (columns, rows):
            self._texture = Texture.create(size=(columns, rows), colorfmt="rgb")
            self._image.texture = self._texture
        self._texture.blit_buffer(
            np.ascontiguousarray(picture.pixels).reshape(-1), colorfmt="bgr", bufferfmt="ubyte"
        )
        self._shown = picture
        self._tint.a = 1
        self._place()
        self.canvas.ask_update()

    def _place(self, *_: object) -> None:
        """Fill the card with the picture; what is outside the card is cut off."""
        for shape in (self._mask, self._unmask):
            shape.pos, shape.size, shape.radius = self.pos, self.size, [dp(28)]
        if self._texture is None:
            return
        columns, rows = self._texture.size
        scale = max(self.width / columns, self.height / rows)
        self._image.size = (columns * scale, rows * scale)
        self._image.pos = (self.center_x - columns * scale / 2, self.center_y - rows * scale / 2)
        left, right = (1.0, 0.0) if self.mirror else (0.0, 1.0)
        # The first row of a picture is its top, the first of a texture its bottom.
        self._image.tex_coords = (left, 1.0, right, 1.0, right, 0.0, left, 0.0)
        self._tint.a = 0.0 if self.blind or self._shown is None else 1.0
