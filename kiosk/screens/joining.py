"""The screen for further notices: visitors who came together share one number, which stays in view."""

from typing import Any, Final

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from backend.common.device_kit import UD_FACE
from kiosk.screens.icon import KioskIcon  # noqa: F401 - named in the layout
from kiosk.screens.question import AskingScreen
from kiosk.screens.style import load_rules
from kiosk.screens.ticket_parts import KioskNumber  # noqa: F401 - named in the layout
from kiosk.screens.trouble import SIGNS
from kiosk.screens.visitor_actions import VisitorActions
from kiosk.screens.watching import WatchingScreen
from kiosk.visit import JoiningView, JoinNote

ICONS: Final = {
    JoinNote.JOINED: "check",
    JoinNote.SAME: "check",
    JoinNote.ANOTHER_NUMBER: "ticket",
    JoinNote.FULL: "group",
}
"""The icon for what became of a notice; a notice that did not join has the icon of the reason."""


class JoinNoteCard(BoxLayout):
    """What became of the notice that was held up last; ``minds`` means that it did not join."""

    icon = StringProperty("check")
    minds = BooleanProperty(defaultvalue=False)
    title = StringProperty()
    fact = StringProperty()
    next = StringProperty()
    font = StringProperty(UD_FACE)


class JoiningScreen(AskingScreen, WatchingScreen):
    """Asks for the next notice, and shows what became of the last one."""

    icon = StringProperty("check")

    def __init__(self, view: JoiningView, controls: VisitorActions, **kwargs: Any) -> None:
        load_rules("icon")
        load_rules("joining")
        super().__init__(view, controls, icon=_icon(view), **kwargs)

    def show(self, view: JoiningView) -> None:
        """Show what became of another notice, or the same in another language."""
        self.icon = _icon(view)
        super().show(view)


def _icon(view: JoiningView) -> str:
    told = view.told
    if told is None:
        return "check"
    return ICONS[told.note] if told.reason is None else SIGNS[told.reason]
