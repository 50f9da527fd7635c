"""The ``uketsuke-kiosk`` program: the kiosk itself and its tools; each command is imported only when it runs."""

from importlib import import_module

import click

from backend.common import product_version, run, with_version

COMMANDS = {
    "run": "kiosk.cli.run",
    "scan": "kiosk.cli.scan",
    "ticket": "kiosk.cli.ticket",
    "printer": "kiosk.cli.printer",
    "virtual-printer": "kiosk.cli.virtual_printer",
    "screens": "kiosk.cli.screens",
}
DEFAULT = "run"
_OWN_OPTIONS = frozenset({"-h", "--help", "--version"})


class KioskGroup(click.Group):
    """A group whose commands are modules with a ``command``; without a name, the kiosk itself runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names of the commands, in the order of ``--help``."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """Import the module of one command; None if there is no such command."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = import_module(module).command
        return with_version(command, "uketsuke-kiosk")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Treat options without a command's name as options of ``run``."""
        if not args or (args[0].startswith("-") and args[0] not in _OWN_OPTIONS):
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=KioskGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Without a command the kiosk itself runs: 'uketsuke-kiosk' is 'uketsuke-kiosk run'.",
)
@click.version_option(product_version(), prog_name="uketsuke-kiosk")
def cli() -> None:
    """The reception kiosk of 受付 Uketsuke: reads a notice's code, gives a number, prints the ticket.

    \b
    Example:
      uketsuke-kiosk --server http://192.168.10.5:8710 --token-file /etc/uketsuke/kiosk.token --fullscreen
    """  # noqa: D301 - \b is click's mark for "keep these lines"


def main() -> None:
    """Entry point of the program."""
    run(cli, "uketsuke-kiosk", withholding=("scan",))


if __name__ == "__main__":
    main()
