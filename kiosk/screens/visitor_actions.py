"""What a screen tells of its visitor, and to whom."""

from typing import Protocol

from backend.common import Language
from kiosk.visit import Button


class VisitorActions(Protocol):
    """Who is told what a visitor does: the session, or a test."""

    def tap(self, button: Button) -> None:
        """A button was tapped."""

    def key(self, key: str) -> None:
        """A key of the keypad was tapped."""

    def choose(self, situation: str) -> None:
        """Who comes to receive a card was chosen."""

    def speak(self, language: Language) -> None:
        """A language was chosen."""
