"""The screen that asks a visitor without a reservation whether they want a number, before one is made."""

from typing import Any

from kiosk.screens.question import AskingScreen
from kiosk.screens.style import load_rules
from kiosk.screens.visitor_actions import VisitorActions


class WalkInScreen(AskingScreen):
    """The question with its two answers, which are far apart."""

    def __init__(self, view: Any, controls: VisitorActions, **kwargs: Any) -> None:
        load_rules("walk_in")
        super().__init__(view, controls, **kwargs)
