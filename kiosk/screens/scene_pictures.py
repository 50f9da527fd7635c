"""Draws pictures of all scenes: each screen, in a window that is not visible, and each ticket as it is printed."""

from collections.abc import Iterable, Iterator
from types import SimpleNamespace

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.text import LabelBase
from kivy.core.window import Window
from kivy.graphics import opengl
from kivy.lang import Builder
from PIL import Image

from backend.common import Language, clock_face
from backend.common.device_kit import picture_of, register_faces
from backend.common.receipt import WIDTHS, TicketFace, draw_ticket
from backend.wire import BringSituation
from kiosk.screens.root import KioskRoot
from kiosk.visit import NOW, OFFICE, TICKETS, every_scene, present, scene_office, scene_state

_FRAMES = 4
"""How many frames to wait: layout takes more than one where heights depend on texts."""

_NOBODY = SimpleNamespace(
    tap=lambda _: None,
    key=lambda _: None,
    choose=lambda _: None,
    come_for=lambda _: None,
    speak=lambda _: None,
    pressed=lambda: None,
    touched=lambda: None,
)


class SceneWindow:
    """A window in which one scene after the other is shown; a process has only one.

    Args:
        situations: what visitors bring, as the server tells it.

    Raises:
        FontMissingError: a typeface is not installed.
    """

    def __init__(self, situations: Iterable[BringSituation]) -> None:
        self._situations = tuple(situations)
        register_faces(LabelBase)
        EventLoop.ensure_window()
        self._root = KioskRoot(_NOBODY, guard=0)
        self._root.time = clock_face(NOW)
        Window.add_widget(self._root)
        EventLoop.status = "started"

    def pictures(self, language: Language) -> Iterator[tuple[str, Image.Image]]:
        """Every scene in a language: its name, and a picture of the window."""
        for name, screen in every_scene(self._situations).items():
            state = scene_state(name, screen, language, self._situations)
            self._root.show(present(state, scene_office(name), NOW))
            _settle()
            yield name, picture_of(Window, opengl)


def draw_tickets(language: Language) -> Iterator[tuple[str, Image.Image]]:
    """Every ticket in a language on every width of paper: its name, and a picture of mode ``1``.

    Raises:
        FontMissingError: a typeface is not installed.
    """
    for width, dots in WIDTHS.items():
        for name, (ticket, reprint) in TICKETS.items():
            face = TicketFace.of(ticket, OFFICE, language, reprint=reprint)
            yield f"paper{width}_{name}", draw_ticket(face, dots, language)


def _settle() -> None:
    """Let a few frames pass, so that the layout is finished."""
    for _ in range(_FRAMES):
        Clock.tick()
        Builder.sync()
        Clock.tick_draw()
        Builder.sync()
