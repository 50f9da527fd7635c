"""The kiosk's look: the colours, sizes and language that its screens are made with."""

from typing import Final

from backend.common import Language
from backend.common.design import Look, Surface, Theme

EASED_LETTERS: Final = 1.2
"""By which factor letters are larger for visitors who asked for screens that are easier to see."""


class KioskLook(Look):
    """The look of the kiosk; layouts use it as ``look``: ``look.colour.navy``, ``look.type.title``.

    A screen keeps the theme in which it was made; :class:`kiosk.screens.root.KioskRoot` has one set of screens for each.
    """

    def __init__(self) -> None:
        super().__init__(Surface.KIOSK)
        self.larger = 1.0
        """Factor of the letters' size, also used for everything that must grow with them."""
        self.eased = False
        """Whether it is the look for visitors with low vision; then texts use the space between them, too."""
        self.language = Language.JAPANESE
        """The language of the texts; lines are broken where a reader of this language would pause."""

    def wear(self, theme: Theme, larger: float = 1.0) -> None:
        """Choose a theme and the factor of the letters' size for every screen that is made from now on."""
        super().wear(theme, larger)
        self.larger = larger

    def ease(self, *, eased: bool) -> None:
        """Switch to high contrast and larger letters, or back to the usual look."""
        self.eased = eased
        self.wear(Theme.CONTRAST if eased else Theme.LIGHT, EASED_LETTERS if eased else 1.0)


LOOK: Final = KioskLook()
