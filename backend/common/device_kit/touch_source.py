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
"""The window's mouse events, without Kivy's simulated second finger: a red dot where the right button is pressed."""

TOUCH_ENVIRONMENT: Final[Mapping[str, str]] = MappingProxyType(
    {
        # Neither a file nor variables of this machine add a source, or change anything else.
        "KIVY_NO_CONFIG": "1",
        "KIVY_NO_ENV_CONFIG": "1",
        # A finger is a mouse event; without this a panel would be dead, because Kivy drops finger events on Linux.
        "SDL_TOUCH_MOUSE_EVENTS": "1",
        # And not the other way round: a mouse makes no finger events.
        "SDL_MOUSE_TOUCH_EVENTS": "0",
    }
)
"""Must be set before Kivy is imported, and replaces any values that are set already."""


class KivySettings(Protocol):
    """What is needed of Kivy's configuration."""

    def items(self, section: str) -> Iterable[tuple[str, str]]:
        """Names and values of a section."""

    def remove_option(self, section: str, option: str) -> object:
        """Take one out."""

    def set(self, section: str, option: str, value: str) -> object:
        """Put one in."""


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
