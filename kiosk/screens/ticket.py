"""The number: as large as the screen allows, with what to do next."""

from typing import Any

from kivy.core.text import Label as CoreLabel
from kivy.metrics import dp
from kivy.properties import NumericProperty, ObjectProperty, OptionProperty

from kiosk.screens.style import UD_FACE, Controls, KioskScreen, KioskText, load_rules
from kiosk.view import TicketView
from kiosk.visit import Paper

NUMBER_LETTER = 224.0
"""Size of the number in dp; a longer number becomes smaller, never cut."""

_WIDTH = 900.0
_MINDED = frozenset({Paper.FAILED})


class TicketScreen(KioskScreen):
    """The number, the paper, the wait."""

    number: KioskText = ObjectProperty()
    number_letter = NumericProperty(dp(NUMBER_LETTER))
    paper_kind = OptionProperty("done", options=["mind", "done"])

    def __init__(self, view: TicketView, controls: Controls, **kwargs: Any) -> None:
        load_rules(__file__)
        super().__init__(view, controls, **kwargs)
        self._fit(view)

    def show(self, view: TicketView) -> None:
        """Show another ticket, or news of the same."""
        super().show(view)
        self._fit(view)

    def _fit(self, view: TicketView) -> None:
        self.paper_kind = "mind" if view.paper in _MINDED else "done"
        label = CoreLabel(font_name=UD_FACE, font_size=dp(100), bold=True)
        wide = max(1.0, float(label.get_extents(view.number)[0])) / dp(100)
        self.number_letter = dp(min(NUMBER_LETTER, _WIDTH / wide))
