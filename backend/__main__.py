"""The ``uketsuke`` program: a group of commands, each imported only when it runs."""

from importlib import import_module

import click

from backend.common import product_version, run, with_version

COMMANDS = {
    "serve": "backend.cli.serve",
    "migrate": "backend.cli.migrate",
    "import": "backend.cli.import_reservations",
    "conflicts": "backend.cli.conflicts",
    "export": "backend.cli.export",
    "exchange": "backend.cli.exchange",
    "sample": "backend.cli.sample",
    "notice": "backend.cli.notice",
    "booking-sheet": "backend.cli.booking_sheet",
    "explain": "backend.cli.explain",
    "figures": "backend.cli.figures",
    "close-day": "backend.cli.close_day",
    "checklist": "backend.cli.checklist",
    "rules": "backend.cli.rules",
    "account": "backend.cli.account",
    "device": "backend.cli.device",
    "backup": "backend.cli.backup",
    "restore": "backend.cli.restore",
    "outlets": "backend.cli.outlets",
    "audit": "backend.cli.audit",
    "register": "backend.cli.register",
    "demo": "backend.cli.demo",
}


class LazyGroup(click.Group):
    """A group whose commands are modules with a ``command``; listing them imports them, running one does not."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names of the commands, in the order in which a new user needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """Import the module of one command."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = import_module(module).command
        return with_version(command, "uketsuke")


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(product_version(), prog_name="uketsuke")
def cli() -> None:
    """受付 Uketsuke: reception for a My Number card counter."""


def main() -> None:
    """Entry point of the program."""
    run(cli, "uketsuke", withholding=("explain",))


if __name__ == "__main__":
    main()
