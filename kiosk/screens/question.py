"""The question whether the visitor is still there, shown over a screen before it closes by itself."""

from typing import Any

from kivy.properties import ObjectProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.style import KioskScreen, load_rules
from kiosk.screens.visitor_actions import VisitorActions
from kiosk.visit import StillThere


class StillThereQuestion(FloatLayout):
    """The question: go on, or leave."""

    words: StillThere = ObjectProperty()
    font = ObjectProperty()
    controls: VisitorActions = ObjectProperty()

    def on_touch_down(self, touch: Any) -> bool:
        """Keep touches from the screen below."""
        super().on_touch_down(touch)
        return True


class AskingScreen(KioskScreen):
    """A screen that asks before it closes: while its view says so, the question is shown on top of it."""

    def __init__(self, view: Any, controls: VisitorActions, **kwargs: Any) -> None:
        load_rules("question")
        self._question: StillThereQuestion | None = None
        super().__init__(view, controls, **kwargs)
        self._ask(view)

    def show(self, view: Any) -> None:
        """Show another view, and the question if it is asked."""
        super().show(view)
        self._ask(view)

    def _ask(self, view: Any) -> None:
        if self._question is not None:
            self.remove_widget(self._question)
            self._question = None
        if view.still_there is not None:
            self._question = StillThereQuestion(
                words=view.still_there, font=self.font, controls=self.controls
            )
            self.add_widget(self._question)
