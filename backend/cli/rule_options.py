"""Which document rules a command uses: those of the server's settings, unless the command line names others.

Kept apart from the other options, which import the database: a command that only asks the rules starts in 0.3 s.
"""

from pathlib import Path

import click

from backend.cli.settings_options import Decorated, config_option, settings_from
from backend.cli.targets import need_target
from backend.common import CommandFailedError, refuse_numbers
from backend.documents import DocumentsError, RuleBook
from backend.ward_rules import open_rules


class PrivateCommand(click.Command):
    """A command that refuses a 12-digit number anywhere on its line before any message could repeat it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Search the arguments for such a number, then parse them."""
        refuse_numbers([*args, " ".join(args)])
        return super().parse_args(ctx, args)


def rule_options(command: Decorated) -> Decorated:
    """Add ``--config``, ``--rules`` and ``--policy``; pass their values to ``rules_from``."""
    options = (
        config_option,
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


def rules_target(
    out: Path, config: Path | None, rules: Path | None, policy: Path | None, *, replace: bool
) -> None:
    """Refuse to write over the database, the key, a file that the command reads, or (without ``replace``) any file."""
    settings = settings_from(config, rules_dir=rules, document_policy_file=policy)
    need_target(out, settings, [config], replace=replace)


def rules_from(config: Path | None, rules: Path | None, policy: Path | None) -> RuleBook:
    """The rule book that a command uses.

    Raises:
        CommandFailedError: a file of settings or rules is wrong.
    """
    settings = settings_from(config, rules_dir=rules, document_policy_file=policy)
    try:
        return open_rules(settings)
    except DocumentsError as error:
        raise CommandFailedError(f"{str(error).rstrip('.')}.") from None
