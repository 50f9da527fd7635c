"""The drawing of what to do on the welcome screen: a few still pictures that take turns while the screen is shown."""

from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.metrics import Metrics
from kivy.properties import NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from backend.wire import CodePlace
from kiosk.camera import CameraAt
from kiosk.screens.gesture import STEPS, picture, pictures, seconds


class KioskDrawing(Widget):
    """Shows its pictures in turn between ``start`` and ``stop``.

    ``place`` is the paper that has the code, ``camera_at`` where the camera is, ``step`` which picture is shown.
    """

    place = ObjectProperty(CodePlace.SHEET)
    camera_at = ObjectProperty(CameraAt.NONE)
    step = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"height": 0, **kwargs})
        self._made: dict[tuple[int, CodePlace, CameraAt], Any] = {}
        self._turning: Any = None
        with self.canvas:
            self._tint = Color(1, 1, 1, 0)
            self._picture = Rectangle()
        for name in ("pos", "size", "step", "place", "camera_at"):
            self.fbind(name, self._show)
        self._show()

    def start(self) -> None:
        """Show the first picture, and each next one when the time of the one before is over."""
        self.stop()
        self.step = 0
        self._turning = Clock.schedule_once(self._turn, seconds(0))

    def stop(self) -> None:
        """Stop, and keep showing the most helpful picture: the paper in front of the lens."""
        if self._turning is not None:
            self._turning.cancel()
            self._turning = None
        self.step = STEPS - 1

    @property
    def turning(self) -> bool:
        """Whether pictures are being shown in turn."""
        return self._turning is not None

    def _turn(self, _: float) -> None:
        self.step = (self.step + 1) % pictures(self.place)
        self._turning = Clock.schedule_once(self._turn, seconds(int(self.step)))

    def _show(self, *_: object) -> None:
        self._tint.a = 1 if self.height else 0
        if self.height:
            self._picture.texture = self._texture(int(self.step) % pictures(self.place))
            self._picture.pos, self._picture.size = self.pos, self.size

    def _texture(self, number: int) -> Any:
        """The texture of a picture, drawn when first needed: drawing all at once would delay the first visitor."""
        wanted = (number, self.place, self.camera_at)
        if wanted not in self._made:
            drawn = picture(*wanted, scale=Metrics.density)
            made = Texture.create(size=drawn.size, colorfmt="rgb")
            made.blit_buffer(drawn.tobytes(), colorfmt="rgb", bufferfmt="ubyte")
            # The first row of a picture is its top, the first of a texture its bottom.
            made.flip_vertical()
            self._made[wanted] = made
        return self._made[wanted]
