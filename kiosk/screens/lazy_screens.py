"""The screens of one frame, each made when it is first needed."""

from typing import Any, Final

from kivy.uix.screenmanager import NoTransition, ScreenManager

from kiosk.screens.bring import BringListScreen, BringScreen
from kiosk.screens.joining import JoiningScreen
from kiosk.screens.keypad import KeypadScreen
from kiosk.screens.kinds import KindsScreen
from kiosk.screens.notice import NoticeScreen
from kiosk.screens.style import KioskScreen
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.trouble import TroubleScreen
from kiosk.screens.visitor_actions import VisitorActions
from kiosk.screens.walk_in import WalkInScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.screens.working import WorkingScreen
from kiosk.visit import (
    BringListView,
    BringView,
    JoiningView,
    KeypadView,
    KindsView,
    NoticeView,
    TicketView,
    TroubleView,
    View,
    WalkInView,
    WelcomeView,
    WorkingView,
)

MAKERS: Final[dict[type, type[KioskScreen]]] = {
    WelcomeView: WelcomeScreen,
    KeypadView: KeypadScreen,
    WalkInView: WalkInScreen,
    KindsView: KindsScreen,
    BringView: BringScreen,
    BringListView: BringListScreen,
    WorkingView: WorkingScreen,
    TicketView: TicketScreen,
    JoiningView: JoiningScreen,
    TroubleView: TroubleScreen,
    NoticeView: NoticeScreen,
}
"""The screen for each kind of view."""


class LazyScreens(ScreenManager):
    """Makes each screen when it is first needed.

    Args:
        controls: receives what is tapped.
    """

    def __init__(self, controls: VisitorActions, **kwargs: Any) -> None:
        super().__init__(transition=NoTransition(), **kwargs)
        self._controls = controls
        self._made: dict[type[KioskScreen], KioskScreen] = {}

    def has(self, view: View) -> bool:
        """Whether the screen for a view of this type has been made."""
        return MAKERS[type(view)] in self._made

    def of(self, view: View) -> KioskScreen:
        """The screen for a view, made if needed, with the view shown on it."""
        maker = MAKERS[type(view)]
        if maker in self._made:
            self._made[maker].show(view)
        else:
            self._made[maker] = maker(view, self._controls, name=maker.__name__)
            self.add_widget(self._made[maker])
        return self._made[maker]
