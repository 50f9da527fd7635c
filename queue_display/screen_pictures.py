"""Draws every state of the hall's screen into files, in every language, for ``uketsuke-display screens``.

It imports Kivy, whose environment must be set before.
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
"""How many turns of the loop to wait: texts, their sizes and the places of their neighbours need some to settle."""


def orders(languages: Sequence[Language]) -> dict[Language, tuple[Language, ...]]:
    """Each language in the first place, followed by the others in their order."""
    return {one: (one, *(other for other in languages if other is not one)) for one in languages}


def draw_screens(out: Path, languages: Sequence[Language]) -> Sequence[Drawn]:
    """Draw every scene in every language, with an index and a contact sheet per language.

    Args:
        out: folder for the files; it is made if it is not there.
        languages: the languages; each is once the first one, with the others in the small line.

    Returns:
        The pictures, as the index lists them.

    Raises:
        FontMissingError: a typeface is not installed.
        FolderTakenError: the folder holds other files under names that would be written.
        OSError: the files cannot be written.
    """
    shown = scenes()
    # Open the window first: if that fails, no file is touched.
    EventLoop.ensure_window()
    book = PictureBook(out, "Uketsuke: hall display")
    for language, order in orders(languages).items():
        for name, image in drawn(order, shown):
            book.add(image, name, language.value)
    return book.finish()


def stage(languages: Sequence[Language]) -> BoardView:
    """A board view that is alone in the window of this process; the first language is shown large."""
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
    """Show a scene and wait until the layout has settled; ``phase`` is whether flashing calls are lit."""
    view.phase = phase
    view.show(scene.screen())
    for _ in range(_TURNS_UNTIL_SETTLED):
        Clock.tick()
        Clock.tick_draw()


def drawn(languages: Sequence[Language], shown: Mapping[str, Scene]) -> Iterator[tuple[str, Image.Image]]:
    """Draw scenes one after another; gives name and picture of each."""
    view = stage(languages)
    for name, scene in shown.items():
        settle(view, scene)
        yield name, picture()


def picture() -> Image.Image:
    """A picture of the window, after a turn of the loop in which shapes follow their widgets."""
    EventLoop.idle()
    return picture_of(Window, opengl)
