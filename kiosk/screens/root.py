"""The window's content: the frame of all screens, once in each look, and what counts as a touch."""

from collections.abc import Iterable
from functools import partial
from typing import Any, Final

from kivy.clock import Clock
from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.frame import KioskFrame
from kiosk.screens.look import LOOK
from kiosk.screens.press_guard import GUARD_SECONDS, Rectangle, TouchGuard
from kiosk.screens.style import KioskButton, KioskScreen
from kiosk.screens.visitor_actions import VisitorActions
from kiosk.visit import View, spoken

PREPARE_SECONDS: Final = 0.3
"""Pause before each screen that is made in advance."""


class KioskRoot(BoxLayout):
    """The window's content: a frame in the usual look, and one that is easier to see, made when it is first needed.

    Args:
        controls: receives what is tapped.
        guard: seconds after a change of screens in which touches do not count.
        frame: what :class:`KioskFrame` needs to know of the machine.
    """

    time = StringProperty()

    def __init__(self, controls: VisitorActions, *, guard: float = GUARD_SECONDS, **frame: Any) -> None:
        super().__init__()
        self._controls = controls
        self._about = frame
        self._guard = TouchGuard(guard, Clock.time)
        self._frames: dict[bool, KioskFrame] = {}
        self._wear(eased=False)
        self.fbind("time", self._tell_time)

    @property
    def frame(self) -> KioskFrame:
        """The frame that is in the window."""
        frame: KioskFrame = self.children[0]
        return frame

    @property
    def screen(self) -> KioskScreen:
        """The screen that is shown."""
        return self.frame.screen

    def show(self, view: View) -> None:
        """Show a view, in its language and its look."""
        view = spoken(view)
        self._guard.turn(view, self._buttons)
        self._wear(eased=view.common.eased)
        self.frame.show(view)

    def prepare(self, views: Iterable[View]) -> None:
        """Make screens before they are needed, with pauses, so that a visitor who comes meanwhile does not wait."""
        for place, view in enumerate(views, start=1):
            Clock.schedule_once(partial(self._prepare, view), place * PREPARE_SECONDS)

    def _prepare(self, view: View, _: float) -> None:
        screens = self._frames[False].screens
        if self.frame is self._frames[False] and not screens.has(view):
            screens.of(spoken(view))

    def _tell_time(self, _: object, time: str) -> None:
        self.frame.time = time

    def _wear(self, *, eased: bool) -> None:
        if self.children and self.frame is self._frames.get(eased):
            return
        LOOK.ease(eased=eased)
        if self.children:
            self.frame.rest()
            self.clear_widgets()
        if eased not in self._frames:
            self._frames[eased] = KioskFrame(self._controls, **self._about)
        self.add_widget(self._frames[eased])
        self.frame.time = self.time

    def on_touch_down(self, touch: Any) -> bool:
        """Ignore a touch that was meant for the previous screen; report any other one."""
        if self._guard.swallows(*touch.pos):
            return True
        taken = bool(super().on_touch_down(touch))
        if any(isinstance(one, KioskButton) for one in touch.ud):
            self._controls.pressed()
        else:
            self._controls.touched()
        return taken

    def _buttons(self) -> tuple[Rectangle, ...]:
        """Where the buttons of the present screen are, without the languages, which are in the same place on all."""
        if self.frame.screens.current_screen is None:
            return ()
        buttons = (each for each in self.screen.walk() if isinstance(each, KioskButton) and not each.hidden)
        return tuple(
            (*each.to_window(each.x, each.y), *each.to_window(each.right, each.top)) for each in buttons
        )
