"""No number: what happened, what to do next, and one clear button."""

from typing import Any

from kiosk.screens.style import Controls, KioskScreen, load_rules


class TroubleScreen(KioskScreen):
    """What happened and what to do."""

    def __init__(self, view: Any, controls: Controls, **kwargs: Any) -> None:
        load_rules(__file__)
        super().__init__(view, controls, **kwargs)
