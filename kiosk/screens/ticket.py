"""The screen with the number, as large as possible, and what to do next."""

from kivy.properties import ObjectProperty, OptionProperty

from kiosk.screens.style import KioskLine, KioskScreen, load_rules
from kiosk.screens.visitor_actions import VisitorActions
from kiosk.visit import PaperState, TicketView


class TicketScreen(KioskScreen):
    """Shows the number, the state of the paper, and the waiting time."""

    number: KioskLine = ObjectProperty()
    paper_kind = OptionProperty("done", options=["mind", "done", "wait"])

    def __init__(self, view: TicketView, controls: VisitorActions, **kwargs: object) -> None:
        load_rules("ticket")
        super().__init__(view, controls, paper_kind=_kind(view), **kwargs)

    def show(self, view: TicketView) -> None:
        """Show another ticket, or a change of the same one."""
        self.paper_kind = _kind(view)
        super().show(view)


def _kind(view: TicketView) -> str:
    return {PaperState.FAILED: "mind", PaperState.UNCONFIRMED: "mind", PaperState.PRINTING: "wait"}.get(
        view.paper, "done"
    )
