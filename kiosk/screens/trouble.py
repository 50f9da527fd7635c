"""The screen for a visitor who gets no number: what happened, what to do next, and one clear button."""

from typing import Any, Final

from kivy.metrics import dp
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from backend.common.device_kit import UD_FACE
from kiosk.screens.icon import KioskIcon  # noqa: F401 - named in the layout
from kiosk.screens.look import LOOK
from kiosk.screens.question import AskingScreen
from kiosk.screens.style import KioskLine, load_rules
from kiosk.screens.time_bar import KioskBar  # noqa: F401 - named in the layout
from kiosk.screens.visitor_actions import VisitorActions
from kiosk.visit import Button, TroubleReason, TroubleView

SIGNS: Final = {
    TroubleReason.NOT_RESERVED: "calendar-remove",
    TroubleReason.ANOTHER_DAY: "calendar-remove",
    TroubleReason.ANOTHER_OFFICE: "door",
    TroubleReason.CANCELLED: "calendar-remove",
    TroubleReason.NO_CARD: "person-off",
    TroubleReason.ALREADY_ISSUED: "info",
    TroubleReason.UNKNOWN: "search",
    TroubleReason.CLOSED: "clock",
    TroubleReason.REFUSED: "lock",
    TroubleReason.NUMBERS_EXHAUSTED: "ticket",
    TroubleReason.KIND_NOT_OFFERED: "info",
    TroubleReason.PARTY_FULL: "person-off",
    TroubleReason.OTHER: "info",
    TroubleReason.SERVER_AWAY: "cloud-off",
    TroubleReason.NOT_ACCEPTED: "error",
}
"""The icon of each reason."""

NAME_LETTERS: Final = 56
"""Size of letters of another office's name, in pixels of the design."""

PLACE_LETTERS: Final = 44
"""Size of letters of the lines below it."""


class TroubleScreen(AskingScreen):
    """Says what happened and what to do. ``alone`` means that going back is the only possible action."""

    alone = BooleanProperty(defaultvalue=False)
    icon = StringProperty("info")
    entered = BooleanProperty(defaultvalue=False)

    def __init__(self, view: TroubleView, controls: VisitorActions, **kwargs: Any) -> None:
        load_rules("time_bar")
        load_rules("icon")
        load_rules("trouble")
        super().__init__(view, controls, alone=view.action is Button.HOME, icon=SIGNS[view.reason], **kwargs)

    def show(self, view: TroubleView) -> None:
        """Show another trouble, or the same in another language."""
        self.alone, self.icon = view.action is Button.HOME, SIGNS[view.reason]
        super().show(view)

    def on_enter(self) -> None:
        """Let the bar run; called by Kivy."""
        self.entered = True

    def on_leave(self) -> None:
        """Stop it; called by Kivy."""
        self.entered = False


class KioskPlace(BoxLayout):
    """Another office, line by line; its name is the largest. A long line becomes smaller, and is never broken."""

    lines: tuple[str, ...] = ObjectProperty(())
    font = StringProperty(UD_FACE)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bind(lines=self._lay, font=self._lay)
        self._lay()

    def _lay(self, *_: object) -> None:
        self.clear_widgets()
        for place, line in enumerate(self.lines):
            most = dp(NAME_LETTERS if place == 0 else PLACE_LETTERS)
            self.add_widget(
                KioskLine(
                    text=line,
                    font_name=self.font,
                    most=most,
                    bold=place == 0,
                    color=LOOK.colour.navy if place == 0 else LOOK.colour.ink,
                )
            )
