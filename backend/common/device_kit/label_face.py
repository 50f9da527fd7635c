"""The typefaces of screens, and a mix-in that gives a label the typeface that has its characters.

Kivy draws a label in a single typeface, with a box for every character that the typeface lacks. So a label uses the
typeface that it asks for, or the other one if that has more of its characters. Kiosk and hall mix this into their
labels; nothing here imports Kivy.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol

from backend.common import Language, Typeface, icon_font, in_one_face, noto_cjk, typeface_of, ud_gothic
from backend.common.design import ICON_FACE

UD_FACE, CJK_FACE = Typeface.UD.value, Typeface.CJK.value
FACES = frozenset(typeface.value for typeface in Typeface)


class FaceRegister(Protocol):
    """The part of Kivy's ``LabelBase`` that is used here."""

    def register(self, name: str, fn_regular: str, *, fn_bold: str) -> object:
        """Register a typeface under a name."""


def register_faces(label: FaceRegister) -> None:
    """Register the typefaces and the icons with Kivy; call this before any widget is made.

    Args:
        label: Kivy's ``LabelBase``.

    Raises:
        FontMissingError: a typeface is not installed.
    """
    label.register(UD_FACE, str(ud_gothic()), fn_bold=str(ud_gothic(bold=True)))
    label.register(CJK_FACE, str(noto_cjk()), fn_bold=str(noto_cjk(bold=True)))
    label.register(ICON_FACE, str(icon_font()), fn_bold=str(icon_font()))


def face_of(language: Language) -> str:
    """The registered typeface that covers a language's texts."""
    return typeface_of(language).value


@lru_cache(maxsize=4096)
def width_at_100(label: Callable[..., Any], text: str, face: str, bold: bool) -> float:
    """Width of a line of text at a font size of 100 pixels, in pixels; ``label`` is Kivy's ``kivy.core.text.Label``."""
    return float(label(font_name=face, font_size=100, bold=bold).get_extents(text)[0])


class OneFace:
    """Mix-in for Kivy labels; it must come before the label's own class in the list of bases.

    It chooses the typeface again whenever the text or the requested ``font_name`` changes.
    """

    text: str
    font_name: str
    fbind: Callable[..., object]

    def __init__(self, **kwargs: Any) -> None:
        self._asked = Typeface.UD.value
        self._choosing = True
        super().__init__(**kwargs)
        self._choosing = False
        self.fbind("font_name", self._ask)
        self.fbind("text", self._choose)
        self._ask()

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        # If the requested face is the one already chosen, Kivy sees no change and calls nothing; without this, the next
        # text would be drawn in the face that was requested before.
        if name == "font_name" and not self._choosing and self._asked != value:
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
