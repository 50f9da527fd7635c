"""The screen of a kiosk that receives nobody: the office is closed, or the kiosk is starting or out of service."""

from typing import Any

from kiosk.screens.style import KioskScreen, load_rules
from kiosk.screens.visitor_actions import VisitorActions


class NoticeScreen(KioskScreen):
    """Says why the kiosk receives nobody, and where to go."""

    def __init__(self, view: Any, controls: VisitorActions, **kwargs: Any) -> None:
        load_rules("notice")
        super().__init__(view, controls, **kwargs)
