"""Draws every state of the hall's screen into files, in every language: ``uketsuke-display screens``.

Import it after Kivy's environment is set.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.text import LabelBase
from kivy.core.window import Window
from kivy.graphics import opengl
from PIL import Image

from backend.common import Language
from backend.common.device_kit import Drawn, PictureBook, picture_of, register_faces
from queue_display.board_view import BoardView
from queue_display.scenes import Scene, scenes

_TURNS_UNTIL_SETTLED = 5
"""A text, its size and the places of its neighbours follow each other over some turns of the loop."""


def orders(languages: Sequence[Language]) -> dict[Language, tuple[Language, ...]]:
    """Each language in the first place, followed by the others in their order."""
    return {one: (one, *(other for other in languages if other is not one)) for one in languages}


def draw_screens(out: Path, languages: Sequence[Language]) -> Sequence[Drawn]:
    """Draw every scene in every language, with an index and a contact sheet per language.

    Args:
        out: folder for the files; it is made if it is not there.
        languages: each has the first place once; the others take the small line.

    Returns:
        What the index lists.

    Raises:
        FontMissingError: a typeface is not installed.
        FolderTakenError: the folder has files of somebody else where ours would be.
        OSError: the files cannot be written.
    """
    shown = scenes()
    # Where no window can be opened, nothing is begun.
    EventLoop.ensure_window()
    book = PictureBook(out, "Uketsuke: hall display")
    for language, order in orders(languages).items():
        for name, image in drawn(order, shown):
            book.add(image, name, language.value)
    return book.finish()


def stage(languages: Sequence[Language]) -> BoardView:
    """A board view that has the window of this process for itself; the first language is shown large."""
    register_faces(LabelBase)
    EventLoop.ensure_window()
    if EventLoop.status != "started":
        EventLoop.start()
    for child in list(Window.children):
        Window.remove_widget(child)
    view = BoardView(list(languages))
    Window.add_widget(view)
    # The window learns its size from its first events.
    EventLoop.idle()
    return view


def settle(view: BoardView, scene: Scene, *, phase: bool = True) -> None:
    """Show a scene, and let every label have its text, size and place; ``phase`` is a half of the flash."""
    view.phase = phase
    view.show(scene.screen())
    for _ in range(_TURNS_UNTIL_SETTLED):
        Clock.tick()
        Clock.tick_draw()


def drawn(languages: Sequence[Language], shown: Mapping[str, Scene]) -> Iterator[tuple[str, Image.Image]]:
    """Name and picture of scenes, one after another."""
    view = stage(languages)
    for name, scene in shown.items():
        settle(view, scene)
        yield name, picture()


def picture() -> Image.Image:
    """What the window shows now; shapes follow their widgets when a turn of the loop ends."""
    EventLoop.idle()
    return picture_of(Window, opengl)
