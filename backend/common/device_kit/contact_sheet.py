"""Pictures of every screen in every language, with an index and one contact sheet per language.

``uketsuke-kiosk screens`` and ``uketsuke-display screens`` write such a folder:

- ``<language>/NN-<scene>.png``, numbered in the order in which they were added,
- ``contact-<language>.png``, all pictures of a language side by side,
- ``index.json``, a list of ``{"file", "scene", "language"}``, and ``index.html`` for people.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from backend.common import FolderTakenError, ud_gothic
from backend.common.design import Surface, Theme, colours, css_variables, type_sizes

INDEX: Final = "index.json"
_PAGE: Final = "index.html"
_ROW: Final = ("file", "scene", "language")

THUMB: Final = 480
"""Longer side of a picture on a contact sheet, in pixels."""

SHEET_WIDTH: Final = 3000
"""About how wide a contact sheet is, in pixels."""

_CAPTION, _GAP = 22, 14
_STYLE = (
    "body{font-family:sans-serif;color:var(--ink);background:var(--sunken)}"
    "section{display:flex;flex-wrap:wrap;gap:12px}"
    "figure{margin:0}img{height:480px;width:auto;border:1px solid var(--edge)}"
)


@dataclass(frozen=True)
class Drawn:
    """One picture of a book; ``file`` is relative to the book's folder."""

    file: str
    scene: str
    language: str


class PictureBook:
    """Writes pictures into a folder, then their index.

    It removes the files that an earlier run wrote from the folder, and nothing else: another program's file with the
    name of a picture or an index is never overwritten. The index is updated while writing, so that the files of an
    interrupted run can be removed, too.

    Args:
        folder: where; made if it is not there.
        title: title of the index.

    Raises:
        FolderTakenError: the folder has such a file from elsewhere.
        OSError: the folder cannot be written.
    """

    def __init__(self, folder: Path, title: str) -> None:
        self._folder = folder
        self._title = title
        self._drawn: list[Drawn] = []
        folder.mkdir(parents=True, exist_ok=True)
        _clear(folder)
        for path in (folder / INDEX, folder / _PAGE):
            _refuse_taken(path)

    def add(self, image: Image.Image, scene: str, language: str) -> None:
        """Write one picture.

        Args:
            image: the picture of a screen or a paper.
            scene: its name, made of letters, digits, ``_`` and ``-``.
            language: the tag of its language.
        """
        number = sum(one.language == language for one in self._drawn) + 1
        drawn = Drawn(f"{language}/{number:02}-{scene}.png", scene, language)
        path = self._folder / drawn.file
        path.parent.mkdir(exist_ok=True)
        _refuse_taken(path)
        if number == 1:
            _refuse_taken(self._folder / _sheet_of(language))
        self._drawn.append(drawn)
        self._list()
        # Little compression, which is fast: there are hundreds of pictures, each looked at once.
        image.save(path, format="PNG", compress_level=1)

    def finish(self) -> Sequence[Drawn]:
        """Write contact sheets and index; returns what the index lists."""
        for language in dict.fromkeys(one.language for one in self._drawn):
            mine = [one for one in self._drawn if one.language == language]
            contact_sheet(self._folder, mine).save(self._folder / _sheet_of(language), format="PNG")
        (self._folder / _PAGE).write_text(_page(self._title, self._drawn), "utf-8")
        self._list()
        return tuple(self._drawn)

    def _list(self) -> None:
        """Write the index as it is now; the file is complete at any moment."""
        rows = [{name: getattr(one, name) for name in _ROW} for one in self._drawn]
        draft = self._folder / f".{INDEX}.part"
        draft.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", "utf-8")
        draft.replace(self._folder / INDEX)


def contact_sheet(folder: Path, pictures: Sequence[Drawn]) -> Image.Image:
    """All pictures, small and side by side, each with its number and name.

    Args:
        folder: the book's folder.
        pictures: what to show; at least one.
    """
    small = [_small(folder / one.file) for one in pictures]
    wide, high = max(image.width for image in small), max(image.height for image in small)
    columns = max(1, min(len(small), SHEET_WIDTH // (wide + _GAP)))
    rows = -(-len(small) // columns)
    cell = high + _CAPTION + _GAP
    sheet = Image.new(
        "RGB", (columns * (wide + _GAP) + _GAP, rows * cell + _GAP), colours(Theme.LIGHT).quiet.rgb
    )
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(str(ud_gothic()), type_sizes(Surface.WEB).small)
    for place, (one, image) in enumerate(zip(pictures, small, strict=True)):
        x, y = _GAP + place % columns * (wide + _GAP), _GAP + place // columns * cell
        draw.text(
            (x, y), _fitting(Path(one.file).stem, font, wide), font=font, fill=colours(Theme.LIGHT).card.rgb
        )
        sheet.paste(image, (x, y + _CAPTION))
    return sheet


def _small(file: Path) -> Image.Image:
    with Image.open(file) as image:
        shown = image.convert("RGB")
    shown.thumbnail((THUMB, THUMB), Image.Resampling.LANCZOS)
    return shown


def _fitting(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """As much of the beginning of a name as fits; the number before it still distinguishes the pictures."""
    while text and font.getlength(text) > width:
        text = text[:-1]
    return text


def _sheet_of(language: str) -> str:
    return f"contact-{language}.png"


def _page(title: str, pictures: Sequence[Drawn]) -> str:
    """The index as a page that needs only the pictures."""
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>',
        f"<style>{css_variables(Theme.LIGHT)}{_STYLE}</style><h1>{escape(title)}</h1>",
    ]
    for language in dict.fromkeys(one.language for one in pictures):
        parts.append(
            f'<h2>{escape(language)} (<a href="{_sheet_of(language)}">contact sheet</a>)</h2><section>'
        )
        parts += [
            f'<figure><a href="{escape(one.file)}"><img loading="lazy" alt="" src="{escape(one.file)}"></a>'
            f"<figcaption>{escape(Path(one.file).stem)}</figcaption></figure>"
            for one in pictures
            if one.language == language
        ]
        parts.append("</section>")
    return "\n".join(parts) + "</html>\n"


def _refuse_taken(path: Path) -> None:
    if os.path.lexists(path):
        raise FolderTakenError(path)


def _clear(folder: Path) -> None:
    """Remove the pictures that an earlier run's index lists, its contact sheets and the index."""
    files = _listed(folder)
    if files is None:
        return
    for file in files:
        path = folder / file
        if path.suffix == ".png" and path.resolve().is_relative_to(folder.resolve()):
            path.unlink(missing_ok=True)
            (folder / _sheet_of(path.parent.name)).unlink(missing_ok=True)
            if path.parent.is_dir() and not any(path.parent.iterdir()):
                path.parent.rmdir()
    for name in (INDEX, _PAGE):
        (folder / name).unlink(missing_ok=True)


def _listed(folder: Path) -> list[str] | None:
    """The pictures of an earlier book; None if the folder has no index of ours (other programs write index.json, too)."""
    try:
        rows = json.loads((folder / INDEX).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(rows, list):
        return None
    ours = all(
        isinstance(row, dict)
        and set(row) == set(_ROW)
        and all(isinstance(value, str) for value in row.values())
        for row in rows
    )
    return [row["file"] for row in rows] if ours else None
