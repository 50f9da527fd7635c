"""The screen with the number, as large as possible, and what to do next."""

from typing import Final

from kivy.properties import BooleanProperty, ObjectProperty, OptionProperty

from kiosk.screens.icon import KioskIcon  # noqa: F401 - named in the layout
from kiosk.screens.style import KioskLine, KioskScreen, load_rules
from kiosk.screens.ticket_parts import KioskNumber, PaperNote, TicketWait  # noqa: F401 - named in the layout
from kiosk.screens.visitor_actions import VisitorActions
from kiosk.visit import PaperState, TicketView


class TicketScreen(KioskScreen):
    """Shows the number, the state of the paper, and the waiting time."""

    number: KioskLine = ObjectProperty()
    paper_kind = OptionProperty("done", options=["mind", "done", "wait"])
    paper_short = BooleanProperty(defaultvalue=True)

    def __init__(self, view: TicketView, controls: VisitorActions, **kwargs: object) -> None:
        load_rules("icon")
        load_rules("ticket_parts")
        load_rules("ticket")
        super().__init__(
            view, controls, paper_kind=_kind(view), paper_short=view.paper in _IN_FEW_WORDS, **kwargs
        )

    def show(self, view: TicketView) -> None:
        """Show another ticket, or a change of the same one."""
        self.paper_kind, self.paper_short = _kind(view), view.paper in _IN_FEW_WORDS
        super().show(view)


_IN_FEW_WORDS: Final = frozenset({PaperState.PRINTED, PaperState.PRINTING})


def _kind(view: TicketView) -> str:
    return {PaperState.FAILED: "mind", PaperState.UNCONFIRMED: "mind", PaperState.PRINTING: "wait"}.get(
        view.paper, "done"
    )
