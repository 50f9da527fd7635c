"""What stands on what in the kiosk's colours, and the contrast it must reach (WCAG 2.1: 4.5 for text, 7 for the number)."""

from typing import Final

from backend.common.shipped import ROOT
from kiosk.screens.palette import (
    AMBER,
    CARD,
    INK,
    KEY_DOWN,
    NAVY,
    NIGHT,
    ON_DARK,
    PALE_AMBER,
    PALE_TEAL,
    PAPER,
    SOFT_INK,
    SOFT_ON_DARK,
    TEAL,
    TEAL_DOWN,
    Colour,
)

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


def test_words_stand_out_from_their_ground() -> None:
    """Protects people with weak sight: WCAG AA for text, 7 to 1 for the number."""
    for ink, ground, least in PAIRS:
        assert contrast(ink, ground) >= least, (ink, ground, contrast(ink, ground))


def test_screens_take_their_colours_from_the_palette() -> None:
    """Protects the contrasts that are computed: no colour is written into a screen."""
    for path in (ROOT.parent / "kiosk" / "screens").glob("*.kv"):
        for line in path.read_text("utf-8").splitlines():
            if line.strip().startswith(("rgba:", "color:", "ground:", "edge:", "ink:")):
                assert "palette." in line or "root." in line, (path.name, line)
