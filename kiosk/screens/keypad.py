"""Typing the number of a notice: digits, and letters on a second page."""

from string import ascii_uppercase
from typing import Any, Final

from kivy.metrics import dp
from kivy.properties import NumericProperty, ObjectProperty
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from kiosk.screens.look import LOOK
from kiosk.screens.question import AskingScreen
from kiosk.screens.style import KioskKey, load_rules
from kiosk.screens.visitor_actions import VisitorActions
from kiosk.visit import Button, KeypadView, KeyPage, Text

DIGITS = "123456789"

COLUMNS: Final = {KeyPage.DIGITS: 3, KeyPage.LETTERS: 7}
"""Keys per row."""


class KeypadScreen(AskingScreen):
    """The screen with the keypad."""

    keys: GridLayout = ObjectProperty()
    columns = NumericProperty(3)

    def __init__(self, view: KeypadView, controls: VisitorActions, **kwargs: Any) -> None:
        load_rules("keypad")
        self._laid: tuple[KeyPage, Text, Text, str] | None = None
        super().__init__(view, controls, **kwargs)
        self._arrange(view)

    def show(self, view: KeypadView) -> None:
        """Show another view: what has been typed, and the right page of keys."""
        super().show(view)
        self._arrange(view)

    def _arrange(self, view: KeypadView) -> None:
        wanted = (view.page, view.other_page, view.backspace, self.font)
        if wanted != self._laid:
            self._laid = wanted
            self._lay_keys(view)

    def _lay_keys(self, view: KeypadView) -> None:
        self.keys.clear_widgets()
        self.columns = COLUMNS[view.page]
        # If numbers have no letters, there is no page with letters.
        page = self._special(view.other_page, Button.PAGE) if view.other_page else None
        backspace = self._special(view.backspace, Button.BACKSPACE)
        if view.page is KeyPage.DIGITS:
            row = [page or Widget(), self._letter("0"), backspace]
            keys = [*(self._letter(key) for key in DIGITS), *row]
        else:
            letters = [self._letter(key) for key in ascii_uppercase]
            keys = [*letters, page or Widget(), backspace]
        for key in keys:
            self.keys.add_widget(key)

    def _letter(self, key: str) -> KioskKey:
        digits = self.columns == COLUMNS[KeyPage.DIGITS]
        letter = dp(LOOK.type.digit if digits else LOOK.type.title)
        made = KioskKey(key=key, text=key, letter=letter, single_line=True)
        made.bind(on_release=lambda tapped: self.controls.key(tapped.key))
        return made

    def _special(self, text: Text, button: Button) -> KioskKey:
        # Beside letters a key is narrow: its word stays as large as it is.
        roomy = self.columns == COLUMNS[KeyPage.DIGITS]
        letter = LOOK.type.small if roomy else LOOK.type.small / LOOK.larger
        made = KioskKey(text=text, font=self.font, action=button, letter=dp(letter))
        made.bind(on_release=lambda _: self.controls.tap(button))
        return made
