"""The ``uketsuke-display`` program: settings, logs, Kivy's environment, then the window."""

import asyncio
import logging
import os
import signal
import sys
import tempfile
from collections.abc import MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import structlog

from backend.common import (
    CommandFailedError,
    FolderTakenError,
    FontMissingError,
    Language,
    OutputFolder,
    careful_library_lines,
    hide_numbers,
    only_kind_and_places,
    product_version,
    run,
)
from backend.common.device_kit import TOUCH_ENVIRONMENT, read_place, read_size, take_touches_from
from queue_display.chime import write_chime
from queue_display.config import DisplayConfig, DisplayConfigError, load_display_config

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
"""Any of these in the environment names a screen."""
EPILOG = """\b
Example:
  uketsuke-display --server http://192.168.10.5:8710 --token-file /etc/uketsuke/display.token --fullscreen
"""


def prepare_kivy(config: DisplayConfig, home: Path) -> None:
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
        # Another provider of windows would end the process by itself where SDL finds no screen.
        KIVY_WINDOW="sdl2",
        # One pixel is one pixel, and a message is shown at once however slowly the loop turns.
        KIVY_METRICS_DENSITY="1",
        KIVY_DPI="96",
        KIVY_CLOCK="interrupt",
    )
    from kivy.config import Config

    Config.set("kivy", "exit_on_escape", "0")
    Config.set("kivy", "kivy_clock", "interrupt")
    Config.set("graphics", "width", str(config.width))
    Config.set("graphics", "height", str(config.height))
    Config.set("graphics", "fullscreen", "auto" if config.fullscreen else "0")
    Config.set("graphics", "maxfps", str(config.idle_fps))
    Config.set("graphics", "multisamples", "0")
    if config.left is not None or config.top is not None:
        Config.set("graphics", "position", "custom")
        Config.set("graphics", "left", str(config.left or 0))
        Config.set("graphics", "top", str(config.top or 0))
    # Nobody touches a hall's display, and a mouse that lies on it does nothing.
    take_touches_from(None, Config)


def _add_at(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Stamp a log line, unless it says itself when it happened."""
    event.setdefault("at", datetime.now(UTC).isoformat(timespec="microseconds"))
    return event


def configure_logs(config: DisplayConfig) -> None:
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


async def show(config: DisplayConfig, token: str, chime: Path) -> None:
    """Run the display until its window is closed or the process is told to end."""
    from backend.client import BackendClient
    from queue_display.app import make_app

    async with BackendClient(config.server_url, token) as client:
        app = make_app(config, client, token, chime)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, app.stop)
        await app.run_all()


@click.group(
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(product_version(), prog_name="uketsuke-display")
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Settings file (TOML). Every setting is in docs/settings-display.md; each can also be given in the "
    "environment as UKETSUKE_DISPLAY_<NAME>.",
)
@click.option("--server", "server_url", metavar="URL", help="Address of the server. [http://127.0.0.1:8710]")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File that holds this display's token, as 'uketsuke device' wrote it.",
)
@click.option("--size", callback=read_size, metavar="WxH", help="Size of the window in pixels. [1920x1080]")
@click.option(
    "--place", callback=read_place, metavar="X,Y", help="Place of the window on the desktop, in pixels."
)
@click.option("--fullscreen/--windowed", default=None, help="Fill the screen, or open a window. [windowed]")
@click.option(
    "--languages",
    metavar="TAGS",
    help="Languages, the large one first: ja, ja-easy, en, zh-Hans, ko. [ja,en]",
)
@click.option("--sound/--silent", default=None, help="Chime with every call, or only flash. [sound]")
@click.option(
    "--log-json/--log-text",
    default=None,
    help="Write JSON lines on standard output, one per event: display_ready, board_shown, call_shown and "
    "waiting_shown, each after its picture was drawn. [text on standard error]",
)
@click.pass_context
def command(
    context: click.Context,
    /,
    config_file: Path | None,
    size: tuple[int, int] | None,
    place: tuple[int, int] | None,
    **options: object,
) -> None:
    """Show a hall what is called: number and window, earlier calls, how many wait; with a chime.

    The display follows the server's event stream, recovers by itself after any interruption, and says how old
    its picture is when it is older than it should be. It runs until its window is closed or it is told to end
    (Ctrl-C).
    """
    if context.invoked_subcommand is not None:
        return
    if size is not None:
        options.update(width=size[0], height=size[1])
    if place is not None:
        options.update(left=place[0], top=place[1])
    try:
        config = load_display_config(config_file, **options)
        token = config.read_token()
    except DisplayConfigError as error:
        raise CommandFailedError(f"{error}.") from None
    if sys.platform == "linux" and not any(os.environ.get(name) for name in SCREENS):
        # Without this, SDL would draw into nothing and look well.
        raise CommandFailedError("there is no screen: DISPLAY is not set.")
    configure_logs(config)
    with tempfile.TemporaryDirectory(prefix="uketsuke-display-") as folder:
        prepare_kivy(config, Path(folder))
        try:
            asyncio.run(show(config, token, write_chime(Path(folder) / "chime.wav")))
        except FontMissingError as error:
            raise CommandFailedError(f"{error}.") from None
        except SystemExit:
            # Kivy leaves like this when no window can be opened.
            raise CommandFailedError("no window can be opened; is a display (DISPLAY) there?") from None


@command.command("screens", epilog="Example: uketsuke-display screens --out screens --languages ja,en")
@click.option(
    "--out",
    type=OutputFolder(),
    required=True,
    help="Folder for the pictures; it is made if it is not there.",
)
@click.option(
    "--languages",
    default=",".join(Language),
    metavar="TAGS",
    help="Languages to draw, each once in the first place: ja, ja-easy, en, zh-Hans, ko. [all]",
)
@click.option("--size", callback=read_size, metavar="WxH", help="Size of the pictures in pixels. [1920x1080]")
def screens(out: Path, languages: str, size: tuple[int, int] | None) -> None:
    """Draw every screen and state of the hall in every language as PNG, without a server.

    Writes NN-scene.png in a folder per language, index.html, index.json and a contact sheet per language. It draws into
    memory and needs no screen; SDL_VIDEODRIVER=x11 draws in a window of the display that DISPLAY names.
    """
    width, height = size or (1920, 1080)
    try:
        config = load_display_config(None, languages=languages, width=width, height=height)
    except DisplayConfigError as error:
        raise CommandFailedError(f"{error}.") from None
    os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    configure_logs(config)
    with tempfile.TemporaryDirectory(prefix="uketsuke-display-") as folder:
        prepare_kivy(config, Path(folder))
        from queue_display.screen_pictures import draw_screens

        try:
            index = draw_screens(out, config.languages)
        except (FontMissingError, FolderTakenError) as error:
            raise CommandFailedError(f"{error}.") from None
        except OSError as error:
            raise CommandFailedError(f"the pictures cannot be written: {error.strerror}.") from None
        except SystemExit:
            # Kivy leaves like this when no window can be opened.
            raise CommandFailedError(
                f"nothing can be drawn with SDL_VIDEODRIVER={os.environ['SDL_VIDEODRIVER']}; is a display (DISPLAY) "
                "there? Xvfb makes one without a screen."
            ) from None
    click.echo(f"{len(index)} pictures: {out / 'index.html'}")


def main() -> None:
    """Entry point of the program."""
    run(command, "uketsuke-display")


if __name__ == "__main__":
    main()
