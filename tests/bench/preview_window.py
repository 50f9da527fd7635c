"""A kiosk's window in a process of its own, run as ``python -m tests.bench.preview_window``.

Reads one line of JSON (``seconds``, ``display``) and shows the first screen, with a camera of 30 pictures a second in
front of which an unreadable notice moves: first without any decoder, then so that every decoder tries every picture. It
writes one line of JSON with the results of both: ``gaps``, the milliseconds between two camera pictures on the screen,
and ``core``, the processor time of the process in percent of a core, including software rendering.
"""

import asyncio
import itertools
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click
import cv2
import numpy as np
import structlog

from backend.printing.sheet_code import qr_matrix
from kiosk.camera.frame import Pixels
from kiosk.cli.run import prepare_kivy
from kiosk.config import KioskConfig
from tests.bench.pictures import any_code
from tests.bench.stage import Stage

FPS = 30
_WARM_UP_SECONDS = 1.5


def _unreadable() -> list[Pixels]:
    """A moving notice that is too blurred to read."""
    modules = np.kron(np.array(qr_matrix(any_code()), dtype=bool), np.ones((8, 8), dtype=bool))
    modules = np.pad(modules, 32)
    pictures = []
    for place in range(12):
        desk = np.full((720, 1280, 3), 170, np.uint8)
        left = 300 + 30 * place
        desk[200 : 200 + modules.shape[0], left : left + modules.shape[1]] = np.where(modules, 30, 240)[
            :, :, None
        ]
        smeared = cv2.blur(desk, (27, 3))
        pictures.append(np.asarray(smeared, np.uint8))
    return pictures


async def _show(seconds: float) -> list[dict[str, object]]:
    """Run the window without and then with decoders, this long each; returns gaps and use of a core for both."""
    from kivy.core.window import Window

    from backend.client.fake import FakeBackend
    from kiosk.camera.capture import Camera
    from kiosk.paper.printer import NetworkPrinter
    from kiosk.paper.ticket_paper import TicketPaper
    from kiosk.reading.scanner import Scanner
    from kiosk.screens.app import KioskApp
    from kiosk.session.session import KioskSession
    from kiosk.visit.flow import Flow

    stage = Stage()
    stage.show(_unreadable())
    camera = Camera("stage:", fps=FPS, opener=lambda: stage)
    session = KioskSession(Flow(), FakeBackend(), TicketPaper(NetworkPrinter("127.0.0.1", 9)))
    scanner = Scanner(camera, lambda _: None, session.book.has)
    app = KioskApp(_config(), session, pictures=scanner.preview)
    shown: list[float] = []
    last: list[Any] = [None]

    def flipped(*_: object) -> None:
        preview = getattr(getattr(app.root, "screen", None), "preview", None)
        if preview is not None and preview.shown is not None and preview.shown is not last[0]:
            last[0] = preview.shown
            shown.append(time.perf_counter())

    Window.bind(on_flip=flipped)
    camera.start()
    running = asyncio.create_task(app.run_all())
    found: list[dict[str, object]] = []
    for begin in (_nothing, scanner.start):
        begin()
        await asyncio.sleep(_WARM_UP_SECONDS)
        shown.clear()
        used = time.process_time()
        await asyncio.sleep(seconds)
        moments = list(shown)
        share = 100 * (time.process_time() - used) / seconds
        gaps = [1000 * (later - earlier) for earlier, later in itertools.pairwise(moments)]
        found.append({"gaps": gaps, "core": share})
    app.stop()
    await running
    scanner.stop()
    camera.stop()
    return found


def _nothing() -> None:
    """Do nothing, in place of a decoder."""


def _config() -> KioskConfig:
    """The settings of a small window (540×960): the time of software rendering grows with the size, and is not ours."""
    return KioskConfig(sound=False, width=540, height=960)


def main() -> None:
    """Measure as requested on standard input."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    wanted = json.loads(sys.stdin.readline())
    os.environ["DISPLAY"] = wanted["display"]
    os.environ["SDL_VIDEODRIVER"] = "x11"
    with tempfile.TemporaryDirectory(prefix="uketsuke-preview-") as home:
        prepare_kivy(_config(), Path(home))
        found = asyncio.run(_show(wanted["seconds"]))
    click.echo(json.dumps(found))


if __name__ == "__main__":
    main()
