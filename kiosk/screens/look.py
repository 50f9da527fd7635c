"""The kiosk's look: the colours, sizes and language that its screens are made with."""

from typing import Final

from backend.common import Language
from backend.common.design import Look, Surface, Theme

EASED_LETTERS: Final = 1.2
"""How much larger letters are for who asked for screens that are easier to see."""


class KioskLook(Look):
    """What layouts know as ``look``: ``look.colour.navy``, ``look.type.title``.

    A screen keeps the theme in which it was made; :class:`kiosk.screens.root.KioskRoot` has one set of screens for each.
    """

    def __init__(self) -> None:
        super().__init__(Surface.KIOSK)
        self.larger = 1.0
        """Factor of the letters' size; also for what has to grow with them."""
        self.eased = False
        """Whether it is the look for who sees little; then words take the room between them."""
        self.language = Language.JAPANESE
        """What is spoken; lines end where a reader of this language would pause."""

    def wear(self, theme: Theme, larger: float = 1.0) -> None:
        """Choose a theme and the factor of the letters' size for every screen that is made from now on."""
        super().wear(theme, larger)
        self.larger = larger

    def ease(self, *, eased: bool) -> None:
        """Wear high contrast and larger letters, or the usual look."""
        self.eased = eased
        self.wear(Theme.CONTRAST if eased else Theme.LIGHT, EASED_LETTERS if eased else 1.0)


LOOK: Final = KioskLook()
