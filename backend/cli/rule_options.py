"""Which document rules a command asks: those of the server's settings, unless the command line names others.

Kept apart from the other options, which know the database: asking the rules starts in a third of a second.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from assets.console import CommandFailedError
from assets.settings_files import SettingsError
from backend.documents.errors import DocumentsError
from backend.documents.rule_book import RuleBook
from backend.settings import load_settings
from backend.ward_rules import open_rules
from backend.wire.my_number import contains_my_number

Decorated = Callable[..., Any]


class PrivateCommand(click.Command):
    """A command that refuses a 12-digit number anywhere on its line before any message could repeat it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Look at the line first, then parse it."""
        if contains_my_number(" ".join(args)) or any(contains_my_number(argument) for argument in args):
            raise CommandFailedError(
                "A 12-digit number was given; it is refused and not repeated, because it may be a My Number."
            )
        return super().parse_args(ctx, args)


def rule_options(command: Decorated) -> Decorated:
    """``--config``, ``--rules`` and ``--policy``: pass what they give to ``rules_from``."""
    options = (
        click.option(
            "--config",
            type=click.Path(path_type=Path, dir_okay=False),
            help="Settings file (TOML) of the server.  Default: the file named by UKETSUKE_CONFIG, if any.",
        ),
        click.option(
            "--rules",
            type=click.Path(path_type=Path, file_okay=False, exists=True),
            help="Folder of the ward's own rule files; before the first of them the shipped rules judge. "
            "Default: the setting rules_dir, else the shipped rules.",
        ),
        click.option(
            "--policy",
            type=click.Path(path_type=Path, dir_okay=False, exists=True),
            help="What the ward does where municipalities differ; a file may name only what differs. "
            "Default: the setting document_policy_file, else the shipped file.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def rules_from(config: Path | None, rules: Path | None, policy: Path | None) -> RuleBook:
    """The rule book of a command, or one plain sentence why not."""
    try:
        return open_rules(load_settings(config, rules_dir=rules, document_policy_file=policy))
    except (SettingsError, DocumentsError) as error:
        raise CommandFailedError(f"{str(error).rstrip('.')}.") from None
