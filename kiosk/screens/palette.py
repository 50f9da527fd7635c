"""The colours of the kiosk: deep navy and teal on warm white.

A test computes the contrast of every pair that carries text (``tests/unit/test_palette.py``). No meaning hangs on a colour alone.
"""

from typing import Final, NamedTuple


class Colour(NamedTuple):
    """Red, green, blue, opacity, 0 to 1, as Kivy takes them."""

    red: float
    green: float
    blue: float
    opacity: float = 1.0


def _hex(code: str) -> Colour:
    red, green, blue = (int(code[place : place + 2], 16) / 255 for place in (0, 2, 4))
    return Colour(red, green, blue)


PAPER: Final = _hex("F8F5EF")
"""The background of all screens."""
CARD: Final = _hex("FFFFFF")
LINE: Final = _hex("DDD6C9")
NAVY: Final = _hex("12304D")
"""The top of the screen, the number, headings."""
INK: Final = _hex("1F2D3A")
SOFT_INK: Final = _hex("44535F")
ON_DARK: Final = _hex("FFFFFF")
SOFT_ON_DARK: Final = _hex("C9DCE6")
TEAL: Final = _hex("0B6168")
"""The one thing to do next."""
TEAL_DOWN: Final = _hex("084A50")
PALE_TEAL: Final = _hex("DFEFED")
KEY_DOWN: Final = _hex("CFE3E1")
AMBER: Final = _hex("8A4B00")
"""Something to pay attention to; always together with a sign and words."""
PALE_AMBER: Final = _hex("FCEFD9")
NIGHT: Final = _hex("0B1C2B")
"""Behind the camera's picture."""
CLEAR: Final = Colour(0, 0, 0, 0)
VEIL: Final = Colour(0.04, 0.11, 0.17, 0.62)
