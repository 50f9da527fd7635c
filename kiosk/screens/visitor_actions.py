"""The actions of a visitor that screens report."""

from typing import Protocol

from backend.common import Language
from kiosk.visit import Button


class VisitorActions(Protocol):
    """Receives what a visitor does; in the product, the session."""

    def tap(self, button: Button) -> None:
        """A button was tapped."""

    def key(self, key: str) -> None:
        """A key of the keypad was tapped."""

    def choose(self, situation: str) -> None:
        """A situation (who comes to receive a card) was chosen; ``situation`` is its code."""

    def come_for(self, kind: str) -> None:
        """A kind of visit without a reservation was chosen; ``kind`` is its code."""

    def speak(self, language: Language) -> None:
        """A language was chosen."""

    def pressed(self) -> None:
        """A finger is on a button."""

    def touched(self) -> None:
        """The screen was touched outside its buttons: somebody is there."""
