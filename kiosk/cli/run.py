"""``uketsuke-kiosk run``: the kiosk itself, on real parts."""

import asyncio
import logging
import os
import signal
import sys
import tempfile
from collections.abc import MutableMapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
import structlog

from backend.common import (
    CommandFailedError,
    FontMissingError,
    careful_library_lines,
    hide_numbers,
    only_kind_and_places,
)
from backend.common.device_kit import (
    TOUCH_ENVIRONMENT,
    TOUCH_WINDOW,
    device_now,
    read_place,
    read_size,
    stamp,
    take_touches_from,
)
from kiosk.cli.printer_address import read_printer_address
from kiosk.config import NO_CAMERA, KioskConfig, KioskConfigError, load_kiosk_config

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
"""Any of these in the environment names a screen."""


def prepare_kivy(config: KioskConfig, home: Path) -> None:
    """Set what Kivy reads when it is imported; it must not have been imported before.

    Args:
        config: the settings.
        home: a private folder for whatever Kivy writes.
    """
    os.environ.update(
        TOUCH_ENVIRONMENT,
        KIVY_NO_ARGS="1",
        KIVY_NO_FILELOG="1",
        KIVY_LOG_MODE="PYTHON",
        KIVY_HOME=str(home),
        # All sizes of the screens are in dp: this is their scale.
        KIVY_METRICS_DENSITY=f"{config.window_scale:.4f}",
        KIVY_DPI="96",
        KIVY_CLOCK="interrupt",
    )
    from kivy.config import Config  # noqa: PLC0415 - reads the environment that was just set

    Config.set("kivy", "exit_on_escape", "0")
    Config.set("kivy", "kivy_clock", "interrupt")
    Config.set("graphics", "width", str(config.width))
    Config.set("graphics", "height", str(config.height))
    Config.set("graphics", "fullscreen", "auto" if config.fullscreen else "0")
    Config.set("graphics", "resizable", "0")
    Config.set("graphics", "maxfps", str(config.max_fps))
    Config.set("graphics", "multisamples", "0")
    if config.left is not None or config.top is not None:
        Config.set("graphics", "position", "custom")
        Config.set("graphics", "left", str(config.left or 0))
        Config.set("graphics", "top", str(config.top or 0))
    take_touches_from(TOUCH_WINDOW, Config)


def configure_logs(config: KioskConfig) -> None:
    """Write JSON lines on standard output, or text on standard error; Kivy's own chatter stays out."""
    stream = sys.stdout if config.log_json else sys.stderr
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            _add_at,
            only_kind_and_places,
            hide_numbers,
            structlog.processors.JSONRenderer(ensure_ascii=False)
            if config.log_json
            else structlog.dev.ConsoleRenderer(colors=stream.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(config.log_level),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
    )
    careful_library_lines()
    logging.getLogger("kivy").setLevel(logging.ERROR)
    # The client's library tells every request; ours tell what came of it.
    logging.getLogger("httpx2").setLevel(logging.WARNING)


