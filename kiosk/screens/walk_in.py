"""Whether a visitor without a reservation wants a number: asked before one is made."""

from typing import Any

from kiosk.screens.question import AskingScreen
from kiosk.screens.style import load_rules
from kiosk.screens.visitor_actions import VisitorActions


class WalkInScreen(AskingScreen):
    """The question, and two answers that lie apart."""

    def __init__(self, view: Any, controls: VisitorActions, **kwargs: Any) -> None:
        load_rules("walk_in")
        super().__init__(view, controls, **kwargs)
