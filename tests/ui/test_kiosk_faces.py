"""The faces of the kiosk's letters: a rare kanji is drawn, and the look of the others comes back."""

from typing import Any

import pytest

from backend.common.design.icons import ICON_FACE, ICONS
from backend.common.device_kit.label_face import register_faces
from backend.common.fonts import GETA


@pytest.fixture
def faces(kivy: None) -> Any:
    """The kiosk's widgets, with their typefaces registered."""
    from kivy.core.text import LabelBase

    from kiosk.screens import style

    register_faces(LabelBase)
    style.load_rules("style")
    return style


def ink(label: Any) -> bytes:
    """What a label draws."""
    label.texture_update()
    pixels: bytes = label.texture.pixels
    return pixels


@pytest.mark.parametrize("kind", ["KioskText", "KioskLine"])
def test_a_rare_kanji_of_an_office_is_drawn(faces: Any, ui: Any, kind: str) -> None:
    """Protects 𠮷野町出張所 on every screen: two rare kanji are two pictures, where boxes would be the same twice."""
    label = getattr(faces, kind)(text="吉野町出張所", font_name="UD", width=800)
    assert label.font_name == "UD"
    pictures = []
    for name in ("𠮷野町出張所", "𠅘野町出張所"):
        label.text = name
        assert (label.font_name, label.text) == ("CJK", name)
        pictures.append(ink(label))
    assert pictures[0] != pictures[1]
    label.text = "吉野町出張所"
    assert label.font_name == "UD"


def test_a_language_that_is_chosen_keeps_its_face(faces: Any, ui: Any) -> None:
    """Protects Chinese and Korean screens: the face that a screen asks for stays, also after a rare kanji."""
    label = faces.KioskText(text="𠮷", font_name="UD")
    label.font_name = "CJK"
    label.text = "领卡窗口"
    assert label.font_name == "CJK"
    label.font_name = "UD"
    label.text = "\U0001f000町"
    assert (label.font_name, label.text) == ("UD", f"{GETA}町")


def test_every_icon_is_drawn_in_a_label(faces: Any, ui: Any) -> None:
    """Protects screens from empty places and boxes: each icon by its name is a picture of its own."""
    from kivy.uix.label import Label

    pictures = {ink(Label(text=letter, font_name=ICON_FACE, font_size=48)) for letter in ICONS.values()}
    assert len(pictures) == len(ICONS)
    assert all(any(picture[3::4]) for picture in pictures)
