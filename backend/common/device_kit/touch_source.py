"""Where a program's touches come from: the mouse events of its window, or nowhere.

Kivy's own configuration names two sources on Linux: the window's mouse events, and every touch panel that it finds by
itself (``probesysfs``). A panel that the window system knows too is then counted twice: one finger types two digits.
More sources come from a ``config.ini`` and from the environment (``KCFG_INPUT_…``).

The window alone is enough: SDL turns the first finger on a panel into mouse events, under X11, Wayland and without a
window system, and Kivy ignores SDL's own finger events there.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Protocol

SECTION: Final = "input"

TOUCH_WINDOW: Final = "mouse,disable_multitouch"
"""The window's mouse events, without Kivy's simulation of a second finger (a red dot at each right click)."""

TOUCH_ENVIRONMENT: Final[Mapping[str, str]] = MappingProxyType(
    {
        # No configuration file and no variable of this machine adds a source or changes anything else.
        "KIVY_NO_CONFIG": "1",
        "KIVY_NO_ENV_CONFIG": "1",
        # A finger is a mouse event; without this a panel would be dead, because Kivy drops finger events on Linux.
        "SDL_TOUCH_MOUSE_EVENTS": "1",
        # Not the other way round: a mouse makes no finger events.
        "SDL_MOUSE_TOUCH_EVENTS": "0",
    }
)
"""Must be set before Kivy is imported, and replaces any values that are set already."""


class KivySettings(Protocol):
    """The part of Kivy's configuration that is used here."""

    def items(self, section: str) -> Iterable[tuple[str, str]]:
        """Names and values of a section."""

    def remove_option(self, section: str, option: str) -> object:
        """Remove an option."""

    def set(self, section: str, option: str, value: str) -> object:
        """Set an option."""


def take_touches_from(source: str | None, settings: KivySettings) -> None:
    """Leave exactly one source of touches in Kivy's configuration, or none; all others are removed.

    Args:
        source: ``TOUCH_WINDOW``, or None if nobody touches the screen.
        settings: Kivy's ``Config``, before its window is made.
    """
    for name, _ in list(settings.items(SECTION)):
        settings.remove_option(SECTION, name)
    if source is not None:
        settings.set(SECTION, "mouse", source)
