"""Draws every state of the hall's screen into files, in every language: ``uketsuke-display screens``.

Import it after Kivy's environment is set.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
from PIL import Image, ImageDraw, ImageFont

from assets.catalogue import Language
from assets.fonts import ud_gothic
from queue_display.board_view import BoardView
from queue_display.board_widgets import register_fonts
from queue_display.scenes import Scene, scenes

_SHEET_COLUMNS = 4
_SHEET_WIDTH = 480
_CAPTION = 26
_TURNS_UNTIL_SETTLED = 5
"""A text, its size and the places of its neighbours follow each other over some turns of the loop."""


def orders(languages: Sequence[Language]) -> dict[Language, tuple[Language, ...]]:
    """Each language in the first place, followed by the others in their order."""
    return {one: (one, *(other for other in languages if other is not one)) for one in languages}


def draw_screens(out: Path, languages: Sequence[Language]) -> list[dict[str, str]]:
    """Draw every scene in every language, with an index and a contact sheet per language.

    Args:
        out: folder for the files; it is made if it is not there.
        languages: each has the first place once; the others take the small line.

    Returns:
        What was written: file, scene and language of each picture.

    Raises:
        FontMissingError: a typeface is not installed.
        OSError: the files cannot be written.
    """
    shown = scenes()
    index: list[dict[str, str]] = []
    for language, order in orders(languages).items():
        folder = out / language.value
        folder.mkdir(parents=True, exist_ok=True)
        pictures: list[tuple[str, Image.Image]] = []
        for number, (name, image) in enumerate(drawn(order, shown), start=1):
            file = folder / f"{number:02d}-{name}.png"
            image.save(file)
            pictures.append((name, _small(image)))
            index.append({"file": f"{language}/{file.name}", "scene": name, "language": language.value})
        _contact_sheet(pictures).save(out / f"contact-{language}.png")
    (out / "index.json").write_text(json.dumps(index, indent=1) + "\n", "utf-8")
    (out / "index.html").write_text(_page(index), "utf-8")
    return index


def stage(languages: Sequence[Language]) -> BoardView:
    """A board view that has the window of this process for itself; the first language is shown large."""
    register_fonts()
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
    Window.dispatch("on_draw")
    width, height = Window.size
    pixels = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
    return Image.frombytes("RGB", (width, height), pixels).transpose(Image.Transpose.FLIP_TOP_BOTTOM)


def _small(image: Image.Image) -> Image.Image:
    height = round(image.height * _SHEET_WIDTH / image.width)
    return image.resize((_SHEET_WIDTH, height), Image.Resampling.LANCZOS)


def _contact_sheet(pictures: Sequence[tuple[str, Image.Image]]) -> Image.Image:
    """All pictures of a language on one, each with its name."""
    high = max(image.height for _, image in pictures) + _CAPTION
    lines = -(-len(pictures) // _SHEET_COLUMNS)
    sheet = Image.new("RGB", (_SHEET_COLUMNS * (_SHEET_WIDTH + 8) + 8, lines * (high + 8) + 8), "#d8d8d8")
    draw, font = ImageDraw.Draw(sheet), ImageFont.truetype(str(ud_gothic()), 18)
    for place, (name, image) in enumerate(pictures):
        x = 8 + place % _SHEET_COLUMNS * (_SHEET_WIDTH + 8)
        y = 8 + place // _SHEET_COLUMNS * (high + 8)
        draw.text((x, y + 2), f"{place + 1:02d} {name}", font=font, fill="black")
        sheet.paste(image, (x, y + _CAPTION))
    return sheet


def _page(index: Sequence[dict[str, str]]) -> str:
    """A page that shows every picture."""
    figures = "\n".join(
        f'<figure><a href="{escape(entry["file"])}"><img src="{escape(entry["file"])}" loading="lazy" width="480" '
        f'alt="{escape(entry["scene"])}"></a><figcaption>{escape(entry["language"])} {escape(entry["scene"])}'
        "</figcaption></figure>"
        for entry in index
    )
    return (
        '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Uketsuke: screens</title>\n'
        "<style>body{font-family:sans-serif;background:#ddd}figure{display:inline-block;margin:8px}</style>\n"
        f"{figures}\n</html>\n"
    )
