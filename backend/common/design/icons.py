"""Icons: one filled, rounded set, a font that is a Debian package like the typefaces (``fonts.icon_font``).

An icon is a letter of that font. The whole font is used everywhere (350 kB on a device, 125 kB once in a browser of the
counter's own network): no subset is made at set-up, so none can be missing or outdated.

An icon is never alone: a word beside it says the same, and screen readers skip the icon.
"""

from typing import Final

from backend.common.design.token_file import Named

ICON_FACE: Final = "Icons"
"""Its name in Kivy."""

_GLYPHS: Final = {
    "ticket": "\ue638",
    "camera": "\ue412",
    "keypad": "\ue0bc",
    "printer": "\ue8ad",
    "printer-alert": "\ue9cf",
    "backspace": "\ue14a",
    "checklist": "\ue6b1",
    "clock": "\ue8b5",
    "group": "\ue7ef",
    "person": "\ue7fd",
    "person-off": "\ue510",
    "child": "\ueb41",
    "paper-search": "\ue880",
    "cloud-off": "\ue2c1",
    "lock": "\ue897",
    "volume": "\ue050",
    "contrast": "\ueb37",
    "wheelchair": "\ue914",
    "check": "\ue5ca",
    "warning": "\ue002",
    "error": "\ue000",
    "exclamation": "\ue645",
    "calendar-remove": "\ue615",
    "menu": "\ue5d4",
    "close": "\ue5cd",
    "arrow-down": "\ue5db",
    "arrow-up": "\ue5d8",
    "arrow-left": "\ue5c4",
    "arrow-right": "\ue5c8",
    "home": "\ue88a",
    "search": "\ue8b6",
    "phone": "\ue0cd",
    "info": "\ue88e",
    "door": "\ueb4f",
    "card": "\ue870",
    "certificate": "\uef76",
    "pin": "\uf042",
    "edit": "\ue3c9",
    "chat": "\ue0bf",
}

ICONS: Final[Named[str]] = Named("icon", _GLYPHS)
"""The letter of every icon by name."""


def glyph(name: str) -> str:
    """The letter that draws an icon in the icons' font, for Kivy, Pillow and fpdf2.

    Raises:
        UnknownTokenError: there is no such icon; the message lists the icons.
    """
    return getattr(ICONS, name)  # type: ignore[no-any-return]
