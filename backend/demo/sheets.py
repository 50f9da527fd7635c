"""Sheets to hold up: the fronts of notices, and pictures of other things that people hold up to a kiosk."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from backend.common import in_tokyo, ud_gothic
from backend.documents import RuleBook
from backend.offices import Directory
from backend.printing import Sender, draw_sheet, qr_matrix, things_to_bring
from backend.reservations import Notice

MY_NUMBER = "123456789018"
"""An invented number from the test vectors: the back of a card has such a number as a QR code."""
FOREIGN_CODE = "HTTPS://EXAMPLE.JP/COUPON/2026"

_VIEW = (1280, 720)
_DESK, _PLASTIC, _INK, _QUIET = (206, 196, 178), (250, 250, 247), (30, 34, 40), (110, 114, 118)
_CARD = (240, 130, 1040, 590)
_MODULE = 9


def print_front(path: Path, notice: Notice, directory: Directory, rules: RuleBook) -> None:
    """Print the front of an enclosure as a picture; the file is complete at any moment.

    Only the front: the reverse takes ten times as long, and no camera sees it.

    Args:
        path: the picture; an existing one is replaced.
        notice: its code and number.
        directory: the offices.
        rules: what to bring.

    Raises:
        DocumentsError: no rules are in force on its day.
        OSError: the file cannot be written.
    """
    sender = Sender(directory.authority, next(iter(directory)))
    sheet = draw_sheet(notice, sender, things_to_bring(rules, in_tokyo(notice.printed_at).date()))
    _replace(path, lambda unfinished: unfinished.write_bytes(sheet.png))


def print_card_back(path: Path) -> None:
    """Print the back of a card with the QR code of a My Number; the number itself is not written on it."""
    _print_card(path, "Back of a card (invented)", MY_NUMBER)


def print_foreign_code(path: Path) -> None:
    """Print a coupon with a code of another system."""
    _print_card(path, "A coupon of a shop (invented)", FOREIGN_CODE)


def print_together(path: Path, sheets: Sequence[Path]) -> None:
    """Print several sheets side by side in one picture, as if they were held up together.

    Raises:
        OSError: a sheet is not there, or the file cannot be written.
    """
    opened = [Image.open(sheet).convert("L") for sheet in sheets]
    width, height = (side // 2 for side in opened[0].size)
    together = Image.new("L", (width * len(opened), height), 255)
    for place, sheet in enumerate(opened):
        together.paste(sheet.resize((width, height), Image.Resampling.LANCZOS), (place * width, 0))
    _replace(path, lambda unfinished: together.save(unfinished, format="PNG"))


def _print_card(path: Path, title: str, code: str) -> None:
    picture = Image.new("RGB", _VIEW, _DESK)
    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = _CARD
    draw.rounded_rectangle(_CARD, radius=32, fill=_PLASTIC, outline=_QUIET, width=2)
    draw.text((left + 48, top + 44), title, _INK, ImageFont.truetype(ud_gothic(bold=True), 34))
    for line in range(5):
        y = top + 150 + line * 52
        draw.rounded_rectangle((left + 48, y, left + 420 - line % 2 * 90, y + 16), 8, fill=(224, 226, 224))
    modules = qr_matrix(code)
    start_x, start_y = right - 60 - len(modules) * _MODULE, bottom - 60 - len(modules) * _MODULE
    for down, row in enumerate(modules):
        for across, dark in enumerate(row):
            if dark:
                x, y = start_x + across * _MODULE, start_y + down * _MODULE
                draw.rectangle((x, y, x + _MODULE - 1, y + _MODULE - 1), fill=(0, 0, 0))
    _replace(path, lambda unfinished: picture.save(unfinished, format="PNG"))


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    unfinished = path.with_name(f".{path.name}.part")
    write(unfinished)
    unfinished.replace(path)
