"""A label that is drawn with one face: the one that is asked for, or the other where that lacks a letter of its text.

Kivy draws a text with one face and has no second one: what it lacks would be a box. Kiosk and hall mix this into their
labels; nothing here imports Kivy.
"""

from collections.abc import Callable
from typing import Any

from backend.common import Typeface, in_one_face

FACES = frozenset(typeface.value for typeface in Typeface)


class OneFace:
    """To be named before the label's own class."""

    text: str
    font_name: str
    fbind: Callable[..., object]

    def __init__(self, **kwargs: Any) -> None:
        self._asked = Typeface.UD.value
        self._choosing = False
        super().__init__(**kwargs)
        self.fbind("font_name", self._ask)
        self.fbind("text", self._choose)
        self._ask()

    def _ask(self, *_: object) -> None:
        if not self._choosing:
            self._asked = self.font_name
            self._choose()

    def _choose(self, *_: object) -> None:
        if self._choosing or self._asked not in FACES:
            return
        self._choosing = True
        face, said = in_one_face(self.text, Typeface(self._asked))
        self.text, self.font_name = said, face.value
        self._choosing = False