def _add_at(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Stamp a log line, unless it says itself when it happened."""
    event.setdefault("at", stamp(device_now()))
    return event


async def show(config: KioskConfig, token: str, folder: Path) -> None:
    """Run the kiosk until its window is closed or the process is told to end.

    Args:
        config: the settings.
        token: the device's token.
        folder: for files of this run.
    """
    from kiosk.assembly import Parts  # noqa: PLC0415 - imports Kivy

    with ExitStack() as stack:
        parts = Parts.make(config, token, folder)
        stack.callback(parts.close)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, parts.app.stop)
        parts.start()
        try:
            await parts.app.run_all()
        finally:
            await parts.client.aclose()


@click.command(
    "run",
    short_help="Receive visitors; this is what runs without a command.",
    epilog="""\b
Examples:
  uketsuke-kiosk run --server http://192.168.10.5:8710 --token-file /etc/uketsuke/kiosk.token \\
      --printer 192.168.10.20:9100 --fullscreen
  uketsuke-kiosk --server http://127.0.0.1:8710 --token-file var/kiosk.token \\
      --camera watch:var/camera --printer 127.0.0.1:9100 --size 540x960
""",
)
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Settings file (TOML). Every setting is in docs/settings-kiosk.md; each can also be given in the "
    "environment as UKETSUKE_KIOSK_<NAME>.",
)
@click.option("--server", "server_url", metavar="URL", help="Address of the server. [http://127.0.0.1:8710]")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File that holds this kiosk's token, as 'uketsuke device' wrote it.",
)
@click.option(
    "--camera",
    metavar="SOURCE",
    help="Where pictures come from: device:N (a camera), video:FILE, folder:DIR (its pictures in order), "
    f"watch:DIR (pictures put into a folder), or {NO_CAMERA}. [device:0]",
)
@click.option(
    "--scanner",
    metavar="SOURCE",
    help="A hand scanner beside the camera: keyboard (it types what it reads), serial:/dev/ttyACM0 (it sends lines), "
    "or none. [keyboard]",
)
@click.option(
    "--printer",
    callback=read_printer_address,
    metavar="HOST:PORT",
    help="The network printer. [127.0.0.1:9100]",
)
@click.option("--paper", "paper_width", type=click.Choice(["80", "58"]), help="Paper width in mm. [80]")
@click.option(
    "--language",
    metavar="TAG",
    help="What the machine speaks to a new visitor: ja, ja-easy, en, zh-Hans, ko. [ja]",
)
@click.option("--size", callback=read_size, metavar="WxH", help="Size of the window in pixels. [1080x1920]")
@click.option(
    "--scale",
    type=float,
    help="Size of everything against the design of 1080x1920. [what fits the window]",
)
@click.option(
    "--place", callback=read_place, metavar="X,Y", help="Place of the window on the desktop, in pixels."
)
@click.option("--fullscreen/--windowed", default=None, help="Fill the screen, or open a window. [windowed]")
@click.option("--sound/--silent", default=None, help="Short sounds, or none. [sound]")
@click.option(
    "--log-json/--log-text",
    default=None,
    help="Write JSON lines on standard output, one per event: kiosk_ready, screen_shown (after it was drawn), "
    "notice_seen, checked_in, ticket_printed, print_failed and others. [text on standard error]",
)
def command(
    config_file: Path | None,
    size: tuple[int, int] | None,
    place: tuple[int, int] | None,
    printer: tuple[str, int] | None,
    paper_width: str | None,
    **options: object,
) -> None:
    """Receive visitors: read the notice's code, give a number, print the ticket.

    The kiosk asks the server for every number and keeps nothing itself. It waits for the server, the camera and
    the printer where they are away, and says so on its screen. It runs until its window is closed or it is told
    to end (Ctrl-C).
    """
    if size is not None:
        options.update(width=size[0], height=size[1])
    if place is not None:
        options.update(left=place[0], top=place[1])
    if printer is not None:
        options.update(printer_host=printer[0], printer_port=printer[1])
    if paper_width is not None:
        options.update(paper_width=int(paper_width))
    try:
        config = load_kiosk_config(config_file, **options)
        token = config.read_token()
    except KioskConfigError as error:
        raise CommandFailedError(f"{error}.") from None
    if sys.platform == "linux" and not any(os.environ.get(name) for name in SCREENS):
        # Without this, SDL would draw into nothing and look well.
        raise CommandFailedError("there is no screen: DISPLAY is not set.")
    configure_logs(config)
    with tempfile.TemporaryDirectory(prefix="uketsuke-kiosk-") as folder:
        prepare_kivy(config, Path(folder))
        _run(config, token, Path(folder))


def _run(config: KioskConfig, token: str, folder: Path) -> None:
    try:
        asyncio.run(show(config, token, folder))
    except (FontMissingError, KioskConfigError) as error:
        raise CommandFailedError(f"{error}.") from None
    except SystemExit:
        # Kivy leaves like this when no window can be opened.
        raise CommandFailedError("no window can be opened; is a display (DISPLAY) there?") from None
