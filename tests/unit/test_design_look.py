"""The look of a program with a window: what its screens are made with, and how it changes."""

import pytest

from backend.common.design.look import Look
from backend.common.design.token_file import Surface, Theme, UnknownTokenError, colours, type_sizes


def test_screens_made_later_have_another_theme_and_larger_letters() -> None:
    """Protects the visitor who asks for more contrast: one call changes colours and sizes together."""
    look = Look(Surface.KIOSK)
    assert look.colour.paper == colours(Theme.LIGHT).paper
    look.wear(Theme.CONTRAST, larger=1.2)
    assert (look.theme, look.colour.paper) == (Theme.CONTRAST, colours(Theme.CONTRAST).paper)
    assert look.type.title == pytest.approx(1.2 * type_sizes(Surface.KIOSK).title)
    look.wear(Theme.LIGHT)
    assert look.type.title == type_sizes(Surface.KIOSK).title


def test_a_look_knows_only_its_own_sizes() -> None:
    """Protects the hall from the kiosk's small letters: a size of another surface is an error."""
    with pytest.raises(UnknownTokenError, match="surface kiosk called number1"):
        _ = Look(Surface.KIOSK).type.number1
