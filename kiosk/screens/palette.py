"""The colours of the kiosk, and what stands on what: deep navy and teal on warm white.

Every pair that carries text is in :data:`PAIRS` with the contrast it must reach (WCAG 2.1: 4.5 for text, 7 for
the number); a test computes it. No meaning hangs on a colour alone.
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
"""The ground of all screens."""
CARD: Final = _hex("FFFFFF")
LINE: Final = _hex("DDD6C9")
NAVY: Final = _hex("12304D")
"""The head of the screen, the number, headings."""
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
"""Something to mind; always with a sign and words."""
PALE_AMBER: Final = _hex("FCEFD9")
NIGHT: Final = _hex("0B1C2B")
"""Behind the camera's picture."""
CLEAR: Final = Colour(0, 0, 0, 0)
VEIL: Final = Colour(0.04, 0.11, 0.17, 0.62)

PAIRS: Final[tuple[tuple[Colour, Colour, float], ...]] = (
    (NAVY, CARD, 7.0),
    (NAVY, PAPER, 7.0),
    (INK, PAPER, 7.0),
    (INK, CARD, 7.0),
    (INK, PALE_TEAL, 7.0),
    (INK, PALE_AMBER, 7.0),
    (INK, KEY_DOWN, 7.0),
    (SOFT_INK, PAPER, 4.5),
    (SOFT_INK, CARD, 4.5),
    (ON_DARK, NAVY, 7.0),
    (SOFT_ON_DARK, NAVY, 7.0),
    (ON_DARK, TEAL, 4.5),
    (ON_DARK, TEAL_DOWN, 4.5),
    (SOFT_ON_DARK, TEAL, 4.5),
    (TEAL, CARD, 4.5),
    (TEAL, PAPER, 4.5),
    (AMBER, PALE_AMBER, 4.5),
    (CARD, AMBER, 4.5),
    (ON_DARK, NIGHT, 7.0),
)
"""Text colour, ground, least contrast."""


def contrast(one: Colour, other: Colour) -> float:
    """The contrast of two opaque colours, 1 to 21. Source: WCAG 2.1, 1.4.3."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3]
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
