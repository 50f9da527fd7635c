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
from backend.common.design import Theme
from backend.common.device_kit import Drawn, PictureBook, picture_of, register_faces
from queue_display.board_view import BoardView
from queue_display.hall_look import HALL
from queue_display.places import Shape
from queue_display.scenes import Scene, scenes

_TURNS_UNTIL_SETTLED = 2
"""How many turns of the loop to wait until texts, their sizes and the positions of their neighbours have settled."""


def orders(languages: Sequence[Language]) -> dict[Language, tuple[Language, ...]]:
    """For each language, an order of all languages that begins with it."""
    return {one: (one, *(other for other in languages if other is not one)) for one in languages}


def draw_screens(
    out: Path, languages: Sequence[Language], looks: Sequence[tuple[Shape, Theme]], size: tuple[int, int]
) -> Sequence[Drawn]:
    """Draw every scene in every language, shape and theme, with an index and a contact sheet for each.

    Args:
        out: folder for the files; it is made if it is not there.
        languages: the languages; each is the first one once, with the others in the small line.
        looks: shapes of the screen, each with a theme.
        size: width and height of a picture in landscape, in pixels; the window is a square that holds both shapes.

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
    for shape, theme in looks:
        HALL.wear(theme)
        wide = size if shape is Shape.LANDSCAPE else (size[1], size[0])
        for language, order in orders(languages).items():
            for name, image in drawn(order, shown, wide):
                book.add(image, name, _group(language, shape, theme))
    return book.finish()


def _group(language: Language, shape: Shape, theme: Theme) -> str:
    """The name of the group of pictures in one language, shape and theme; the usual shape and theme are not named."""
    upright, dark = shape is Shape.PORTRAIT, theme is not Theme.LIGHT
    return "-".join([language.value, *([shape.value] if upright else []), *([theme.value] if dark else [])])


def stage(languages: Sequence[Language], size: tuple[int, int]) -> BoardView:
    """A board view of a size, alone in the window of this process; the first language is shown large."""
    register_faces(LabelBase)
    EventLoop.ensure_window()
    if EventLoop.status != "started":
        EventLoop.start()
    for child in list(Window.children):
        Window.remove_widget(child)
    view = BoardView(list(languages), size_hint=(None, None), size=size)
    Window.add_widget(view)
    # The window learns its size from its first events.
    EventLoop.idle()
    return view


def settle(view: BoardView, scene: Scene, *, phase: bool = True) -> None:
    """Show a scene and wait until the layout has settled; ``phase`` is whether flashing calls are lit."""
    view.phase = phase
    view.show(scene.screen(view.shape))
    for _ in range(_TURNS_UNTIL_SETTLED):
        Clock.tick()
        Clock.tick_draw()


def drawn(
    languages: Sequence[Language], shown: Mapping[str, Scene], size: tuple[int, int]
) -> Iterator[tuple[str, Image.Image]]:
    """Draw scenes one after another; gives name and picture of each."""
    view = stage(languages, size)
    for name, scene in shown.items():
        settle(view, scene)
        yield name, picture(size)


def picture(size: tuple[int, int]) -> Image.Image:
    """A picture of the view, after a turn of the loop in which shapes follow their widgets."""
    EventLoop.idle()
    whole = picture_of(Window, opengl)
    # The view is in the lower left corner of the window.
    return whole.crop((0, whole.height - size[1], size[0], whole.height))
