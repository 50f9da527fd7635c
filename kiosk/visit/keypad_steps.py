"""Steps of the keypad: what a key or button does to a number that is being typed. Without side effects."""

from dataclasses import replace
from typing import Final

from backend.wire import FieldShape, contains_my_number
from kiosk.visit.inputs import Button
from kiosk.visit.screens import Keypad, KeypadNote, KeyPage
from kiosk.visit.typed_number import KEYS, NumberForms, NumberStage

MY_NUMBER_LENGTH: Final = 12


def press(screen: Keypad, key: str, forms: NumberForms) -> Keypad | None:
    """The keypad after a key; None where it makes twelve digits, which must not be kept.

    A key that no number of the ward can have is ignored. Digits beyond the longest number are only counted: with
    them the visitor may be typing a 個人番号, and then its first digits must not stay on the screen either.
    """
    if key not in KEYS:
        return screen
    if contains_my_number(screen.typed + key, FieldShape.CODE):
        return None
    if forms.takes(screen.typed, key):
        return replace(screen, typed=screen.typed + key, warned=False, note=None, beyond=0)
    if not key.isdigit() or forms.look(screen.typed).stage is NumberStage.SHORT:
        return replace(screen, warned=False)
    beyond = screen.beyond + 1
    if screen.typed.isdigit() and len(screen.typed) + beyond >= MY_NUMBER_LENGTH:
        return None
    return replace(screen, warned=False, note=KeypadNote.TOO_LONG, beyond=beyond)


def tap(screen: Keypad, button: Button, forms: NumberForms) -> Keypad | None:
    """The keypad after one of its own buttons; None for any other button."""
    calm = replace(screen, warned=False, note=None, beyond=0)
    if button is Button.BACKSPACE:
        return replace(calm, typed=screen.typed[:-1])
    if button is Button.PAGE and forms.letters:
        return replace(calm, page=KeyPage.LETTERS if screen.page is KeyPage.DIGITS else KeyPage.DIGITS)
    if button is Button.STAY:
        return replace(screen, warned=False)
    return None


def correcting(typed: str) -> Keypad:
    """The keypad with a number that has to be corrected, on the page that has its last character."""
    letters = bool(typed) and not typed[-1].isdigit()
    return Keypad(typed, KeyPage.LETTERS if letters else KeyPage.DIGITS)
