"""The settings of the server, as every command takes them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from backend.common import CommandFailedError, SettingsError
from backend.settings import Settings, load_settings

Decorated = Callable[..., Any]


def config_option(command: Decorated) -> Decorated:
    """Add ``--config FILE``, the settings file, to a command."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Settings file (TOML).  Default: the file named by UKETSUKE_CONFIG, if any.",
    )(command)


def settings_from(config: Path | None, **overrides: object) -> Settings:
    """The settings of a command.

    Raises:
        CommandFailedError: they are wrong.
    """
    try:
        return load_settings(config, **overrides)
    except SettingsError as error:
        raise CommandFailedError(f"{error}.") from None
