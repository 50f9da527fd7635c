"""The screens of what to bring: who comes, then the pages of the list for them."""

from typing import Any, Final

from kivy.metrics import dp
from kivy.properties import ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.bring_things import BringBoxes, BringCard
from kiosk.screens.question import AskingScreen
from kiosk.screens.style import KioskButton, load_rules
from kiosk.screens.visitor_actions import VisitorActions
from kiosk.visit import BringListView, BringView, SituationChoice

CHOICE_LETTERS: Final = 50
"""Size of letters of the buttons for who comes, in pixels of the design."""

CHOICE_HEIGHT: Final = 170
CHOICE_SIGN: Final = 96
CHOICE_PADDING: Final = (144, 8, 24, 8)
"""The left side leaves room for the icon."""

SIGNS: Final = {"self": "person", "lost": "paper-search", "child": "child", "agent": "group"}
"""The icon of each situation by its code; a ward's own situation has none."""


class BringScreen(AskingScreen):
    """The screen that asks who will come."""

    choices: BoxLayout = ObjectProperty()

    def __init__(self, view: BringView, controls: VisitorActions, **kwargs: Any) -> None:
        load_rules("bring")
        self._laid: tuple[tuple[SituationChoice, ...], str] | None = None
        super().__init__(view, controls, **kwargs)
        self._lay(view)

    def show(self, view: BringView) -> None:
        """Show another view: the situations in another language, or other situations."""
        super().show(view)
        self._lay(view)

    def _lay(self, view: BringView) -> None:
        if self._laid == (view.choices, self.font):
            return
        self._laid = (view.choices, self.font)
        self.choices.clear_widgets()
        for choice in view.choices:
            button = KioskButton(
                text=choice.words,
                font=self.font,
                letter=dp(CHOICE_LETTERS),
                height=dp(CHOICE_HEIGHT),
                padding=tuple(dp(side) for side in CHOICE_PADDING),
                sign=SIGNS.get(choice.code, ""),
                sign_size=CHOICE_SIGN,
            )
            button.bind(on_release=lambda _, code=choice.code: self.controls.choose(code))
            self.choices.add_widget(button)


class BringListScreen(AskingScreen):
    """The screen with a page of the list for one situation."""

    page: BoxLayout = ObjectProperty()

    def __init__(self, view: BringListView, controls: VisitorActions, **kwargs: Any) -> None:
        load_rules("bring_things")
        load_rules("bring")
        super().__init__(view, controls, **kwargs)
        self._lay(view)

    def show(self, view: BringListView) -> None:
        """Show another page, or the same in another language."""
        super().show(view)
        self._lay(view)

    def _lay(self, view: BringListView) -> None:
        maker = BringBoxes if view.boxed else BringCard
        if [type(one) for one in self.page.children] != [maker]:
            self.page.clear_widgets()
            self.page.add_widget(maker())
        (shown,) = self.page.children
        shown.font, shown.items = self.font, list(view.items)
