"""The ``uketsuke-display`` program: reads settings, sets up logs and Kivy, then opens the window."""

import asyncio
import os
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import click

from backend.common import (
    CommandFailedError,
    FolderTakenError,
    FontMissingError,
    Language,
    OutputFolder,
    product_version,
    run,
)
from backend.common.design import Theme
from backend.common.device_kit import (
    configure_logs,
    log_option,
    opening_window,
    place_options,
    require_fonts,
    require_screen,
    server_options,
    set_kivy_environment,
    set_kivy_window,
    size_option,
    stop_on_signals,
)
from queue_display.chime import write_chime
from queue_display.config import DisplayConfig, DisplayConfigError, load_display_config
from queue_display.places import Shape

NameT = TypeVar("NameT", bound=StrEnum)

EPILOG = """\b
Example:
  uketsuke-display --server http://192.168.10.5:8710 --token-file /etc/uketsuke/display.token --fullscreen
"""


def prepare_kivy(config: DisplayConfig, home: Path) -> None:
    """Set Kivy up. Call it before Kivy is imported for the first time.

    Args:
        config: the settings.
        home: a private folder for whatever Kivy writes.
    """
    # No scaling by Kivy: the board scales itself to the window.
    set_kivy_environment(home)
    from kivy.config import Config

    # A hall display has no touch input, and a mouse that is connected must do nothing.
    set_kivy_window(Config, config, fps=config.idle_fps, touches=None, resizable=True)


async def show(config: DisplayConfig, token: str, chime: Path) -> None:
    """Run the display until its window is closed or the process is told to end.

    Args:
        config: the settings.
        token: the device's token.
        chime: the sound file of the chime.
    """
    from backend.client import BackendClient
    from queue_display.app import make_app

    async with BackendClient(config.server_url, token) as client:
        app = make_app(config, client, token, chime)
        stop_on_signals(app.stop)
        await app.run_all()


@click.group(
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(product_version(), prog_name="uketsuke-display")
@server_options("display")
@size_option("1920x1080")
@place_options
@click.option(
    "--languages",
    metavar="TAGS",
    help="Languages, the large one first: ja, ja-easy, en, zh-Hans, ko. [ja,en]",
)
@click.option("--sound/--silent", default=None, help="Chime with every call, or only flash. [sound]")
@log_option("display_ready, board_shown, call_shown and waiting_shown, each after its picture was drawn")
@click.pass_context
def command(
    context: click.Context,
    /,
    config_file: Path | None,
    **options: object,
) -> None:
    """Show the calls to the hall: number and window, earlier calls, how many wait; with a chime.

    The display follows the server's event stream and recovers by itself after any interruption. If its picture is
    out of date, it shows how old it is. It runs until its window is closed or the process is told to end
    (Ctrl-C).
    """
    if context.invoked_subcommand is not None:
        return
    try:
        config = load_display_config(config_file, **options)
        token = config.read_token()
    except DisplayConfigError as error:
        raise CommandFailedError(f"{error}.") from None
    require_screen()
    require_fonts()
    configure_logs(config)
    with tempfile.TemporaryDirectory(prefix="uketsuke-display-") as folder:
        prepare_kivy(config, Path(folder))
        with opening_window():
            asyncio.run(show(config, token, write_chime(Path(folder) / "chime.wav")))


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
@click.option(
    "--shapes",
    default="landscape",
    show_default=True,
    metavar="NAMES",
    help="How the screen hangs: landscape, portrait, or both with a comma between them.",
)
@click.option(
    "--themes",
    default="light",
    show_default=True,
    metavar="NAMES",
    help="light, dark, or both with a comma between them.",
)
@size_option("1920x1080", "pictures")
def screens(out: Path, languages: str, shapes: str, themes: str, **size: int) -> None:
    """Draw every screen and state of the hall in every language, without a server.

    Writes NN-scene.png in a folder per language, shape and theme, index.html, index.json and contact sheets. It draws into
    memory and needs no screen; SDL_VIDEODRIVER=x11 draws in a window of the display that DISPLAY names.
    """
    try:
        config = load_display_config(None, languages=languages, **{"width": 1920, "height": 1080} | size)
        longer = max(config.width, config.height)
        window = config.model_copy(update={"width": longer, "height": longer})
    except DisplayConfigError as error:
        raise CommandFailedError(f"{error}.") from None
    looks = [
        (shape, theme)
        for shape in _named(shapes, Shape, "shapes")
        for theme in _named(themes, Theme, "themes")
    ]
    os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    configure_logs(config)
    with tempfile.TemporaryDirectory(prefix="uketsuke-display-") as folder:
        prepare_kivy(window, Path(folder))
        from queue_display.screen_pictures import draw_screens

        try:
            index = draw_screens(out, config.languages, looks, (config.width, config.height))
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


def _named(said: str, kind: type[NameT], option: str) -> list[NameT]:
    """Read the comma-separated names that an option was given.

    Raises:
        CommandFailedError: one of them is unknown.
    """
    try:
        return [kind(name.strip()) for name in said.split(",")]
    except ValueError as error:
        raise CommandFailedError(f"--{option}: {error}.") from None


def main() -> None:
    """Entry point of the program."""
    run(command, "uketsuke-display")


if __name__ == "__main__":
    main()
