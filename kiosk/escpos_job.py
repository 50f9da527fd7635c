"""A print job: the bytes that print one ticket picture, cut it, and ask the printer to say when it is done.

The bytes are made by python-escpos's ``Dummy`` printer with a profile of our own, and sent by
:mod:`kiosk.printer`. Only pictures are ever printed: python-escpos sends Japanese text as GB18030, which a
Japanese printer turns into other characters without any error.
"""

import importlib
import logging
import shutil
from functools import cache
from types import ModuleType
from typing import Any

from PIL import Image

FRAGMENT_HEIGHT = 256
"""Rows of one raster command: printers with small buffers lose taller ones."""

FEED_LINES = 4
"""Lines fed before the cut: the cutter is about 15 mm behind the head."""

CUT = b"\x1dV\x00"
"""``GS V 0``: cut the paper through."""

DONE_REQUEST = b"\x1dr\x01"
"""``GS r 1``: send the paper sensor's status. It is answered in its turn, after everything before it has been
carried out, and so tells that the ticket is out; python-escpos returning tells nothing."""


def build_job(image: Image.Image, width: int) -> bytes:
    """Turn a ticket picture into one job; the same picture gives the same bytes.

    Args:
        image: mode ``1``, as :func:`kiosk.ticket_image.draw_ticket` makes it.
        width: the printer's dots across; must be the picture's width, and a multiple of eight.

    Raises:
        ValueError: the picture does not have that width, or the printer cannot have it.
    """
    if width % 8 or not 8 <= width <= 2048:
        raise ValueError("a printer's width is a multiple of 8 dots")
    if image.width != width:
        raise ValueError(f"the picture is {image.width} dots wide, the printer {width}")
    printer = _escpos("escpos.printer.dummy").Dummy(profile=_profile(width))
    printer.hw("INIT")
    # Cut into strips here: python-escpos would convert the whole picture first, and then every strip again.
    for top in range(0, image.height, FRAGMENT_HEIGHT):
        strip = image.crop((0, top, width, min(top + FRAGMENT_HEIGHT, image.height)))
        printer.image(strip, impl="bitImageRaster", fragment_height=FRAGMENT_HEIGHT)
    printer.print_and_feed(FEED_LINES)
    job: bytes = printer.output
    return job + CUT + DONE_REQUEST


def warm_up() -> None:
    """Load python-escpos now (about 0.2 s), so that the first ticket is not later than others."""
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
