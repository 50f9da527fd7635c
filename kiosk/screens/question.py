"""The question whether somebody is still there, over a screen that would otherwise go."""

from typing import Any

from kivy.properties import ObjectProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.style import Controls, KioskScreen, load_rules


class StillThere(FloatLayout):
    """The question: go on, or leave."""

    view = ObjectProperty()
    font = ObjectProperty()
    controls: Controls = ObjectProperty()

    def on_touch_down(self, touch: Any) -> bool:
        """Keep touches from what lies below."""
        super().on_touch_down(touch)
        return True


class AskingScreen(KioskScreen):
    """A screen that asks before it goes: while its view is ``warned``, the question lies over it."""

    def __init__(self, view: Any, controls: Controls, **kwargs: Any) -> None:
        load_rules(__file__)
        self._question: StillThere | None = None
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
        if view.warned:
            self._question = StillThere(view=view, font=self.font, controls=self.controls)
            self.add_widget(self._question)
