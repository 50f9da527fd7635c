"""Pictures of a virtual screen for browsers: viewers share one picture, and without viewers none is taken."""

import io
import threading
import time
import zlib
from dataclasses import dataclass, field
from typing import Protocol

from PIL import Image

_FRESH_SECONDS = 0.15
_QUALITY = 82


class Watched(Protocol):
    """A screen that can be looked at and tapped."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""

    @property
    def display(self) -> str:
        """Its X display."""

    def frame(self) -> Image.Image:
        """A picture of what it shows now."""

    def tap(self, x: int, y: int) -> None:
        """Touch it at a place, in pixels from the top left corner."""


@dataclass
class Lens:
    """Looks at one screen.

    Attributes:
        screen: the screen.
    """

    screen: Watched
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _at: float = 0.0
    _frame: Image.Image | None = None
    _mark: str = ""

    def look(self) -> tuple[Image.Image, str]:
        """The picture, and a text that changes whenever the picture does.

        Raises:
            DemoError: the screen is gone.
        """
        with self._lock:
            if self._frame is None or time.monotonic() - self._at > _FRESH_SECONDS:
                self._frame = self.screen.frame()
                self._mark = f"{zlib.crc32(self._frame.tobytes()):08x}"
                self._at = time.monotonic()
            return self._frame, self._mark

    def forget(self) -> None:
        """Take a new picture the next time."""
        with self._lock:
            self._frame = None


def jpeg(picture: Image.Image, width: int) -> bytes:
    """A picture as JPEG, made smaller.

    Args:
        picture: the picture, in colour.
        width: width in pixels, at most the picture's own.
    """
    height = max(1, round(picture.height * width / picture.width))
    if width != picture.width:
        picture = picture.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=1.5)
    stream = io.BytesIO()
    picture.save(stream, format="JPEG", quality=_QUALITY)
    return stream.getvalue()
