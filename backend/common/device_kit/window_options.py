"""Command-line options that all programs with a window have, under the names of their settings."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
_FILE = click.Path(path_type=Path, dir_okay=False)


def _read_size(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    """Set ``width`` and ``height`` from pixels written as ``1920x1080``; set neither if the option is not given."""
    if value is None:
        return
    width, cross, height = value.lower().partition("x")
    if not cross or not width.isdecimal() or not height.isdecimal():
        raise click.BadParameter("write it as WIDTHxHEIGHT, for example 1920x1080", param=parameter)
    context.params.update(width=int(width), height=int(height))


def _read_place(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    """Set ``left`` and ``top`` from pixels written as ``0,0``; set neither if the option is not given."""
    if value is None:
        return
    try:
        left, top = (int(part) for part in value.split(","))
    except ValueError:
        raise click.BadParameter("write it as LEFT,TOP, for example 0,0", param=parameter) from None
    context.params.update(left=left, top=top)


def server_options(device: str) -> Decorator:
    """``--config``, ``--server`` and ``--token-file`` of a ``kiosk`` or a ``display``."""
    file = click.option(
        "--config",
        "config_file",
        type=_FILE,
        help=f"Settings file (TOML). Every setting is in docs/settings-{device}.md; each can also be given in the "
        f"environment as UKETSUKE_{device.upper()}_<NAME>.",
    )
    server = click.option(
        "--server", "server_url", metavar="URL", help="Address of the server. [http://127.0.0.1:8710]"
    )
    token = click.option(
        "--token-file",
        type=_FILE,
        help=f"File that holds this {device}'s token, as 'uketsuke device' wrote it.",
    )
    return lambda command: file(server(token(command)))


def size_option(usual: str, of: str = "window") -> Decorator:
    """``--size``, for the settings ``width`` and ``height``; ``usual`` is the default size, for the help text."""
    help_ = f"Size of the {of} in pixels. [{usual}]"
    return click.option("--size", callback=_read_size, expose_value=False, metavar="WxH", help=help_)


def place_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--place``, for the settings ``left`` and ``top``, and ``--fullscreen``."""
    place = click.option(
        "--place",
        callback=_read_place,
        expose_value=False,
        metavar="X,Y",
        help="Place of the window on the desktop, in pixels.",
    )
    full = click.option(
        "--fullscreen/--windowed", default=None, help="Fill the screen, or open a window. [windowed]"
    )
    return place(full(command))


def log_option(events: str) -> Decorator:
    """``--log-json``; ``events`` names the events that are logged."""
    help_ = f"Write JSON lines on standard output, one per event: {events}. [text on standard error]"
    return click.option("--log-json/--log-text", default=None, help=help_)
