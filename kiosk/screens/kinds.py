"""The screen that asks somebody without a reservation what they come for: one press gives the number."""

from typing import Any, Final

from kivy.metrics import dp
from kivy.properties import ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from backend.common.design import ICONS
from kiosk.screens.question import AskingScreen
from kiosk.screens.style import KioskButton, load_rules
from kiosk.screens.visitor_actions import VisitorActions
from kiosk.visit import Button, KindOption, KindsView

KIND_LETTERS: Final = 42
"""Size of letters of the buttons, in pixels of the design."""

KIND_SIGN: Final = 88
KIND_PADDING: Final = (144, 2, 24, 2)
"""The left side leaves room for the icon."""

KIND_ROOM: Final = 708
KIND_GAP: Final = 12
KIND_HIGHEST: Final = 220
"""Height of all buttons together with their gaps, and the maximum height of one button.

The buttons are where no screen that leads here has one, so that a double press does not give a number by mistake.
"""


def height_of(count: int) -> float:
    """The height of each button, for this many buttons, in pixels of the design."""
    return min(KIND_HIGHEST, (KIND_ROOM - (count - 1) * KIND_GAP) / max(count, 1))


class KindsScreen(AskingScreen):
    """The question with a button for each kind of visit."""

    kinds: BoxLayout = ObjectProperty()

    def __init__(self, view: KindsView, controls: VisitorActions, **kwargs: Any) -> None:
        load_rules("kinds")
        self._laid: tuple[tuple[KindOption, ...], str] | None = None
        super().__init__(view, controls, **kwargs)
        self._lay(view)

    def show(self, view: KindsView) -> None:
        """Show another view: the kinds in another language, or other kinds."""
        super().show(view)
        self._lay(view)

    def _lay(self, view: KindsView) -> None:
        if self._laid == (view.choices, self.font):
            return
        self._laid = (view.choices, self.font)
        self.kinds.clear_widgets()
        for choice in view.choices:
            button = KioskButton(
                text=choice.words,
                font=self.font,
                letter=dp(KIND_LETTERS),
                height=dp(height_of(len(view.choices))),
                padding=tuple(dp(side) for side in KIND_PADDING),
                sign=choice.icon if choice.icon in ICONS else "info",
                sign_size=KIND_SIGN,
                action=Button.TAKE_NUMBER,
            )
            button.bind(on_release=lambda _, code=choice.code: self.controls.come_for(code))
            self.kinds.add_widget(button)
