"""The screen of a kiosk that receives nobody: the office is closed, or the kiosk is starting or out of service."""

from typing import Final

from kivy.properties import StringProperty

from kiosk.screens.icon import KioskIcon  # noqa: F401 - named in the layout
from kiosk.screens.style import KioskScreen, load_rules
from kiosk.screens.visitor_actions import VisitorActions
from kiosk.screens.working import KioskDots  # noqa: F401 - named in the layout
from kiosk.visit import NoticeView

SIGNS: Final = {"closed": "clock", "starting": "clock", "out_of_service": "cloud-off"}
"""The icon of each such screen, by its name."""


class NoticeScreen(KioskScreen):
    """Says why the kiosk receives nobody, and where to go."""

    icon = StringProperty("clock")

    def __init__(self, view: NoticeView, controls: VisitorActions, **kwargs: object) -> None:
        load_rules("icon")
        load_rules("working")
        load_rules("notice")
        super().__init__(view, controls, icon=SIGNS[view.name], **kwargs)

    def show(self, view: NoticeView) -> None:
        """Show another reason, or the same with something new."""
        self.icon = SIGNS[view.name]
        super().show(view)
