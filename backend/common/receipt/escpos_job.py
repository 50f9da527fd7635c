"""A print job: the bytes that print one ticket picture and cut it.

Two things are avoided in a picture because some printers fail on them: a height of more than 255 rows, and bytes that
look like a real-time command.

The bytes are made by python-escpos's ``Dummy`` printer with a profile of our own, and sent by
:mod:`kiosk.paper.printer`, which asks for the printer's status before and after. Only pictures are ever printed:
python-escpos sends Japanese text as GB18030, which a Japanese printer turns into other characters without any error.
"""

import importlib
import logging
import shutil
import struct
from functools import cache
from types import ModuleType
from typing import Any

from PIL import Image

STRIP_ROWS = 128
"""Maximum number of rows in one raster command. Printers with small buffers lose tall pictures; a printer that reads
only the low byte of the height sees 0 instead of 256 rows, and prints their dots as text."""

STRIP_BYTES = 9_216
"""Maximum number of bytes of dots in one raster command: 128 rows of 576 dots. If the connection breaks inside a
picture, the printer waits for at most this many bytes before it accepts a command again."""

_REAL_TIME = (b"\x10\x04", b"\x10\x05", b"\x10\x14")
"""How real-time commands begin. Some printers carry them out even in the middle of a picture: they answer, open the
cash drawer, throw the job away or switch themselves off."""

_RASTER = b"\x1dv0\x00"
"""``GS v 0``: a picture in normal size; followed by its width in bytes and its number of rows."""

FEED_LINES = 4
"""Lines fed before the cut: the cutter is about 15 mm behind the head."""

CUT = b"\x1dV\x00"
"""``GS V 0``: cut the paper through."""


def build_job(image: Image.Image, width: int) -> bytes:
    """Turn a ticket picture into one job; the same picture gives the same bytes.

    Args:
        image: mode ``1``, as :func:`backend.common.receipt.ticket_image.draw_ticket` makes it.
        width: the printer's dots across; must be the picture's width, and a multiple of eight.

    Raises:
        ValueError: the picture does not have that width, or it is not a possible width.
    """
    if width % 8 or not 8 <= width <= 2048:
        raise ValueError("a printer's width is a multiple of 8 dots")
    if image.width != width:
        raise ValueError(f"the picture is {image.width} dots wide, the printer {width}")
    printer = _escpos("escpos.printer.dummy").Dummy(profile=_profile(width))
    printer.hw("INIT")
    rows = min(STRIP_ROWS, STRIP_BYTES * 8 // width)
    ink = _without_real_time(image.tobytes("raw", "1;I"))
    # python-escpos itself would convert every strip to colour and back to black and white: half of a ticket's time.
    for top in range(0, image.height, rows):
        high = min(rows, image.height - top)
        printer._raw(_RASTER + struct.pack("<HH", width // 8, high))  # noqa: SLF001 - its way for bytes as they are
        printer._raw(ink[top * width // 8 : (top + high) * width // 8])  # noqa: SLF001 - as above
    printer.print_and_feed(FEED_LINES)
    job: bytes = printer.output
    return job + CUT


def _without_real_time(ink: bytes) -> bytes:
    """A picture's bytes, with one more dot of ink wherever they would begin a real-time command.

    The dot is next to a black one, so nobody sees it. The picture is searched as a whole although it is sent in strips,
    because the header between two strips begins with ``GS`` and cannot complete such a command.
    """
    for begin in _REAL_TIME:
        ink = ink.replace(begin, bytes((begin[0] | 0x08, begin[1])))
    return ink


def warm_up() -> None:
    """Load python-escpos now (about 0.2 s), so that the first ticket is not slower than others."""
    _escpos("escpos.printer.dummy")
    _profile(576)


@cache
def _profile(width: int) -> Any:
    """A printer profile that knows only its width, so that python-escpos checks it and guesses nothing."""
    profile = _escpos("escpos.capabilities").Profile()
    profile.profile_data = {
        **profile.profile_data,
        "name": f"{width} dots",
        "media": {"width": {"pixels": width, "mm": "Unknown"}},
    }
    return profile


@cache
def _escpos(name: str) -> ModuleType:
    """Import a part of python-escpos and undo what its import does to the process.

    On import it gives the root logger a handler and leaves a temporary folder behind.
    """
    root = logging.getLogger()
    handlers = list(root.handlers)
    module = importlib.import_module(name)
    for handler in [handler for handler in root.handlers if handler not in handlers]:
        root.removeHandler(handler)
    capabilities = importlib.import_module("escpos.capabilities")
    shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)
    return module
